"""Saying on Zalo what is owed: claim the row, call, write down how it went."""

import datetime as dt
import functools
import logging
import uuid
from typing import Any

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.citizens.enums import ZaloReply
from portal.citizens.models import LinkInvitation, ZaloAnswer
from portal.citizens.one_time import seal_of
from portal.citizens.rules import ANSWER_LEASE_SECONDS, ANSWER_TRIES
from portal.common.actors import Actor
from portal.common.phones import mask_phone
from portal.notifications.notices import template_folder
from portal.notifications.validators import fill
from portal.units.models import Unit
from portal.zalo.actions.call_zalo import call_zalo
from portal.zalo.client.messages import Message, button_message, send_consultation, text_message, url_button
from portal.zalo.enums import ErrorKind
from portal.zalo.errors import ZaloError
from portal.zalo.limits import backoff

logger = logging.getLogger(__name__)
BATCH = 100
_AGAIN = {ErrorKind.RETRY, ErrorKind.UNKNOWN, ErrorKind.REFRESH}
_BACKOFF = (5, 120)


def answer_zalo(*, answer_uid: uuid.UUID, by: Actor) -> bool:
    """Send one answer; False when it is not due, somebody else is at it, or Zalo did not take it."""
    now = timezone.now()
    lease = now + dt.timedelta(seconds=ANSWER_LEASE_SECONDS)
    if (
        not ZaloAnswer.objects.due(now)
        .filter(uid=answer_uid)
        .update(claimed_until=lease, attempts=F("attempts") + 1)
    ):
        return False
    rows = ZaloAnswer.objects.select_related("zalo_user__account__unit", "invitation")
    answer = rows.get(uid=answer_uid)
    user, message = answer.zalo_user, message_of(answer)
    try:
        call_zalo(
            account=user.account,
            call=lambda session: send_consultation(session, user_id=user.user_id, message=message),
            by=by,
        )
    except ZaloError as error:
        _after_error(answer, error)
        return False
    ZaloAnswer.objects.filter(pk=answer.pk).update(finished_at=timezone.now())
    return True


def _after_error(answer: ZaloAnswer, error: ZaloError) -> None:
    """Once more for what passes; anything else ends it. The link itself stands either way."""
    now = timezone.now()
    logger.warning("answer on zalo %s: %s", answer.uid, error.key)
    change: dict[str, Any] = {"error": error.key[:40], "claimed_until": None}
    if error.kind in _AGAIN and answer.attempts < ANSWER_TRIES:
        change["next_at"] = now + backoff(answer.attempts, _BACKOFF)
    else:
        change["finished_at"] = now
    ZaloAnswer.objects.filter(pk=answer.pk).update(**change)


def answer_due(*, by: Actor) -> int:
    """What no wake-up brought, and what a dead worker held; returns how many went out."""
    due = ZaloAnswer.objects.due(timezone.now()).order_by("next_at").values_list("uid", flat=True)
    return sum(answer_zalo(answer_uid=uid, by=by) for uid in list(due[:BATCH]))


# ---- words


@functools.cache
def _words(reply: str) -> str:
    path = template_folder().joinpath("chat", f"zalo_{reply}.txt")
    return path.read_text(encoding="utf-8").strip()


def message_of(answer: ZaloAnswer) -> Message:
    """The words of an answer and the button below them."""
    unit, invitation = answer.zalo_user.account.unit, answer.invitation
    phone = mask_phone(invitation.phone) if invitation is not None and invitation.phone else ""
    text = fill(_words(answer.reply), {"unit": unit.police_name, "phone": phone})
    button = _button(answer, unit)
    return button_message(text, [button]) if button else text_message(text)


def _button(answer: ZaloAnswer, unit: Unit) -> Message | None:
    """None for a unit that has no pages."""
    if not (unit.slug and unit.is_open):
        return None
    with translation.override("vi"):
        if answer.invitation is not None:
            return url_button(_("Xác nhận số điện thoại"), _absolute(link_path(answer.invitation, unit)))
        titles = {
            ZaloReply.LINKED: _("Chọn loại tin muốn nhận"),
            ZaloReply.STOPPED: _("Nhận lại tin qua Zalo"),
        }
        title = titles.get(ZaloReply(answer.reply), _("Lấy mã mới"))
        return url_button(title, _absolute(reverse("citizens:reach", args=[unit.slug])))


def link_path(invitation: LinkInvitation, unit: Unit) -> str:
    """The signed address of an invitation."""
    return reverse("citizens:link_phone", args=[unit.slug, invitation.uid, seal_of(invitation.uid)])


def _absolute(path: str) -> str:
    return settings.PUBLIC_URL.rstrip("/") + path
