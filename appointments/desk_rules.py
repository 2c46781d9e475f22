"""Formulas of the day at the desks: who is called next, how long it takes, how a number is said aloud.

Nothing here reads a table, so that the desk's rules can be tried with thousands of invented days.
"""

import datetime as dt
import math
import re
import statistics
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

MEASURED_LEAST = 5  # fewer finished people than this say nothing about the next one
QUICKEST, SLOWEST = 1.0, 90.0  # minutes; outside of it somebody forgot to press "finished"
STEP = 5

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_LETTERS = {"B": "bê"}
_LABEL = re.compile(r"([A-Z])(\d+)-(\d+)")


class Waiting(Protocol):
    """What the order looks at."""

    is_priority: bool
    due: int
    is_late: bool
    order: int


Somebody = TypeVar("Somebody", bound=Waiting)


ORDER_IN_LINE = ("due", "is_late", "order")  # the same order as place_in_line, for the database


def place_in_line(turn: Waiting) -> tuple[int, bool, int]:
    """The order among people of one kind: the hour they are due, those on time first, then the number.

    Due is the beginning of the slot for whoever came before its end. Who came later, and who has no
    appointment, is due the minute he arrived: he waits for everybody on time whose hour had come by then,
    but not for people of later hours who are only early, or a late person would wait all day.
    """
    return (turn.due, turn.is_late, turn.order)


def due_minute(*, slot_starts: int | None, slot_ends: int | None, arrived: int) -> tuple[int, bool]:
    """(due, late) in minutes after midnight; without a slot (a walk-in) the minute of arrival, not late."""
    if slot_starts is None or slot_ends is None:
        return arrived, False
    return (arrived, True) if arrived >= slot_ends else (slot_starts, False)


def priority_is_due(recent: Sequence[bool], *, every: int) -> bool:
    """Is a person with priority called now? `recent` are the latest calls, newest first (True: priority).

    After `every` normal calls one with priority; 0 means that priority always goes first.
    """
    normal = 0
    for was_priority in recent:
        if was_priority:
            break
        normal += 1
    return normal >= every


def next_turn(waiting: Iterable[Somebody], *, recent: Sequence[bool], every: int) -> Somebody | None:
    """Whom to call: priority when its turn has come or nobody else waits, otherwise the first in line."""
    people = sorted(waiting, key=place_in_line)
    preferred = [turn for turn in people if turn.is_priority]
    normal = [turn for turn in people if not turn.is_priority]
    if preferred and (not normal or priority_is_due(recent, every=every)):
        return preferred[0]
    return normal[0] if normal else None


def minutes_per_person(measured: Iterable[float], *, fallback: float) -> float:
    """The median of what was measured today, or `fallback` while that is too little.

    The median, because one visit of an hour says nothing about the next person.
    """
    sensible = [minutes for minutes in measured if QUICKEST <= minutes <= SLOWEST]
    return statistics.median(sensible) if len(sensible) >= MEASURED_LEAST else fallback


def wait_range(*, ahead: int, counters: int, minutes: float) -> tuple[int, int]:
    """(least, most) minutes until somebody with `ahead` people before him is called; always a range.

    Counters that work side by side share the queue; at least one is assumed. Rounded to five minutes, and
    wide enough for the usual spread: what is promised too exactly is believed once.
    """
    expected = max(ahead, 0) * minutes / max(counters, 1)
    least = STEP * math.floor(expected * 0.85 / STEP)
    most = STEP * math.ceil(expected * 1.15 / STEP)
    return least, max(most, least + STEP)


def day_is_over(*, date: dt.date, last_end: int, now: dt.datetime, evening: int = 18 * 60) -> bool:
    """Has a session's working day ended: its last slot is over and the evening has come (local `now`)."""
    if date != now.date():
        return date < now.date()
    return now.hour * 60 + now.minute >= max(last_end, evening)


# ---- words


def _tail(tens: int, ones: int, *, after_hundred: bool) -> list[str]:
    if tens == 0:
        if ones == 0:
            return []
        return ["linh", _DIGITS[ones]] if after_hundred else [_DIGITS[ones]]
    words = ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones == 0:
        return words
    if ones == 1 and tens > 1:
        return [*words, "mốt"]
    if ones == 4 and tens > 1:
        return [*words, "tư"]
    return [*words, "lăm" if ones == 5 else _DIGITS[ones]]


def _below_thousand(number: int, *, full: bool) -> list[str]:
    hundreds, rest = divmod(number, 100)
    head = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    return head + _tail(*divmod(rest, 10), after_hundred=bool(head))


def number_words(number: int) -> str:
    """`bốn mươi hai` for 42, as people say it; 0 to 999,999."""
    if not 0 <= number < 1_000_000:
        raise ValueError(f"{number} is no queue number")
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return " ".join(_below_thousand(rest, full=False)) or _DIGITS[0]
    words = [*_below_thousand(thousands, full=False), "nghìn"]
    return " ".join(words + (_below_thousand(rest, full=True) if rest else []))


def label_words(label: str) -> str:
    """How a turn's label is said: `42`, or `B2-003` as "bê hai, ba"."""
    if label.isdigit():
        return number_words(int(label))
    found = _LABEL.fullmatch(label)
    if found is None:
        return label
    letter, desk, number = found.groups()
    return f"{_LETTERS.get(letter, letter)} {number_words(int(desk))}, {number_words(int(number))}"


def call_words(label: str, counter: int) -> str:
    """What the calling screen says."""
    return f"Mời số {label_words(label)} đến quầy {number_words(counter)}"
