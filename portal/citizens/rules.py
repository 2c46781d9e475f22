"""May this actor, and the numbers of the gate before one-time codes; no database here.

An hour's budget of a unit is shared out like this (docs/adr/0003-one-time-codes.md):

    |<- free and ordinary proofs ->|<- reserve 20 %: harder proofs ->|<- queue: up to 30 % ->|

The queue's part shrinks with the hour: places of minutes that have passed fall back to the others.
"""

import math
from dataclasses import dataclass
from typing import Any

from portal.common.actors import SystemActor
from portal.officers.rules import may

# A membership is looked at anew every year: phones change hands, people leave firms without a word.
MEMBERSHIP_DAYS = 366
RESEND_SECONDS = 60
REPEATS_AFTER_SUCCESS = 5
HOUR = 3600
QUEUE_PERCENT = 30
RESERVE_PERCENT = 20
PROOF_SECONDS = 10 * 60
TICKET_SECONDS = 10 * 60
LONGEST_QUEUE_SECONDS = 30 * 60
RESERVE_EXTRA_BITS = 3
# 2^20 hashes are about five seconds on a cheap phone; beyond that people give up before robots do.
MOST_EXTRA_BITS = 6

LINK_CODE_SECONDS = 10 * 60
INVITATION_SECONDS = 30 * 60
LINK_CODES_AN_HOUR = 10
# Wrong and right codes that one Zalo user may send: of 2^38 codes nobody hits one with these.
LINK_TRIES_AN_HOUR = 10
INVITATIONS_AN_HOUR = 5
# An answer on Zalo that comes later only confuses.
ANSWER_SECONDS = 10 * 60
ANSWER_LEASE_SECONDS = 60
ANSWER_TRIES = 5


@dataclass(frozen=True)
class BudgetState:
    """One unit's hour: what it may send, what was sent, what of it through the queue, seconds left."""

    limit: int
    used: int
    queued: int
    seconds_left: int

    @property
    def queue_share(self) -> int:
        return self.limit * QUEUE_PERCENT // 100

    @property
    def kept_for_queue(self) -> int:
        of_time_left = math.ceil(self.queue_share * self.seconds_left / HOUR)
        return max(0, min(self.queue_share - self.queued, of_time_left))

    @property
    def proof_limit(self) -> int:
        """`used` up to which a hard proof gets a code."""
        return self.limit - self.kept_for_queue

    @property
    def open_limit(self) -> int:
        """`used` up to which callers without proof, or with an ordinary one, get a code."""
        return max(0, self.proof_limit - self.limit * RESERVE_PERCENT // 100)

    @property
    def is_spent(self) -> bool:
        return self.used >= self.limit

    @property
    def in_reserve(self) -> bool:
        return self.used >= self.open_limit


def queue_spacing(limit: int) -> float:
    """Seconds between two turns: the queue's share spread evenly over the hour."""
    share = limit * QUEUE_PERCENT // 100
    return HOUR / share if share else math.inf


def reserve_bits(base: int) -> int:
    """Zero bits a proof must show once the open part of the budget is used."""
    return base + RESERVE_EXTRA_BITS


def work_bits(*, base: int, state: BudgetState, hits: int, soft_limit: int) -> int:
    """Zero bits to ask for: one more for each doubling of the prefix's hits, more as money runs out."""
    over = max(1, hits) / max(1, soft_limit)
    growth = max(0, math.floor(math.log2(over)))
    growth += 1 if state.limit and 2 * state.used >= state.limit else 0
    asked = base + min(MOST_EXTRA_BITS, growth)
    return max(asked, reserve_bits(base)) if state.in_reserve else asked


def can_enrol_organisation(by: Any, unit: Any) -> bool:
    """An officer at the desk of that unit, who has the papers before him."""
    return may(by, "citizens.add_organisation", unit)


def can_change_organisation(by: Any, organisation: Any) -> bool:
    """An officer of the unit where it is registered."""
    return may(by, "citizens.change_organisation", organisation)


def can_change_members(by: Any, organisation: Any) -> bool:
    """Such an officer, or one of the organisation's own managers."""
    return can_change_organisation(by, organisation) or organisation.is_managed_by(by)


def can_answer_for(by: Any, permission: str, unit: Any) -> bool:
    """May tell or erase what this unit holds on a person; None: what no unit holds is the house's own."""
    return isinstance(by, SystemActor) if unit is None else may(by, permission, unit)


def can_end_link(by: Any, link: Any) -> bool:
    """An officer of the unit whose account the link goes to."""
    return may(by, "notifications.end_zalolink", link.account.unit)
