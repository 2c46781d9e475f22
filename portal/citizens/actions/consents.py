"""Giving and withdrawing consent."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import new_entry, record
from portal.citizens.enums import Channel
from portal.citizens.models import Consent, Contact, Person
from portal.common.actors import Actor


def record_consent(
    *,
    contact: Contact | None = None,
    person: Person | None = None,
    purpose: str,
    text_key: str,
    text_version: str,
    channel: str,
    by: Actor,
) -> Consent:
    """Keep that somebody agreed to `purpose` in the words `text_key`@`text_version`.

    Asked again with nothing changed, the first proof stands. ValidationError `consent_of_nobody`,
    `channel_invalid`.
    """
    _check(contact, person, channel)
    facts = {"purpose": purpose, "text_key": text_key, "text_version": text_version, "channel": channel}
    given = Consent.objects.in_force().filter(contact=contact, person=person, **facts).first()
    if given is not None:
        return given
    with transaction.atomic():
        consent = Consent.objects.create(
            contact=contact, person=person, recorded_by=by.actor_ref, given_at=timezone.now(), **facts
        )
        record(action="consent.given", by=by, obj=consent, detail=facts)
    return consent


def _check(contact: Contact | None, person: Person | None, channel: str) -> None:
    if contact is None and person is None:
        raise ValidationError(_("Thiếu người đồng ý."), code="consent_of_nobody")
    if channel not in Channel.values:
        raise ValidationError({"channel": ValidationError(_("Kênh không hợp lệ."), code="channel_invalid")})


def rows_of_consent(
    *, contact: Contact | None, person: Person, purpose: str, text: tuple[str, str], channel: str, by: Actor
) -> list[Any]:
    """The unsaved consent to `text` (key, version) for a person who is new, and its journal entry.

    Errors as `record_consent`. A new person agreed to nothing before, so there is no first proof to keep.
    """
    _check(contact, person, channel)
    facts = {"purpose": purpose, "text_key": text[0], "text_version": text[1], "channel": channel}
    consent = Consent(
        contact=contact, person=person, recorded_by=by.actor_ref, given_at=timezone.now(), **facts
    )
    return [consent, new_entry(action="consent.given", by=by, obj=consent, detail=facts)]


def withdraw_consent(*, consent: Consent, by: Actor) -> Consent:
    """End a consent from now on; the proof that it was given stays. A second call changes nothing."""
    with transaction.atomic():
        ended = Consent.objects.in_force().filter(pk=consent.pk).update(withdrawn_at=timezone.now())
        if ended:
            record(action="consent.withdrawn", by=by, obj=consent, detail={"purpose": consent.purpose})
    consent.refresh_from_db()
    return consent
