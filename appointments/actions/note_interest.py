"""A phone that wants to hear, once, when registration opens (again)."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.join_waiting_list import latest_challenge
from appointments.actions.prove_visit import check_phone, clean_typed_phone, count_try
from appointments.enums import CampaignStatus, InterestStatus
from appointments.models import Campaign, Interest
from appointments.notices import INTAKE_OPENED
from appointments.queries import interest_by_code
from appointments.workflow import INTEREST_WORKFLOW
from portal.audit.record import record
from portal.citizens.actions.codes import admit_verification, send_code, verify_code
from portal.citizens.actions.consents import record_consent
from portal.citizens.models import Contact, OneTimeCode
from portal.common.actors import Actor
from portal.common.codes import clean_code
from portal.common.crypto import blind_index
from portal.common.errors import Conflict
from portal.notifications.actions.queue_message import NewMessage, queue_messages

PURPOSE = "interest"
CONSENT_TEXT = ("appointments.intake_news", "1")
BATCH = 500


def note_interest(
    *, campaign: Campaign, phone: str, address: str, proof: dict[str, Any] | None, by: Actor
) -> tuple[Interest, OneTimeCode]:
    """A note that counts once its code came back, and the challenge of that code.

    ValidationError {"phone": `phone_invalid`}, Conflict `campaign_open` (nothing to wait for),
    `already_noted`, TooMany from the code budget.
    """
    number = clean_typed_phone(phone)
    if campaign.is_taking(timezone.now()) or campaign.status == CampaignStatus.DRAFT:
        raise Conflict("campaign_open", _("Đợt này đang nhận đăng ký. Ông/Bà đặt lịch ngay, không cần chờ."))
    hashed = blind_index("phone", number)
    if Interest.objects.untold().filter(campaign=campaign, phone_hash=hashed).exists():
        raise _already_noted()
    admitted = admit_verification(phone=number, unit=campaign.unit, address=address, proof=proof)
    with transaction.atomic():
        note = Interest.objects.create(campaign=campaign, unit=campaign.unit, phone_hash=hashed)
        return note, send_code(admitted, purpose=PURPOSE, about=note.uid, by=by)


def _already_noted() -> Conflict:
    return Conflict("already_noted", _("Số điện thoại này đã được ghi. Ông/Bà sẽ nhận tin khi mở lại."))


def confirm_interest(*, interest_uid: uuid.UUID, code: str, channel: str) -> Interest:
    """The note counts from now on.

    ValidationError {"code": …}, Conflict `interest_unknown` `already_noted`.
    """
    note = Interest.objects.select_related("unit").filter(uid=interest_uid).first()
    if note is None:
        raise interest_unknown()
    challenge = verify_code(challenge_uid=latest_challenge(note.uid, PURPOSE), code=code)
    contact = Contact.objects.get(contact_point=challenge.contact_point)
    try:
        with transaction.atomic():
            return _confirm(note, contact=contact, channel=channel)
    except IntegrityError as error:
        raise _already_noted() from error


def interest_unknown() -> Conflict:
    return Conflict("interest_unknown", _("Không tìm thấy lượt đăng ký nhận tin này."))


def _confirm(note: Interest, *, contact: Contact, channel: str) -> Interest:
    locked = Interest.objects.select_for_update(of=("self",), no_key=True).get(pk=note.pk)
    if locked.status != InterestStatus.UNVERIFIED:
        return locked
    locked.contact = contact
    INTEREST_WORKFLOW.check(locked.status, InterestStatus.WAITING, by=contact, obj=locked)
    locked.status = InterestStatus.WAITING
    locked.save(update_fields=["status", "contact"])
    record_consent(
        contact=contact,
        purpose="intake_news",
        text_key=CONSENT_TEXT[0],
        text_version=CONSENT_TEXT[1],
        channel=channel,
        by=contact,
    )
    record(action="interest.join", by=contact, obj=locked, unit=note.unit)
    return locked


@transaction.atomic
def withdraw_interest(*, code: str, phone: str = "", citizen: Contact | None = None) -> Interest:
    """No news, please. ValidationError `code_invalid`, {"phone": …}, Conflict `interest_unknown`, TooMany.

    Whoever was told or withdrew already hears no refusal.
    """
    cleaned = clean_code(code)
    note = interest_by_code(cleaned)
    own = note is not None and citizen is not None and note.contact_id == citizen.pk
    if not own or phone.strip():
        number = clean_typed_phone(phone)
        count_try(cleaned, scope="interest")
        if note is None:
            raise interest_unknown()
        check_phone(number, note.phone_hash)
    assert note is not None
    locked = Interest.objects.select_for_update(of=("self",), no_key=True).get(pk=note.pk)
    if locked.status == InterestStatus.WAITING and locked.contact is not None:
        INTEREST_WORKFLOW.check(locked.status, InterestStatus.WITHDRAWN, by=locked.contact, obj=locked)
        locked.status = InterestStatus.WITHDRAWN
        locked.save(update_fields=["status"])
        record(action="interest.withdraw", by=locked.contact, obj=locked, unit=locked.unit)
    return locked


def tell_reopened(*, by: Actor) -> int:
    """Tell everybody whose unit takes registrations for their procedure now; returns how many.

    In batches, each one transaction with its messages: whoever kills it between two loses nobody, and nobody
    is told twice.
    """
    now, told = timezone.now(), 0
    for campaign in Campaign.objects.taking(now).filter(status=CampaignStatus.OPEN).select_related("unit"):
        while batch := _tell_batch(campaign, by=by):
            told += batch
    return told


@transaction.atomic
def _tell_batch(campaign: Campaign, *, by: Actor) -> int:
    same = Interest.objects.untold().filter(
        unit=campaign.unit, campaign__procedure_id=campaign.procedure_id, contact__isnull=False
    )
    rows = same.select_related("contact__contact_point").select_for_update(of=("self",), no_key=True)
    notes = list(rows[:BATCH])
    for note in notes:
        INTEREST_WORKFLOW.check(note.status, InterestStatus.TOLD, by=by, obj=note)
    queue_messages(messages=[_message(note, campaign) for note in notes], by=by)
    pks = [note.pk for note in notes]
    Interest.objects.filter(pk__in=pks).update(status=InterestStatus.TOLD, told_about=campaign)
    if notes:
        record(action="interest.tell", by=by, obj=campaign, unit=campaign.unit, detail={"told": len(notes)})
    return len(notes)


def _message(note: Interest, campaign: Campaign) -> NewMessage:
    assert note.contact is not None
    return NewMessage(
        notice=INTAKE_OPENED.key,
        to=note.contact.contact_point,
        unit=campaign.unit,
        intent=INTAKE_OPENED.key,
        about=note.uid,
        context={"interest": str(note.uid), "campaign": str(campaign.uid), "unit": campaign.unit.police_name},
    )
