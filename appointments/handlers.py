"""What this room answers when a lower room asks: who knows this code, what stays when units merge, what is
held on a person."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.retention import archive_booking, is_over
from appointments.enums import BookingStatus, SessionStatus
from appointments.models import Booking, Campaign, Card, Session
from appointments.queries import booking_by_code
from portal.citizens.models import Person
from portal.citizens.personal_data import Erased, Holding, Kept, Part, Terms, Unlinked, register_personal_data
from portal.common.actors import Actor
from portal.common.clock import local_today, show_date
from portal.common.codes import register_code_holder
from portal.notifications.models import CallAttempt, OutboxMessage
from portal.units.models import Unit
from portal.units.succession import register_stays
from procedures.models import Procedure
from procedures.offers import register_visit_offer

BOOKING_TERMS = Terms(
    name=_("Lịch hẹn"),
    purpose=_("Giữ chỗ, cấp số thứ tự, đón người đến và trả lời về lần đến đó."),
    keep=_("90 ngày sau ngày hẹn; sau đó chỉ còn số thứ tự, giờ và kết quả, không còn gì về người đến."),
    legal=_("Luật 91/2025/QH15: không lâu hơn mục đích; thời hạn là đề xuất của cổng, đơn vị quyết định."),
    correct=_("Đổi hoặc hủy lịch bằng mã tờ khai và số điện thoại, hoặc nhờ cán bộ."),
)


@dataclass(frozen=True)
class FoundBooking:
    """Answer for the look-up page."""

    booking: Booking

    @property
    def status_url(self) -> str:
        return reverse("appointments:ticket", args=[self.booking.unit.slug, self.booking.declaration.code])

    @property
    def status_text(self) -> str:
        """What the ticket's page shows to whoever has the code, in one line."""
        booking, session = self.booking, self.booking.session
        facts = [str(booking.get_status_display())]
        if booking.status in (BookingStatus.BOOKED, BookingStatus.CHECKED_IN) and booking.number:
            when = {"time": booking.slot.hours, "date": show_date(session.date), "place": session.place_name}
            facts += [_("số thứ tự %(number)s") % {"number": booking.number}]
            facts += [_("%(time)s ngày %(date)s tại %(place)s") % when]
        return ", ".join(facts)


def offer_visit(*, unit: Unit, procedure: Procedure) -> str:
    """Where a visit for `procedure` is booked now; "" when no session to come works on it."""
    taking = Campaign.objects.filter(unit=unit).taking(timezone.now())
    to_come = Session.objects.filter(
        campaign__in=taking, date__gte=local_today(), status=SessionStatus.PLANNED
    )
    offered = to_come.filter(services__procedure=procedure).exists()
    return reverse("appointments:campaigns", args=[unit.slug]) if offered else ""


def find_booking(code: str) -> FoundBooking | None:
    booking = booking_by_code(code)
    return FoundBooking(booking) if booking else None


def register_handlers() -> None:
    register_code_holder("appointments", find_booking)
    register_visit_offer(offer_visit)
    for noun in (
        "Campaign",
        "Session",
        "Booking",
        "ArchivedBooking",
        "Card",
        "Helper",
        "SessionClosure",
        "WaitingEntry",
        "Interest",
    ):
        register_stays(
            f"appointments.{noun}", "Kept for the unit it was made for; officers of the successor see it."
        )
    register_stays("appointments.Turn", "What happened in a hall stays with the unit of that hall.")
    for noun in ("Counter", "DeskRules"):
        register_stays(
            f"appointments.{noun}", "A counter stands in a building; the successor numbers its own."
        )
    register_personal_data(
        "appointments.Booking",
        Holding(
            BOOKING_TERMS,
            rows=_bookings_of,
            export=_tell,
            erase=_erase,
            units=lambda person: _bookings_of(person).values_list("unit_id", flat=True),
            persons=lambda units: Booking.objects.filter(unit__in=units).values("declaration__subject_id"),
        ),
    )
    register_personal_data(
        "appointments.StatusEntry", Part("appointments.Booking", "Officers' reasons; gone with the booking.")
    )
    register_personal_data(
        "appointments.Turn", Part("appointments.Booking", "When somebody came and why he went first.")
    )
    register_personal_data(
        "notifications.CallAttempt", Part("appointments.Booking", "What an officer noted of a call about it.")
    )
    register_personal_data(
        "appointments.Helper",
        Unlinked(
            "Says who registers people without a phone, and for whom a unit vouches.",
            "While enrolled, then as a record of who registered others.",
            "A volunteer known to the unit, not a declared person; asks the officer who enrolled him.",
        ),
    )
    for noun, declared in (
        ("SessionClosure", CLOSURE_WORDS),
        ("WaitingEntry", WAITING_WORDS),
        ("Interest", INTEREST_WORDS),
    ):
        register_personal_data(f"appointments.{noun}", declared)


CLOSURE_WORDS = Unlinked(
    "Why a whole day was called off, told to everybody who had a visit then.",
    "With the session, which is kept for its figures.",
    "An officer's reason about a day, not about a person.",
)
WAITING_WORDS = Unlinked(
    "What was filled in by people who wait for a place; it becomes a declaration when they are offered one.",
    "Until the entry ends, then erased within the hour; the rest is a code and a keyed hash.",
    "No declared person yet: whoever waits leaves the list with code and phone, which erases it.",
)
INTEREST_WORDS = Unlinked(
    "A phone that wants to hear when registration opens again.",
    "Until it was told or withdrew; then nothing but a keyed hash is left.",
    "No declared person: the phone's holder withdraws with code and phone.",
)


def _bookings_of(person: Person) -> QuerySet[Booking]:
    joined = Booking.objects.select_related(
        "slot", "session", "unit", "declaration__subject", "contact__contact_point"
    )
    return joined.filter(declaration__subject=person).order_by("-pk")


def _tell(row: Booking) -> dict[str, Any]:
    messages = OutboxMessage.objects.filter(about=row.uid).order_by("pk")
    cards = Card.objects.filter(booking=row)
    return {
        "date": row.session.date.isoformat(),
        "hours": row.slot.hours,
        "place": row.session.place_name,
        "unit": row.unit.police_name,
        "number": row.number,
        "phone": row.contact.contact_point.phone if row.contact else None,
        "status": row.status,
        "filed_by": row.filed_by.split(":")[0],
        "history": [
            {"to": entry.to, "at": entry.created_at.isoformat(), "reason": entry.reason}
            for entry in row.history.order_by("pk")
        ],
        "turns": [
            {"at": turn.checked_in_at.isoformat(), "status": turn.status, "priority": turn.priority_kind}
            for turn in row.turns.order_by("pk")
        ],
        "cards": [{"status": card.status, "pickup_on": card.pickup_on.isoformat()} for card in cards],
        "calls": [
            {"at": call.called_at.isoformat(), "outcome": call.outcome, "note": call.note}
            for call in CallAttempt.objects.filter(call__about=row.uid).order_by("pk")
        ],
        "messages": [
            {"notice": message.notice, "state": message.state, "at": message.created_at.isoformat()}
            for message in messages
        ],
    }


def _erase(*, person: Person, reason: str, by: Actor) -> Erased:
    """The newest first: one that was moved stays as long as the one it was moved to."""
    gone = [is_over(row) and archive_booking(booking=row, by=by) for row in _bookings_of(person)]
    left = gone.count(False)
    words = _("Lịch hẹn chưa xong hoặc thẻ chưa trả. Xin hủy lịch hoặc chờ xong việc rồi xóa.")
    return Erased(gone.count(True), (Kept(left, "visit_open", words),) if left else ())
