"""Consents: per purpose, provable, withdrawn without losing the proof."""

import pytest
from django.core.exceptions import ValidationError

from portal.audit.models import AuditEntry
from portal.citizens.actions.consents import record_consent, withdraw_consent
from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.models import Consent
from portal.common.actors import ANONYMOUS_CITIZEN

TEXT = {"purpose": "booking", "text_key": "booking_form", "text_version": "1", "channel": "web"}


@pytest.fixture
def contact(db):
    return ensure_contact(phone="+84750000001", by=ANONYMOUS_CITIZEN)


def test_consent_keeps_words_channel_and_moment_once(contact) -> None:
    first = record_consent(contact=contact, by=contact, **TEXT)
    assert record_consent(contact=contact, by=contact, **TEXT) == first
    assert first.recorded_by == contact.actor_ref
    assert Consent.objects.count() == 1
    newer = record_consent(contact=contact, by=contact, **{**TEXT, "text_version": "2"})
    assert newer != first


def test_withdrawal_keeps_the_proof_and_is_written_once(contact) -> None:
    consent = record_consent(contact=contact, by=contact, **TEXT)
    ended = withdraw_consent(consent=consent, by=contact)
    moment = ended.withdrawn_at
    assert withdraw_consent(consent=consent, by=contact).withdrawn_at == moment
    assert list(Consent.objects.in_force()) == []
    assert AuditEntry.objects.filter(action="consent.withdrawn").count() == 1
    assert record_consent(contact=contact, by=contact, **TEXT) != consent


def test_consent_of_nobody_or_by_an_unknown_channel_is_refused(contact) -> None:
    with pytest.raises(ValidationError) as caught:
        record_consent(by=contact, **TEXT)
    assert caught.value.code == "consent_of_nobody"
    with pytest.raises(ValidationError) as caught:
        record_consent(contact=contact, by=contact, **{**TEXT, "channel": "fax"})
    assert caught.value.error_dict["channel"][0].code == "channel_invalid"
