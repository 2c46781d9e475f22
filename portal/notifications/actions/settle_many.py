"""Writing down what a batch ended with: a handful of statements, however many messages."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.actions.claim import Claim
from portal.notifications.actions.prepare import Ready
from portal.notifications.actions.settle import estimated_cost, settle_error, verdict
from portal.notifications.channels.base import Accepted
from portal.notifications.channels.errors import ChannelError, rule_of
from portal.notifications.enums import Outcome, State
from portal.notifications.limits import ASK_REPORT_AFTER
from portal.notifications.models import DeliveryAttempt, OutboxMessage


@dataclass(frozen=True)
class Taken:
    """A message and the provider's yes."""

    ready: Ready
    accepted: Accepted


@dataclass(frozen=True)
class Failed:
    """A held message and what went wrong."""

    claim: Claim
    error: ChannelError


def settle_many_accepted(*, taken: Sequence[Taken], by: Actor) -> None:
    """The provider took these. Where a receipt was faster, only the facts are added; where the lease ran out
    and somebody else holds the message, nothing."""
    if not taken:
        return
    now = timezone.now()
    with transaction.atomic():
        for fact, group in _by_template(taken).items():
            _accept(group, fact, now)
        _finish([one.ready.claim for one in taken], Outcome.ACCEPTED, "", now)


def _by_template(taken: Sequence[Taken]) -> dict[tuple[int, str], list[Taken]]:
    groups: dict[tuple[int, str], list[Taken]] = {}
    for one in taken:
        key = (one.ready.template.pk, one.ready.claim.attempt.provider)
        groups.setdefault(key, []).append(one)
    return groups


def _accept(group: list[Taken], fact: tuple[int, str], now: dt.datetime) -> None:
    """One UPDATE from a list of values: bulk_update would write a CASE of hundreds of branches per column.

    The first statement moves those still held; the second adds facts where a report ended them meanwhile.
    """
    template, provider = fact
    table = connection.ops.quote_name(OutboxMessage._meta.db_table)
    values = [value for one in group for value in _row(one)]
    places = ", ".join(["(%s, %s, %s, %s)"] * len(group))
    facts = (
        "template_id = %s, provider = %s, provider_ref = v.column2, parts = CAST(v.column3 AS integer), "
        "cost = COALESCE(cost, CAST(v.column4 AS integer)), accepted_at = %s, report_due = %s"
    )
    source = f"FROM (VALUES {places}) AS v WHERE {table}.id = v.column1"
    given = [template, provider, _moment(now), _moment(now + ASK_REPORT_AFTER)]
    token = group[0].ready.claim.message.claim_token
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET state = %s, last_error = '', claim_token = NULL, claimed_until = NULL, "  # noqa: S608 - names come from the model, values are bound
            f"{facts} {source} AND state = %s AND claim_token = %s",
            [State.ACCEPTED.value, *given, *values, State.CLAIMED.value, _token(token)],
        )
        if cursor.rowcount < len(group):
            cursor.execute(
                f"UPDATE {table} SET {facts} {source} AND accepted_at IS NULL AND state IN (%s, %s)",  # noqa: S608 - the same
                [*given, *values, State.DELIVERED.value, State.SEEN.value],
            )


def _row(one: Taken) -> list[Any]:
    accepted = one.accepted
    return [one.ready.claim.message.pk, accepted.provider_ref, accepted.parts, estimated_cost(accepted)]


def _moment(moment: dt.datetime) -> Any:
    return OutboxMessage._meta.get_field("accepted_at").get_db_prep_value(moment, connection)


def _token(token: Any) -> Any:
    return OutboxMessage._meta.get_field("claim_token").get_db_prep_value(token, connection)


def settle_many_errors(*, failed: Sequence[Failed], by: Actor) -> None:
    """What is only tried again later goes back in a few statements; everything else message by message."""
    now = timezone.now()
    again: dict[str, list[tuple[Claim, dt.datetime]]] = {}
    for one in failed:
        outcome, wait, _change = verdict(one.claim.message, one.error)
        if outcome == Outcome.RETRY and wait is not None and not rule_of(one.error.code).refuses:
            again.setdefault(one.error.code, []).append((one.claim, now + dt.timedelta(seconds=wait)))
        else:
            settle_error(claim=one.claim, error=one.error, by=by)
    for code, group in again.items():
        with transaction.atomic():
            _try_again(group, code)
            _finish([claim for claim, _moment in group], Outcome.RETRY, code, now)


def _try_again(group: list[tuple[Claim, dt.datetime]], code: str) -> None:
    """Each at a moment of its own: a thousand messages of one outage must not come back together."""
    table = connection.ops.quote_name(OutboxMessage._meta.db_table)
    values = [value for claim, moment in group for value in (claim.message.pk, _moment(moment))]
    places = ", ".join(["(%s, %s)"] * len(group))
    token = group[0][0].message.claim_token
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET state = %s, last_error = %s, claim_token = NULL, claimed_until = NULL, "  # noqa: S608 - names come from the model, values are bound
            f"next_at = v.column2 FROM (VALUES {places}) AS v "
            f"WHERE {table}.id = v.column1 AND state = %s AND claim_token = %s",
            [State.QUEUED.value, code, *values, State.CLAIMED.value, _token(token)],
        )


def _finish(claims: Sequence[Claim], outcome: str, code: str, now: dt.datetime) -> None:
    """How long each call took matters to health.py only in tenths of a second: few groups, few statements."""
    groups: dict[int, list[int]] = {}
    for claim in claims:
        attempt = claim.attempt
        groups.setdefault(round((attempt.took_ms or 0) / 100) * 100, []).append(attempt.pk)
    for took_ms, keys in groups.items():
        rows = DeliveryAttempt.objects.filter(pk__in=keys)
        rows.update(outcome=outcome, error_code=code, finished_at=now, took_ms=took_ms)
