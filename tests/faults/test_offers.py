"""Real threads: offers race with holds, answers, cancellations and the sweep; nobody gets a place twice."""

import random
from collections import Counter
from threading import Event
from typing import Any

import pytest
from django.db import transaction

from appointments.actions import offer_places as offer_module
from appointments.actions.answer_offer import accept_offer, decline_offer
from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.change_visit import change_visit
from appointments.actions.sweep import expire_holds, mark_full_campaigns
from appointments.models import Booking, Campaign, Slot, WaitingEntry
from appointments.tests.lines import CLOCK, fill_up, offer, phone_of, wait
from appointments.tests.visits import COMMAND, book, check_sums, hold
from portal.citizens.enums import Channel
from tests.faults.test_last_places import in_threads
from tests.people import make_campaign

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def campaign(ward, id_card, settings, monkeypatch) -> Campaign:
    settings.CODES_PER_PHONE_PER_HOUR = 10_000
    settings.CODES_PER_PREFIX_PER_HOUR = 100_000
    monkeypatch.setattr("appointments.actions.prove_visit.TRIES_PER_HOUR", 10_000)
    return make_campaign(ward, id_card, capacity=2, days=4)


def test_many_workers_make_each_offer_once(campaign: Campaign) -> None:
    booked = fill_up(campaign)
    entries = [wait(campaign, number) for number in range(6)]
    for place in range(20, 24):
        cancel_visit(code=booked[place].declaration.code, phone=phone_of(500 + place))
    assert sum(in_threads(lambda number: offer(), 12, at_once=12)) == 4
    status = [WaitingEntry.objects.get(pk=entry.pk).status for entry in entries]
    assert status == ["offered"] * 4 + ["waiting"] * 2
    check_sums()


def test_a_campaign_whose_lock_is_not_got_is_left_for_the_next_minute(campaign: Campaign) -> None:
    booked = fill_up(campaign)
    wait(campaign, 1)
    cancel_visit(code=booked[-1].declaration.code, phone=phone_of(500 + len(booked) - 1))
    locked, tried = Event(), Event()

    def work(number: int) -> int:
        if number:
            assert locked.wait(20)
            try:
                return offer()
            finally:
                tried.set()
        with transaction.atomic():
            Campaign.objects.select_for_update().get(pk=campaign.pk)
            locked.set()
            return int(tried.wait(20))

    assert in_threads(work, 2, at_once=2) == [1, 0]
    assert offer() == 1


def test_answer_from_many_threads_is_one_visit(campaign: Campaign) -> None:
    booked = fill_up(campaign)
    entry = wait(campaign, 1)
    cancel_visit(code=booked[-1].declaration.code, phone=phone_of(500 + len(booked) - 1))
    offer()

    def answer(number: int) -> Any:
        facts = {"code": entry.code, "phone": phone_of(1)}
        if number % 4 == 3:
            decline_offer(**facts)
            return "declined"
        return accept_offer(channel=Channel.WEB, **facts)[0].number

    answers = set(in_threads(answer, 16, at_once=16))
    entry.refresh_from_db()
    party = Booking.objects.filter(party=entry.party)
    assert [one.status for one in party] == [{"taken": "booked", "declined": "cancelled"}[entry.status]]
    assert answers <= {party[0].number, "declined", "offer_gone", "move_not_allowed"}
    check_sums()


def test_offers_of_two_hours_never_wait_in_a_circle_with_who_changes_between_them(
    campaign: Campaign, monkeypatch
) -> None:
    """The family at the head gets the later hour, the next the earlier: both are locked before, by key."""
    booked = fill_up(campaign)
    early, late = booked[0].slot, booked[-1].slot
    wait(campaign, 1, size=2)
    wait(campaign, 2)
    for place in (0, -1, -2):  # one place early, two late
        cancel_visit(code=booked[place].declaration.code, phone=phone_of(booked_number(booked, place)))
    offered, plain = Event(), offer_module.tell_waiting

    def pause(*args: Any, **terms: Any) -> None:
        plain(*args, **terms)
        if not offered.is_set():
            offered.set()
            sleeping.wait(timeout=1)  # while the other is locked out

    sleeping = Event()
    monkeypatch.setattr(offer_module, "tell_waiting", pause)

    def act(number: int) -> Any:
        if number == 0:
            return offer()
        offered.wait(timeout=20)
        change_visit(code=booked[1].declaration.code, phone=phone_of(501), slot=str(late.uid))
        return "moved"

    assert in_threads(act, 2, at_once=2) == [2, "slot_full"]
    held = Booking.objects.filter(status="held").order_by("pk").values_list("slot", flat=True)
    assert list(held) == [late.pk, late.pk, early.pk]
    check_sums()


def booked_number(booked: list[Booking], place: int) -> int:
    return 500 + place % len(booked)


def test_offers_race_with_everything_else(campaign: Campaign) -> None:
    """The seed is printed, so that a failure can be looked at again."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    booked = fill_up(campaign)
    entries = [wait(campaign, number, size=1 + number % 2) for number in range(10)]
    slots = list(Slot.objects.select_related("session__unit").order_by("pk"))

    def act(number: int) -> str:
        chance = random.Random(seed + number)
        verb = chance.choice(["cancel", "cancel", "offer", "accept", "decline", "hold", "book", "sweep"])
        place = chance.randrange(len(booked))
        person = chance.randrange(len(entries))
        if verb == "cancel":
            cancel_visit(code=booked[place].declaration.code, phone=phone_of(500 + place))
        elif verb == "offer":
            offer()
        elif verb == "accept":
            accept_offer(code=entries[person].code, phone=phone_of(person), channel=Channel.WEB)
        elif verb == "decline":
            decline_offer(code=entries[person].code, phone=phone_of(person))
        elif verb == "hold":
            hold(chance.choice(slots), 900 + number)
        elif verb == "book":
            book(chance.choice(slots), 1200 + number)
        else:
            expire_holds(by=COMMAND)
            mark_full_campaigns(by=CLOCK)
        return verb

    answers = Counter(in_threads(act, 160, at_once=12))
    assert set(answers) <= {
        "cancel", "offer", "accept", "decline", "hold", "book", "sweep",
        "offer_gone", "slot_full", "campaign_full", "move_not_allowed",
    }, answers  # fmt: skip
    check_sums()
    for _turn in range(12):
        offer()
    check_sums()
    open_offers = WaitingEntry.objects.filter(status="offered")
    for entry in open_offers:
        held = Booking.objects.filter(party=entry.party, status="held")
        assert held.count() == entry.size
