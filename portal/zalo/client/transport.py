"""HTTP to Zalo: one pooled client per process, short timeouts, every failure a ZaloError.

The status is not trusted: business errors come with 200 [2], a refused refresh token with 200 and no body
[1].
"""

import functools
import os
from typing import Any

import httpx2

from portal.zalo.errors import WAY, ZaloError, error_of

# A token is refreshed under a lock, and on SQLite nobody else writes meanwhile: so no long waits.
TIMEOUT = httpx2.Timeout(8, connect=3, pool=3)
UPLOAD_TIMEOUT = httpx2.Timeout(40, connect=3, pool=3)
CONNECTIONS = 20
_LIMITS = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=10, keepalive_expiry=20)
TOO_MANY_REQUESTS = 429


@functools.cache
def _client_of_process(process_id: int) -> httpx2.Client:
    """Keyed by process: a socket shared by two forked workers mixes up their answers."""
    return httpx2.Client(timeout=TIMEOUT, limits=_LIMITS, follow_redirects=False, trust_env=False)


def ask(host: str, method: str, base_url: str, path: str, **request: Any) -> dict[str, Any]:
    """The JSON object Zalo answers with; ZaloError for everything else. `host` names the table of codes."""
    if not base_url:
        raise ZaloError(WAY, "not_configured")
    answer = _send(method, base_url.rstrip("/") + path, **request)
    _check_status(answer)
    if not answer.content.strip():
        raise ZaloError(WAY, "answer_empty")
    try:
        content = answer.json()
    except ValueError as error:
        raise ZaloError(WAY, "answer_unreadable", maybe_done=True) from error
    if not isinstance(content, dict):
        raise ZaloError(WAY, "answer_unreadable", maybe_done=True)
    failure = error_of(host, content)
    if failure is not None:
        raise failure
    return content


def _send(method: str, url: str, **request: Any) -> httpx2.Response:
    try:
        return _client_of_process(os.getpid()).request(method, url, **request)
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
        raise ZaloError(WAY, "connect_failed") from error
    except httpx2.TimeoutException as error:
        raise ZaloError(WAY, "timeout", maybe_done=True) from error
    except httpx2.HTTPError as error:
        raise ZaloError(WAY, "connection_lost", maybe_done=True) from error


def _check_status(answer: httpx2.Response) -> None:
    if answer.status_code == TOO_MANY_REQUESTS:
        wait = answer.headers.get("Retry-After", "")
        raise ZaloError(WAY, "http_429", retry_after=float(wait) if wait.isdecimal() else None)
    if answer.status_code >= 500:
        raise ZaloError(WAY, "http_5xx", maybe_done=True)
    if answer.status_code >= 300:
        raise ZaloError(WAY, "http_4xx")
