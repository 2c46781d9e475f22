"""Another day or hour: the citizen's change of mind, and officers who move a visit."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.moving_places import ChangedMeanwhile, Step, carry_out, plan_steps
from appointments.actions.places import lock_persons
from appointments.actions.prepare_visit import ALREADY_TEXT, person_key
from appointments.actions.prove_visit import choose_people, prove_visit
from appointments.enums import LIVE, BookingStatus, CampaignStatus, SessionStatus
from appointments.models import Booking, Campaign, Session, Slot
from appointments.notices import VISIT_MOVED, VISIT_RESCHEDULED, Notice
from appointments.queries import people_of, slot_by_uid
from appointments.workflow import BOOKING_WORKFLOW
from portal.audit.record import record
from portal.citizens.models import Contact
from portal.common.actors import Actor
from portal.common.errors import Conflict
from portal.notifications.actions.queue_message import queue_message

MOVABLE = (BookingStatus.BOOKED, BookingStatus.DISPLACED, BookingStatus.MISSED)
REASON_LIMIT = 200
ATTEMPTS = 3


def change_visit(
    *, code: str, phone: str = "", slot: Any, only: Any = None, citizen: Contact | None = None
) -> list[Booking]:
    """The citizen moves the visit of `code` to `slot` (a slot's uid): everybody, or the bookings in `only`.

    The rows that stand for the visit now. Errors of `prove_visit` and `choose_people`, ValidationError
    {"slot": `slot_required` | `slot_unknown`}, Conflict `slot_full` `slot_past` `session_cancelled`
    `campaign_closed` `already_registered` `move_not_allowed`. Whatever is refused, the old visit stands.
    """
    booking = prove_visit(code=code, phone=phone, citizen=citizen, scope="change-visit")
    chosen = wanted_slot(booking, slot)
    refuse_for_citizens(booking, chosen)
    by = booking.contact
    assert by is not None, "a visit with a phone has its contact"
    return _move(booking, slot=chosen, only=only, by=by, notice=VISIT_MOVED, reason="citizen", reserve=False)


def move_visit(
    *, booking: Booking, slot: Any, by: Actor, reason: str = "", only: Any = None
) -> list[Booking]:
    """An officer moves a visit, into the staff's reserve when the slot is full otherwise.

    Errors as `change_visit` without those of the phone and of a closed intake; NotAllowed `not_allowed`,
    ValidationError {"reason": `text_too_long`}.
    """
    if len(reason) > REASON_LIMIT:
        text = _("Lý do dài nhất %(most)s ký tự.") % {"most": REASON_LIMIT}
        raise ValidationError({"reason": ValidationError(text, code="text_too_long")})
    chosen = wanted_slot(booking, slot)
    return _move(
        booking, slot=chosen, only=only, by=by, notice=VISIT_RESCHEDULED, reason=reason, reserve=True
    )


def wanted_slot(booking: Booking, slot: Any) -> Slot:
    """A slot to come of a session that takes place, for the same procedure of the same unit."""
    if not slot:
        raise ValidationError({"slot": ValidationError(_("Xin chọn ngày và giờ."), code="slot_required")})
    found = slot_by_uid(booking.unit, slot)
    if found is None or not _works_on(found.session, booking.declaration.procedure_id):
        text = _("Không tìm thấy khung giờ này. Xin chọn lại.")
        raise ValidationError({"slot": ValidationError(text, code="slot_unknown")})
    if found.session.status == SessionStatus.CANCELLED:
        raise Conflict("session_cancelled", _("Buổi này đã hủy. Xin chọn ngày khác."))
    if found.starts_at <= timezone.now():
        raise Conflict("slot_past", _("Khung giờ này đã qua. Xin chọn khung giờ khác."))
    return found


def _works_on(session: Session, procedure_id: int) -> bool:
    if session.campaign.procedure_id == procedure_id:
        return True
    return session.services.filter(procedure=procedure_id).exists()


def refuse_for_citizens(booking: Booking, slot: Slot) -> None:
    """Inside the own campaign while it is not closed; whoever lost the day may choose there even then."""
    campaign = slot.session.campaign
    if campaign.pk == booking.session.campaign_id:
        if campaign.status in (CampaignStatus.OPEN, CampaignStatus.FULL):
            return
        if booking.status == BookingStatus.DISPLACED and campaign.status == CampaignStatus.CLOSED:
            return
    elif campaign.is_taking(timezone.now()):
        return
    raise Conflict(
        "campaign_closed",
        _("Đợt này hiện không nhận đổi lịch. Lịch cũ vẫn còn nguyên; cần gấp xin gọi trực ban."),
    )


def _move(
    booking: Booking, *, slot: Slot, only: Any, by: Actor, notice: Notice, reason: str, reserve: bool
) -> list[Booking]:
    for _attempt in range(ATTEMPTS):
        people = choose_people(booking, only, statuses=MOVABLE)
        for one in people or [booking]:
            BOOKING_WORKFLOW.check(one.status, BookingStatus.MOVED, by=by, obj=one, reason=reason)
        moving = [one for one in people if one.slot_id != slot.pk or one.status != BookingStatus.BOOKED]
        if not moving:  # the same tap twice
            return people
        try:
            return _try_move(booking, moving, slot=slot, by=by, notice=notice, reason=reason, reserve=reserve)
        except ChangedMeanwhile:
            booking.refresh_from_db()
    raise Conflict("changed_meanwhile", _("Lịch hẹn vừa thay đổi. Xin mở lại trang và thử lần nữa."))


def _try_move(
    booking: Booking,
    people: list[Booking],
    *,
    slot: Slot,
    by: Actor,
    notice: Notice,
    reason: str,
    reserve: bool,
) -> list[Booking]:
    """Once with public places; for officers once more with the reserve."""
    try:
        return _move_once(booking, people, slot=slot, by=by, notice=notice, reason=reason, reserve=False)
    except Conflict as refusal:
        if refusal.code != "slot_full" or not reserve:
            raise
    return _move_once(booking, people, slot=slot, by=by, notice=notice, reason=reason, reserve=True)


def _move_once(
    booking: Booking,
    people: list[Booking],
    *,
    slot: Slot,
    by: Actor,
    notice: Notice,
    reason: str,
    reserve: bool,
) -> list[Booking]:
    """One transaction: message and journal first, the locked part last."""
    party = booking.party if len(people) == len(people_of(booking)) else uuid.uuid4()
    steps = plan_steps(people, slot=slot, party=party, actor=by.actor_ref)
    for step in steps:
        step.reserve = reserve
        if step.new is not None:
            rekey(step)
    try:
        with transaction.atomic():
            tell_moved([step.result for step in steps], slot=slot, notice=notice, by=by)
            for step in steps:
                record(action="booking.move", by=by, obj=step.result, unit=booking.unit)
            _lock_newcomers(steps)
            carry_out(steps, now=timezone.now(), actor=by.actor_ref, party=party, reason=reason)
    except IntegrityError as error:
        raise Conflict("already_registered", str(ALREADY_TEXT)) from error
    return [step.result for step in steps]


def rekey(step: Step) -> None:
    """One live place per person and campaign: another campaign, another key."""
    if step.new is not None:
        step.new.person_key = key_in(step.slot.session.campaign, step.old)


def key_in(campaign: Campaign, booking: Booking) -> str:
    """The person's key of a booking in the campaign it goes to."""
    details = booking.declaration.details
    if campaign.pk == booking.session.campaign_id or not details:
        return booking.person_key
    return person_key(campaign, details)


def _lock_newcomers(steps: list[Step]) -> None:
    """Whoever has no place in this campaign yet; the others keep theirs from everybody by their rows."""
    fresh = [(step.old, step.new) for step in steps if step.new is not None]
    keys = [
        new.person_key for old, new in fresh if old.status not in LIVE or new.person_key != old.person_key
    ]
    if keys:
        lock_persons(keys)


def tell_moved(people: list[Booking], *, slot: Slot, notice: Notice, by: Actor) -> None:
    """One message per visit, with the numbers it has when the message is sent.

    A visit may move again and again: each time has an intent of its own.
    """
    first = people[0]
    if first.contact is None:
        return
    queue_message(
        notice=notice.key,
        to=first.contact.contact_point,
        unit=first.unit,
        intent=f"{notice.key}:{uuid.uuid4().hex}",
        about=first.uid,
        context={"booking": str(first.uid), "unit": first.unit.police_name},
        valid_until=slot.starts_at,
        by=by,
    )
