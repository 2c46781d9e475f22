"""When a provider is left and how traffic returns to it: pure functions of counts and a clock (seconds).

Left within seconds when half of its calls fail or a third are slow; tried again with a tenth of the messages
after a rest, then with a quarter, half and all. A relapse while returning doubles the rest, so that a
provider that is half broken does not pull the traffic to and fro.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

WINDOW = 30.0  # seconds a verdict looks back
SLOW = 3.0  # a call that takes longer is slow, also while it is still running
JUDGE_EVERY = 3.0  # how old a verdict may be before somebody makes a new one
FEW, ENOUGH = 3, 5  # calls: that many failures in a row, or that many calls for a share
ERROR_SHARE, SLOW_SHARE = 0.5, 0.3
STEPS = (10, 25, 50, 100)
CALM = 3600.0  # so long without a relapse and the next rest is short again


@dataclass(frozen=True)
class Patience:
    """How long to stay away at first and at most, and how long each step of the return lasts (seconds)."""

    rest: float
    longest: float
    step: float


WITH_OTHERS = Patience(rest=300, longest=3600, step=180)
# Nobody else can carry the messages: short rests, only so that a broken provider is not hammered.
ALONE = Patience(rest=15, longest=60, step=10)


@dataclass(frozen=True)
class Counts:
    """Calls of the last WINDOW seconds."""

    calls: int = 0
    errors: int = 0
    slow: int = 0

    @property
    def is_bad(self) -> bool:
        if self.calls >= FEW and self.errors == self.calls:
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


def judge(standing: Standing, counts: Counts, now: float, *, alone: bool = False) -> Standing:
    """What follows from the last calls; the same object when nothing changes."""
    patience = ALONE if alone else WITH_OTHERS
    age = now - standing.since
    if standing.share == 0:
        return replace(standing, share=STEPS[0], since=now) if age >= standing.rest else standing
    if counts.is_bad:
        calm = standing.share == STEPS[-1] and age >= CALM
        rest = patience.rest if calm or not standing.rest else min(standing.rest * 2, patience.longest)
        return Standing(0, now, rest)
    if standing.share < STEPS[-1] and age >= patience.step:
        return replace(standing, share=next(step for step in STEPS if step > standing.share), since=now)
    return standing


def pick(shares: Sequence[tuple[str, int]], draw: int) -> str | None:
    """Who carries a message with the number `draw` (0 to 99); None while everybody rests.

    The preferred provider comes first. What it does not take falls to whoever takes most.
    """
    for name, share in shares:
        if draw < share:
            return name
    if len(shares) < 2:
        return None
    name, share = max(shares, key=lambda pair: pair[1])
    return name if share else None
