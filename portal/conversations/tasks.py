"""Ids in, one action."""

from uuid import UUID

from celery import shared_task

from portal.common.actors import SystemActor
from portal.conversations.actions.keep_messages import SEND_TASK
from portal.conversations.actions.retention import close_idle, forget_conversations
from portal.conversations.actions.send_messages import send_due, send_waiting

TALKER = SystemActor("conversations")


@shared_task(name=SEND_TASK)
def send_one_conversation(conversation_uid: str) -> None:
    send_waiting(conversation_uid=UUID(conversation_uid), by=TALKER)


@shared_task(name="conversations.send_due")
def send_due_messages() -> None:
    send_due(by=TALKER)


@shared_task(name="conversations.keep_no_longer")
def keep_no_longer() -> None:
    close_idle(by=TALKER)
    forget_conversations(by=TALKER)
