"""Publishing to the broker without making anybody wait for it.

Rows are already safe, so losing a wake-up costs seconds, not data.

A publish through Celery's own connection retries for 7 s when Redis is dead and would hold a booking, or a
webhook that must be answered in 2 s, that long. Here a connection of our own tries once, for less than half a
second, and after a failure nobody in this process tries again for a few seconds.
"""

import logging
import os
import threading
import time
from typing import Any

from celery import current_app
from kombu import Connection
from kombu.pools import producers

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
_FAIL_FAST = {
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "socket_timeout": 0.4,
    "socket_connect_timeout": 0.4,
}
_connections: dict[tuple[int, str], Connection] = {}
_lock = threading.Lock()
_quiet_until = 0.0


def _connection() -> Connection:
    """One per process (a forked child must not share a socket) and broker address."""
    key = (os.getpid(), current_app.conf.broker_write_url or current_app.conf.broker_url)
    with _lock:
        if key not in _connections:
            _connections[key] = current_app.connection_for_write(transport_options=_FAIL_FAST)
        return _connections[key]


def _producer() -> Any:
    """From a pool; a `with` block that raises gives the connection back as broken, to be replaced."""
    return producers[_connection()].acquire(block=True, timeout=0.5)


def is_paused() -> bool:
    """True while the last publish of this process failed a moment ago."""
    return time.monotonic() < _quiet_until


def resume() -> None:
    """Forget an earlier failure."""
    global _quiet_until
    _quiet_until = 0.0


def _pause(error: Exception) -> None:
    global _quiet_until
    _quiet_until = time.monotonic() + PAUSE_SECONDS
    # The text of a broker error may carry the password in its address.
    logger.warning("broker unreachable (%s): the sweepers will find what waits", type(error).__name__)


def publish(task: str, argument: str, queue: str, *, after: float = 0) -> bool:
    """Ask a worker for `task(argument)` in `after` (< 60) seconds; False on failure."""
    if is_paused():
        return False
    try:
        with _producer() as producer:
            current_app.send_task(
                task, args=[argument], queue=queue, countdown=after or None, producer=producer, retry=False
            )
    except Exception as error:  # whatever the broker does, the caller's work is done
        _pause(error)
        return False
    return True


def waiting_in(queue: str) -> int | None:
    """How many tasks wait in a queue; None when the broker does not answer."""
    if is_paused():
        return None
    try:
        with _producer() as producer:
            return _length(producer.channel, queue)
    except Exception as error:
        _pause(error)
        return None


def _length(channel: Any, queue: str) -> int:
    """A queue that holds nothing may not exist at all: reply code 404, in kombu's Redis transport too."""
    try:
        return int(channel.queue_declare(queue=queue, passive=True).message_count)
    except Exception as error:
        if str(getattr(error, "reply_code", "")) == "404":
            return 0
        raise
