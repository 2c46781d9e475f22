"""HTTP to providers: pooled clients, short timeouts, errors as ChannelError; one call, or many together."""

import asyncio
import functools
import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.lanes import ANSWER_WITHIN, CONNECT_WITHIN, Call, Lane, Reply

__all__ = ["BEGIN_WITHIN", "SIDE_BY_SIDE", "Call", "Said", "ask", "ask_many"]

# The lease of a claimed message is 60 s; connect and read together stay far below it.
_TIMEOUT = httpx2.Timeout(ANSWER_WITHIN, connect=CONNECT_WITHIN, pool=5)
_LIMITS = httpx2.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=20)
# As many answers as are waited for at the same time; at 50 ms each that is 2,000 a second.
SIDE_BY_SIDE = 100
BEGIN_WITHIN = 15.0
TOO_MANY_REQUESTS = 429
RESET_HEADERS = ("retry-after", "x-rate-limit-reset")


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
    return _content(Reply(answer.status_code, dict(answer.headers), answer.content))


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
def _lanes_of_thread(process_id: int, thread_id: int) -> tuple[asyncio.Runner, list[Lane]]:
    """One event loop per thread for its whole life: connections outlive a batch."""
    context = httpx2.create_ssl_context(trust_env=False)
    return asyncio.Runner(), [Lane(context) for _lane in range(SIDE_BY_SIDE)]


async def _ask_all(lanes: Sequence[Lane], calls: Sequence[Call]) -> list[Said]:
    """Each lane takes the next call when its last one is answered."""
    # Two turns of the loop, so that connections closed since the last batch are known as such.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    answers = [Said(ChannelError("turn_taken", retry_after=0.0))] * len(calls)
    waiting = iter(enumerate(calls))
    last_start = time.monotonic() + BEGIN_WITHIN

    async def work(lane: Lane) -> None:
        for place, call in waiting:
            if time.monotonic() > last_start:
                return
            answers[place] = await _ask_one(lane, call)

    await asyncio.gather(*(work(lane) for lane in lanes[: len(calls)]))
    return answers


async def _ask_one(lane: Lane, call: Call) -> Said:
    started = time.monotonic()
    content: dict[str, Any] | ChannelError
    try:
        content = _content(await lane.ask(call))
    except ChannelError as error:
        content = error
    return Said(content, time.monotonic() - started)


def _code_of(error: httpx2.HTTPError) -> str:
    """`connect_failed` means that nothing was handed over; the others leave it open."""
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return "connect_failed"
    return "timeout" if isinstance(error, httpx2.TimeoutException) else "connection_lost"


def _content(reply: Reply) -> dict[str, Any]:
    if reply.status == TOO_MANY_REQUESTS:
        raise ChannelError("http_429", retry_after=_wait_named(reply.headers))
    if reply.status >= 500:
        raise ChannelError("http_5xx")
    if reply.status >= 300:
        raise ChannelError("http_4xx")
    try:
        content = json.loads(reply.content)
    except ValueError as error:
        raise ChannelError("answer_unreadable") from error
    if not isinstance(content, dict):
        raise ChannelError("answer_unreadable")
    return content


def _wait_named(headers: dict[str, str]) -> float | None:
    named = [headers.get(name, "") for name in RESET_HEADERS]
    return next((float(wait) for wait in named if wait.isdecimal()), None)
