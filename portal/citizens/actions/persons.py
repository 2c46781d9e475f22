"""Declaring persons and opening them on a device."""

import datetime as dt
import hmac
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import new_entry, record
from portal.citizens.enums import PersonRole
from portal.citizens.models import (
    CitizenSession,
    Contact,
    ContactPerson,
    Person,
    PersonAccess,
)
from portal.citizens.rules import HOUR
from portal.citizens.validators import clean_birth_date
from portal.common.actors import Actor
from portal.common.errors import NotAllowed, TooMany
from portal.common.inserts import insert_rows
from portal.requests import throttle

OPEN_TRIES_PER_HOUR = 5
LAST_DIGITS = 4


def declare_person(
    *,
    full_name: str,
    birth_date: str,
    identity_number: str | None = None,
    gender: str = "",
    occupation: str = "",
    permanent_address: str = "",
    current_address: str = "",
    by: Actor,
) -> Person:
    """A new person as declared, with the look-up hashes of number, name and every word of the name.

    `birth_date` in any form `clean_birth_date` takes. ValidationError {field: …} names all faults at once.
    """
    person = new_person(
        {
            "full_name": full_name,
            "birth_date": birth_date,
            "identity_number": identity_number or "",
            "gender": gender,
            "occupation": occupation,
            "permanent_address": permanent_address,
            "current_address": current_address,
        }
    )
    with transaction.atomic():
        insert_rows(rows_of_person(person, by=by))
    return person


def new_person(details: dict[str, str]) -> Person:
    """An unsaved, checked and indexed person; ValidationError {field: …} names all faults at once."""
    optional = ("identity_number", "gender", "occupation", "permanent_address", "current_address")
    person = Person(
        full_name=details["full_name"],
        birth_date=details["birth_date"],
        **{name: details.get(name) or None for name in optional},
    )
    person.clean()
    person.index()
    return person


def rows_of_person(
    person: Person, *, contact: Contact | None = None, role: str = PersonRole.SELF, by: Actor
) -> list[Any]:
    """The unsaved rows of a new person: words of the name, journal entry and, if any, who declared it."""
    rows: list[Any] = [person, *person.new_name_words()]
    if contact is not None:
        rows.append(ContactPerson(contact=contact, person=person, role=role))
    return [*rows, new_entry(action="person.declared", by=by, obj=person)]


def link_person(
    *, contact: Contact, person: Person, role: str = PersonRole.SELF, session: CitizenSession | None = None
) -> ContactPerson:
    """Note that `contact` declared `person`; the browser that just did so (`session`) may read them.

    Idempotent. ValidationError {"role": `role_invalid`}.
    """
    if role not in PersonRole.values:
        message = _("Xin chọn quan hệ trong danh sách.")
        raise ValidationError({"role": ValidationError(message, code="role_invalid")})
    link, _made = ContactPerson.objects.get_or_create(contact=contact, person=person, defaults={"role": role})
    if session is not None and session.contact_id == contact.pk:
        _grant(session, person)
    return link


def open_person(*, session: CitizenSession, person: Person, answer: str) -> PersonAccess:
    """Let this browser read `person` for 90 days after it named the birth date or the number's last 4 digits.

    The try is committed before the comparison (call outside a transaction). NotAllowed `not_yours` when
    the session's contact never declared the person; TooMany `person_open_limit` (retry_after);
    ValidationError {"answer": `person_answer_wrong`}.
    """
    if not ContactPerson.objects.filter(contact=session.contact_id, person=person).exists():
        raise NotAllowed("not_yours", _("Ông/Bà không có quyền xem hồ sơ này."))
    _count_try(session, person)
    if not _answers(person, answer):
        message = _("Chưa đúng. Xin nhập ngày sinh hoặc 4 số cuối của số định danh.")
        raise ValidationError({"answer": ValidationError(message, code="person_answer_wrong")})
    with transaction.atomic():
        record(action="person.opened", by=session.contact, obj=person)
        return _grant(session, person)


def _count_try(session: CitizenSession, person: Person) -> None:
    key = f"{session.contact_id}:{person.pk}"
    with transaction.atomic(durable=True):
        tries = throttle.count_hit(scope="person-open", key=key, seconds=HOUR)
    if tries > OPEN_TRIES_PER_HOUR:
        message = _("Đã thử quá nhiều lần. Xin thử lại sau.")
        raise TooMany("person_open_limit", message, retry_after=throttle.seconds_left(HOUR))


def _answers(person: Person, answer: str) -> bool:
    """A typed date also answers for a person whose papers show that year only."""
    digits = "".join(answer.split())
    if person.identity_number and len(digits) == LAST_DIGITS:
        ending = str(person.identity_number)[-LAST_DIGITS:]
        if hmac.compare_digest(ending.encode(), digits.encode()):
            return True
    try:
        birth = clean_birth_date(answer)
    except ValidationError:
        return False
    return person.birth_date in (birth, birth[:4])


def _grant(session: CitizenSession, person: Person) -> PersonAccess:
    until = timezone.now() + dt.timedelta(days=settings.CITIZEN_SESSION_DAYS)
    access, _made = PersonAccess.objects.update_or_create(
        session=session, person=person, defaults={"expires_at": until}
    )
    return access
