"""What every road to a visit checks and builds before it writes: details, slot, unsaved bookings."""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.place_statements import TAKING_SESSIONS
from appointments.actions.places import campaign_closed, session_cancelled
from appointments.enums import LIVE, BookingStatus, CampaignStatus
from appointments.models import Booking, Campaign, Slot
from appointments.queries import alternatives, services_to_choose, slot_by_uid, waits_long
from portal.common.actors import Actor
from portal.common.crypto import blind_index
from portal.common.errors import Conflict
from portal.common.text import fold
from portal.units.models import Unit
from procedures.actions.declare import new_draft
from procedures.declarations.family import SHARED, validate_family
from procedures.declarations.id_card import answers_sensitive, as_typed, validate_declaration
from procedures.models import Procedure
from procedures.queries import ID_CARD, asked_by

ALREADY_TEXT = _(
    "Người này đã có lịch hẹn trong đợt này. Mã tờ khai đã được gửi tới số điện thoại trên. "
    "Xin tra cứu hoặc hủy lịch cũ trước khi đặt lịch mới."
)
ONE_ALREADY_TEXT = _(
    "Người thứ %(place)s trong danh sách đã có lịch hẹn trong đợt này. Xin bỏ người này ra, "
    "hoặc tra cứu và hủy lịch cũ trước khi đặt lịch mới."
)
# A household of eight shares one phone; more on one number is somebody collecting places.
PLACES_PER_PHONE = 8
GONE = ("slot_full", "slot_past", "session_cancelled")


def check_request(
    *,
    unit: Unit,
    slot: Any,
    data: dict[str, Any],
    people: Sequence[dict[str, Any]] = (),
    phone_required: bool = True,
) -> tuple[list[dict[str, str]], Slot, Procedure]:
    """Cleaned details of everybody, the slot and what they come for.

    All field errors at once, then whether it can be booked. `data["service"]` is the key of a procedure where
    the session offers several: `service_required`, `service_unknown`.
    """
    errors: dict[str, Any] = {}
    details: list[dict[str, str]] = []
    chosen = _slot_of(unit, slot, errors)
    service = _service_of(chosen, data, errors) if chosen else None
    terms: dict[str, Any] = {
        "phone_required": phone_required,
        "kind_required": asks_kind(service),
        "asks": asked_by(unit) if any(answers_sensitive(each) for each in (data, *people)) else (),
        "day": chosen.session.date if chosen else None,
    }
    try:
        details = _details(data, people, terms) if people else [validate_declaration(data, **terms)]
    except ValidationError as error:
        errors = dict(error.error_dict) | errors
    if errors or chosen is None or service is None:
        raise ValidationError(errors)
    refuse_closed(chosen, timezone.now())
    return for_service(service, details), chosen, service


def choose_service(
    data: dict[str, Any], *, offered: Sequence[Procedure], own: Procedure, errors: dict[str, Any]
) -> Procedure | None:
    """The one of `offered` that `data["service"]` names; the campaign's `own` where nothing can be chosen."""
    wanted = as_typed(data).get("service", "").strip()
    if not wanted and not offered:
        return own
    found = next((one for one in offered or [own] if one.key == wanted), None)
    if not wanted:
        errors["service"] = [ValidationError(_("Xin chọn việc cần làm."), code="service_required")]
    elif found is None:
        text = _("Việc đã chọn không có trong danh sách. Xin chọn lại.")
        errors["service"] = [ValidationError(text, code="service_unknown")]
    return found


def asks_kind(service: Procedure | None) -> bool:
    """The card's kind of request; also while nobody knows what for, so that all faults come together."""
    return service is None or service.key == ID_CARD


def for_service(service: Procedure, details: list[dict[str, str]]) -> list[dict[str, str]]:
    """Only the card has kinds of request and reasons: for anything else they are not kept."""
    if service.key == ID_CARD:
        return details
    return [each | {"request_kind": "", "reason": ""} for each in details]


def _service_of(slot: Slot, data: dict[str, Any], errors: dict[str, Any]) -> Procedure | None:
    own: Procedure = slot.session.campaign.procedure
    return choose_service(data, offered=services_to_choose(slot), own=own, errors=errors)


def _slot_of(unit: Unit, slot: Any, errors: dict[str, Any]) -> Slot | None:
    if isinstance(slot, Slot) and slot.session.unit_id == unit.pk:
        return slot
    found = slot_by_uid(unit, slot) if slot else None
    if not slot:
        errors["slot"] = [ValidationError(_("Xin chọn ngày và giờ."), code="slot_required")]
    elif found is None:
        text = _("Không tìm thấy khung giờ này. Xin chọn lại.")
        errors["slot"] = [ValidationError(text, code="slot_unknown")]
    return found


def _details(
    data: dict[str, Any], people: Sequence[dict[str, Any]], terms: dict[str, Any]
) -> list[dict[str, str]]:
    """The first person gives what all share; errors keep the names the caller knows."""
    typed = as_typed(data)
    shared = {name: value for name, value in typed.items() if name in SHARED}
    first = {name: value for name, value in typed.items() if name not in SHARED}
    try:
        return validate_family(shared, [first, *people], **terms)
    except ValidationError as error:
        raise ValidationError({_name_of(key): found for key, found in error.error_dict.items()}) from error


def _name_of(key: str) -> str:
    """`people.0.x` of the family is `x` of the first person; the others move one up."""
    head, _dot, rest = key.partition(".")
    if head != "people" or not rest:
        return key
    place, _dot, name = rest.partition(".")
    return name if place == "0" else f"people.{int(place) - 1}.{name}"


def refuse_closed(slot: Slot, now: dt.datetime) -> None:
    """Conflict `campaign_closed`, `session_cancelled` or `slot_past`, as far as `slot` was read."""
    campaign: Campaign = slot.session.campaign
    if not campaign.is_taking(now):
        raise campaign_closed()
    if slot.session.status not in TAKING_SESSIONS:
        raise session_cancelled()
    if slot.starts_at <= now:
        raise Conflict(
            "slot_past", _("Khung giờ này đã qua. Xin chọn khung giờ khác, thông tin đã nhập vẫn còn.")
        )


def refuse_queue_jump(slot: Slot) -> None:
    """Conflict `campaign_full`: what comes back in a full campaign belongs to those who wait in line."""
    campaign: Campaign = slot.session.campaign
    if campaign.status == CampaignStatus.FULL and waits_long(campaign):
        text = _("Đợt này đã đủ chỗ và có người đang chờ. Xin vào danh sách chờ ở trang của đợt.")
        raise Conflict("campaign_full", text)


@contextmanager
def offering_others(slot: Slot) -> Iterator[None]:
    """A refusal because the slot is gone carries other free slots in the same answer."""
    try:
        yield
    except Conflict as refusal:
        if refusal.code in GONE and "alternatives" not in refusal.extra:
            others = alternatives(slot.session.campaign, near=slot)
            refusal.extra["alternatives"] = [_facts(other) for other in others]
        raise


def _facts(slot: Any) -> dict[str, Any]:
    """As the API names a slot."""
    return {
        "uid": str(slot.uid),
        "date": slot.session.date.isoformat(),
        "starts": slot.starts,
        "minutes": slot.minutes,
        "place": slot.session.place_name,
        "free": slot.free,
    }


def person_key(campaign: Campaign, details: dict[str, str]) -> str:
    """One live place per campaign for the same name, birth date and phone (or none)."""
    who = f"{campaign.uid}|{fold(details['full_name'])}|{details['birth_date']}|{details.get('phone', '')}"
    return blind_index("appointments.booking.person_key", who)


def new_bookings(
    *,
    unit: Unit,
    slot: Slot,
    service: Procedure | None = None,
    details: list[dict[str, str]],
    by: Actor,
) -> list[Booking]:
    """Unsaved holds of one party on `slot`, each with its unsaved declaration.

    `service` is what they come for, the campaign's own procedure unless it is given.
    """
    phone = details[0].get("phone", "")
    phone_hash = blind_index("phone", phone) if phone else None
    until = timezone.now() + dt.timedelta(seconds=settings.HOLD_SECONDS)
    party = uuid.uuid4()
    campaign = slot.session.campaign
    return [
        Booking(
            uid=uuid.uuid4() if place else party,
            party=party,
            slot=slot,
            session=slot.session,
            unit=unit,
            status=BookingStatus.HELD,
            hold_until=until,
            declaration=new_draft(procedure=service or campaign.procedure, unit=unit, details=answers, by=by),
            person_key=person_key(campaign, answers),
            phone_hash=phone_hash,
            filed_by=by.actor_ref,
        )
        for place, answers in enumerate(details)
    ]


def earlier_holds(bookings: list[Booking]) -> list[Booking]:
    """Every hold, run out or not, of the parties these people are in; Conflict `already_registered`."""
    keys = [booking.person_key for booking in bookings]
    theirs = Booking.objects.order_by().filter(person_key__in=keys, status__in=LIVE)
    concerned = Booking.objects.filter(party__in=theirs.values("party"), status__in=LIVE)
    found = list(concerned.select_related("slot", "session", "unit", "declaration").order_by("pk"))
    refuse_booked(bookings, found)
    return [booking for booking in found if booking.status == BookingStatus.HELD]


def refuse_booked(bookings: list[Booking], live: Sequence[Booking]) -> None:
    """Conflict `already_registered` when one of these people has more than a hold; `people` says which."""
    taken = {booking.person_key for booking in live if booking.status != BookingStatus.HELD}
    places = [place for place, booking in enumerate(bookings) if booking.person_key in taken]
    if not places:
        return
    if len(bookings) == 1:
        raise Conflict("already_registered", str(ALREADY_TEXT))
    raise Conflict("already_registered", str(ONE_ALREADY_TEXT) % {"place": places[0] + 1}, people=places)


def refuse_registered(bookings: Sequence[Booking]) -> None:
    """Conflict `already_registered` when another live booking has one of these people; else nothing."""
    others = Booking.objects.filter(
        person_key__in=[booking.person_key for booking in bookings], status__in=LIVE
    )
    if others.exclude(uid__in=[booking.uid for booking in bookings]).exists():
        raise Conflict("already_registered", str(ALREADY_TEXT))


def same_party(earlier: Sequence[Booking], wanted: Sequence[Booking]) -> bool:
    """Are the earlier holds one party on the same phone, so that its code confirms the new wish too?"""
    parties = {(booking.party, booking.phone_hash) for booking in earlier}
    return len(parties) == 1 and earlier[0].phone_hash == wanted[0].phone_hash


def refuse_crowded_phone(booking: Booking, *, more: int) -> None:
    """Conflict `phone_full` when `more` people are too many for the booking's phone and campaign.

    Only for citizens, an officer at the desk may register a larger family. The phone's row must be locked:
    then two families at once are counted one after the other.
    """
    held = Q(status=BookingStatus.HELD, hold_until__gt=timezone.now())
    taken = held | Q(status__in=(BookingStatus.BOOKED, BookingStatus.ACCEPTED))
    same_phone = Booking.objects.filter(
        taken, phone_hash=booking.phone_hash, session__campaign_id=booking.session.campaign_id
    )
    if same_phone.count() + more > PLACES_PER_PHONE:
        text = _(
            "Số điện thoại này chỉ giữ được %(most)s chỗ trong đợt này. "
            "Xin gọi trực ban nếu gia đình đông hơn."
        )
        raise Conflict("phone_full", str(text) % {"most": PLACES_PER_PHONE})
