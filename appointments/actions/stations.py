"""A browser becomes a desk of a session: it gets a number, later a counter, and says that it is there."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models import Counter, DeskDay, Session, Station
from appointments.models.desk import SILENT_SECONDS
from appointments.rules import can_serve
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict, NotAllowed


def refuse_strangers(by: Actor, session: Session) -> None:
    """NotAllowed `not_allowed` unless `by` may work at this session's desks."""
    if not can_serve(by, session):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))


def day_of(session: Session) -> DeskDay:
    """The session's day at the desks; made when somebody first asks."""
    day, _created = DeskDay.objects.get_or_create(session=session)
    return day


def open_station(*, session: Session, by: Actor) -> Station:
    """A desk with a number of its own; NotAllowed `not_allowed`."""
    refuse_strangers(by, session)
    day = day_of(session)
    with transaction.atomic():
        DeskDay.objects.filter(pk=day.pk).update(last_station=F("last_station") + 1)
        day.refresh_from_db(fields=["last_station"])
        return Station.objects.create(session=session, number=day.last_station, seen_at=timezone.now())


def note_presence(*, station: Station, keeps_copy: bool) -> None:
    """The desk was heard of; what a colleague took over meanwhile stays taken."""
    station.seen_at, station.released_at = timezone.now(), None
    station.keeps_copy = station.keeps_copy or keeps_copy
    station.save(update_fields=["seen_at", "released_at", "keeps_copy"])


def choose_counter(*, station: Station, counter: Counter | None, by: Actor, take_over: bool = False) -> None:
    """Serve at this counter from now on, or at none.

    Conflict `counter_taken` while another desk serves there; `take_over` takes it from one that is in touch.
    A desk that cannot be reached keeps its counter: it may be calling people from its copy.
    """
    refuse_strangers(by, station.session)
    try:
        with transaction.atomic():
            if counter is not None:
                _free_counter(station, counter, take_over=take_over)
            Station.objects.filter(pk=station.pk).update(counter=counter)
    except IntegrityError:
        raise Conflict("counter_taken", _("Quầy này vừa có bàn khác chọn.")) from None
    station.counter = counter


def _free_counter(station: Station, counter: Counter, *, take_over: bool) -> None:
    holders = Station.objects.filter(session=station.session, counter=counter).exclude(pk=station.pk)
    holder = holders.select_for_update(no_key=True).first()
    if holder is None:
        return
    gone = holder.released_at is not None or (not holder.keeps_copy and _is_silent(holder))
    if not gone and (_is_silent(holder) or not take_over):
        raise Conflict(
            "counter_taken",
            _("Quầy %(number)s đang có bàn khác phục vụ.") % {"number": counter.number},
            counter=counter.number,
        )
    Station.objects.filter(pk=holder.pk).update(counter=None)


def _is_silent(station: Station) -> bool:
    return station.seen_at < timezone.now() - dt.timedelta(seconds=SILENT_SECONDS)


def release_station(*, station: Station, by: Actor) -> None:
    """Give the people of a desk back to all counters: it closed its page, or is known to be broken."""
    refuse_strangers(by, station.session)
    Station.objects.filter(pk=station.pk).update(released_at=timezone.now())
    record(
        action="station.released",
        by=by,
        obj=station,
        unit=station.session.unit,
        detail={"number": station.number},
    )
