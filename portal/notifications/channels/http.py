"""HTTP to providers: pooled clients, short timeouts, errors as ChannelError; one call, or many together."""

import asyncio
import functools
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from portal.notifications.channels.errors import ChannelError

# The lease of a claimed message is 60 s; connect and read together stay far below it.
_TIMEOUT = httpx2.Timeout(10, connect=5, pool=5)
_LIMITS = httpx2.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=20)
# As many answers as are waited for at the same time; at 50 ms each that is 2,000 a second.
SIDE_BY_SIDE = 100
BEGIN_WITHIN = 15.0
TOO_MANY_REQUESTS = 429
RESET_HEADERS = ("Retry-After", "X-Rate-Limit-Reset")


@dataclass(frozen=True)
class Call:
    """One request; `body` None asks by GET. Its repr shows neither keys nor persons."""

    url: str
    body: dict[str, Any] | None = field(default=None, repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


@functools.cache
def _client_of_process(process_id: int) -> httpx2.Client:
    """Keyed by process: a socket shared by two forked workers mixes up their answers."""
    return httpx2.Client(timeout=_TIMEOUT, limits=_LIMITS, follow_redirects=False, trust_env=False)


def ask(call: Call) -> dict[str, Any]:
    """The JSON object of the answer; ChannelError for everything else."""
    try:
        answer = _client_of_process(os.getpid()).request(
            call.method, call.url, json=call.body, headers=call.headers
        )
    except httpx2.HTTPError as error:
        raise ChannelError(_code_of(error)) from error
    return _read(answer)


@dataclass(frozen=True)
class Said:
    """One of many answers, or what went wrong, and how long it took."""

    content: dict[str, Any] | ChannelError
    seconds: float = 0.0


def ask_many(calls: Sequence[Call]) -> list[Said]:
    """The same for many, at most SIDE_BY_SIDE at a time; a failed one is its ChannelError.

    After BEGIN_WITHIN seconds nothing is begun any more (`turn_taken`): the lease of the batch must hold.
    """
    runner, lanes = _lanes_of_thread(os.getpid(), threading.get_ident())
    return runner.run(_ask_all(lanes, calls))


@functools.cache
def _lanes_of_thread(
    process_id: int, thread_id: int
) -> tuple[asyncio.Runner, list[httpx2.AsyncHTTPTransport]]:
    """One event loop per thread for its whole life: connections outlive a batch.

    A lane is a connection of its own. One pool of a hundred would look through all of them at every request,
    and a client would prepare redirects and cookies no provider uses: together two thirds of the work.
    """
    context = httpx2.create_ssl_context(trust_env=False)
    one = httpx2.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=20)
    lanes = [httpx2.AsyncHTTPTransport(verify=context, limits=one) for _lane in range(SIDE_BY_SIDE)]
    return asyncio.Runner(), lanes


async def _ask_all(lanes: Sequence[httpx2.AsyncHTTPTransport], calls: Sequence[Call]) -> list[Said]:
    """Each lane takes the next call when its last one is answered."""
    answers = [Said(ChannelError("turn_taken", retry_after=0.0))] * len(calls)
    waiting = iter(enumerate(calls))
    last_start = time.monotonic() + BEGIN_WITHIN

    async def work(lane: httpx2.AsyncHTTPTransport) -> None:
        for place, call in waiting:
            if time.monotonic() > last_start:
                return
            answers[place] = await _ask_one(lane, call)

    await asyncio.gather(*(work(lane) for lane in lanes[: len(calls)]))
    return answers


async def _ask_one(lane: httpx2.AsyncHTTPTransport, call: Call) -> Said:
    started = time.monotonic()
    content: dict[str, Any] | ChannelError
    request = httpx2.Request(
        call.method,
        call.url,
        json=call.body,
        headers=call.headers,
        extensions={"timeout": _TIMEOUT.as_dict()},
    )
    try:
        answer = await lane.handle_async_request(request)
        await answer.aread()
        content = _read(answer)
    except httpx2.HTTPError as error:
        content = ChannelError(_code_of(error))
    except ChannelError as error:
        content = error
    return Said(content, time.monotonic() - started)


def _code_of(error: httpx2.HTTPError) -> str:
    """`connect_failed` means that nothing was handed over; the others leave it open."""
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return "connect_failed"
    return "timeout" if isinstance(error, httpx2.TimeoutException) else "connection_lost"


def _read(answer: httpx2.Response) -> dict[str, Any]:
    if answer.status_code == TOO_MANY_REQUESTS:
        raise ChannelError("http_429", retry_after=_wait_named(answer))
    if answer.status_code >= 500:
        raise ChannelError("http_5xx")
    if answer.status_code >= 300:
        raise ChannelError("http_4xx")
    try:
        content = answer.json()
    except ValueError as error:
        raise ChannelError("answer_unreadable") from error
    if not isinstance(content, dict):
        raise ChannelError("answer_unreadable")
    return content


def _wait_named(answer: httpx2.Response) -> float | None:
    named = [answer.headers.get(name, "") for name in RESET_HEADERS]
    return next((float(wait) for wait in named if wait.isdecimal()), None)
