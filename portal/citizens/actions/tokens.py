"""API tokens of citizens' apps."""

import datetime as dt
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.citizens.actions.codes import consume_code, verify_code
from portal.citizens.device_secrets import LONGEST_LABEL, hash_secret, new_secret
from portal.citizens.models import CitizenToken, Contact
from portal.common.text import clean_text

PURPOSE = "token"
USED_EVERY = dt.timedelta(hours=1)


def clean_device(text: str) -> str:
    """1-80 characters; ValidationError {"device": `device_required` | `device_too_long`}."""
    device = clean_text(text)
    if not device:
        raise ValidationError({"device": ValidationError(_("Xin đặt tên thiết bị."), code="device_required")})
    if len(device) > LONGEST_LABEL:
        message = _("Tên thiết bị dài nhất 80 ký tự.")
        raise ValidationError({"device": ValidationError(message, code="device_too_long")})
    return device


def issue_token(*, contact: Contact, device: str) -> tuple[CitizenToken, str]:
    """A token of 90 days and its secret, which is told once and cannot be read again."""
    secret = new_secret()
    with transaction.atomic():
        token = CitizenToken.objects.create(
            token_hash=hash_secret(secret),
            contact=contact,
            device=clean_device(device),
            expires_at=timezone.now() + dt.timedelta(days=settings.CITIZEN_SESSION_DAYS),
        )
        record(action="token.issued", by=contact, obj=token)
    return token, secret


def confirm_token(*, challenge_uid: uuid.UUID, code: str, device: str) -> tuple[CitizenToken, str]:
    """Trade a code that was sent for this purpose for a token; errors of verify_code and consume_code."""
    device = clean_device(device)
    challenge = verify_code(challenge_uid=challenge_uid, code=code)
    with transaction.atomic():
        consume_code(challenge=challenge, purpose=PURPOSE)
        return issue_token(contact=challenge.contact_point.contact, device=device)


def find_token(secret: str) -> CitizenToken | None:
    """The live token of an Authorization header; its last use is written at most once an hour."""
    now = timezone.now()
    rows = CitizenToken.objects.live(now=now).select_related("contact__contact_point")
    token = rows.filter(token_hash=hash_secret(secret)).first()
    if token is not None and (token.last_used_at is None or token.last_used_at < now - USED_EVERY):
        CitizenToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke_token(*, token: CitizenToken, by: Contact) -> None:
    """From this moment the token opens nothing; a second call changes nothing."""
    with transaction.atomic():
        unrevoked = CitizenToken.objects.filter(pk=token.pk, revoked_at__isnull=True)
        if unrevoked.update(revoked_at=timezone.now()):
            record(action="token.revoked", by=by, obj=token)
