"""Hold a place for ten minutes while the one-time code travels to the citizen's phone."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.places import append_entries, insert_with_place
from appointments.actions.transition import move_booking
from appointments.enums import LIVE, BookingStatus
from appointments.models import Booking, Campaign, Slot
from appointments.queries import slot_by_uid
from portal.citizens.actions.codes import admit_verification, send_code
from portal.citizens.models import OneTimeCode
from portal.common.actors import Actor
from portal.common.crypto import blind_index
from portal.common.errors import Conflict
from portal.common.text import fold
from portal.units.models import Unit
from procedures.actions.declare import draft_declaration
from procedures.declarations.id_card import validate_declaration

PURPOSE = "booking"
# A household of eight shares one phone; more on one number is somebody collecting places.
PLACES_PER_PHONE = 8
ALREADY_TEXT = _(
    "Người này đã có lịch hẹn trong đợt này. Mã tờ khai đã được gửi tới số điện thoại trên. "
    "Xin tra cứu hoặc hủy lịch cũ trước khi đặt lịch mới."
)


def hold_visit(
    *, unit: Unit, slot: Any, data: dict[str, Any], address: str, proof: dict[str, Any] | None, by: Actor
) -> tuple[Booking, OneTimeCode]:
    """A held booking and the challenge whose code is on its way.

    `slot` is the slot's uid as text, `data` the raw declaration fields, `address` the caller's network
    address (soft budgets only), `proof` what the gate asked for. Raises ValidationError {field: codes},
    Conflict `campaign_closed` `slot_past` `slot_full` `already_registered` `phone_full`, and TooMany from the
    code budget. Nothing is written when anything is refused.
    """
    details, chosen = check_request(unit=unit, slot=slot, data=data)
    booking = new_booking(unit=unit, slot=chosen, details=details, by=by)
    earlier = earlier_hold(booking)
    if earlier and earlier.slot_id == booking.slot_id and earlier.hold_until > timezone.now():
        return earlier, latest_challenge(earlier)  # the same tap twice, or the same form sent again
    # Outside the transaction: a turn in the queue must be kept although the call ends with `code_queued`.
    admitted = admit_verification(phone=details["phone"], unit=unit, address=address, proof=proof)
    try:
        with transaction.atomic():
            booking.declaration = draft_declaration(
                procedure=chosen.session.campaign.procedure, unit=unit, data=details, by=by
            )
            challenge = send_code(admitted, purpose=PURPOSE, about=booking.uid, by=by)
            if earlier:
                release_hold(earlier, new_slot=chosen, by=by)
            insert_with_place(booking, numbered=False, now=timezone.now())
            append_entries([booking], to=BookingStatus.HELD, actor=by.actor_ref)
    except IntegrityError as error:
        twin = earlier_hold(booking)  # the other tap won the race for this person
        if twin is None:
            raise
        return twin, latest_challenge(twin)
    return booking, challenge


def latest_challenge(booking: Booking) -> OneTimeCode:
    """The newest code of this hold; older ones no longer open it."""
    return OneTimeCode.objects.filter(about=booking.uid, purpose=PURPOSE).latest("pk")


def check_request(*, unit: Unit, slot: Any, data: dict[str, Any]) -> tuple[dict[str, str], Slot]:
    """Cleaned details and the slot; all field errors at once, then whether the place can be booked at all."""
    errors: dict[str, Any] = {}
    details: dict[str, str] = {}
    try:
        details = validate_declaration(data)
    except ValidationError as error:
        errors = dict(error.error_dict)
    chosen = slot_by_uid(unit, slot) if slot else None
    if not slot:
        errors["slot"] = [ValidationError(_("Xin chọn ngày và giờ."), code="slot_required")]
    elif chosen is None:
        errors["slot"] = [ValidationError(_("Không tìm thấy khung giờ này. Xin chọn lại."), code="slot_unknown")]
    if errors or chosen is None:
        raise ValidationError(errors)
    refuse_closed(chosen, timezone.now())
    return details, chosen


def refuse_closed(slot: Slot, now: dt.datetime) -> None:
    campaign: Campaign = slot.session.campaign
    if not campaign.is_taking(now):
        raise Conflict("campaign_closed", _("Đợt này hiện không nhận đăng ký. Xin theo dõi thông báo của đơn vị."))
    if slot.starts_at <= now:
        raise Conflict("slot_past", _("Khung giờ này đã qua. Xin chọn khung giờ khác, thông tin đã nhập vẫn còn."))


def person_key(campaign: Campaign, details: dict[str, str]) -> str:
    """One live place per campaign for the same name, birth date and phone."""
    who = f"{campaign.uid}|{fold(details['full_name'])}|{details['birth_date']}|{details['phone']}"
    return blind_index("appointments.booking.person_key", who)


def new_booking(*, unit: Unit, slot: Slot, details: dict[str, str], by: Actor) -> Booking:
    """An unsaved hold on `slot`."""
    return Booking(
        uid=uuid.uuid4(),
        slot=slot,
        session=slot.session,
        unit=unit,
        status=BookingStatus.HELD,
        hold_until=timezone.now() + dt.timedelta(seconds=settings.HOLD_SECONDS),
        person_key=person_key(slot.session.campaign, details),
        phone_hash=blind_index("phone", details["phone"]),
        filed_by=by.actor_ref,
    )


def earlier_hold(booking: Booking) -> Booking | None:
    """This person's live hold in the campaign; Conflict `already_registered` or `phone_full`."""
    earlier = Booking.objects.filter(person_key=booking.person_key, status__in=LIVE).first()
    if earlier and earlier.status != BookingStatus.HELD:
        raise Conflict("already_registered", str(ALREADY_TEXT))
    same_phone = Booking.objects.filter(
        phone_hash=booking.phone_hash,
        status__in=(BookingStatus.HELD, BookingStatus.BOOKED),
        session__campaign_id=booking.session.campaign_id,
    )
    if earlier is None and same_phone.count() >= PLACES_PER_PHONE:
        text = _("Số điện thoại này đã giữ %(most)s chỗ trong đợt này. Xin gọi trực ban nếu gia đình đông hơn.")
        raise Conflict("phone_full", str(text) % {"most": PLACES_PER_PHONE})
    return earlier


def release_hold(earlier: Booking, *, new_slot: Slot, by: Actor) -> None:
    """Whoever chooses again gives the first hold back, in the same transaction that takes the new one.

    Both slots are locked in the order of their keys, or two people who swap places would wait for each other.
    """
    list(Slot.objects.select_for_update().filter(pk__in=(earlier.slot_id, new_slot.pk)).order_by("pk"))
    move_booking(booking=earlier, to=BookingStatus.EXPIRED, by=by, reason="chose again")
