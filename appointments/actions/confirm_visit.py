"""From a held place and a right code to a number: the moment a citizen has an appointment."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.hold_visit import PURPOSE, latest_challenge, refuse_closed, refuse_registered
from appointments.actions.places import append_entries, give_number, take_place_again
from appointments.enums import BookingStatus
from appointments.models import Booking, Slot
from appointments.notices import BOOKING_CONFIRMED
from appointments.queries import slot_by_uid
from appointments.workflow import BOOKING_WORKFLOW
from portal.audit.record import record
from portal.citizens.actions.codes import start_verification, verify_code
from portal.citizens.actions.consents import record_consent
from portal.citizens.actions.persons import declare_person, link_person
from portal.citizens.models import Contact, OneTimeCode, Person
from portal.common.actors import Actor
from portal.common.errors import Conflict
from portal.notifications.actions.queue_message import queue_message
from portal.notifications.models import ContactPoint
from procedures.actions.declare import submit_declaration

CONSENT_TEXT = ("appointments.visit_messages", "1")


# Another request may confirm, expire or move the hold between reading and locking it; then it is read again.
ATTEMPTS = 3


class _ChangedMeanwhile(Exception):
    """The hold is not what was read before its lock: roll back and look again."""


def confirm_visit(*, booking_uid: uuid.UUID, code: str, slot: str = "", channel: str, by: Actor) -> Booking:
    """The booking with its number. The same code sent again returns the same booking.

    `slot` (a slot's uid) is another wish when the hold ran out; `channel` says where consent was given
    (citizens.enums.Channel). Raises ValidationError {"code": …} from the
    code check, Conflict `slot_full` `campaign_closed` `already_registered`.
    """
    booking = _load(booking_uid)
    challenge = verify_code(challenge_uid=latest_challenge(booking).uid, code=code)
    for _attempt in range(ATTEMPTS):
        if booking.status == BookingStatus.BOOKED:
            return booking
        wanted = _wanted_slot(booking, slot)
        try:
            return _confirm(booking, phone=challenge.contact_point, wanted=wanted, channel=channel)
        except _ChangedMeanwhile:
            booking = _load(booking_uid)
    raise Conflict("hold_expired", _("Lượt giữ chỗ vừa thay đổi. Xin bấm xác nhận một lần nữa."))


def _confirm(booking: Booking, *, phone: ContactPoint, wanted: Slot | None, channel: str) -> Booking:
    """`phone` is where the right code had been sent: its holder is the contact."""
    try:
        with transaction.atomic():
            contact = Contact.objects.get(contact_point=phone)
            contact.contact_point = phone
            _write_visit(booking, contact=contact, channel=channel, slot=wanted or booking.slot)
            _take_number(booking, contact=contact, wanted=wanted)
    except IntegrityError:
        refuse_registered(booking)
        raise
    return booking


def _load(booking_uid: uuid.UUID) -> Booking:
    found = (
        Booking.objects.select_related(
            "slot", "session__campaign__procedure", "unit", "declaration__procedure"
        )
        .filter(uid=booking_uid)
        .first()
    )
    if found is None:
        raise Conflict("booking_unknown", _("Không tìm thấy lượt đặt lịch này. Xin đặt lại từ đầu."))
    found.slot.session = found.session
    return found


def _wanted_slot(booking: Booking, text: str) -> Slot | None:
    """The slot to take again when the hold has run out; None while it lives."""
    if booking.status == BookingStatus.HELD:
        return None
    if booking.declaration.details is None or booking.status != BookingStatus.EXPIRED:
        raise Conflict("hold_expired", _("Lượt giữ chỗ này đã hết hạn từ lâu. Xin đặt lại từ đầu."))
    slot = slot_by_uid(booking.unit, text or booking.slot.uid)
    if slot is None or slot.session.campaign_id != booking.session.campaign_id:
        raise ValidationError(
            {"slot": ValidationError(_("Không tìm thấy khung giờ này."), code="slot_unknown")}
        )
    refuse_closed(slot, timezone.now())
    return slot


def _write_visit(booking: Booking, *, contact: Contact, channel: str, slot: Slot) -> None:
    """Person, consent, declaration, message and audit: everything that needs no hot row."""
    details: dict[str, str] = booking.declaration.details or {}
    person = declare_subject(details, by=contact)
    link_person(contact=contact, person=person)
    record_consent(
        contact=contact,
        person=person,
        purpose="appointments",
        text_key=CONSENT_TEXT[0],
        text_version=CONSENT_TEXT[1],
        channel=channel,
        by=contact,
    )
    submit_declaration(declaration=booking.declaration, subject=person, contact=contact, by=contact)
    tell_booked(booking, contact=contact, starts_at=slot.starts_at, by=contact)
    record(action="booking.confirm", by=contact, obj=booking, unit=booking.unit)


def declare_subject(details: dict[str, str], *, by: Actor) -> Person:
    """The person of a declaration's cleaned details."""
    return declare_person(
        full_name=details["full_name"],
        birth_date=details["birth_date"],
        identity_number=details["identity_number"] or None,
        gender=details["gender"],
        occupation=details["occupation"],
        permanent_address=details["permanent_address"],
        current_address=details["current_address"],
        by=by,
    )


def tell_booked(booking: Booking, *, contact: Contact, starts_at: dt.datetime, by: Actor) -> None:
    """The confirmation; of no use once the visit has begun."""
    queue_message(
        notice=BOOKING_CONFIRMED.key,
        to=contact.contact_point,
        unit=booking.unit,
        intent=BOOKING_CONFIRMED.key,
        about=booking.uid,
        context={"booking": str(booking.uid), "unit": booking.unit.police_name},
        valid_until=starts_at,
        by=by,
    )


def _take_number(booking: Booking, *, contact: Contact, wanted: Slot | None) -> None:
    """The locked part, last."""
    now = timezone.now()
    booking.contact = contact
    BOOKING_WORKFLOW.check(booking.status, BookingStatus.BOOKED, by=contact, obj=booking)
    append_entries([booking], to=BookingStatus.BOOKED, actor=contact.actor_ref)
    if wanted is not None and not take_place_again(booking, slot=wanted, now=now):
        raise _ChangedMeanwhile
    if not give_number(booking, contact_id=contact.pk, now=now):
        raise _ChangedMeanwhile


def resend_code(*, booking_uid: uuid.UUID, address: str, proof: dict | None, by: Actor) -> OneTimeCode:
    """A new code for a hold that still waits; the budget and pauses of the code room hold."""
    booking = _load(booking_uid)
    if (
        booking.status not in (BookingStatus.HELD, BookingStatus.EXPIRED)
        or booking.declaration.details is None
    ):
        raise Conflict("hold_expired", _("Lượt giữ chỗ này đã hết hạn. Xin đặt lại từ đầu."))
    return start_verification(
        phone=booking.declaration.details["phone"],
        purpose=PURPOSE,
        unit=booking.unit,
        about=booking.uid,
        address=address,
        proof=proof,
        by=by,
    )
