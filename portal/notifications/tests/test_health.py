"""When a provider is left and how traffic returns, on a clock that is only counted."""

import random
from collections import deque
from itertools import pairwise

import pytest

from portal.notifications.health import (
    ALONE,
    JUDGE_EVERY,
    SLOW,
    WINDOW,
    Counts,
    Standing,
    judge,
    pick,
)

PER_SECOND = 4
HOURS = 6 * 3600


class Play:
    """Two providers and a stream of messages.

    `first(second, dice)` says (failed, seconds) of a call to the first; the second never fails.
    """

    def __init__(self, first, seed: int) -> None:
        self.first, self.dice = first, random.Random(seed)
        self.standing = {"a": Standing(), "b": Standing()}
        self.calls = {"a": deque(), "b": deque()}
        self.changes = []
        self.bad = self.total = 0

    def run(self, seconds: int) -> "Play":
        for second in range(seconds):
            for _message in range(PER_SECOND):
                self.send(second)
            if second % JUDGE_EVERY == 0:
                self.judge(second)
        return self

    def send(self, second: int) -> None:
        name = pick([(one, self.standing[one].share) for one in "ab"], self.dice.randrange(100))
        failed, took = self.first(second, self.dice) if name == "a" else (False, 0.1)
        self.calls[name].append((second, failed, took > SLOW))
        self.total += 1
        self.bad += failed or took > SLOW

    def judge(self, second: int) -> None:
        for name, calls in self.calls.items():
            start = max(second - WINDOW, self.standing[name].since)
            while calls and calls[0][0] < second - WINDOW:
                calls.popleft()
            seen = [call for call in calls if call[0] > start]
            counts = Counts(len(seen), sum(one[1] for one in seen), sum(one[2] for one in seen))
            fresh = judge(self.standing[name], counts, second)
            if fresh.share != self.standing[name].share:
                self.changes.append((second, name, fresh.share))
            self.standing[name] = fresh

    def left_after(self, start: int) -> int:
        return next(second - start for second, name, share in self.changes if name == "a" and share == 0)


@pytest.mark.parametrize("seed", range(5))
def test_a_provider_that_turns_to_errors_is_left_within_a_minute(seed):
    play = Play(lambda second, dice: (second >= 600, 0.1), seed).run(700)
    assert play.left_after(600) <= 60


@pytest.mark.parametrize("seed", range(5))
def test_a_provider_that_turns_slow_for_60_percent_is_left_within_a_minute(seed):
    play = Play(lambda second, dice: (False, 8 if second >= 600 and dice.random() < 0.6 else 0.2), seed)
    assert play.run(700).left_after(600) <= 60


@pytest.mark.parametrize("seed", range(3))
def test_six_hours_with_an_outage_of_two_end_without_flapping(seed):
    """Out from the first hour to the third: few trials meanwhile, back in four steps, then quiet."""
    play = Play(lambda second, dice: (3600 <= second < 3 * 3600, 0.1), seed).run(HOURS)
    shares = [share for _second, name, share in play.changes if name == "a"]
    trials = shares.count(10)
    assert shares == [0, *[10, 0] * (trials - 1), 10, 25, 50, 100]
    assert trials <= 6
    assert play.bad / play.total < 0.005
    assert [name for _second, name, _share in play.changes if name == "b"] == []
    back = next(second for second, name, share in play.changes if name == "a" and share == 100)
    assert back <= 5 * 3600


@pytest.mark.parametrize("seed", range(3))
def test_six_hours_of_a_half_broken_provider_do_not_pull_the_traffic_to_and_fro(seed):
    """A provider that swings each five minutes rests ever longer."""

    def swinging(second, dice):
        return (second // 300 % 2 == 1 and dice.random() < 0.8, 0.1)

    play = Play(swinging, seed).run(HOURS)
    left = [second for second, name, share in play.changes if name == "a" and share == 0]
    gaps = [after - before for before, after in pairwise(left)]
    assert len(left) <= 9
    assert gaps[-1] > 3 * gaps[0] or len(left) <= 3
    assert play.bad / play.total < 0.05


def test_a_healthy_provider_is_never_left():
    play = Play(lambda second, dice: (dice.random() < 0.05, 0.4), 1).run(HOURS)
    assert play.changes == []


def test_who_is_alone_rests_for_seconds_only():
    fallen = judge(Standing(), Counts(10, 10, 0), 100, alone=True)
    assert (fallen.share, fallen.rest) == (0, ALONE.rest)
    trial = judge(fallen, Counts(), 100 + ALONE.rest, alone=True)
    assert trial.share == 10
    assert judge(trial, Counts(), 1000, alone=True) == trial  # nobody tried it yet
    assert judge(trial, Counts(3, 2), 120, alone=True).share == 100
    assert judge(trial, Counts(1, 1), 120, alone=True) == Standing(0, 120, 2 * ALONE.rest)


@pytest.mark.parametrize(
    ("shares", "draw", "name"),
    [
        ([("a", 100), ("b", 100)], 99, "a"),
        ([("a", 10), ("b", 100)], 9, "a"),
        ([("a", 10), ("b", 100)], 10, "b"),
        ([("a", 0), ("b", 10)], 50, "b"),
        ([("a", 0), ("b", 0)], 0, None),
        ([("a", 10)], 50, "a"),
        ([("a", 0)], 50, None),
        ([("a", 100)], 50, "a"),
    ],
)
def test_who_carries_a_message(shares, draw, name):
    assert pick(shares, draw) == name
