"""Lay out a campaign: its sessions and slots for a range of days, and open or close its intake."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from appointments.enums import CampaignStatus
from appointments.models import Campaign, Session, Slot
from appointments.validators import MOST_SLOTS, check_dates, check_hours
from appointments.workflow import CAMPAIGN_WORKFLOW
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.common.text import fold
from portal.units.models import CalendarDay, Unit
from procedures.models import Procedure


@dataclass(frozen=True)
class Plan:
    """What an officer asks for. Times in minutes after local midnight; weekdays 0 = Monday."""

    name: str
    first_date: dt.date
    last_date: dt.date
    place_name: str
    place_address: str
    opens: int
    closes: int
    slot_minutes: int
    capacity: int
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    skip_holidays: bool = True
    description: str = ""


def planned_days(*, unit: Unit, plan: Plan) -> list[dt.date]:
    """The dates the plan would create; ValidationError as the validators, `no_days` or `too_many_slots`."""
    check_dates(plan.first_date, plan.last_date, local_today())
    check_hours(plan.opens, plan.closes, plan.slot_minutes)
    # Also the unit's own closures, which move no legal deadline.
    calendar = dict(CalendarDay.objects.for_unit(unit).values_list("date", "is_working"))
    holidays = {day for day, worked in calendar.items() if not worked}
    span = (
        plan.first_date + dt.timedelta(days=n) for n in range((plan.last_date - plan.first_date).days + 1)
    )
    days = [
        day for day in span if day.weekday() in plan.weekdays and not (plan.skip_holidays and day in holidays)
    ]
    if not days:
        raise ValidationError({"weekdays": ValidationError(_("Không có ngày nào phù hợp."), code="no_days")})
    if len(days) * len(planned_starts(plan)) > MOST_SLOTS:
        raise ValidationError(
            {"slot_minutes": ValidationError(_("Quá nhiều khung giờ."), code="too_many_slots")}
        )
    return days


def planned_starts(plan: Plan) -> list[int]:
    """Minutes after midnight at which a slot begins; the last one ends before closing."""
    return list(range(plan.opens, plan.closes - plan.slot_minutes + 1, plan.slot_minutes))


@transaction.atomic
def create_campaign(
    *,
    unit: Unit,
    procedure: Procedure,
    plan: Plan,
    opens_at: dt.datetime | None = None,
    closes_at: dt.datetime | None = None,
    by: Actor,
) -> Campaign:
    """A campaign in draft with all its sessions and slots; nobody sees it before it is opened.

    `opens_at` and `closes_at` bound the intake. ValidationError as `planned_days` and the model's
    own; NotAllowed `not_allowed`.
    """
    days, starts = planned_days(unit=unit, plan=plan), planned_starts(plan)
    campaign = Campaign(
        unit=unit,
        procedure=procedure,
        name=plan.name,
        slug=free_slug(unit, plan.name),
        description=plan.description,
        intake_opens_at=opens_at,
        intake_closes_at=closes_at,
    )
    CAMPAIGN_WORKFLOW.check(campaign.status, CampaignStatus.OPEN, by=by, obj=campaign)
    campaign.full_clean(exclude=["slug"])
    campaign.save()
    sessions = Session.objects.bulk_create(
        Session(
            campaign=campaign,
            unit=unit,
            date=day,
            place_name=plan.place_name,
            place_address=plan.place_address,
        )
        for day in days
    )
    Slot.objects.bulk_create(
        Slot(session=session, starts=start, minutes=plan.slot_minutes, capacity=plan.capacity)
        for session in sessions
        for start in starts
    )
    detail = {"days": len(days), "slots": len(days) * len(starts), "capacity": plan.capacity}
    record(action="campaign.created", by=by, obj=campaign, unit=unit, detail=detail)
    return campaign


def free_slug(unit: Unit, name: str) -> str:
    """A slug of the name that no other campaign of the unit has."""
    base = slugify(fold(name))[:70] or "dot"
    taken = set(Campaign.objects.filter(unit=unit, slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)


@transaction.atomic
def move_campaign(*, campaign: Campaign, to: str, by: Actor, reason: str = "") -> Campaign:
    """Open or close the intake; Conflict `move_not_allowed`, NotAllowed `not_allowed`."""
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    move = CAMPAIGN_WORKFLOW.check(locked.status, to, by=by, obj=locked, reason=reason)
    locked.status = to
    locked.save(update_fields=["status"])
    record(action=f"campaign.{move.verb}", by=by, obj=locked, unit=locked.unit, detail={"to": to})
    campaign.status = to
    return locked
