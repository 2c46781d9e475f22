"""Hold a place for ten minutes while the one-time code travels to the citizen's phone."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.places import (
    append_entries,
    free_expired_holds,
    insert_with_place,
    lock_slots,
    swap_place,
)
from appointments.actions.transition import move_booking
from appointments.enums import LIVE, BookingStatus
from appointments.models import Booking, Campaign, Slot
from appointments.queries import slot_by_uid
from portal.citizens.actions.codes import admit_verification, send_code
from portal.citizens.models import OneTimeCode
from portal.common.actors import Actor
from portal.common.crypto import blind_index
from portal.common.errors import Conflict, TooMany
from portal.common.text import fold
from portal.units.models import Unit
from procedures.actions.declare import draft_declaration, redraft_declaration
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

    `slot` is the uid as text (or the slot, just read), `data` the raw declaration fields, `address` the
    caller's network address (soft budgets only), `proof` what the gate asked for. Raises ValidationError
    {field: codes}, Conflict `campaign_closed` `slot_past` `slot_full` `already_registered` `phone_full`, and
    TooMany from the code budget. Nothing is written when anything is refused.

    Who chooses again while the hold lives keeps it, with the code already sent: another slot, corrected
    answers or the same tap twice cost no second message.
    """
    details, chosen = check_request(unit=unit, slot=slot, data=data)
    booking = new_booking(unit=unit, slot=chosen, details=details, by=by)
    earlier = earlier_hold(booking)
    if earlier and earlier.hold_until > timezone.now():
        return choose_again(earlier, slot=chosen, details=details, by=by)
    refuse_crowded_phone(booking)
    # Outside the transaction: a turn in the queue must be kept although the call ends with `code_queued`.
    admitted = admit_verification(phone=details["phone"], unit=unit, address=address, proof=proof)
    try:
        with transaction.atomic():
            booking.declaration = draft_declaration(
                procedure=chosen.session.campaign.procedure, unit=unit, details=details, by=by
            )
            challenge = send_code(admitted, purpose=PURPOSE, about=booking.uid, by=by)
            if earlier:
                lock_slots(earlier.slot_id, chosen.pk)
                free_expired_holds(slot_id=earlier.slot_id, now=timezone.now())
            insert_with_place(booking, numbered=False, now=timezone.now())
            append_entries([booking], to=BookingStatus.HELD, actor=by.actor_ref)
    except (IntegrityError, TooMany):
        twin = earlier_hold(booking)  # the other tap won the race for this person
        if twin is None or twin == earlier:
            raise
        return twin, latest_challenge(twin)
    return booking, challenge


def choose_again(
    earlier: Booking, *, slot: Slot, details: dict[str, str], by: Actor
) -> tuple[Booking, OneTimeCode]:
    """The same hold in `slot` with `details`; Conflict `slot_full` leaves it where it was."""
    with transaction.atomic():
        if earlier.slot_id != slot.pk and swap_place(earlier, slot=slot, now=timezone.now()):
            append_entries([earlier], to=BookingStatus.HELD, actor=by.actor_ref, reason="chose again")
        if earlier.declaration.details != details:
            redraft_declaration(declaration=earlier.declaration, details=details, by=by)
    return earlier, latest_challenge(earlier)


def latest_challenge(booking: Booking) -> OneTimeCode:
    """The newest code of this hold; older ones no longer open it.

    ValidationError {"code": `code_expired`} when there is none: codes are forgotten after a day, and a
    booking attested by an officer never had one.
    """
    found = OneTimeCode.objects.filter(about=booking.uid, purpose=PURPOSE).order_by("-pk").first()
    if found is None:
        text = _("Mã xác nhận đã hết hạn. Xin yêu cầu mã mới.")
        raise ValidationError({"code": ValidationError(text, code="code_expired")})
    return found


def check_request(*, unit: Unit, slot: Any, data: dict[str, Any]) -> tuple[dict[str, str], Slot]:
    """Cleaned details and the slot; all field errors at once, then whether the place can be booked at all."""
    errors: dict[str, Any] = {}
    details: dict[str, str] = {}
    try:
        details = validate_declaration(data)
    except ValidationError as error:
        errors = dict(error.error_dict)
    chosen = slot if isinstance(slot, Slot) and slot.session.unit_id == unit.pk else None
    if slot and chosen is None:
        chosen = slot_by_uid(unit, slot)
    if not slot:
        errors["slot"] = [ValidationError(_("Xin chọn ngày và giờ."), code="slot_required")]
    elif chosen is None:
        errors["slot"] = [
            ValidationError(_("Không tìm thấy khung giờ này. Xin chọn lại."), code="slot_unknown")
        ]
    if errors or chosen is None:
        raise ValidationError(errors)
    refuse_closed(chosen, timezone.now())
    return details, chosen


def refuse_closed(slot: Slot, now: dt.datetime) -> None:
    campaign: Campaign = slot.session.campaign
    if not campaign.is_taking(now):
        raise Conflict(
            "campaign_closed", _("Đợt này hiện không nhận đăng ký. Xin theo dõi thông báo của đơn vị.")
        )
    if slot.starts_at <= now:
        raise Conflict(
            "slot_past", _("Khung giờ này đã qua. Xin chọn khung giờ khác, thông tin đã nhập vẫn còn.")
        )


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
    """This person's hold in the campaign, run out or not; Conflict `already_registered`."""
    mine = Booking.objects.filter(person_key=booking.person_key, status__in=LIVE)
    earlier = mine.select_related("slot", "session", "unit", "declaration").first()
    if earlier and earlier.status != BookingStatus.HELD:
        raise Conflict("already_registered", str(ALREADY_TEXT))
    return earlier


def refuse_registered(booking: Booking) -> None:
    """Conflict `already_registered` when another live booking has this person; nothing otherwise."""
    if (
        Booking.objects.filter(person_key=booking.person_key, status__in=LIVE)
        .exclude(uid=booking.uid)
        .exists()
    ):
        raise Conflict("already_registered", str(ALREADY_TEXT))


def refuse_crowded_phone(booking: Booking) -> None:
    """Conflict `phone_full`; only for citizens, an officer at the desk may register a larger family."""
    taken = Q(status=BookingStatus.BOOKED) | Q(status=BookingStatus.HELD, hold_until__gt=timezone.now())
    same_phone = Booking.objects.filter(
        taken, phone_hash=booking.phone_hash, session__campaign_id=booking.session.campaign_id
    )
    if same_phone.count() >= PLACES_PER_PHONE:
        text = _(
            "Số điện thoại này đã giữ %(most)s chỗ trong đợt này. Xin gọi trực ban nếu gia đình đông hơn."
        )
        raise Conflict("phone_full", str(text) % {"most": PLACES_PER_PHONE})


def release_hold(earlier: Booking, *, new_slot: Slot, by: Actor) -> None:
    """The person's first hold goes back in the same transaction that takes the new place."""
    lock_slots(earlier.slot_id, new_slot.pk)
    earlier.refresh_from_db(fields=["status"])
    if earlier.status == BookingStatus.HELD:
        move_booking(booking=earlier, to=BookingStatus.EXPIRED, by=by, reason="chose again")
