"""When a provider is left and how traffic returns to it: pure functions of counts and a clock (seconds).

Left within seconds when half of its calls fail or a third are slow; tried again with a tenth of the messages
after a rest, then with a quarter, half and all. A relapse while returning doubles the rest, so that a
provider that is half broken does not pull the traffic to and fro.

A lone provider has nobody to take the other nine tenths. After its rest a few messages go first (PROBES): one
of them taken and all follow, none taken and it rests again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

WINDOW = 30.0  # seconds a verdict looks back
SLOW = 3.0  # a call that takes longer is slow, also while it is still running
JUDGE_EVERY = 3.0  # how old a verdict may be before somebody makes a new one
FEW, ENOUGH = 3, 5  # calls: that many failures in a row, or that many calls for a share
ERROR_SHARE, SLOW_SHARE = 0.5, 0.3
STEPS = (10, 25, 50, 100)
PROBES = 3


@dataclass(frozen=True)
class Patience:
    """How long to stay away at first and at most, and how long each step of the return lasts (seconds).

    `calm`: so long without a relapse, and the next rest is short again.
    """

    rest: float
    longest: float
    step: float
    calm: float


WITH_OTHERS = Patience(rest=300, longest=3600, step=180, calm=3600)
# Nobody else can carry the messages: short rests, only so that a broken provider is not hammered.
ALONE = Patience(rest=5, longest=30, step=0, calm=120)


@dataclass(frozen=True)
class Counts:
    """Calls of the last WINDOW seconds."""

    calls: int = 0
    errors: int = 0
    slow: int = 0

    @property
    def all_failed(self) -> bool:
        return self.errors == self.calls

    @property
    def is_bad(self) -> bool:
        if self.calls >= FEW and self.all_failed:
            return True
        if self.calls < ENOUGH:
            return False
        return self.errors / self.calls >= ERROR_SHARE or self.slow / self.calls >= SLOW_SHARE


@dataclass(frozen=True)
class Standing:
    """`share`: of a hundred messages that many go here. `since`: its last change. `rest`: the last one."""

    share: int = 100
    since: float = 0.0
    rest: float = 0.0

    @property
    def is_returning(self) -> bool:
        return 0 < self.share < STEPS[-1]


def judge(standing: Standing, counts: Counts, now: float, *, alone: bool = False) -> Standing:
    """What follows from the last calls; the same object when nothing changes."""
    patience = ALONE if alone else WITH_OTHERS
    age = now - standing.since
    if standing.share == 0:
        return replace(standing, share=STEPS[0], since=now) if age >= standing.rest else standing
    if alone and standing.is_returning:
        return _judge_probes(standing, counts, now)
    if counts.is_bad:
        calm = standing.share == STEPS[-1] and age >= patience.calm
        rest = patience.rest if calm or not standing.rest else min(standing.rest * 2, patience.longest)
        return Standing(0, now, rest)
    if standing.share < STEPS[-1] and age >= patience.step:
        return replace(standing, share=next(step for step in STEPS if step > standing.share), since=now)
    return standing


def _judge_probes(standing: Standing, counts: Counts, now: float) -> Standing:
    if not counts.calls:
        return standing
    if counts.all_failed:
        return Standing(0, now, min(standing.rest * 2, ALONE.longest))
    return replace(standing, share=STEPS[-1], since=now)


def pick(shares: Sequence[tuple[str, int]], draw: int) -> str | None:
    """Who carries a message with the number `draw` (0 to 99); None while everybody rests.

    The preferred provider comes first. What it does not take falls to whoever takes most; a lone one that
    does not rest takes all.
    """
    for name, share in shares:
        if draw < share:
            return name
    name, share = max(shares, key=lambda pair: pair[1])
    return name if share else None
