"""Into the line for a campaign that is full, and out of it again."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.prepare_visit import asks_kind, choose_service, for_service, person_key
from appointments.actions.prove_visit import check_phone, clean_typed_phone, count_try
from appointments.enums import LIVE, CampaignStatus, WaitingStatus
from appointments.models import Booking, Campaign, WaitingEntry
from appointments.notices import WAITING_JOINED
from appointments.queries import largest_room, services_of_campaign, waiting_by_code
from appointments.workflow import WAITING_WORKFLOW
from portal.audit.record import record
from portal.citizens.actions.codes import admit_verification, send_code, verify_code
from portal.citizens.actions.consents import record_consent
from portal.citizens.models import Contact, OneTimeCode
from portal.common.actors import Actor
from portal.common.codes import clean_code
from portal.common.crypto import blind_index
from portal.common.errors import Conflict
from portal.notifications.actions.queue_message import queue_message
from procedures.declarations.family import SHARED, validate_family
from procedures.declarations.id_card import as_typed
from procedures.models import Procedure
from procedures.queries import asked_by

PURPOSE = "waiting"
CONSENT_TEXT = ("appointments.waiting_list", "1")


def join_waiting_list(
    *,
    campaign: Campaign,
    data: dict[str, Any],
    people: Sequence[dict[str, Any]] = (),
    address: str,
    proof: dict[str, Any] | None,
    by: Actor,
) -> tuple[WaitingEntry, OneTimeCode]:
    """An entry that is not in line before its code comes back, and the challenge of that code.

    `data` and `people` as in `hold_visit`, `data["service"]` where the campaign works on several procedures.
    ValidationError {field: codes}, Conflict `campaign_closed`, `places_free` (a whole slot that works on it
    still has room for everybody: book instead), `already_registered`,
    `already_waiting`, TooMany from the code budget. Nothing is written when anything is refused.
    """
    details, service = _check_request(campaign, data, people)
    _refuse_needless(campaign, service=service, size=len(details))
    phone = details[0]["phone"]
    _refuse_known(campaign, details, phone_hash=blind_index("phone", phone))
    admitted = admit_verification(phone=phone, unit=campaign.unit, address=address, proof=proof)
    with transaction.atomic():
        entry = WaitingEntry.objects.create(
            campaign=campaign,
            unit=campaign.unit,
            service=service,
            phone_hash=blind_index("phone", phone),
            size=len(details),
            details=details,
        )
        return entry, send_code(admitted, purpose=PURPOSE, about=entry.uid, by=by)


def _check_request(
    campaign: Campaign, data: dict[str, Any], people: Sequence[dict[str, Any]]
) -> tuple[list[dict[str, str]], Procedure]:
    """Cleaned declarations and what for; everything that is wrong at once."""
    errors: dict[str, Any] = {}
    service = choose_service(
        data, offered=services_of_campaign(campaign), own=campaign.procedure, errors=errors
    )
    try:
        details = _check_people(campaign, data, people, kind_required=asks_kind(service))
    except ValidationError as error:
        raise ValidationError(dict(error.error_dict) | errors) from error
    if service is None:
        raise ValidationError(errors)
    return for_service(service, details), service


def _check_people(
    campaign: Campaign, data: dict[str, Any], people: Sequence[dict[str, Any]], *, kind_required: bool
) -> list[dict[str, str]]:
    """Cleaned declarations; the first person's fields keep their plain names, as everywhere."""
    typed = as_typed(data)
    shared = {name: value for name, value in typed.items() if name in SHARED}
    first = {name: value for name, value in typed.items() if name not in SHARED}
    try:
        return validate_family(
            shared, [first, *people], kind_required=kind_required, asks=asked_by(campaign.unit)
        )
    except ValidationError as error:
        raise ValidationError({_plain(name): found for name, found in error.error_dict.items()}) from error


def _plain(name: str) -> str:
    """`people.0.x` is `x` of the first person; the others move one up."""
    head, _dot, rest = name.partition(".")
    if head != "people" or not rest:
        return name
    place, _dot, field = rest.partition(".")
    return field if place == "0" else f"people.{int(place) - 1}.{field}"


def _refuse_needless(campaign: Campaign, *, service: Procedure, size: int) -> None:
    now = timezone.now()
    if campaign.status not in (CampaignStatus.OPEN, CampaignStatus.FULL) or not campaign.is_taking(now):
        raise Conflict(
            "campaign_closed", _("Đợt này hiện không nhận đăng ký. Xin theo dõi thông báo của đơn vị.")
        )
    others_wait = WaitingEntry.objects.in_line().filter(campaign=campaign).exists()
    if not others_wait and largest_room(campaign, service) >= size:
        raise Conflict("places_free", _("Đợt này còn đủ chỗ. Ông/Bà đặt lịch ngay, không cần chờ."))


def _refuse_known(campaign: Campaign, details: list[dict[str, str]], *, phone_hash: str) -> None:
    keys = [person_key(campaign, one) for one in details]
    if Booking.objects.filter(person_key__in=keys, status__in=LIVE).exists():
        text = _("Người này đã có lịch hẹn trong đợt này. Xin tra cứu bằng mã tờ khai trong tin nhắn.")
        raise Conflict("already_registered", text)
    active = WaitingEntry.objects.filter(campaign=campaign, phone_hash=phone_hash)
    if active.filter(status__in=(WaitingStatus.WAITING, WaitingStatus.OFFERED)).exists():
        raise already_waiting()


def refuse_offered(holds: Sequence[Booking]) -> None:
    """Conflict `already_waiting` when one of these holds is an open offer: that is answered, not moved."""
    parties = {hold.party for hold in holds}
    if parties and WaitingEntry.objects.filter(party__in=parties, status=WaitingStatus.OFFERED).exists():
        raise already_waiting()


def already_waiting() -> Conflict:
    text = _("Số điện thoại này đã ở trong danh sách chờ. Mã chờ có trong tin nhắn đã gửi.")
    return Conflict("already_waiting", text)


def confirm_waiting(*, entry_uid: uuid.UUID, code: str, channel: str) -> WaitingEntry:
    """Into the line, once the right code came. The same code again returns the same entry.

    ValidationError {"code": …}, Conflict `waiting_unknown` `already_waiting`.
    """
    entry = WaitingEntry.objects.select_related("campaign", "unit").filter(uid=entry_uid).first()
    if entry is None:
        raise waiting_unknown()
    challenge = verify_code(challenge_uid=latest_challenge(entry.uid, PURPOSE), code=code)
    contact = Contact.objects.select_related("contact_point").get(contact_point=challenge.contact_point)
    try:
        with transaction.atomic():
            return _enter(entry, contact=contact, channel=channel)
    except IntegrityError as error:
        raise already_waiting() from error


def latest_challenge(about: uuid.UUID, purpose: str) -> uuid.UUID:
    """The newest code's challenge; ValidationError {"code": `code_expired`} when there is none."""
    found = OneTimeCode.objects.filter(about=about, purpose=purpose).order_by("-pk").first()
    if found is None:
        text = _("Mã xác nhận đã hết hạn. Xin yêu cầu mã mới.")
        raise ValidationError({"code": ValidationError(text, code="code_expired")})
    return found.uid


def _enter(entry: WaitingEntry, *, contact: Contact, channel: str) -> WaitingEntry:
    locked = WaitingEntry.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    if locked.status != WaitingStatus.UNVERIFIED:
        return locked
    locked.contact = contact
    WAITING_WORKFLOW.check(locked.status, WaitingStatus.WAITING, by=contact, obj=locked)
    locked.status, locked.queued_at = WaitingStatus.WAITING, timezone.now()
    locked.save(update_fields=["status", "queued_at", "contact"])
    record_consent(
        contact=contact,
        purpose="appointments",
        text_key=CONSENT_TEXT[0],
        text_version=CONSENT_TEXT[1],
        channel=channel,
        by=contact,
    )
    record(action="waiting.join", by=contact, obj=locked, unit=entry.unit, detail={"size": locked.size})
    tell_waiting(locked, notice=WAITING_JOINED.key, by=contact)
    return locked


def tell_waiting(entry: WaitingEntry, *, notice: str, by: Actor) -> None:
    """One message of a kind per entry; an offer that was returned and made again is told again."""
    assert entry.contact is not None, "only verified entries are told anything"
    offered = f":{entry.party.hex}" if entry.party else ""
    queue_message(
        notice=notice,
        to=entry.contact.contact_point,
        unit=entry.unit,
        intent=notice + offered,
        about=entry.uid,
        context={"waiting": str(entry.uid), "unit": entry.unit.police_name},
        valid_until=entry.offer_until,
        by=by,
    )


def prove_waiting(*, code: str, phone: str, citizen: Contact | None) -> WaitingEntry:
    """The entry of a waiting code, for whoever holds its phone; errors as `prove_visit`."""
    cleaned = clean_code(code)
    entry = waiting_by_code(cleaned)
    if citizen is not None and not phone.strip() and entry is not None and entry.contact_id == citizen.pk:
        return entry
    number = clean_typed_phone(phone)
    count_try(cleaned, scope="waiting")
    if entry is None:
        raise waiting_unknown()
    check_phone(number, entry.phone_hash)
    return entry


def waiting_unknown() -> Conflict:
    return Conflict("waiting_unknown", _("Không tìm thấy lượt chờ có mã này."))


@transaction.atomic
def leave_waiting_list(*, code: str, phone: str = "", citizen: Contact | None = None) -> WaitingEntry:
    """Out of the line; what was filled in is erased. Whoever left already is told so without a refusal.

    Errors of `prove_waiting`, Conflict `move_not_allowed` (an offer is answered, not left).
    """
    entry = prove_waiting(code=code, phone=phone, citizen=citizen)
    locked = WaitingEntry.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    if locked.status == WaitingStatus.LEFT:
        return locked
    by = locked.contact
    assert by is not None, "an entry that a code finds was verified"
    WAITING_WORKFLOW.check(locked.status, WaitingStatus.LEFT, by=by, obj=locked)
    locked.status, locked.details = WaitingStatus.LEFT, None
    locked.save(update_fields=["status", "details"])
    record(action="waiting.leave", by=by, obj=locked, unit=locked.unit)
    return locked
