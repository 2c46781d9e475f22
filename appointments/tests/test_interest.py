"""Who wants to hear of the re-opening hears of it once."""

import datetime as dt

import pytest
from django.utils import timezone

from appointments.actions.join_waiting_list import latest_challenge
from appointments.actions.note_interest import (
    PURPOSE,
    confirm_interest,
    note_interest,
    tell_reopened,
    withdraw_interest,
)
from appointments.actions.open_campaign import move_campaign
from appointments.models import Campaign, Interest
from appointments.tests.lines import CLOCK, phone_of
from appointments.tests.test_change_visit import code_of_refusal
from portal.citizens.enums import Channel
from portal.citizens.models import Consent
from portal.citizens.one_time import code_of
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.notifications.models import OutboxMessage
from tests.people import BY, make_campaign


@pytest.fixture
def closed(campaign: Campaign) -> Campaign:
    return move_campaign(campaign=campaign, to="closed", by=BY)


def note(campaign: Campaign, number: int = 0) -> Interest:
    made, _challenge = note_interest(
        campaign=campaign, phone=phone_of(number), address="198.51.100.7", proof=None, by=ANONYMOUS_CITIZEN
    )
    return made


def noted(campaign: Campaign, number: int = 0) -> Interest:
    made = note(campaign, number)
    code = code_of(latest_challenge(made.uid, PURPOSE))
    return confirm_interest(interest_uid=made.uid, code=code, channel=Channel.WEB)


def told() -> list[str]:
    found = OutboxMessage.objects.filter(notice="appointments.intake_opened")
    return sorted(found.values_list("recipient__phone_hash", flat=True))


def test_everybody_verified_is_told_once(closed: Campaign) -> None:
    notes = [noted(closed, number) for number in range(3)]
    note(closed, 9)
    assert (tell_reopened(by=CLOCK), told()) == (0, [])
    move_campaign(campaign=closed, to="open", by=BY)
    assert tell_reopened(by=CLOCK) == 3
    assert told() == sorted(one.phone_hash for one in notes)
    assert tell_reopened(by=CLOCK) == 0
    assert {one.status for one in Interest.objects.filter(pk__in=[one.pk for one in notes])} == {"told"}
    assert Consent.objects.filter(purpose="intake_news").count() == 3


def test_another_campaign_for_the_same_procedure_counts_as_open(closed: Campaign, ward, id_card) -> None:
    noted(closed)
    other = make_campaign(ward, id_card)
    assert tell_reopened(by=CLOCK) == 1
    assert Interest.objects.get().told_about == other


def test_other_units_open_for_themselves(closed: Campaign, other_ward, id_card) -> None:
    noted(closed)
    make_campaign(other_ward, id_card)
    assert tell_reopened(by=CLOCK) == 0


def test_batches_tell_nobody_twice(closed: Campaign, monkeypatch) -> None:
    monkeypatch.setattr("appointments.actions.note_interest.BATCH", 2)
    for number in range(5):
        noted(closed, number)
    move_campaign(campaign=closed, to="open", by=BY)
    assert (tell_reopened(by=CLOCK), len(told()), len(set(told()))) == (5, 5, 5)


def test_whoever_withdrew_hears_nothing(closed: Campaign, stranger_citizen) -> None:
    mine = noted(closed)
    wrong = {"code": mine.code, "phone": phone_of(1)}
    assert code_of_refusal(withdraw_interest, **wrong) == {"phone": ["phone_mismatch"]}
    strange = {"code": mine.code, "citizen": stranger_citizen}
    assert code_of_refusal(withdraw_interest, **strange) == {"phone": ["phone_invalid"]}
    assert withdraw_interest(code=mine.code, phone=phone_of(0)).status == "withdrawn"
    assert withdraw_interest(code=mine.code, citizen=mine.contact).status == "withdrawn"
    move_campaign(campaign=closed, to="open", by=BY)
    assert tell_reopened(by=CLOCK) == 0


def test_refusals(campaign: Campaign) -> None:
    assert code_of_refusal(note, campaign=campaign) == "campaign_open"
    Campaign.objects.update(intake_opens_at=timezone.now() + dt.timedelta(hours=1))
    campaign.refresh_from_db()
    noted(campaign)
    assert code_of_refusal(note, campaign=campaign) == "already_noted"
    facts = {"phone": "113", "address": "::1", "proof": None, "by": ANONYMOUS_CITIZEN}
    assert code_of_refusal(note_interest, campaign=campaign, **facts) == {"phone": ["phone_invalid"]}
