"""The office calendar: days laid out from the unit's reception hours, kept in step with them every day."""

import datetime as dt
import uuid
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, ProtectedError, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from appointments.actions.lay_out import (
    Layout,
    clashes,
    days_off,
    new_slot,
    services_of_campaign,
    write_sessions,
)
from appointments.actions.open_campaign import free_slug
from appointments.enums import LIVE, CampaignKind, CampaignStatus, SessionStatus
from appointments.models import Booking, Campaign, OfficeCalendar, Session, Slot
from appointments.rules import can_plan
from appointments.timetable import OfficeSettings, PlannedSession, starts_in
from appointments.validators import check_office, check_place
from appointments.workflow import CAMPAIGN_WORKFLOW
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.common.errors import NotAllowed
from portal.units.models import Unit
from portal.units.queries import reception_between
from procedures.models import Procedure


@dataclass(frozen=True)
class OfficeChanges:
    """What would bring the calendar up to date.

    `new` days are created; `followed` days without visits take the hours of today's announcement (None: the
    day is closed now); `kept` days differ too, but somebody has booked: an officer decides.
    """

    new: tuple[PlannedSession, ...]
    followed: tuple[tuple[Session, PlannedSession | None], ...]
    kept: tuple[Session, ...]


def office_layout(*, unit: Unit, place: tuple[str, str], settings: OfficeSettings) -> Layout:
    """Every day of the window, from tomorrow on; ValidationError as `check_place` and `check_office`."""
    check_place(*place)
    check_office(settings)
    first = local_today() + dt.timedelta(days=1)
    last = local_today() + dt.timedelta(days=settings.days_ahead)
    sessions = [
        PlannedSession(
            date=day,
            place_name=place[0],
            place_address=place[1],
            starts=starts,
            slot_minutes=settings.slot_minutes,
            capacity=settings.capacity,
            reserve=settings.reserve,
        )
        for day, spans in sorted(reception_between(unit, first, last).items())
        if (starts := starts_in(spans, settings.slot_minutes))
    ]
    same_place = clashes(unit, sessions, None) if sessions else []
    return Layout(tuple(sessions), tuple(sorted(days_off(unit, first, last).items())), tuple(same_place))


def create_office(
    *,
    unit: Unit,
    procedure: Procedure,
    name: str,
    description: str,
    place: tuple[str, str],
    settings: OfficeSettings,
    numbering: str = "at_once",
    uid: uuid.UUID | None = None,
    by: Actor,
) -> Campaign:
    """A draft campaign of kind office with its first days; the same `uid` again returns the first one.

    ValidationError as `office_layout` and the model's own, NotAllowed `not_allowed`.
    """
    campaign = Campaign(
        unit=unit,
        procedure=procedure,
        name=name,
        slug=free_slug(unit, name),
        description=description,
        kind=CampaignKind.OFFICE,
        numbering=numbering,
        uid=uid or uuid.uuid4(),
    )
    CAMPAIGN_WORKFLOW.check(campaign.status, CampaignStatus.OPEN, by=by, obj=campaign)
    made = Campaign.objects.filter(uid=campaign.uid, unit=unit).first()
    if made is not None:
        return made
    layout = office_layout(unit=unit, place=place, settings=settings)
    with transaction.atomic():
        campaign.full_clean(exclude=["slug"])
        campaign.save()
        OfficeCalendar.objects.create(
            campaign=campaign, place_name=place[0], place_address=place[1], **vars(settings)
        )
        services = [(procedure, settings.minutes_per_person)]
        write_sessions(campaign=campaign, planned=layout.sessions, services=services)
        record(action="campaign.office_created", by=by, obj=campaign, unit=unit, detail=layout.figures())
    return campaign


def edit_office(*, calendar: OfficeCalendar, settings: OfficeSettings, by: Actor) -> OfficeChanges:
    """New settings for the days to come; places already taken stay, so a slot never shrinks below them.

    ValidationError as `check_office`, NotAllowed `not_allowed`.
    """
    if not can_plan(by, calendar.campaign):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    check_office(settings)
    with transaction.atomic():
        OfficeCalendar.objects.filter(pk=calendar.pk).update(**vars(settings))
        record(
            action="campaign.office_changed",
            by=by,
            obj=calendar.campaign,
            unit=calendar.campaign.unit,
            detail=vars(settings),
        )
        calendar.refresh_from_db()
        slots = Slot.objects.filter(session__in=_ruled(calendar))
        slots.update(
            capacity=Greatest(F("taken"), settings.capacity),
            reserve=Greatest(F("reserve_taken"), settings.reserve),
        )
        return extend_office(calendar=calendar, by=by)


def extend_office(*, calendar: OfficeCalendar, by: Actor) -> OfficeChanges:
    """Create missing days, follow changed hours where nobody has booked; a second call changes nothing."""
    campaign = calendar.campaign
    if not can_plan(by, campaign):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    with transaction.atomic():
        # Two runs at once would both create tomorrow.
        OfficeCalendar.objects.select_for_update().get(pk=calendar.pk)
        changes = office_changes(calendar)
        write_sessions(campaign=campaign, planned=changes.new, services=services_of_campaign(campaign))
        followed = [session for session, planned in changes.followed if _follow(session, planned)]
        if changes.new or followed:
            detail = {"new": len(changes.new), "followed": len(followed), "kept": len(changes.kept)}
            record(action="campaign.office_extended", by=by, obj=campaign, unit=campaign.unit, detail=detail)
    return changes


def extend_offices(*, by: Actor) -> int:
    """Every office calendar that is not closed; returns how many days were created."""
    calendars = OfficeCalendar.objects.exclude(campaign__status=CampaignStatus.CLOSED)
    return sum(
        len(extend_office(calendar=calendar, by=by).new)
        for calendar in calendars.select_related("campaign__unit", "campaign__procedure")
    )


def office_changes(calendar: OfficeCalendar, settings: OfficeSettings | None = None) -> OfficeChanges:
    """What is missing or different from tomorrow on, by `settings` or the calendar's own; reads only."""
    place = (calendar.place_name, calendar.place_address)
    layout = office_layout(unit=calendar.campaign.unit, place=place, settings=settings or calendar.settings)
    wanted = {planned.date: planned for planned in layout.sessions}
    sessions = list(_ruled(calendar).prefetch_related("slots"))
    known = {session.date for session in sessions}
    different = [session for session in sessions if _differs(session, wanted.get(session.date))]
    busy = set(
        Booking.objects.filter(session__in=different, status__in=LIVE).values_list("session_id", flat=True)
    )
    planned_only = [session for session in different if session.status == SessionStatus.PLANNED]
    return OfficeChanges(
        tuple(planned for day, planned in wanted.items() if day not in known),
        tuple((one, wanted.get(one.date)) for one in planned_only if one.pk not in busy),
        tuple(one for one in planned_only if one.pk in busy),
    )


def _ruled(calendar: OfficeCalendar) -> QuerySet[Session]:
    """Days to come, cancelled ones too: a cancelled day is not created a second time."""
    return Session.objects.filter(campaign=calendar.campaign, date__gt=local_today()).order_by("date")


def _differs(session: Session, planned: PlannedSession | None) -> bool:
    """Whether citizens can come at other hours than planned; a slot an officer closed is no difference."""
    wanted = {(start, planned.slot_minutes) for start in planned.starts} if planned else set()
    slots = list(session.slots.all())
    open_to_citizens = {(slot.starts, slot.minutes) for slot in slots if slot.open_to_public}
    return bool(open_to_citizens - wanted or wanted - {(slot.starts, slot.minutes) for slot in slots})


def _follow(session: Session, planned: PlannedSession | None) -> bool:
    """Give a day without visits its new hours; False when somebody booked meanwhile."""
    slots = list(Slot.objects.select_for_update().filter(session=session).order_by("pk"))
    if Booking.objects.filter(session=session, status__in=LIVE).exists():
        return False
    remembered = set(Booking.objects.filter(session=session).values_list("slot_id", flat=True))
    Slot.objects.filter(session=session).exclude(pk__in=remembered).delete()
    if planned is None:
        Slot.objects.filter(session=session).update(open_to_public=False)
        if not remembered:
            _drop_day(session)
        return True
    Slot.objects.filter(pk__in=remembered).exclude(starts__in=planned.starts).update(open_to_public=False)
    stays = Slot.objects.filter(pk__in=remembered, starts__in=planned.starts)
    stays.update(minutes=planned.slot_minutes, capacity=planned.capacity, reserve=planned.reserve)
    taken = {slot.starts for slot in slots if slot.pk in remembered}
    Slot.objects.bulk_create(
        new_slot(session, start, planned) for start in planned.starts if start not in taken
    )
    return True


def _drop_day(session: Session) -> None:
    """Remove a day nobody ever booked, unless something else still points at it."""
    with suppress(ProtectedError), transaction.atomic():
        session.delete()
