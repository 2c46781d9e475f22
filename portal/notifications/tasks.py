"""Ids in, one action."""

from uuid import UUID

from celery import shared_task

from portal.common.actors import SystemActor
from portal.notifications.actions.count_messages import count_recent_days
from portal.notifications.actions.deliver import deliver
from portal.notifications.actions.link_zalo_user import forget_links
from portal.notifications.actions.move_mass import TEND_TASK
from portal.notifications.actions.poll_reports import poll_reports
from portal.notifications.actions.request_call import expire_calls, forget_notes
from portal.notifications.actions.retention import forget_calls, forget_messages
from portal.notifications.actions.sweep import send_due, sweep_outbox
from portal.notifications.actions.tend_mass import tend_due, tend_mass
from portal.notifications.wake import DELIVER_TASK, WAKE_DUE_TASK

POSTMAN = SystemActor("postman")


@shared_task(name=DELIVER_TASK)
def deliver_message(message_uid: str) -> None:
    deliver(message_uid=UUID(message_uid), by=POSTMAN)


@shared_task(name=WAKE_DUE_TASK)
def wake_due_messages(message_class: str) -> None:
    """After many rows were queued at once. Many are sent in slices; between two slices the worker looks at
    the other queues."""
    send_due(message_class=message_class, by=POSTMAN)


@shared_task(name="notifications.poll_reports")
def poll_missing_reports() -> None:
    poll_reports(by=POSTMAN)


@shared_task(name="notifications.expire_calls")
def expire_call_list() -> None:
    expire_calls(by=POSTMAN)


@shared_task(name="notifications.forget_call_notes")
def forget_call_notes() -> None:
    forget_notes(by=POSTMAN)


@shared_task(name="notifications.forget_zalo_links")
def forget_zalo_links() -> None:
    forget_links(by=POSTMAN)


@shared_task(name="notifications.count_messages")
def count_messages() -> None:
    count_recent_days(by=POSTMAN)


@shared_task(name="notifications.keep_no_longer")
def keep_no_longer() -> None:
    """Calls first: they hold the messages they came from."""
    forget_calls(by=POSTMAN)
    forget_messages(by=POSTMAN)


@shared_task(name="notifications.sweep")
def sweep() -> None:
    sweep_outbox(by=POSTMAN)


@shared_task(name=TEND_TASK)
def tend_one_mass_message(mass_uid: str) -> None:
    tend_mass(mass_uid=UUID(mass_uid), by=POSTMAN)


@shared_task(name="notifications.tend_due_mass")
def tend_mass_messages() -> None:
    tend_due(by=POSTMAN)
