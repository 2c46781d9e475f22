"""Waking a worker for a message. The row is already safe, so losing a wake-up costs seconds, not messages."""

from uuid import UUID

from portal.common import broker
from portal.common.broker import is_paused, resume
from portal.notifications.enums import QUEUE_OF, MessageClass

__all__ = [
    "DELIVER_TASK",
    "WAKE_DUE_TASK",
    "is_paused",
    "resume",
    "waiting_in",
    "wake",
    "wake_class",
    "wake_task",
]

DELIVER_TASK = "notifications.deliver"
WAKE_DUE_TASK = "notifications.wake_due"


def wake(message_uid: UUID, message_class: str, *, after: float = 0) -> bool:
    """Publish the uid to the queue of its class, to be read in `after` (< 60) seconds; False on failure."""
    return broker.publish(DELIVER_TASK, str(message_uid), QUEUE_OF[MessageClass(message_class)], after=after)


def wake_class(message_class: str, *, after: float = 0) -> bool:
    """Ask a worker to wake every due message of a class: one publish for many rows; False on failure."""
    queue = QUEUE_OF[MessageClass(message_class)]
    return broker.publish(WAKE_DUE_TASK, str(message_class), queue, after=after)


def wake_task(task: str, argument: str, *, queue: str, after: float = 0) -> bool:
    """The same for another room's task that takes one id; its rows must be found by a sweep as well."""
    return broker.publish(task, argument, queue, after=after)


def waiting_in(message_class: str) -> int | None:
    """How many tasks wait in the queue of a class; None when the broker does not answer."""
    return broker.waiting_in(QUEUE_OF[MessageClass(message_class)])
