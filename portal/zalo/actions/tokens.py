"""Keeping a token pair, losing it, and writing down what happened. Callers hold the vault's lock."""

import datetime as dt
import logging

from django.utils import timezone

from portal.audit.record import record
from portal.common.actors import Actor, SystemActor
from portal.zalo.client.oauth import TokenPair
from portal.zalo.client.session import Session
from portal.zalo.enums import AccountState, TokenEvent
from portal.zalo.errors import ZaloError
from portal.zalo.limits import REFRESH_BACKOFF, backoff
from portal.zalo.models import OfficialAccount, TokenEntry, TokenVault
from portal.zalo.workflow import ACCOUNT_WORKFLOW

logger = logging.getLogger(__name__)
KEEPER = SystemActor("zalo_tokens")


def session_of(vault: TokenVault) -> Session:
    return Session(vault.access_token, vault.account.app_secret, vault.generation)


def note_token(
    *, account: OfficialAccount, event: TokenEvent, by: Actor, error: str = "", generation: int = 0
) -> None:
    """One line in the journal of tokens; and in the log, where a monitor may wait for it."""
    TokenEntry.objects.create(
        account=account, event=event, error=error[:40], generation=generation, actor=by.actor_ref
    )
    level = logging.ERROR if event == TokenEvent.LOST else logging.INFO
    logger.log(level, "zalo tokens of account %s: %s %s", account.uid, event.value, error)


def move_account(*, account: OfficialAccount, to: str, by: Actor) -> OfficialAccount:
    """The gate of an account's state; call it in a transaction. Conflict `move_not_allowed`, NotAllowed."""
    fresh = (
        OfficialAccount.objects.select_for_update(no_key=True, of=("self",))
        .select_related("unit")
        .get(pk=account.pk)
    )
    move = ACCOUNT_WORKFLOW.check(fresh.state, to, by=by, obj=fresh)
    fresh.state = to
    fresh.save(update_fields=["state"])
    record(action=f"zalo_account.{move.verb}", by=by, obj=fresh, unit=fresh.unit, detail={"to": str(to)})
    account.state = to
    return fresh


def store_pair(*, vault: TokenVault, pair: TokenPair, granted: bool, by: Actor) -> None:
    """Write the next pair; a stored refresh token is never replaced by an empty one. [x]"""
    now = timezone.now()
    vault.access_token = pair.access_token
    vault.refresh_token = pair.refresh_token or vault.refresh_token
    vault.rotation_unclear = not pair.refresh_token
    vault.access_expires_at = now + dt.timedelta(seconds=pair.seconds)
    vault.granted_at = now if granted else vault.granted_at
    vault.refreshed_at = vault.next_try_at = now
    vault.generation, vault.attempts = vault.generation + 1, 0
    vault.save()
    event = TokenEvent.CONSENTED if granted else TokenEvent.REFRESHED
    event = TokenEvent.ROTATION_UNCLEAR if vault.rotation_unclear else event
    note_token(account=vault.account, event=event, by=by, generation=vault.generation)


def note_failure(*, vault: TokenVault, error: ZaloError, by: Actor) -> None:
    """Try again later, rarer each time."""
    vault.attempts = min(vault.attempts + 1, 1000)
    wait = max(backoff(vault.attempts, REFRESH_BACKOFF), dt.timedelta(seconds=error.retry_after or 0))
    vault.next_try_at = timezone.now() + wait
    vault.save(update_fields=["attempts", "next_try_at"])
    note_token(
        account=vault.account,
        event=TokenEvent.REFRESH_FAILED,
        by=by,
        error=error.key,
        generation=vault.generation,
    )


def lose_grant(*, vault: TokenVault, error: ZaloError, by: Actor) -> None:
    """Only a person at Zalo's consent page can mend this: stop asking, and say so."""
    move_account(account=vault.account, to=AccountState.NEEDS_CONSENT, by=KEEPER)
    note_token(
        account=vault.account, event=TokenEvent.LOST, by=by, error=error.key, generation=vault.generation
    )
