"""Hold places for ten minutes while the one-time code travels to the citizen's phone."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.change_hold import choose_again, release_holds
from appointments.actions.join_waiting_list import refuse_offered
from appointments.actions.places import insert_with_places, lock_campaign, refuse_full
from appointments.actions.prepare_visit import (
    check_request,
    earlier_holds,
    new_bookings,
    offering_others,
    refuse_crowded_phone,
    refuse_queue_jump,
    same_party,
)
from appointments.models import Booking
from portal.citizens.actions.codes import (
    Admitted,
    admit_verification,
    lock_phone,
    pay_for_code,
    write_code,
)
from portal.citizens.models import OneTimeCode
from portal.common.actors import Actor
from portal.common.errors import TooMany
from portal.units.models import Unit

PURPOSE = "booking"


def hold_visit(
    *,
    unit: Unit,
    slot: Any,
    data: dict[str, Any],
    people: Sequence[dict[str, Any]] = (),
    address: str,
    proof: dict[str, Any] | None,
    by: Actor,
) -> tuple[Booking, OneTimeCode]:
    """The first of the held bookings and the challenge whose code is on its way.

    `slot` is the uid as text (or the slot, just read), `data` the raw declaration fields of the first person
    with what all share, `people` those of up to seven more who come along: places are taken for all or for
    none, one code confirms them all. `address` is the caller's network address (soft budgets only), `proof`
    what the gate asked for. Raises ValidationError {field: codes} ("people.0.full_name" for the first of
    `people`), Conflict `campaign_closed` `campaign_full` `session_cancelled` `slot_past` `slot_full` (with
    `alternatives`) `already_registered` `already_waiting` (these places are an offer) `phone_full`, and
    TooMany from the code budget. Nothing is written when anything is refused.

    Who chooses again while the hold lives keeps it, with the code already sent: another slot, corrected
    answers, one person more or the same tap twice cost no second message.
    """
    details, chosen, service = check_request(unit=unit, slot=slot, data=data, people=people)
    refuse_queue_jump(chosen)
    bookings = new_bookings(unit=unit, slot=chosen, service=service, details=details, by=by)
    earlier = earlier_holds(bookings)
    refuse_offered(earlier)
    with offering_others(chosen):
        if same_party(earlier, bookings) and earlier[0].hold_until > timezone.now():
            return _with_challenge(choose_again(earlier, wanted=bookings, by=by))
        if not earlier:
            refuse_full(chosen, count=len(bookings))
        # Outside the transaction: a turn in the queue must be kept although the call ends with `code_queued`.
        admitted = admit_verification(phone=details[0]["phone"], unit=unit, address=address, proof=proof)
        try:
            with transaction.atomic():
                return bookings[0], _hold(bookings, earlier=earlier, admitted=admitted, by=by)
        except (IntegrityError, TooMany):
            twins = earlier_holds(bookings)  # the other tap won the race for these people
            if twins == earlier or not same_party(twins, bookings):
                raise
            return _with_challenge(twins[0])


def _hold(bookings: list[Booking], *, earlier: list[Booking], admitted: Admitted, by: Actor) -> OneTimeCode:
    """Everything that is written, in the locks' order: phone, campaign, persons, slots, bookings, budget."""
    phone = lock_phone(admitted, by=by)
    persons = [booking.person_key for booking in bookings]
    lock_campaign(bookings[0].session.campaign_id, persons=persons)
    release_holds(earlier, new_slot=bookings[0].slot, by=by)
    refuse_crowded_phone(bookings[0], more=len(bookings))
    challenge = write_code(admitted, to=phone, purpose=PURPOSE, about=bookings[0].uid, by=by)
    for booking in bookings:
        booking.challenge = challenge.uid
    insert_with_places(bookings, numbered=False, actor=by.actor_ref, now=timezone.now())
    pay_for_code(admitted)
    return challenge


def _with_challenge(booking: Booking) -> tuple[Booking, OneTimeCode]:
    return booking, latest_challenge(booking)


def latest_challenge(booking: Booking) -> OneTimeCode:
    """The newest code of this hold; older ones no longer open it.

    ValidationError {"code": `code_expired`} when there is none: codes are forgotten after a day, and a
    booking attested by an officer never had one.
    """
    newest = Booking.objects.order_by().filter(pk=booking.pk).values("challenge")
    found = OneTimeCode.objects.filter(uid__in=newest).first()
    if found is None:
        raise code_forgotten()
    return found


def code_forgotten() -> ValidationError:
    text = _("Mã xác nhận đã hết hạn. Xin yêu cầu mã mới.")
    return ValidationError({"code": ValidationError(text, code="code_expired")})
