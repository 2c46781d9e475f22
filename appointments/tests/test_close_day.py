"""The evening: who did not come has missed the visit, nobody is left in the hall."""

import datetime as dt
from collections import Counter

import pytest
from django.utils import timezone

from appointments.actions.call_next import call_next
from appointments.actions.check_in import walk_in
from appointments.actions.close_day import close_day, close_past_days
from appointments.actions.serve_turn import serve_turn
from appointments.enums import SessionStatus
from appointments.models import Booking, DeskDay, Session, Turn
from appointments.tests.halls import arrive, at, book_people, make_counter, make_station, today_of
from appointments.tests.visits import COMMAND, check_sums
from portal.audit.models import AuditEntry
from portal.common.errors import Conflict, NotAllowed


@pytest.fixture
def session(campaign):
    return today_of(campaign)


def set_clock(monkeypatch, when: dt.datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: when.astimezone(dt.UTC))


@pytest.fixture
def full_day(session, colleague):
    """1 finished, 2 at the counter, 3 parked, 4 waiting, 5 absent, 6 and 7 not come, and two walk-ins."""
    counter, desk = make_counter(session.unit), make_station(session, colleague)
    people = book_people(session, 7)
    turns = [arrive(booking, colleague) for booking in people[:5]]
    for turn, verb in ((turns[0], "finish"), (turns[2], "park"), (turns[4], "miss")):
        serve_turn(turn=turn, verb="call", by=colleague, counter=counter)
        serve_turn(turn=turn, verb=verb, by=colleague)
    call_next(session=session, counter=counter, by=colleague)
    walk_in(station=desk, by=colleague)
    return session


def statuses(session: Session) -> tuple[list[str], Counter]:
    bookings = Booking.objects.filter(session=session).order_by("number").values_list("status", flat=True)
    return list(bookings), Counter(Turn.objects.filter(session=session).values_list("status", flat=True))


AFTERWARDS = ["finished", "checked_in", "missed", "missed", "missed", "missed", "missed"]


def test_evening_closes_everything_once(full_day, monkeypatch) -> None:
    set_clock(monkeypatch, at(18, 5))
    assert close_past_days(by=COMMAND) == 1
    assert statuses(full_day) == (AFTERWARDS, Counter(left=5, done=1))
    assert DeskDay.objects.get(session=full_day).closed_at is not None
    entry = AuditEntry.objects.get(action="session.day_closed")
    assert entry.detail == {"left": 5, "missed": 2}
    journal = AuditEntry.objects.count()
    assert close_past_days(by=COMMAND) == 0
    assert close_day(session=full_day, by=COMMAND) == {"left": 0, "missed": 0}
    assert (statuses(full_day)[0], AuditEntry.objects.count()) == (AFTERWARDS, journal)
    check_sums()


def test_before_the_evening_the_clock_closes_nothing(full_day, monkeypatch) -> None:
    set_clock(monkeypatch, at(17, 59))
    before = statuses(full_day)
    assert close_past_days(by=COMMAND) == 0
    assert statuses(full_day) == before


def test_officer_may_close_once_the_last_slot_is_over(full_day, colleague, stranger, monkeypatch) -> None:
    set_clock(monkeypatch, at(9, 59))
    with pytest.raises(Conflict) as early:
        close_day(session=full_day, by=colleague)
    assert early.value.code == "day_not_over"
    set_clock(monkeypatch, at(10, 0))
    with pytest.raises(NotAllowed):
        close_day(session=full_day, by=stranger)
    assert close_day(session=full_day, by=colleague) == {"left": 5, "missed": 2}


def test_cancelled_session_has_no_missed_visits(session, monkeypatch) -> None:
    book_people(session, 1)
    Session.objects.filter(pk=session.pk).update(status=SessionStatus.CANCELLED)
    set_clock(monkeypatch, at(18, 5))
    assert close_past_days(by=COMMAND) == 1
    assert statuses(session)[0] == ["booked"]


def test_forgotten_yesterday_is_closed_today_and_tomorrow_is_left_alone(campaign) -> None:
    yesterday, tomorrow = campaign.sessions.order_by("date")
    book_people(yesterday, 1)
    book_people(tomorrow, 1, first=1)
    Session.objects.filter(pk=yesterday.pk).update(date=timezone.now().date() - dt.timedelta(days=2))
    assert close_past_days(by=COMMAND) == 1
    assert statuses(yesterday)[0] + statuses(tomorrow)[0] == ["missed", "booked"]


def test_crash_in_the_middle_is_finished_by_the_next_run(full_day, monkeypatch) -> None:
    from appointments.actions import close_day as module

    set_clock(monkeypatch, at(18, 5))
    plain, calls = module.move_booking, []

    def fail_at_the_fourth(**arguments):
        calls.append(arguments)
        if len(calls) == 4:
            raise RuntimeError("power cut")
        return plain(**arguments)

    monkeypatch.setattr(module, "move_booking", fail_at_the_fourth)
    with pytest.raises(RuntimeError):
        close_past_days(by=COMMAND)
    assert DeskDay.objects.get(session=full_day).closed_at is None
    monkeypatch.setattr(module, "move_booking", plain)
    assert close_past_days(by=COMMAND) == 1
    assert statuses(full_day) == (AFTERWARDS, Counter(left=5, done=1))
