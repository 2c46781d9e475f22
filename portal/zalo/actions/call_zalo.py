"""Calling an endpoint as an account: with a live token, and once more after a refusal of the token."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from portal.common.actors import Actor
from portal.zalo.actions.refresh_tokens import open_session, refresh_tokens
from portal.zalo.client.session import Session
from portal.zalo.client.transport import CONNECTIONS
from portal.zalo.enums import ErrorKind
from portal.zalo.errors import WAY, ZaloError
from portal.zalo.models import OfficialAccount

Answer = TypeVar("Answer")
# Whoever calls for many holds them by a lease: nothing is begun later than this.
BEGIN_WITHIN = 15.0


def call_zalo(*, account: OfficialAccount, call: Callable[[Session], Answer], by: Actor) -> Answer:
    """`call(session)`; ZaloError. Call it outside transactions.

    A refused token is refreshed even when it should still be good (pasted tokens end early [1]) and the
    call is made once more; refused again it is a matter of configuration, never of a third try.
    """
    session = open_session(account=account, by=by)
    try:
        return call(session)
    except ZaloError as error:
        if error.kind != ErrorKind.REFRESH:
            raise
    fresh = refresh_tokens(account=account, seen=session.generation, by=by)
    try:
        return call(fresh)
    except ZaloError as error:
        if error.kind == ErrorKind.REFRESH:
            raise ZaloError(WAY, "refused_again") from error
        raise


@dataclass(frozen=True)
class Timed:
    """One of many: the answer or the ZaloError, and how long the call took."""

    result: Any
    seconds: float = 0.0

    @property
    def refused_token(self) -> bool:
        return isinstance(self.result, ZaloError) and self.result.kind == ErrorKind.REFRESH


def call_many(
    *, account: OfficialAccount, calls: Sequence[Callable[[Session], Any]], by: Actor
) -> list[Timed]:
    """The same for many, side by side; answers in the order of the calls, nothing is raised.

    Calls only speak HTTP: the threads they run in have no database. A refused token is refreshed once for all
    of them, and only those it was refused to are made again. What was not begun in time is `way too_late`.
    """
    last_start = time.monotonic() + BEGIN_WITHIN
    try:
        session = open_session(account=account, by=by)
    except ZaloError as error:
        return [Timed(error)] * len(calls)
    found = _side_by_side(session, calls, last_start)
    refused = [place for place, one in enumerate(found) if one.refused_token]
    if refused:
        again = _once_more(account, session, [calls[place] for place in refused], last_start, by)
        for place, one in zip(refused, again, strict=True):
            found[place] = one
    return found


def _once_more(
    account: OfficialAccount,
    session: Session,
    calls: Sequence[Callable[[Session], Any]],
    last_start: float,
    by: Actor,
) -> list[Timed]:
    try:
        fresh = refresh_tokens(account=account, seen=session.generation, by=by)
    except ZaloError as error:
        return [Timed(error)] * len(calls)
    again = _side_by_side(fresh, calls, last_start)
    stale = ZaloError(WAY, "refused_again")
    return [Timed(stale, one.seconds) if one.refused_token else one for one in again]


def _side_by_side(
    session: Session, calls: Sequence[Callable[[Session], Any]], last_start: float
) -> list[Timed]:
    def run(call: Callable[[Session], Any]) -> Timed:
        started = time.monotonic()
        if started > last_start:
            return Timed(ZaloError(WAY, "too_late"))
        try:
            result: Any = call(session)
        except ZaloError as error:
            result = error
        return Timed(result, time.monotonic() - started)

    with ThreadPoolExecutor(min(CONNECTIONS, max(1, len(calls)))) as pool:
        return list(pool.map(run, calls))
