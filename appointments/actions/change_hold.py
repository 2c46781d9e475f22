"""A citizen chooses again while a hold lives, or starts anew: what becomes of the holds they have."""

import math
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.places import (
    append_entries,
    expire_bookings,
    free_expired_holds,
    give_back_places,
    lock_campaign,
    lock_slots,
    new_entries,
    take_places,
)
from appointments.actions.prepare_visit import refuse_crowded_phone, refuse_registered
from appointments.enums import BookingStatus
from appointments.models import Booking, Slot
from portal.common.actors import Actor
from portal.common.errors import Conflict
from portal.common.inserts import insert_rows
from portal.notifications.models import ContactPoint
from procedures.actions.declare import redraft_declaration
from procedures.models import Declaration

REASON = "chose again"


def choose_again(earlier: Sequence[Booking], *, wanted: Sequence[Booking], by: Actor) -> Booking:
    """The first of the party, whose hold now is as `wanted` (unsaved) says: slot, answers, people.

    Who was in the party keeps the row, who came along joins it with the same code and the same end, who was
    left out goes back. Conflict `slot_full`, `hold_expired`, `already_registered` leave all as it was.
    """
    slot = wanted[0].slot
    known = {booking.person_key: booking for booking in earlier}
    party = [known.get(booking.person_key, booking) for booking in wanted]
    party.sort(key=lambda booking: booking.pk or math.inf)  # the party keeps its first
    moves = earlier[0].slot_id != slot.pk or len(known) != len(party) or any(b.pk is None for b in party)
    try:
        with transaction.atomic():
            _redraft(known, wanted, by)  # declarations before bookings, as a confirmation locks them
            if moves:
                _rearrange(earlier, party=party, slot=slot, by=by)
    except IntegrityError:
        refuse_registered(wanted)
        raise
    return party[0]


def _rearrange(earlier: Sequence[Booking], *, party: list[Booking], slot: Slot, by: Actor) -> None:
    more = len(party) - len(earlier)
    if more > 0:
        list(ContactPoint.objects.select_for_update(no_key=True).filter(phone_hash=earlier[0].phone_hash))
        refuse_crowded_phone(earlier[0], more=more)
    added = [booking for booking in party if booking.pk is None]
    lock_campaign(slot.session.campaign_id, persons=[booking.person_key for booking in added])
    lock_slots(earlier[0].slot_id, slot.pk)
    _refuse_changed(earlier)
    kept = [booking for booking in party if booking.pk]
    dropped = [booking for booking in earlier if booking not in kept]
    give_back_places(kept)
    expire_bookings(dropped, actor=by.actor_ref, reason=REASON)
    take_places(slot, count=len(party), now=timezone.now())
    if kept[0].slot_id != slot.pk:
        append_entries(kept, to=BookingStatus.HELD, actor=by.actor_ref, reason=REASON)
    _settle(party, dropped, slot)
    for booking in added:
        booking.hold_until, booking.challenge = earlier[0].hold_until, earlier[0].challenge
    entries = new_entries(added, to=BookingStatus.HELD, actor=by.actor_ref)
    insert_rows([*(booking.declaration for booking in added), *added, *entries])


def _refuse_changed(earlier: Sequence[Booking]) -> None:
    """Conflict `hold_expired` unless all are still held where they were read; locks them."""
    held = Booking.objects.filter(
        pk__in=[booking.pk for booking in earlier], status=BookingStatus.HELD, slot_id=earlier[0].slot_id
    )
    if len(held.order_by("pk").select_for_update(no_key=True).values_list("pk")) != len(earlier):
        raise _changed()


def _changed() -> Conflict:
    return Conflict("hold_expired", _("Lượt giữ chỗ vừa thay đổi. Xin bấm lại một lần nữa."))


def _settle(party: list[Booking], dropped: list[Booking], slot: Slot) -> None:
    """Everybody in `slot` under the uid of the first; who left is nobody's company any more."""
    for booking in party:
        booking.slot, booking.session, booking.party = slot, slot.session, party[0].uid
    kept = [booking.pk for booking in party if booking.pk]
    Booking.objects.filter(pk__in=kept).update(slot=slot, session_id=slot.session_id, party=party[0].uid)
    for booking in dropped:
        Booking.objects.filter(pk=booking.pk).update(party=booking.uid)


def _redraft(known: dict[str, Booking], wanted: Sequence[Booking], by: Actor) -> None:
    """The corrected answers, locked by key; Conflict `hold_expired` when one was confirmed meanwhile."""
    pairs = [
        (known[new.person_key].declaration, new.declaration) for new in wanted if new.person_key in known
    ]
    for mine, draft in sorted(pairs, key=lambda pair: pair[0].pk):
        if not draft.details or not _differ(mine, draft):
            continue
        if not redraft_declaration(
            declaration=mine, procedure_id=draft.procedure_id, details=draft.details, by=by
        ):
            raise _changed()


def _differ(one: Declaration, other: Declaration) -> bool:
    return (one.procedure_id, one.details) != (other.procedure_id, other.details)


def release_holds(earlier: Sequence[Booking], *, new_slot: Slot, by: Actor) -> None:
    """Holds that stand in the way of a new visit go back, in the transaction that takes its places."""
    if not earlier:
        return
    now = timezone.now()
    slots = sorted({booking.slot_id for booking in earlier})
    lock_slots(new_slot.pk, *slots)
    for slot_id in slots:
        free_expired_holds(slot_id=slot_id, now=now)
    # One that moved to a slot that is not locked stays, and the unique key speaks.
    mine = Booking.objects.filter(pk__in=[booking.pk for booking in earlier], slot_id__in=slots)
    still = mine.filter(status=BookingStatus.HELD)
    live = list(still.order_by("pk").select_for_update(no_key=True))
    if live:
        expire_bookings(live, actor=by.actor_ref, reason=REASON)
