"""An answer on Zalo is a row, in the transaction that did what it tells of; a worker says it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from portal.citizens.enums import ZaloReply
from portal.citizens.models import LinkInvitation, ZaloAnswer
from portal.citizens.rules import ANSWER_SECONDS
from portal.common.broker import publish
from portal.common.crypto import blind_index
from portal.zalo.models import ZaloUser

ANSWER_TASK, QUEUE = "citizens.answer_zalo", "transactional"
ONCE = "citizens.zalo_answer.once"


def owe_answer(
    *, user: ZaloUser, reply: str, once: str, invitation: LinkInvitation | None = None
) -> ZaloAnswer:
    """What a worker will say to `user`; `once` is the hash of what it answers."""
    now = timezone.now()
    answer = ZaloAnswer.objects.create(
        zalo_user=user,
        once_hash=once,
        reply=reply,
        invitation=invitation,
        next_at=now,
        valid_until=now + dt.timedelta(seconds=ANSWER_SECONDS),
    )
    transaction.on_commit(lambda: publish(ANSWER_TASK, str(answer.uid), QUEUE), robust=True)
    return answer


def owe_confirmation(*, invitation: LinkInvitation) -> ZaloAnswer:
    """After the proof on a page: the Zalo user reads that he is linked."""
    once = blind_index(ONCE, f"invitation:{invitation.uid}")
    return owe_answer(user=invitation.zalo_user, reply=ZaloReply.LINKED, once=once)
