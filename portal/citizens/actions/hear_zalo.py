"""Words of this room that somebody sends to an account: a linking code, "stop", "link me", a shared phone."""

import datetime as dt
import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from portal.citizens.actions.link_zalo import link_by_code, unlink_all
from portal.citizens.actions.owe_answer import ONCE, owe_answer
from portal.citizens.enums import ZaloReply
from portal.citizens.models import LinkInvitation, ZaloAnswer
from portal.citizens.rules import (
    HOUR,
    INVITATION_SECONDS,
    INVITATIONS_AN_HOUR,
    LINK_TRIES_AN_HOUR,
)
from portal.citizens.validators import is_link_word, is_stop_word, link_code_in
from portal.common.actors import Actor, SystemActor
from portal.common.crypto import blind_index
from portal.common.phones import clean_phone
from portal.notifications.enums import LinkedBy
from portal.notifications.models import ZaloLink
from portal.requests.throttle import count_hit
from portal.zalo.actions.remember_user import remember_user
from portal.zalo.events import Event
from portal.zalo.models import ZaloUser
from portal.zalo.models.events import user_id_hash

LISTENER = SystemActor("citizens")


def hear_text(event: Event) -> None:
    """The handler of texts."""
    hear_words(event=event, by=LISTENER)


def hear_info(event: Event) -> None:
    """The handler of what somebody shares of himself."""
    hear_shared_phone(event=event, by=LISTENER)


@transaction.atomic
def hear_words(*, event: Event, by: Actor) -> ZaloAnswer | None:
    """Do what a text asks of this room and owe an answer; None for every other text, or one that is known."""
    code = link_code_in(event.text)
    if not event.user_id or not (code or is_stop_word(event.text) or is_link_word(event.text)):
        return None
    user, once = _user_of(event), _once(event)
    if ZaloAnswer.objects.filter(once_hash=once).exists():
        return None
    if code:
        reply = _try_code(code, user, by)
        return owe_answer(user=user, reply=reply, once=once) if reply else None
    if is_stop_word(event.text):
        # Somebody without a link means something else: an officer reads it.
        ended = unlink_all(zalo_user=user, before=event.happened_at, by=by)
        return owe_answer(user=user, reply=ZaloReply.STOPPED, once=once) if ended else None
    return _invite(user, once, how=LinkedBy.SIGNED_LINK)


@transaction.atomic
def hear_shared_phone(*, event: Event, by: Actor) -> ZaloAnswer | None:
    """Somebody shared a phone with the account: he is asked to prove it, nothing is linked by this.

    None for a phone we cannot read, or one that leads to him already.
    """
    info = event.content.get("info")
    try:
        phone = clean_phone(str(info.get("phone") or "")) if isinstance(info, dict) else ""
    except ValidationError:
        return None
    if not event.user_id or not phone:
        return None
    user, once = _user_of(event), _once(event)
    links = ZaloLink.objects.active().filter(zalo_user=user)
    known = links.filter(contact_point__phone_hash=blind_index("phone", phone)).exists()
    if known or ZaloAnswer.objects.filter(once_hash=once).exists():
        return None
    return _invite(user, once, how=LinkedBy.SHARED_INFO, phone=phone)


def _user_of(event: Event) -> ZaloUser:
    remember_user(event)
    rows = ZaloUser.objects.select_related("account__unit")
    return rows.get(account=event.account, user_id_hash=user_id_hash(event.user_id))


def _once(event: Event) -> str:
    named = next(iter(event.message_ids), "") or f"{event.happened_at.timestamp()}"
    return blind_index(ONCE, hashlib.sha256(f"{event.name}:{event.user_id}:{named}".encode()).hexdigest())


def _try_code(code: str, user: ZaloUser, by: Actor) -> str:
    """What to answer; "" for somebody who goes on guessing."""
    tries = count_hit(scope="link-try", key=str(user.uid), seconds=HOUR)
    if tries > LINK_TRIES_AN_HOUR:
        return ZaloReply.TOO_OFTEN if tries == LINK_TRIES_AN_HOUR + 1 else ""
    linked = link_by_code(code=code, zalo_user=user, by=by)
    return ZaloReply.LINKED if linked else ZaloReply.WRONG_CODE


def _invite(user: ZaloUser, once: str, *, how: str, phone: str | None = None) -> ZaloAnswer | None:
    if count_hit(scope="link-invite", key=str(user.uid), seconds=HOUR) > INVITATIONS_AN_HOUR:
        return None
    ends = timezone.now() + dt.timedelta(seconds=INVITATION_SECONDS)
    invitation = LinkInvitation.objects.create(zalo_user=user, phone=phone, how=how, expires_at=ends)
    reply = ZaloReply.CLAIMED if phone else ZaloReply.INVITED
    return owe_answer(user=user, reply=reply, once=once, invitation=invitation)
