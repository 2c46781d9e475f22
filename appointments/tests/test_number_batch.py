"""A campaign in batched mode: accepted first, numbered a second later, in the order of acceptance."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.actions import number_batch as module
from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.number_batch import number_batch, number_waiting
from appointments.enums import Numbering
from appointments.models import Booking, Campaign, Session, Slot, StatusEntry
from appointments.tests.visits import COMMAND, book, check_sums, confirm, family, hold
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import NotAllowed
from portal.notifications.models import OutboxMessage
from procedures.models import Declaration

pytestmark = pytest.mark.django_db(transaction=True)
CONFIRMED = OutboxMessage.objects.filter(notice="appointments.booking_confirmed")


@pytest.fixture
def rush(slot: Slot) -> Slot:
    Campaign.objects.update(numbering=Numbering.BATCHED)
    Slot.objects.update(capacity=100)
    return Slot.objects.select_related("session__campaign", "session__unit").get(pk=slot.pk)


def states() -> list[tuple]:
    return list(Booking.objects.order_by("booked_at", "pk").values_list("status", "number"))


def test_confirming_takes_the_place_and_no_number(rush: Slot) -> None:
    booking = confirm(hold(rush, people=family(1)))
    assert (booking.status, booking.number) == ("accepted", None)
    assert booking.contact is not None
    assert states() == [("accepted", None)] * 2
    assert Session.objects.get(pk=rush.session_id).last_number == 0
    assert CONFIRMED.count() == 0
    assert confirm(booking).uid == booking.uid
    check_sums()


def test_batch_numbers_families_side_by_side_and_tells_each_once(rush: Slot) -> None:
    confirm(hold(rush, 1))
    confirm(hold(rush, 2, people=family(2)))
    confirm(hold(rush, 3))
    assert number_batch(session=rush.session, by=COMMAND) == 5
    assert number_batch(session=rush.session, by=COMMAND) == 0
    assert states() == [("booked", number) for number in range(1, 6)]
    assert CONFIRMED.count() == 3
    assert set(StatusEntry.objects.filter(to="booked").values_list("frm", "actor")) == {
        ("accepted", COMMAND.actor_ref)
    }
    check_sums()


def test_place_given_back_before_the_number_gets_none(rush: Slot) -> None:
    first = confirm(hold(rush, 1))
    confirm(hold(rush, 2))
    cancel_visit(code=first.declaration.code, phone="0751000001")
    assert number_waiting(by=COMMAND) == 1
    assert states() == [("cancelled", None), ("booked", 1)]
    assert OutboxMessage.objects.filter(notice="appointments.booking_cancelled").count() == 0
    check_sums()


def test_officer_at_the_desk_need_not_wait(rush: Slot, owner) -> None:
    confirm(hold(rush, 1))
    assert book(rush, 2, by=owner).number == 1
    number_waiting(by=COMMAND)
    assert sorted(Booking.objects.values_list("number", flat=True)) == [1, 2]
    check_sums()


def test_only_the_clock_gives_numbers(rush: Slot, owner) -> None:
    confirm(hold(rush, 1))
    for actor in (owner, ANONYMOUS_CITIZEN):
        with pytest.raises(NotAllowed):
            number_batch(session=rush.session, by=actor)
    assert states() == [("accepted", None)]


def test_session_is_woken_once_a_second(rush: Slot, monkeypatch) -> None:
    woken = []
    monkeypatch.setattr(module, "wake_task", lambda task, uid, **terms: woken.append((task, uid, terms)))
    for number in range(3):
        confirm(hold(rush, number))
    assert woken == [
        (module.NUMBER_TASK, str(rush.session.uid), {"queue": "transactional", "after": 1}),
    ]


def test_ticket_waits_for_the_number_and_then_shows_it(rush: Slot) -> None:
    booking = confirm(hold(rush, 1))
    path = f"/{rush.session.unit.slug}/phieu/{booking.declaration.code}/"
    waiting = Client().get(path)
    assert (waiting.status_code, waiting["Refresh"]) == (200, "3")
    assert "đang cấp số" in waiting.content.decode()
    assert Client().get(f"{path}lich.ics").status_code == 404
    number_waiting(by=COMMAND)
    ready = Client().get(path)
    assert "Refresh" not in ready
    assert "Ông/Bà đã có lịch hẹn" in ready.content.decode()


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    visits=st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=6),
    most=st.integers(1, 4),
)
def test_any_batches_keep_the_order_without_a_gap(rush: Slot, monkeypatch, visits, most) -> None:
    """`visits` are families and whether a worker comes by after them; `most` is the size of a batch."""
    for model in (StatusEntry, Booking, Declaration):
        model.objects.all()._raw_delete("default")
    Slot.objects.update(taken=0)
    Session.objects.update(last_number=0)
    monkeypatch.setattr(module, "BATCH", most)
    for limit in ("CODES_PER_PHONE_PER_HOUR", "CODES_PER_PREFIX_PER_HOUR"):
        monkeypatch.setattr(f"django.conf.settings.{limit}", 10_000)
    now = timezone.now()
    for place, (size, comes_by) in enumerate(visits):
        with time_machine.travel(now + dt.timedelta(seconds=61 * place), tick=False):
            confirm(hold(rush, place, people=family(size - 1, seed=place)))
        if comes_by:
            number_batch(session=rush.session, by=COMMAND)
    while number_batch(session=rush.session, by=COMMAND):
        pass
    assert states() == [("booked", number + 1) for number in range(sum(size for size, _by in visits))]
    check_sums()
