"""From held places and a right code to numbers: the moment citizens have an appointment.

A family is confirmed as a whole, with the same number of SQL statements as one person (ADR 0024).
"""

import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.hold_visit import PURPOSE, code_forgotten
from appointments.actions.number_batch import number_soon
from appointments.actions.place_statements import TAKING_SESSIONS
from appointments.actions.places import (
    accept_holds,
    give_numbers,
    lock_campaign,
    move_holds,
    new_entries,
    session_cancelled,
    take_places,
)
from appointments.actions.prepare_visit import (
    offering_others,
    refuse_closed,
    refuse_queue_jump,
    refuse_registered,
)
from appointments.actions.tell_visit import tell_booked
from appointments.actions.write_people import consented_people
from appointments.enums import BookingStatus, Numbering
from appointments.models import Booking, Slot
from appointments.queries import slot_by_uid
from appointments.workflow import BOOKING_WORKFLOW
from portal.audit.models import AuditEntry
from portal.audit.record import new_entry
from portal.citizens.actions.answer_challenge import Answer
from portal.citizens.actions.codes import accept_code, check_code, start_verification
from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.enums import Channel
from portal.citizens.models import Contact, OneTimeCode
from portal.common.actors import Actor
from portal.common.errors import Conflict
from portal.common.inserts import insert_rows
from portal.common.kept_query import KeptQuery
from portal.notifications.queries import code_channels
from portal.units.models import Unit
from procedures.actions.declare import submit_declarations

# Another request may confirm, expire or move the hold between reading and locking it; then it is read again.
ATTEMPTS = 3
DONE = (BookingStatus.BOOKED, BookingStatus.ACCEPTED)


class _ChangedMeanwhile(Exception):
    """The hold is not what was read before its lock: roll back and look again."""


def confirm_visit(
    *,
    booking_uid: uuid.UUID,
    code: str,
    slot: str = "",
    unit: Unit | None = None,
    channel: str,
    by: Actor,
) -> Booking:
    """The first booking of the party with its number, or ACCEPTED where the campaign numbers in batches.

    The same code sent again returns the same booking. `slot` (a slot's uid) is another wish when the hold
    ran out; `unit` is where the caller looks for it; `channel` says where consent was given
    (citizens.enums.Channel). Raises Conflict `booking_unknown`, ValidationError
    {"code": …} from the code check, Conflict `slot_full` (with `alternatives`) `campaign_closed`
    `session_cancelled` `already_registered` `hold_expired`. Call it outside a transaction: a wrong code
    stays counted although the call fails.
    """
    party = load_party(booking_uid)
    if unit is not None and party[0].unit_id != unit.pk:
        raise booking_unknown()
    challenge = party[0].challenge
    if challenge is None:
        raise code_forgotten()
    check_code(challenge_uid=challenge, code=code)
    for _attempt in range(ATTEMPTS):
        try:
            return _answer(party, challenge=challenge, wish=slot, channel=channel)
        except _ChangedMeanwhile:
            party = load_party(booking_uid)
    raise _changed()


def _changed() -> Conflict:
    return Conflict("hold_expired", _("Lượt giữ chỗ vừa thay đổi. Xin bấm xác nhận một lần nữa."))


def _answer(party: list[Booking], *, challenge: uuid.UUID, wish: str, channel: str) -> Booking:
    """One transaction: the try is counted, and everything is written or nothing."""
    with offering_others(party[0].slot):
        try:
            with transaction.atomic(durable=True):
                answer = accept_code(challenge_uid=challenge)
                if party[0].status not in DONE:
                    _confirm(party, answer=answer, wish=wish, channel=channel)
        except IntegrityError:
            refuse_registered(party)
            raise
    return party[0]


def _confirm(party: list[Booking], *, answer: Answer, wish: str, channel: str) -> None:
    wanted = _wanted_slot(party, wish)
    by, slot = answer.contact, wanted or party[0].slot
    _write_visit(party, contact=by, slot=slot, channel=channel, by=by, also=_proof(party[0], answer))
    _take_numbers(party, contact=answer.contact, wanted=wanted)


def _proof(booking: Booking, answer: Answer) -> list[AuditEntry]:
    """The journal's entry about a code's first right answer."""
    if not answer.first:
        return []
    challenge = OneTimeCode(uid=booking.challenge or uuid.UUID(int=0))
    return [new_entry(action="code.verified", by=answer.contact, obj=challenge, unit=booking.unit)]


@transaction.atomic
def confirm_attested(*, booking_uid: uuid.UUID, by: Actor) -> Booking:
    """An officer spoke with the phone's holder: the held party is booked without a code.

    A party that is booked already is returned as it is. Conflict `hold_expired` when the hold is over,
    `session_cancelled`; NotAllowed `not_allowed`.
    """
    party = load_party(booking_uid)
    details = party[0].declaration.details
    if party[0].status in DONE:
        return party[0]
    if party[0].status != BookingStatus.HELD or details is None:
        raise Conflict("hold_expired", _("Lượt giữ chỗ này đã hết hạn từ lâu. Xin đặt lại từ đầu."))
    _wanted_slot(party, "")
    contact = ensure_contact(phone=details["phone"], by=by)
    _write_visit(party, contact=contact, slot=party[0].slot, channel=Channel.PHONE, by=by)
    try:
        _take_numbers(party, contact=contact, wanted=None)
    except _ChangedMeanwhile as error:
        raise _changed() from error
    return party[0]


def booking_unknown() -> Conflict:
    return Conflict("booking_unknown", _("Không tìm thấy lượt đặt lịch này. Xin đặt lại từ đầu."))


def load_party(booking_uid: uuid.UUID) -> list[Booking]:
    """The people who are confirmed together, in order, with everything that is needed, in one query."""
    found = _everybody(booking_uid)
    asked = next((booking for booking in found if booking.uid == booking_uid), None)
    if asked is None:
        raise booking_unknown()
    together = next(
        (same for status in (*DONE, BookingStatus.HELD) if (same := _in(found, status))),
        _in(found, asked.status),
    )
    for booking in together:
        booking.slot.session = booking.session
    return together


def _party_of(booking_uid: uuid.UUID) -> models.QuerySet:
    # As one value, not as a set: among this many tables the planner would start from all bookings.
    party = Booking.objects.filter(uid=booking_uid).order_by().values("party")[:1]
    joined = Booking.objects.select_related("slot", "session__campaign", "unit", "declaration")
    return joined.filter(party=party).order_by("pk")


_everybody = KeptQuery(_party_of, field=lambda: Booking._meta.get_field("uid"), example=uuid.UUID(int=2024))


def _in(party: Sequence[Booking], status: str) -> list[Booking]:
    return [booking for booking in party if booking.status == status]


def _wanted_slot(party: Sequence[Booking], text: str) -> Slot | None:
    """The slot to take again when the hold has run out; None while it lives."""
    booking = party[0]
    if booking.status == BookingStatus.HELD:
        if booking.session.status not in TAKING_SESSIONS:
            raise session_cancelled()
        return None
    if booking.declaration.details is None or booking.status != BookingStatus.EXPIRED:
        raise Conflict("hold_expired", _("Lượt giữ chỗ này đã hết hạn từ lâu. Xin đặt lại từ đầu."))
    slot = slot_by_uid(booking.unit, text or booking.slot.uid)
    if slot is None or slot.session.campaign_id != booking.session.campaign_id:
        raise ValidationError(
            {"slot": ValidationError(_("Không tìm thấy khung giờ này."), code="slot_unknown")}
        )
    refuse_closed(slot, timezone.now())
    refuse_queue_jump(slot)
    return slot


def _write_visit(
    party: Sequence[Booking],
    *,
    contact: Contact,
    slot: Slot,
    channel: str,
    by: Actor,
    also: Sequence[AuditEntry] = (),
) -> None:
    """Persons, consents, declarations, message, history and journal: all that needs no hot row."""
    status = _ends_as(party[0])
    for booking in party:
        booking.contact = contact
        BOOKING_WORKFLOW.check(booking.status, status, by=by, obj=booking)
    rows = consented_people(party, contact=contact, channel=channel, by=by)
    rows += new_entries(party, to=status, actor=by.actor_ref)
    rows += [*_journal(party, by), *also]
    insert_rows(rows)
    submit_declarations([booking.declaration for booking in party])
    if status == BookingStatus.BOOKED:
        tell_booked(party[0], starts_at=slot.starts_at, by=by)


def _journal(party: Sequence[Booking], by: Actor) -> list[AuditEntry]:
    verb = "confirm" if _ends_as(party[0]) == BookingStatus.BOOKED else "accept"
    return [new_entry(action=f"booking.{verb}", by=by, obj=each, unit=each.unit) for each in party]


def _ends_as(booking: Booking) -> BookingStatus:
    batched = booking.session.campaign.numbering == Numbering.BATCHED
    return BookingStatus.ACCEPTED if batched else BookingStatus.BOOKED


def _take_numbers(party: Sequence[Booking], *, contact: Contact, wanted: Slot | None) -> None:
    """The locked part, last."""
    now = timezone.now()
    if wanted is not None:
        persons = [booking.person_key for booking in party]
        lock_campaign(wanted.session.campaign_id, persons=persons)
        take_places(wanted, count=len(party), now=now)
        if not move_holds(party, slot=wanted, status=BookingStatus.EXPIRED):
            raise _ChangedMeanwhile
    finish = give_numbers if _ends_as(party[0]) == BookingStatus.BOOKED else accept_holds
    if not finish(party, contact_id=contact.pk, now=now):
        raise _ChangedMeanwhile
    if finish is accept_holds:
        number_soon(party[0].session)


def resend_code(
    *, booking_uid: uuid.UUID, way: str = "", address: str, proof: dict | None, by: Actor
) -> OneTimeCode:
    """A new code for a hold that still waits; the budget and pauses of the code room hold.

    `way` is one of code_channels(), "" for the first. ValidationError {"way": `way_unknown`}, Conflict
    `booking_unknown`, `hold_expired`, and TooMany from the code budget.
    """
    if way and way not in code_channels():
        text = _("Cổng chưa gửi mã bằng cách này. Xin chọn cách khác.")
        raise ValidationError({"way": ValidationError(text, code="way_unknown")})
    party = load_party(booking_uid)
    booking = party[0]
    details = booking.declaration.details
    if booking.status not in (BookingStatus.HELD, BookingStatus.EXPIRED) or details is None:
        raise Conflict("hold_expired", _("Lượt giữ chỗ này đã hết hạn. Xin đặt lại từ đầu."))
    challenge = start_verification(
        phone=details["phone"],
        purpose=PURPOSE,
        unit=booking.unit,
        about=booking.uid,
        address=address,
        proof=proof,
        by=by,
    )
    rows = Booking.objects.order_by("pk").filter(pk__in=[each.pk for each in party])
    with transaction.atomic():
        list(rows.select_for_update(no_key=True).values_list("pk"))  # by key, as everywhere
        rows.update(challenge=challenge.uid)
    return challenge
