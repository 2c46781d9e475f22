"""An enrolled helper registers people who have no phone or cannot use one (mission D5)."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appointments.actions.book_visit import book_visit
from appointments.enums import LIVE
from appointments.models import Booking, Campaign, Helper, Slot
from appointments.queries import slot_by_uid
from portal.citizens.models import Contact
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.units.models import Unit
from procedures.declarations.id_card import as_typed


def helper_of(*, unit: Unit, contact: Contact) -> Helper | None:
    """The enrolment of this contact in this unit that is in force today."""
    return Helper.objects.current(local_today()).filter(unit=unit, contact=contact).first()


def places_left(helper: Helper, campaign: Campaign) -> int:
    """How many more people this helper may register in the campaign; a cancelled one counts no more."""
    used = Booking.objects.filter(helper=helper, session__campaign=campaign, status__in=LIVE).count()
    return max(0, helper.quota - used)


def book_for_others(
    *,
    unit: Unit,
    slot: Any,
    data: dict[str, Any],
    people: Sequence[dict[str, Any]] = (),
    by: Contact,
) -> Booking:
    """The first of the numbered bookings; arguments and errors as `book_visit`.

    Who has no phone of his own is told through the helper's. NotAllowed `not_helper` without an enrolment in
    force; Conflict `helper_quota_spent`. The helper's row is locked, so that two taps do not pass the quota.
    """
    with transaction.atomic():
        helper = _lock_helper(unit, by)
        chosen = slot if isinstance(slot, Slot) else slot_by_uid(unit, slot)
        if chosen is not None:
            _refuse_beyond_quota(helper, chosen.session.campaign, 1 + len(people))
        typed = as_typed(data)
        typed["phone"] = typed.get("phone") or by.contact_point.phone
        return book_visit(
            unit=unit, slot=chosen or slot, data=typed, people=people, attested=True, helper=helper, by=by
        )


def _refuse_beyond_quota(helper: Helper, campaign: Campaign, wanted: int) -> None:
    left = places_left(helper, campaign)
    if left < wanted:
        text = _("Ông/Bà còn được đặt hộ %(left)s người trong đợt này. Cần thêm, xin liên hệ đơn vị.")
        raise Conflict("helper_quota_spent", str(text) % {"left": left}, left=left)


def _lock_helper(unit: Unit, contact: Contact) -> Helper:
    current = Helper.objects.current(local_today()).filter(unit=unit, contact=contact)
    helper = current.select_for_update(of=("self",), no_key=True).first()
    if helper is None:
        raise NotAllowed("not_helper", _("Số điện thoại này chưa được đơn vị ghi danh là người đặt hộ."))
    return helper
