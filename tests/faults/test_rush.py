"""One place and five hundred people; families; numbers in batches; closing in the middle of it all.

Threads with connections of their own, on PostgreSQL. Each guard is also switched off once.
"""

import random
import time
from collections import Counter
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from appointments.actions import moving_places, place_statements, places
from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.number_batch import number_batch, number_waiting
from appointments.actions.open_campaign import move_campaign
from appointments.actions.sweep import expire_holds, mark_full_campaigns
from appointments.enums import CampaignStatus, Numbering
from appointments.models import Booking, Campaign, Session, Slot
from appointments.tests.visits import (
    COMMAND,
    book,
    check_sums,
    code_for,
    confirm,
    family,
    hold,
    slots_in_order,
)
from portal.common.crypto import blind_index
from portal.common.errors import Conflict
from tests.faults.test_last_places import in_threads, last_slot  # noqa: F401 - a fixture
from tests.people import make_campaign

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]
REQUESTS = 500


def test_one_of_five_hundred_wins_and_the_others_see_another_hour(last_slot: Slot) -> None:  # noqa: F811
    Slot.objects.filter(pk=last_slot.pk).update(capacity=1)

    def citizen(number: int) -> Any:
        try:
            return hold(last_slot, number).uid
        except Conflict as refusal:
            return refusal.code, len(refusal.extra["alternatives"]) > 0

    answers = in_threads(citizen, REQUESTS)
    assert Counter(answer for answer in answers if isinstance(answer, tuple)) == {
        ("slot_full", True): REQUESTS - 1
    }
    check_sums()


def test_families_never_split(last_slot: Slot) -> None:  # noqa: F811
    Slot.objects.filter(pk=last_slot.pk).update(capacity=8)

    def citizen(number: int) -> int:
        booking = hold(last_slot, number, people=family(2, seed=number))
        return confirm(booking, code=code_for(booking)).number

    answers = in_threads(citizen, 40)
    assert Counter(answers)["slot_full"] == 38
    parties = Booking.objects.filter(status="booked").order_by("number").values_list("party", flat=True)
    assert list(Counter(parties).values()) == [3, 3]
    assert list(parties)[:3] == [parties[0]] * 3
    check_sums()


def test_batches_by_rival_workers_give_each_number_once(last_slot: Slot) -> None:  # noqa: F811
    Slot.objects.filter(pk=last_slot.pk).update(capacity=60)
    Campaign.objects.update(numbering=Numbering.BATCHED)

    def act(number: int) -> Any:
        if number % 3 == 2:
            return number_batch(session=last_slot.session, by=COMMAND) >= 0
        booking = hold(last_slot, number)
        return confirm(booking, code=code_for(booking)).status

    answers = Counter(in_threads(act, 60, at_once=12))
    assert set(answers) <= {"accepted", "booked", True}
    number_waiting(by=COMMAND)
    numbers = list(Booking.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 41))
    check_sums()


def test_batch_never_waits_in_a_circle_with_who_calls_the_day_off(last_slot: Slot) -> None:  # noqa: F811
    """Numbers go by the time of acceptance, locks by key: the second key was accepted first."""
    Campaign.objects.update(numbering=Numbering.BATCHED)
    holds = [hold(last_slot, number) for number in range(2)]
    for booking in reversed(holds):
        confirm(booking, code=code_for(booking))
    one, two = Booking.objects.order_by("pk")
    locked, numbered = Event(), Event()

    def act(number: int) -> int:
        if number == 0:
            locked.wait(timeout=20)
            return number_batch(session=last_slot.session, by=COMMAND)
        with transaction.atomic():
            moving_places.lock_people([one])
            locked.set()
            numbered.wait(timeout=1)  # while the batch is locked out
            moving_places.lock_people([two])
        return 0

    assert in_threads(act, 2, at_once=2) == [2, 0]
    assert list(Booking.objects.order_by("pk").values_list("number", flat=True)) == [2, 1]
    check_sums()


def test_closing_leaves_nothing_half_done(last_slot: Slot) -> None:  # noqa: F811
    """Whoever was not first enough is told so; after the closing no place moves any more."""
    Slot.objects.update(capacity=200)
    campaign = Campaign.objects.get(pk=last_slot.session.campaign_id)
    sums: list[int] = []

    def act(number: int) -> str:
        if number == 30:
            move_campaign(campaign=campaign, to=CampaignStatus.CLOSED, by=COMMAND)
            sums.append(Booking.objects.count())
            return "closed"
        return hold(last_slot, number).status

    answers = Counter(in_threads(act, 120, at_once=16))
    assert set(answers) == {"held", "campaign_closed", "closed"}
    assert answers["held"] == Booking.objects.count() == sums[0]
    check_sums()


def race_past_the_closing(slot: Slot, monkeypatch) -> int:
    """A hold that has looked, and stops before it takes; meanwhile the campaign is closed. Places taken."""
    looked, closed = Event(), Event()
    plain = place_statements.insert_bookings

    def pause(*args: Any, **terms: Any) -> bool:
        looked.set()
        closed.wait(timeout=1)
        return plain(*args, **terms)

    monkeypatch.setattr(place_statements, "insert_bookings", pause)
    taken: list[int] = []

    def act(number: int) -> str:
        if number == 0:
            return hold(slot).status
        looked.wait(timeout=20)
        move_campaign(campaign=slot.session.campaign, to=CampaignStatus.CLOSED, by=COMMAND)
        taken.append(Booking.objects.count())
        closed.set()
        return "closed"

    assert set(in_threads(act, 2, at_once=2)) <= {"held", "closed", "campaign_closed"}
    return Booking.objects.count() - taken[0]


def test_closing_waits_for_the_request_in_flight(last_slot: Slot, monkeypatch) -> None:  # noqa: F811
    assert race_past_the_closing(last_slot, monkeypatch) == 0


def test_without_lock_and_condition_a_place_is_taken_after_the_closing(last_slot: Slot, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr("appointments.actions.hold_visit.lock_campaign", lambda campaign_id, persons: None)
    monkeypatch.setattr(place_statements, "IS_TAKING", "true")
    assert race_past_the_closing(last_slot, monkeypatch) == 1


def test_slots_locked_in_any_order_end_in_a_deadlock(last_slot: Slot) -> None:  # noqa: F811
    """Why lock_slots sorts: two people who change places lock each other out."""
    one, two = Slot.objects.filter(session=last_slot.session).order_by("pk")[:2]
    together = Barrier(2, timeout=20)

    def cross(number: int) -> str:
        order = [one, two] if number else [two, one]
        try:
            with transaction.atomic():
                places.lock_slots(order[0].pk)
                together.wait()
                places.lock_slots(order[1].pk)
        except OperationalError:
            return "deadlock"
        return "done"

    assert "deadlock" in in_threads(cross, 2, at_once=2)


def test_family_registered_in_two_orders_at_once_is_registered_once(ward, id_card) -> None:
    """Two officers, two days. A third keeps the one in the middle until both wait, and then lets go."""
    sessions = make_campaign(ward, id_card, days=3).sessions.order_by("date")
    slots = [slots_in_order(session)[0] for session in sessions]
    one, middle, other = family(3)
    orders, kept = [[one, middle, other], [other, middle, one], [middle]], Event()

    def register(number: int) -> int | None:
        alone, *people = orders[number]
        return book(slots[number], people=people, attested=True, phone="", **alone).number

    def act(number: int) -> Any:
        if number < 2:
            kept.wait(timeout=20)
            return register(number)
        with transaction.atomic():
            register(number)
            kept.set()
            wait_for_waiting(2)
            transaction.set_rollback(True)
        return "let go"

    assert set(in_threads(act, 3, at_once=3)) == {1, "already_registered", "let go"}
    assert Booking.objects.count() == 3
    check_sums()


def wait_for_waiting(count: int) -> None:
    """Until so many connections of this database wait for a lock."""
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= count:
                return
            time.sleep(0.02)
    raise AssertionError("they do not wait for each other")


def test_counter_that_skips_a_number_leaves_a_gap_that_the_sums_see(last_slot: Slot, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr(
        place_statements,
        "NEXT_NUMBERS",
        "UPDATE appointments_session SET last_number = last_number + 1 + %s WHERE id = %s",
    )
    confirm(hold(last_slot))
    with pytest.raises(AssertionError):
        check_sums()


def test_counter_that_stands_still_meets_the_unique_key(last_slot: Slot, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr(
        place_statements,
        "NEXT_NUMBERS",
        "UPDATE appointments_session SET last_number = last_number + 0 * %s WHERE id = %s",
    )
    book(last_slot, 1)
    with pytest.raises(IntegrityError, match="booking_number_once"):
        book(last_slot, 2)


def test_random_rush_of_families_batches_reserves_and_closings(last_slot: Slot) -> None:  # noqa: F811
    """The seed is printed, so that a failure can be looked at again."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    Slot.objects.update(reserve=2)
    slots = list(Slot.objects.select_related("session__unit", "session__campaign").order_by("pk"))[:4]
    people = 10
    phones = {person: blind_index("phone", f"+84751{person:06d}") for person in range(people)}
    verbs = ["hold"] * 3 + ["family"] * 3 + ["confirm"] * 5 + ["cancel", "one", "expire", "sweep", "book"]
    verbs += ["number", "full", "mode"]

    def act(number: int) -> str:
        chance = random.Random(seed + number)
        person, verb, slot = chance.randrange(people), chance.choice(verbs), chance.choice(slots)
        mine = Booking.objects.filter(declaration__details__isnull=False, phone_hash=phones[person])
        booking = mine.select_related("declaration").order_by("-pk").first()
        if verb == "hold":
            hold(slot, person)
        elif verb == "family":
            hold(slot, person, people=family(chance.randrange(1, 3), seed=person))
        elif verb == "book":
            book(slot, person, people=family(chance.randrange(3), seed=person))
        elif verb == "confirm" and booking:
            confirm(booking, slot=str(slot.uid))
        elif verb in ("cancel", "one") and booking and booking.booked_at:
            only = [booking.uid] if verb == "one" else None
            cancel_visit(code=booking.declaration.code, phone=f"0751{person:06d}", only=only)
        elif verb == "expire" and booking:
            Booking.objects.filter(pk=booking.pk, status="held").update(hold_until=booking.created_at)
        elif verb == "sweep":
            expire_holds(by=COMMAND)
        elif verb == "number":
            number_waiting(by=COMMAND)
        elif verb == "full":
            mark_full_campaigns(by=COMMAND)
        elif verb == "mode":
            Campaign.objects.update(numbering=chance.choice(Numbering.values))
        return verb

    answers = Counter(in_threads(act, 400, at_once=16))
    assert set(answers) <= {
        *verbs, "slot_full", "already_registered", "hold_expired", "code_resend_wait", "code_phone_limit",
        "code_expired", "code_wrong", "code_tries_spent", "move_not_allowed", "too_many_tries", "phone_full",
        "person_unknown",
    }, answers  # fmt: skip
    number_waiting(by=COMMAND)
    assert Session.objects.filter(last_number__gt=0).exists()
    check_sums()
    connection.close()
