"""HTTP to eSMS: one pooled client per process, short timeouts, errors as ChannelError."""

import functools
import os
from typing import Any

import httpx2

from portal.notifications.channels.errors import ChannelError

# The lease of a claimed message is 60 s; connect and read together stay far below it.
_TIMEOUT = httpx2.Timeout(10, connect=5, pool=5)
_LIMITS = httpx2.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=20)
TOO_MANY_REQUESTS = 429


@functools.cache
def _client_of_process(process_id: int) -> httpx2.Client:
    """Keyed by process: a socket shared by two forked workers mixes up their answers."""
    return httpx2.Client(timeout=_TIMEOUT, limits=_LIMITS, follow_redirects=False, trust_env=False)


def post_json(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST `body`, return the JSON object of the answer; ChannelError for everything else."""
    try:
        answer = _client_of_process(os.getpid()).post(url, json=body)
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
        raise ChannelError("connect_failed") from error
    except httpx2.TimeoutException as error:
        raise ChannelError("timeout") from error
    except httpx2.HTTPError as error:
        raise ChannelError("connection_lost") from error
    _check_status(answer)
    try:
        content = answer.json()
    except ValueError as error:
        raise ChannelError("answer_unreadable") from error
    if not isinstance(content, dict):
        raise ChannelError("answer_unreadable")
    return content


def _check_status(answer: httpx2.Response) -> None:
    if answer.status_code == TOO_MANY_REQUESTS:
        wait = answer.headers.get("Retry-After", "")
        raise ChannelError("http_429", retry_after=float(wait) if wait.isdecimal() else None)
    if answer.status_code >= 500:
        raise ChannelError("http_5xx")
    if answer.status_code >= 300:
        raise ChannelError("http_4xx")
