"""A visit as an iCalendar file (RFC 5545), for phones that can open one."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from appointments.models import Booking
from portal.common.codes import show_code
from portal.common.text import show_numbers
from procedures.queries import ID_CARD


def calendar_file(booking: Booking, *, together: Sequence[Booking] = ()) -> bytes:
    """UTF-8 bytes with one event in UTC and an alarm two hours before; no personal data.

    `together` are all who come at this hour, `booking` among them; their numbers stand in the summary.
    """
    numbers = show_numbers(one.number for one in together or [booking]).replace("-", "\N{EN DASH}")
    what = booking.declaration.procedure
    title = _("Làm căn cước") if what.key == ID_CARD else what.name
    event = Event()
    event.add("uid", f"{booking.uid}@{booking.unit.slug}")
    event.add("dtstamp", booking.booked_at)
    event.add("dtstart", booking.slot.starts_at.astimezone(dt.UTC))
    event.add("dtend", booking.slot.ends_at.astimezone(dt.UTC))
    event.add("summary", _("%(what)s: số %(numbers)s") % {"what": title, "numbers": numbers})
    event.add("location", f"{booking.session.place_name}, {booking.session.place_address}")
    event.add(
        "description",
        _("Mã tờ khai %(code)s. Mời đến trước 10 phút.") % {"code": show_code(booking.declaration.code)},
    )
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", str(event["summary"]))
    alarm.add("trigger", dt.timedelta(hours=-2))
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//citizen-services-portal//visits//VI")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return calendar.to_ical()
