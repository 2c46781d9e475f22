"""A webhook arrives: checked over its raw bytes, kept, answered. Everything else happens later.

Zalo waits two seconds and repeats for two hours [2]. The check fails closed: what is not signed with the
account's OA secret key is not kept. [2]
"""

import hashlib
import json
import logging
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.common.broker import publish
from portal.common.crypto import blind_index
from portal.common.errors import NotAllowed
from portal.zalo.enums import EventState
from portal.zalo.events import moment_of
from portal.zalo.limits import HEARTBEAT
from portal.zalo.models import OfficialAccount, WebhookEvent
from portal.zalo.wire import is_same, read_signature, webhook_mac

logger = logging.getLogger(__name__)
PROCESS_TASK, QUEUE = "zalo.process_event", "transactional"
DEDUPE = "zalo.webhook_event.dedupe"


def receive_event(*, account: OfficialAccount, body: bytes, signature: str, by_phone: bool) -> bool:
    """Keep an event; False when it was kept before. NotAllowed `signature_wrong` for one that is not ours."""
    content = _read(body)
    if content is None or not _is_signed(account, content, body, signature):
        _count_mismatch(account, content, body, signature)
        raise NotAllowed("signature_wrong", _("Chữ ký webhook không đúng."))
    owner = _owner(account, content)
    if owner is None:
        _count_mismatch(account, None, body, signature)
        raise NotAllowed("signature_wrong", _("Chữ ký webhook không đúng."))
    event, is_new = _keep(owner, content, body, by_phone)
    if is_new:
        transaction.on_commit(lambda: publish(PROCESS_TASK, str(event.uid), QUEUE), robust=True)
    return is_new


def _read(body: bytes) -> dict[str, Any] | None:
    """The body as an object with a readable moment, None for anything else."""
    try:
        content = json.loads(body)
        moment_of(content["timestamp"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _is_signed(account: OfficialAccount, content: dict[str, Any], body: bytes, signature: str) -> bool:
    """By this app and with this key: the MAC alone would let in every app of the same OA. [i]"""
    given = read_signature(signature)
    if given is None or str(content.get("app_id")) != account.app_id:
        return False
    right = webhook_mac(account.app_id, body, str(content["timestamp"]), account.webhook_key)
    return is_same(given, right)


def _owner(account: OfficialAccount, content: dict[str, Any]) -> OfficialAccount | None:
    """The account an event is about: one app has one webhook, whichever of its OAs an event concerns."""
    if account.oa_id is None:
        return account
    sides = [content.get(name) for name in ("sender", "recipient")]
    named = {str(side.get("id")) for side in sides if isinstance(side, dict)} | {str(content.get("oa_id"))}
    if account.oa_id in named:
        return account
    return OfficialAccount.objects.filter(app_id=account.app_id, oa_id__in=named).first()


def _keep(
    account: OfficialAccount, content: dict[str, Any], body: bytes, by_phone: bool
) -> tuple[WebhookEvent, bool]:
    now, name = timezone.now(), str(content.get("event_name", ""))[:60]
    known = {
        "account": account,
        "name": name,
        "body": body,
        "by_phone": by_phone,
        "happened_at": moment_of(content["timestamp"]),
        "state": EventState.WAITING,
        "next_at": now,
    }
    event, is_new = WebhookEvent.objects.get_or_create(
        dedupe_hash=_dedupe(account, name, content, body), defaults=known
    )
    if not is_new:
        WebhookEvent.objects.filter(pk=event.pk).update(repeats=F("repeats") + 1)
    quiet = Q(last_event_at__isnull=True) | Q(last_event_at__lt=now - HEARTBEAT)
    OfficialAccount.objects.filter(quiet, pk=account.pk).update(last_event_at=now)
    return event, is_new


def _dedupe(account: OfficialAccount, name: str, content: dict[str, Any], body: bytes) -> str:
    """Message id and event name; the body's hash for events without one message. [i]"""
    message = content.get("message")
    msg_id = message.get("msg_id") if isinstance(message, dict) else None
    what = f"{name}:{msg_id}" if msg_id else hashlib.sha256(body).hexdigest()
    return blind_index(DEDUPE, f"{account.uid}:{what}")


def _count_mismatch(
    account: OfficialAccount, content: dict[str, Any] | None, body: bytes, signature: str
) -> None:
    """A wrong signature must be seen by somebody; and would the OA id have fitted? [x]"""
    by_oa_id = False
    given = read_signature(signature)
    if content is not None and given is not None and account.oa_id:
        other = webhook_mac(account.oa_id, body, str(content["timestamp"]), account.webhook_key)
        by_oa_id = is_same(given, other)
    OfficialAccount.objects.filter(pk=account.pk).update(
        mismatches=F("mismatches") + 1,
        oa_id_matches=F("oa_id_matches") + int(by_oa_id),
        last_mismatch_at=timezone.now(),
    )
    logger.warning("zalo webhook of account %s: wrong signature", account.uid)
