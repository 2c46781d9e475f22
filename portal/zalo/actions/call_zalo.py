"""Calling an endpoint as an account: with a live token, and once more after a refusal of the token."""

from collections.abc import Callable
from typing import TypeVar

from portal.common.actors import Actor
from portal.zalo.actions.refresh_tokens import open_session, refresh_tokens
from portal.zalo.client.session import Session
from portal.zalo.enums import ErrorKind
from portal.zalo.errors import WAY, ZaloError
from portal.zalo.models import OfficialAccount

Answer = TypeVar("Answer")


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
