"""Reading an account's templates from Zalo, and keeping what its events tell of them."""

import logging
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict, NotAllowed
from portal.zalo.actions.call_zalo import call_zalo
from portal.zalo.client.directory import TEMPLATE_PAGE, template_facts, template_list
from portal.zalo.client.session import Session
from portal.zalo.enums import TemplateState
from portal.zalo.errors import ZaloError
from portal.zalo.events import Event
from portal.zalo.limits import MAX_TEMPLATES
from portal.zalo.models import OfficialAccount, ZaloTemplate
from portal.zalo.rules import can_sync

logger = logging.getLogger(__name__)


def read_templates(*, account: OfficialAccount, by: Actor) -> int:
    """What the officers' button does. NotAllowed; Conflict `zalo_refused` with Zalo's words."""
    if not can_sync(by, account):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền đọc mẫu tin của Zalo OA này."))
    try:
        number = sync_templates(account=account, by=by)
    except ZaloError as error:
        raise Conflict("zalo_refused", error.text) from error
    record(action="zalo_template.read", by=by, obj=account, unit=account.unit, detail={"number": number})
    return number


def sync_templates(*, account: OfficialAccount, by: Actor) -> int:
    """Bring the rows in line with Zalo; returns how many there are. ZaloError, and nothing is changed then.

    A template Zalo does not list any more is kept as deleted: messages that used it name it.
    """
    found = call_zalo(account=account, call=_read_all, by=by)
    now = timezone.now()
    with transaction.atomic():
        for number, facts in found.items():
            ZaloTemplate.objects.update_or_create(
                account=account, template_id=number, defaults={**facts, "synced_at": now}
            )
        gone = account.templates.exclude(template_id__in=list(found))
        gone.update(state=TemplateState.DELETE, synced_at=now)
    return len(found)


def sync_all_templates(*, by: Actor) -> int:
    """Every connected account; returns how many answered well."""
    return sum(_synced(account, by) for account in OfficialAccount.objects.connected())


def _synced(account: OfficialAccount, by: Actor) -> bool:
    try:
        sync_templates(account=account, by=by)
    except ZaloError as error:
        logger.warning("zalo templates of account %s were not read: %s", account.uid, error.key)
        return False
    return True


def _read_all(session: Session) -> dict[str, dict[str, Any]]:
    """{template id: columns}; one call per page and one per template."""
    rows: list[dict[str, Any]] = []
    while len(rows) < MAX_TEMPLATES:
        page = template_list(session, offset=len(rows), limit=TEMPLATE_PAGE)
        rows += page
        if len(page) < TEMPLATE_PAGE:
            break
    numbers = [str(row.get("templateId", ""))[:30] for row in rows]
    return {number: _columns(template_facts(session, number)) for number in numbers if number}


def _columns(facts: Mapping[str, Any]) -> dict[str, Any]:
    params = facts.get("listParams")
    return {
        "name": str(facts.get("templateName") or "")[:200],
        "state": str(facts.get("status") or "")[:30],
        "tag": str(facts.get("templateTag") or "")[:30],
        "quality": str(facts.get("templateQuality") or "")[:20],
        "params": params if isinstance(params, list) else [],
        "price_phone": _price(facts.get("price_sdt")),
        "price_user": _price(facts.get("price_uid")),
        "reason": str(facts.get("reason") or "")[:200],
    }


def _price(value: Any) -> int | None:
    """Numbers often come as strings, prices with decimals. [2]"""
    text = str(value).partition(".")[0]
    return int(text) if text.isdecimal() else None


# ---- what events tell: fields are named [2], where in the body they stand is not, so two places are tried


def note_template(event: Event) -> None:
    """change_template_status and change_template_quality: kept at once, read from Zalo within the hour."""
    number = _said(event, "template_id", "templateId")
    if not number:
        return
    changes = {
        "state": _said(event, "new_status")[:30],
        "quality": _said(event, "new_quality")[:20],
        "reason": _said(event, "reason")[:200],
    }
    known = {name: value for name, value in changes.items() if value}
    if known:
        rows = ZaloTemplate.objects.filter(account=event.account, template_id=number)
        # An event older than what was read from Zalo itself tells nothing new.
        rows.exclude(synced_at__gt=event.happened_at).update(**known)


def note_quota(event: Event) -> None:
    """change_oa_daily_quota: how many templates by phone may be sent a day."""
    number = _said(event, "new_quota", "daily_quota", "dailyQuota")
    if number.isdecimal():
        OfficialAccount.objects.filter(pk=event.account.pk).update(daily_quota=int(number))


def _said(event: Event, *names: str) -> str:
    """The first of these fields, at the top of the body or one step below; "" for none."""
    steps = [event.content, *(one for one in event.content.values() if isinstance(one, dict))]
    found = (step[name] for step in steps for name in names if isinstance(step.get(name), str | int))
    return str(next(found, ""))
