"""Other places for slots to come: more, fewer, a different reserve, closed to citizens or open again."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from appointments.enums import SessionStatus
from appointments.models import Campaign, Slot
from appointments.rules import can_plan
from appointments.validators import check_places
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import local_now
from portal.common.errors import NotAllowed


@dataclass(frozen=True)
class SlotChoice:
    """Slots of a campaign between two dates and two minutes of the day; None and "" mean any."""

    first_date: dt.date | None = None
    last_date: dt.date | None = None
    opens: int | None = None
    closes: int | None = None
    place_name: str = ""


@dataclass(frozen=True)
class SlotChange:
    """New values; None keeps what is."""

    capacity: int | None = None
    reserve: int | None = None
    open_to_public: bool | None = None

    def values(self) -> dict[str, int | bool]:
        return {name: value for name, value in vars(self).items() if value is not None}


def chosen_slots(*, campaign: Campaign, choice: SlotChoice) -> QuerySet[Slot]:
    """Slots that have not begun and fit the choice, in order."""
    now = local_now()
    today = Q(session__date=now.date(), starts__gt=now.hour * 60 + now.minute)
    slots = Slot.objects.filter(Q(session__date__gt=now.date()) | today)
    limits = {
        "session__date__gte": choice.first_date,
        "session__date__lte": choice.last_date,
        "starts__gte": choice.opens,
        "starts__lt": choice.closes,
        "session__place_name": choice.place_name or None,
    }
    wanted = {name: value for name, value in limits.items() if value is not None}
    mine = slots.filter(session__campaign=campaign, session__status=SessionStatus.PLANNED, **wanted)
    return mine.select_related("session").order_by("session__date", "session__place_name", "starts")


def check_slot_change(slots: QuerySet[Slot], change: SlotChange) -> None:
    """ValidationError `nothing_chosen` `nothing_changed` `capacity_below_taken` `reserve_below_taken` and
    those of `check_places`; names the first slot that has more visits than the new number."""
    if not change.values():
        raise ValidationError(_("Xin ghi ít nhất một thay đổi."), code="nothing_changed")
    if not slots.exists():
        raise ValidationError(
            _("Không có khung giờ nào sắp tới khớp với lựa chọn này."), code="nothing_chosen"
        )
    for slot in slots:
        capacity = slot.capacity if change.capacity is None else change.capacity
        reserve = slot.reserve if change.reserve is None else change.reserve
        check_places(capacity, reserve)
        _refuse_below("capacity", capacity, slot.taken, slot)
        _refuse_below("reserve", reserve, slot.reserve_taken, slot)


def _refuse_below(field: str, wanted: int, taken: int, slot: Slot) -> None:
    if wanted < taken:
        text = _("%(slot)s đã có %(taken)s người đặt, không giảm xuống %(wanted)s được.")
        facts = {"slot": str(slot), "taken": taken, "wanted": wanted}
        raise ValidationError({field: ValidationError(text % facts, code=f"{field}_below_taken")})


def change_slots(*, campaign: Campaign, choice: SlotChoice, change: SlotChange, by: Actor) -> int:
    """How many slots were changed, all or none; ValidationError as `check_slot_change`, NotAllowed."""
    if not can_plan(by, campaign):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    with transaction.atomic():
        # Bookings wait until the new numbers are written, so none slips in below the check.
        keys = chosen_slots(campaign=campaign, choice=choice).order_by("pk")
        locked = Slot.objects.select_for_update(no_key=True).filter(pk__in=keys.values("pk")).order_by("pk")
        wanted = [slot.pk for slot in locked]
        slots = (
            Slot.objects.filter(pk__in=wanted).select_related("session").order_by("session__date", "starts")
        )
        check_slot_change(slots, change)
        changed = Slot.objects.filter(pk__in=wanted).update(**change.values())
        record(
            action="campaign.slots_changed",
            by=by,
            obj=campaign,
            unit=campaign.unit,
            detail={"slots": changed, **change.values()},
        )
    return changed
