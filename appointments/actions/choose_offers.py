"""Who of those who wait is offered which places, and until when. Pure: no clock, no database.

The rule (docs/adr/0027-waiting-list.md): strictly in line, and nobody is split. A family that fits into no
single free slot lets smaller ones pass, but only PATIENCE times; after that nobody behind it is served until
it is, except for hours so near that their places would be lost.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from portal.common.clock import LOCAL
from portal.notifications.limits import QUIET_FROM, QUIET_UNTIL, after_quiet_hours

PATIENCE = 3
ANSWER_TIME = dt.timedelta(hours=2)
# Nobody is offered an hour he cannot reach, and nobody blocks one that would stay empty.
NOTICE_TIME = dt.timedelta(hours=2)
NEAR = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Room:
    """A slot with `free` places; `near` when it begins within a day; `services` it works on besides the
    campaign's own."""

    slot: int
    free: int
    near: bool = False
    services: frozenset[int] = frozenset()


@dataclass
class Waiting:
    """Somebody in line; `passed` grows when others get places before them, `slot` is what they get.

    `service` None is the campaign's own, which every slot works on.
    """

    key: int
    size: int
    passed: int = 0
    slot: int | None = None
    service: int | None = None

    def suits(self, room: Room) -> bool:
        return self.service is None or self.service in room.services


def choose_offers(line: Sequence[Waiting], rooms: Sequence[Room]) -> list[Waiting]:
    """Serve `line` (in order) from `rooms` (in the order of the calendar); the same people, changed.

    Nobody is passed, and nobody held up, for the sake of an hour that would not help him.
    """
    left = {room.slot: room.free for room in rooms}
    unserved: list[Waiting] = []
    for one in line:
        place = next(
            (room for room in rooms if left[room.slot] >= one.size and _may_have(one, room, unserved)), None
        )
        if place is None:
            unserved.append(one)
            continue
        left[place.slot] -= one.size
        one.slot = place.slot
        for other in unserved:
            other.passed += other.suits(place)
    return list(line)


def _may_have(one: Waiting, room: Room, unserved: Sequence[Waiting]) -> bool:
    """It suits, and is near or wanted by none of those who were passed too often."""
    spent = any(other.passed >= PATIENCE and other.suits(room) for other in unserved)
    return one.suits(room) and (room.near or not spent)


def offer_end(offered: dt.datetime, starts_at: dt.datetime) -> dt.datetime:
    """Two hours to answer, standing still from 22:00 to 06:00; never past the hour that is offered."""
    begins = after_quiet_hours(offered).astimezone(LOCAL)
    night = begins.replace(hour=QUIET_FROM, minute=0, second=0, microsecond=0)
    end = begins + ANSWER_TIME
    if end > night:
        morning = night.replace(hour=QUIET_UNTIL) + dt.timedelta(days=1)
        end = morning + (end - night)
    return min(end, starts_at.astimezone(LOCAL))
