"""A token pair is refreshed by one worker at a time, and committed before anybody uses it.

Refresh tokens are single-use [2]: whoever loses the answer has lost the account until an administrator of the
OA consents again. So the row of the vault is locked over the call (PostgreSQL: FOR UPDATE; SQLite: the
IMMEDIATE transaction), everybody else waits for the lock, finds a newer generation and takes that
(docs/adr/0031).
"""

import logging

from django.db import transaction
from django.utils import timezone

from portal.common.actors import Actor
from portal.zalo.actions.tokens import lose_grant, note_failure, session_of, store_pair
from portal.zalo.client.oauth import refresh
from portal.zalo.client.session import Session
from portal.zalo.enums import AccountState
from portal.zalo.errors import OAUTH, WAY, ZaloError
from portal.zalo.limits import REFRESH_BEFORE, STALE_WITHIN
from portal.zalo.models import OfficialAccount, TokenVault

logger = logging.getLogger(__name__)
# The token was spent before: its successor went to somebody who lost it. [1]
GONE = {(WAY, "answer_empty"), (OAUTH, "-14014")}


def open_session(*, account: OfficialAccount, by: Actor) -> Session:
    """A token to call with, refreshed when it is about to end. ZaloError, also `needs_consent`,
    `disabled`.
    """
    vault = _readable(account)
    if vault.access_expires_at - timezone.now() > STALE_WITHIN:
        return session_of(vault)
    return refresh_tokens(account=account, seen=vault.generation, by=by)


def refresh_tokens(*, account: OfficialAccount, seen: int, by: Actor) -> Session:
    """The pair after generation `seen`: asked for by the first caller, found by the others.

    ZaloError when it could not be had; `needs_consent` when only a person can help. Never inside a caller's
    transaction: the new pair must be on disk before the first use.
    """
    with transaction.atomic(durable=True):
        vault = _locked(account)
        if vault.generation != seen:
            return session_of(vault)
        failure = _refresh(vault, by)
        session = session_of(vault)
    if failure is not None:
        raise failure
    return session


def _locked(account: OfficialAccount) -> TokenVault:
    rows = TokenVault.objects.select_for_update(of=("self",)).select_related("account__unit")
    vault = rows.get(account_id=account.pk)
    _check_state(vault.account)
    return vault


def _refresh(vault: TokenVault, by: Actor) -> ZaloError | None:
    """What went wrong, after it was written down; None when the vault holds the next pair."""
    if vault.next_try_at > timezone.now():
        return ZaloError(WAY, "refresh_waits")
    account = vault.account
    try:
        pair = refresh(
            app_id=account.app_id, app_secret=account.app_secret, refresh_token=vault.refresh_token
        )
    except ZaloError as error:
        if (error.host, error.code) in GONE:
            lose_grant(vault=vault, error=error, by=by)
            return ZaloError(WAY, "needs_consent")
        note_failure(vault=vault, error=error, by=by)
        return error
    store_pair(vault=vault, pair=pair, granted=False, by=by)
    return None


def refresh_due(*, by: Actor) -> int:
    """Refresh every pair that ends within five hours; returns how many were renewed."""
    due = TokenVault.objects.due(timezone.now(), REFRESH_BEFORE).select_related("account")
    renewed = 0
    for vault in due.order_by("access_expires_at")[:100]:
        try:
            refresh_tokens(account=vault.account, seen=vault.generation, by=by)
            renewed += 1
        except ZaloError as error:
            logger.warning("zalo account %s was not refreshed: %s", vault.account.uid, error.key)
    return renewed


def _readable(account: OfficialAccount) -> TokenVault:
    _check_state(account)
    vault = TokenVault.objects.select_related("account").filter(account_id=account.pk).first()
    if vault is None:
        raise ZaloError(WAY, "needs_consent")
    _check_state(vault.account)
    return vault


def _check_state(account: OfficialAccount) -> None:
    if account.state == AccountState.NEEDS_CONSENT:
        raise ZaloError(WAY, "needs_consent")
    if account.state == AccountState.DISABLED:
        raise ZaloError(WAY, "disabled")
