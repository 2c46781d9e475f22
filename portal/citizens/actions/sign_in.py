"""A browser shows that it reads a phone's messages."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.audit.record import record
from portal.citizens.actions.codes import consume_code, start_verification, verify_code
from portal.citizens.models import Contact, OneTimeCode
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.phones import clean_phone
from portal.units.models import Unit

PURPOSE = "sign_in"


def ask_sign_in(*, phone: str, unit: Unit, address: str, proof: dict | None) -> OneTimeCode:
    """A code on its way to `phone` (any notation).

    ValidationError {"phone": `phone_invalid`}; TooMany as `start_verification`. Nothing tells whether the
    phone is known here.
    """
    try:
        number = clean_phone(phone)
    except ValidationError as error:
        raise ValidationError({"phone": error}) from error
    return start_verification(
        phone=number, purpose=PURPOSE, unit=unit, address=address, proof=proof, by=ANONYMOUS_CITIZEN
    )


def confirm_sign_in(*, challenge_uid: uuid.UUID, code: str) -> Contact:
    """The contact whose phone got the code; errors of verify_code and consume_code."""
    challenge = verify_code(challenge_uid=challenge_uid, code=code)
    with transaction.atomic():
        consume_code(challenge=challenge, purpose=PURPOSE)
        contact = challenge.contact_point.contact
        record(action="contact.signed_in", by=contact, obj=contact, unit=challenge.unit)
    return contact
