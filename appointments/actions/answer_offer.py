"""Take the offered places, or let the next in line have them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.join_waiting_list import prove_waiting
from appointments.actions.places import append_entries, give_back_places, give_numbers, lock_bookings
from appointments.actions.tell_visit import tell_booked
from appointments.actions.write_people import consented_people
from appointments.enums import BookingStatus, WaitingStatus
from appointments.models import Booking, WaitingEntry
from appointments.workflow import BOOKING_WORKFLOW, WAITING_WORKFLOW
from portal.audit.record import record
from portal.citizens.models import Contact
from portal.common.errors import Conflict
from portal.common.inserts import insert_rows
from procedures.actions.declare import submit_declarations


def accept_offer(
    *, code: str, phone: str = "", citizen: Contact | None = None, channel: str
) -> list[Booking]:
    """The numbered visit of everybody in the entry. A second call returns the same.

    Errors of `prove_waiting`, Conflict `offer_gone` (there is none, or its time is up).
    """
    entry = prove_waiting(code=code, phone=phone, citizen=citizen)
    with transaction.atomic():
        locked, party = _lock(entry)
        if locked.status == WaitingStatus.TAKEN:
            return [one for one in party if one.number]
        held = [one for one in party if one.status == BookingStatus.HELD]
        if len(held) != locked.size or locked.offer_until is None or locked.offer_until <= timezone.now():
            raise _offer_gone()
        _take(locked, held, channel=channel)
        return held


def _lock(entry: WaitingEntry) -> tuple[WaitingEntry, list[Booking]]:
    """The entry, then slot and bookings, as everywhere."""
    rows = WaitingEntry.objects.select_related("unit", "contact__contact_point")
    locked = rows.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    if locked.status not in (WaitingStatus.OFFERED, WaitingStatus.TAKEN):
        raise _offer_gone()
    assert locked.party is not None, "the table's CHECK: an offer has its party"
    party = Booking.objects.filter(party=locked.party)
    found = lock_bookings(*party.values_list("uid", flat=True))
    for one in found:
        one.slot.session = one.session
    return locked, found


def _offer_gone() -> Conflict:
    text = _("Lời mời này không còn. Nếu đã hết hạn trả lời, chỗ được mời cho người tiếp theo.")
    return Conflict("offer_gone", text)


def _take(entry: WaitingEntry, party: list[Booking], *, channel: str) -> None:
    """People and papers first, the numbers last."""
    contact = entry.contact
    assert contact is not None, "only verified entries are offered anything"
    WAITING_WORKFLOW.check(entry.status, WaitingStatus.TAKEN, by=contact, obj=entry)
    for one in party:
        one.contact = contact
        BOOKING_WORKFLOW.check(one.status, BookingStatus.BOOKED, by=contact, obj=one)
    insert_rows(consented_people(party, contact=contact, channel=channel, by=contact))
    submit_declarations([one.declaration for one in party])
    append_entries(party, to=BookingStatus.BOOKED, actor=contact.actor_ref, reason="offer")
    tell_booked(party[0], starts_at=party[0].slot.starts_at, by=contact)
    _close(entry, to=WaitingStatus.TAKEN, contact=contact)
    if not give_numbers(party, contact_id=contact.pk, now=timezone.now()):
        raise _offer_gone()


def _close(entry: WaitingEntry, *, to: str, contact: Contact) -> None:
    entry.status, entry.details = to, None
    entry.save(update_fields=["status", "details"])
    record(action=f"waiting.{to}", by=contact, obj=entry, unit=entry.unit, detail={"size": entry.size})


def decline_offer(*, code: str, phone: str = "", citizen: Contact | None = None) -> WaitingEntry:
    """Give the places to the next in line at once; whoever declines has left the line.

    Errors of `prove_waiting`, Conflict `offer_gone`. A second call changes nothing.
    """
    entry = prove_waiting(code=code, phone=phone, citizen=citizen)
    if entry.status == WaitingStatus.DECLINED:
        return entry
    with transaction.atomic():
        locked, party = _lock(entry)
        contact = locked.contact
        assert contact is not None, "only verified entries are offered anything"
        WAITING_WORKFLOW.check(locked.status, WaitingStatus.DECLINED, by=contact, obj=locked)
        held = [one for one in party if one.status == BookingStatus.HELD]
        append_entries(held, to=BookingStatus.CANCELLED, actor=contact.actor_ref, reason="offer")
        give_back_places(held)
        Booking.objects.filter(pk__in=[one.pk for one in held]).update(status=BookingStatus.CANCELLED)
        _close(locked, to=WaitingStatus.DECLINED, contact=contact)
    return locked
