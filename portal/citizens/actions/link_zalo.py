"""A phone and a Zalo user are linked, after one of two proofs; and unlinked by whoever may.

Both proofs need the phone: a code shown only to who is signed in with it, or a one-time code sent to it.
What a Zalo user says about his phone is never one.
"""

import datetime as dt
import secrets
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.citizens.actions.codes import consume_code, start_verification, verify_code
from portal.citizens.actions.consents import record_consent, withdraw_consent
from portal.citizens.actions.owe_answer import owe_confirmation
from portal.citizens.enums import Channel, UnlinkReason
from portal.citizens.models import Consent, Contact, LinkCode, LinkInvitation, OneTimeCode
from portal.citizens.models.zalo import LINK_CODE
from portal.citizens.queries import links_of
from portal.citizens.rules import (
    HOUR,
    LINK_CODE_SECONDS,
    LINK_CODES_AN_HOUR,
    can_end_link,
)
from portal.citizens.validators import LINK_SYMBOLS
from portal.common.actors import ANONYMOUS_CITIZEN, Actor
from portal.common.codes import ALPHABET
from portal.common.crypto import blind_index
from portal.common.errors import Conflict, NotAllowed, TooMany
from portal.common.phones import clean_phone
from portal.notifications.actions.link_zalo_user import link_zalo_user, unlink_zalo_user
from portal.notifications.enums import LinkedBy
from portal.notifications.models import ZaloLink
from portal.requests import throttle
from portal.units.models import Unit
from portal.zalo.models import OfficialAccount, ZaloUser

PURPOSE = "zalo_link"
CONSENT = "zalo_messages"
# The words beside the button; a change of meaning is a new version.
TEXT_KEY, TEXT_VERSION = "zalo_link", "1"


def new_link_code(*, contact: Contact, account: OfficialAccount) -> LinkCode:
    """A fresh code for a signed-in contact; codes he took before for this account are void.

    TooMany `link_code_limit` (retry_after).
    """
    hits = throttle.count_hit(scope="link-code", key=str(contact.uid), seconds=HOUR)
    if hits > LINK_CODES_AN_HOUR:
        text = _("Ông/Bà đã lấy quá nhiều mã trong một giờ. Xin thử lại sau.")
        raise TooMany("link_code_limit", text, retry_after=throttle.seconds_left(HOUR))
    now = timezone.now()
    code = "".join(secrets.choice(ALPHABET) for _place in range(LINK_SYMBOLS))
    with transaction.atomic():
        LinkCode.objects.filter(contact=contact, account=account).usable(now).update(expires_at=now)
        return LinkCode.objects.create(
            contact=contact,
            account=account,
            code=code,
            code_hash=blind_index(LINK_CODE, code),
            expires_at=now + dt.timedelta(seconds=LINK_CODE_SECONDS),
        )


@transaction.atomic
def link_by_code(*, code: str, zalo_user: ZaloUser, by: Actor) -> bool:
    """Link the Zalo user who sent this code; False when it is not good (any more).

    One UPDATE takes the code: of two who send it at once one wins. Who has used it may send it again.
    """
    now = timezone.now()
    rows = LinkCode.objects.filter(code_hash=blind_index(LINK_CODE, code), account=zalo_user.account_id)
    won = rows.usable(now).update(used_at=now, used_by=zalo_user)
    row = rows.filter(used_by=zalo_user).select_related("contact__contact_point").first()
    if won and row is not None:
        _link(contact=row.contact, zalo_user=zalo_user, how=LinkedBy.CODE)
        return True
    return row is not None and links_of(row.contact).filter(zalo_user=zalo_user).exists()


def _link(*, contact: Contact, zalo_user: ZaloUser, how: str) -> None:
    link_zalo_user(contact_point=contact.contact_point, zalo_user=zalo_user, how=how, by=contact)
    record_consent(
        contact=contact,
        purpose=CONSENT,
        text_key=TEXT_KEY,
        text_version=TEXT_VERSION,
        channel=Channel.WEB,
        by=contact,
    )


# ---- over a signed address


def ask_link_proof(
    *, invitation: LinkInvitation, phone: str, unit: Unit, address: str, proof: dict[str, Any] | None
) -> OneTimeCode:
    """A one-time code on its way to `phone` (any notation). Conflict `link_expired`; ValidationError
    `phone_invalid`; TooMany as `start_verification`.
    """
    if not LinkInvitation.objects.usable(timezone.now()).filter(pk=invitation.pk).exists():
        raise _expired()
    return start_verification(
        phone=clean_phone(phone),
        purpose=PURPOSE,
        unit=unit,
        about=invitation.uid,
        address=address,
        proof=proof,
        by=ANONYMOUS_CITIZEN,
    )


def confirm_link(*, invitation: LinkInvitation, challenge_uid: uuid.UUID, code: str) -> Contact:
    """The phone's contact, now linked to the Zalo user whose invitation this is.

    Conflict `link_expired` when it was used or is too old; errors of verify_code and consume_code.
    """
    challenge = verify_code(challenge_uid=challenge_uid, code=code)
    now = timezone.now()
    with transaction.atomic():
        consume_code(challenge=challenge, purpose=PURPOSE, about=invitation.uid)
        if not LinkInvitation.objects.usable(now).filter(pk=invitation.pk).update(used_at=now):
            raise _expired()
        contact = challenge.contact_point.contact
        _link(contact=contact, zalo_user=invitation.zalo_user, how=invitation.how)
        owe_confirmation(invitation=invitation)
    return contact


def _expired() -> Conflict:
    return Conflict(
        "link_expired", _("Liên kết đã hết hạn hoặc đã dùng. Xin nhắn “LIÊN KẾT” cho OA để lấy liên kết mới.")
    )


# ---- no longer


@transaction.atomic
def unlink_contact(*, contact: Contact, link: ZaloLink, by: Actor) -> bool:
    """The holder of the phone wants no more messages on Zalo; False when the link had ended before."""
    ended = unlink_zalo_user(contact_point=link.contact_point, zalo_user=link.zalo_user, by=by)
    if not contact.contact_point.zalo_links.active().exists():
        for consent in Consent.objects.in_force().filter(contact=contact, purpose=CONSENT):
            withdraw_consent(consent=consent, by=by)
    return ended


def unlink_all(*, zalo_user: ZaloUser, before: dt.datetime, by: Actor) -> int:
    """Every phone that led to this Zalo user when he said stop; returns how many."""
    links = ZaloLink.objects.active().filter(zalo_user=zalo_user, linked_at__lte=before)
    found = links.select_related("contact_point__contact", "zalo_user")
    return sum(unlink_contact(contact=link.contact_point.contact, link=link, by=by) for link in found)


@transaction.atomic
def end_link(*, link: ZaloLink, reason: str, by: Actor) -> bool:
    """An officer ends a link, for one of enums.UnlinkReason. NotAllowed; ValueError for another reason."""
    why = UnlinkReason(reason)
    if not can_end_link(by, link):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    ended = unlink_contact(contact=link.contact_point.contact, link=link, by=by)
    if ended:
        facts = {"reason": str(why)}
        record(action="zalo_link.ended_by_officer", by=by, obj=link, unit=link.account.unit, detail=facts)
    return ended
