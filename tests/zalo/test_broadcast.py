"""A mass message to everybody who follows the OA: one article, sent once, whatever dies in between."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.common.clock import local_moment, local_today
from portal.notifications.actions.move_mass import move_mass
from portal.notifications.actions.tend_mass import tend_mass
from portal.notifications.actions.write_mass import Draft, write_mass
from portal.notifications.models import MassMessage, OutboxMessage
from portal.zalo.actions import broadcast as sending
from portal.zalo.actions.check_account import check_account
from portal.zalo.errors import OA, WAY, ZaloError
from portal.zalo.models import Broadcast, OfficialAccount
from tests.people import BY

WORDS = "Sáng thứ bảy nhà văn hóa làm căn cước lưu động."


@pytest.fixture(autouse=True)
def daytime():
    with time_machine.travel(local_moment(local_today(), 600), tick=True):
        yield


@pytest.fixture
def mass(connected, user_id, zalo, settings) -> MassMessage:
    """Tried and ready to go, to the one who follows the imitated OA."""
    settings.MASS_SECOND_PERSON_ABOVE = 10_000
    check_account(account=connected, by=BY)
    whom = {"unit": connected.unit, "audience": "notifications.zalo_followers", "target": ""}
    draft = Draft(title="Lịch", text=WORDS, **whom)
    return move_mass(obj=write_mass(draft=draft, by=BY), to="checked", by=BY)


def go(mass: MassMessage) -> MassMessage:
    move_mass(obj=mass, to="queued", by=BY)
    return look(mass)


def look(mass: MassMessage) -> MassMessage:
    """As if every wait were over."""
    Broadcast.objects.update(next_at=timezone.now())
    tend_mass(mass_uid=mass.uid, by=BY)
    mass.refresh_from_db()
    return mass


def articles_in(zalo) -> list[str]:
    kept = [message for member in zalo.world.state["members"].values() for message in member["messages"]]
    return [message["text"] for message in kept if message["kind"] == "article"]


def scripted(monkeypatch, *answers) -> list:
    """call_zalo answers with these, one after the other; an exception is raised."""
    waiting, calls = list(answers), []

    def answer(*, account, call, by):
        calls.append(account.pk)
        found = waiting.pop(0)
        if isinstance(found, BaseException):
            raise found
        return found

    monkeypatch.setattr(sending, "call_zalo", answer)
    return calls


def test_followers_get_the_article_once_and_nobody_an_outbox_row(mass, zalo):
    account = OfficialAccount.objects.get()
    assert mass.estimate["people"] == account.followers > 0
    assert (mass.estimate["cost"], mass.estimate["channels"]) == (0, {})
    mass = go(mass)
    assert (mass.state, Broadcast.objects.get().last_error) == ("running", "oa_-214")  # still being made
    zalo.world.switches.clock_offset = 2
    mass = look(mass)
    row = Broadcast.objects.get()
    assert (mass.state, mass.figures, row.state) == ("done", {"accepted": account.followers}, "sent")
    assert row.message_id.startswith("broadcast-")
    assert OutboxMessage.objects.count() == 0
    assert WORDS in row.text and "/z/" in row.text
    assert look(mass).next_at is None


def test_a_lost_answer_of_the_last_call_is_never_repeated(mass, monkeypatch):
    calls = scripted(monkeypatch, "token", "article", ZaloError(WAY, "timeout", maybe_done=True))
    mass = go(mass)
    assert (mass.state, mass.figures, Broadcast.objects.get().state) == ("done", {}, "unclear")
    look(mass), look(mass)
    assert len(calls) == 3


def test_a_lost_answer_before_it_only_makes_another_article(mass, monkeypatch):
    lost = ZaloError(WAY, "timeout", maybe_done=True)
    scripted(monkeypatch, lost, "token", ZaloError(WAY, "http_5xx", maybe_done=True), "article", "sent")
    mass = go(mass)
    for _look in range(3):
        mass = look(mass)
    assert (mass.state, Broadcast.objects.get().message_id) == ("done", "sent")


class Killed(BaseException):
    """As kill -9."""


@pytest.mark.parametrize(
    ("answers", "ends_as"),
    [
        ([Killed(), "token", "article", "sent"], "sent"),
        (["token", Killed(), "article", "sent"], "sent"),
        (["token", "article", Killed(), "sent"], "unclear"),
    ],
)
def test_a_worker_killed_in_a_call_sends_nothing_twice(mass, monkeypatch, answers, ends_as):
    calls = scripted(monkeypatch, *answers)
    with pytest.raises(Killed):
        go(mass)
    made = len(calls)
    look(mass)
    assert len(calls) == made  # somebody may still hold it
    Broadcast.objects.update(claimed_until=timezone.now())
    for _look in range(3):
        mass = look(mass)
    assert (mass.state, Broadcast.objects.get().state) == ("done", ends_as)
    assert len(calls) == (4 if ends_as == "sent" else 3)


def test_what_zalo_refuses_for_good_is_told_and_what_it_refuses_at_night_waits(mass, monkeypatch):
    scripted(monkeypatch, "token", "article", ZaloError(OA, "-234"), ZaloError(OA, "-248"))
    mass = go(mass)
    row = Broadcast.objects.get()
    assert (mass.state, row.state) == ("running", "waiting")
    assert row.next_at > timezone.now() + dt.timedelta(hours=10)
    mass = look(mass)
    assert (mass.state, mass.figures, Broadcast.objects.get().last_error) == (
        "done",
        {"failed": mass.people},
        "oa_-248",
    )


def test_stop_and_pause_hold_the_article(mass, monkeypatch):
    calls = scripted(monkeypatch, "token", ZaloError(OA, "-214"), "article", "sent")
    mass = go(mass)
    move_mass(obj=mass, to="paused", by=BY)
    look(mass)
    assert len(calls) == 2
    move_mass(obj=mass, to="stopped", by=BY, reason="Nhầm")
    assert Broadcast.objects.get().state == "cancelled"
    assert (look(mass).state, len(calls), mass.next_at) == ("stopped", 2, None)


def test_past_its_validity_nothing_goes_out(mass, monkeypatch):
    calls = scripted(monkeypatch, ZaloError(WAY, "connect_failed"))
    mass = go(mass)
    Broadcast.objects.update(valid_until=timezone.now())
    mass = look(mass)
    assert (mass.state, Broadcast.objects.get().last_error, len(calls)) == ("done", "way_article_late", 1)


def test_an_account_that_lost_its_consent_is_named_by_the_dry_run(mass):
    OfficialAccount.objects.update(state="needs_consent")
    with pytest.raises(ValidationError) as refusal:
        move_mass(obj=mass, to="checked", by=BY)
    assert refusal.value.error_dict["audience"][0].code == "zalo_not_connected"
