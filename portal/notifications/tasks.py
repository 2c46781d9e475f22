"""Ids in, one action."""

from uuid import UUID

from celery import shared_task

from portal.common.actors import SystemActor
from portal.notifications.actions.deliver import deliver
from portal.notifications.actions.sweep import sweep_outbox
from portal.notifications.wake import DELIVER_TASK

POSTMAN = SystemActor("postman")


@shared_task(name=DELIVER_TASK)
def deliver_message(message_uid: str) -> None:
    deliver(message_uid=UUID(message_uid), by=POSTMAN)


@shared_task(name="notifications.sweep")
def sweep() -> None:
    sweep_outbox(by=POSTMAN)
