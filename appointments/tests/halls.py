"""What tests of the day at the desks do again and again: a session of today, counters, people who came."""

import datetime as dt
from zoneinfo import ZoneInfo

import time_machine

from appointments.actions.check_in import check_in
from appointments.actions.stations import choose_counter, open_station
from appointments.models import Booking, Campaign, Counter, Session, Station, Turn
from appointments.tests.visits import book, slots_in_order
from portal.common.clock import local_today
from portal.officers.models import Officer
from portal.units.models import Unit

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def today_of(campaign: Campaign) -> Session:
    """The campaign's first session, moved to today as if the night had passed."""
    session = campaign.sessions.order_by("date").select_related("unit", "campaign__procedure")[0]
    session.date = local_today()
    session.save(update_fields=["date"])
    return session


def at(hour: int, minute: int = 0) -> dt.datetime:
    """A moment of today by the clock on the wall."""
    return dt.datetime.combine(local_today(), dt.time(hour, minute), tzinfo=LOCAL)


def book_people(session: Session, count: int, *, first: int = 0) -> list[Booking]:
    """`count` people with appointments, filling the slots in their order, booked in the night before: whoever
    runs the tests in the afternoon could not book this morning any more."""
    slots = slots_in_order(session)
    places = [slot for slot in slots for _place in range(slot.capacity)]
    with time_machine.travel(at(0, 1)):
        return [book(places[first + number], first + number) for number in range(count)]


def arrive(booking: Booking, by: Officer, *, when: dt.datetime | None = None, priority: str = "") -> Turn:
    """Somebody comes; on time unless `when` says otherwise."""
    return check_in(booking=booking, by=by, when=when or at(7, 50), priority=priority)


def make_counter(unit: Unit, number: int = 1, name: str = "") -> Counter:
    return Counter.objects.create(unit=unit, number=number, name=name)


def make_station(session: Session, by: Officer, counter: Counter | None = None) -> Station:
    """A desk of the session, at a counter."""
    station = open_station(session=session, by=by)
    if counter is not None:
        choose_counter(station=station, counter=counter, by=by)
    return station
