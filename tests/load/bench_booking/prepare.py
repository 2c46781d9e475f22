"""Fill one database for a measurement: campaign, earlier bookings, recipe, holds.

    python -m tests.load.bench_booking.prepare FOLDER EARLIER HOT SPREAD

The environment says which database and which keys. In FOLDER are then `posts.json` for the rounds and
`recipe.pickle` for the bare view.
"""

import json
import pickle
import sys
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import django

from tests.load.bench_booking import BENCH_HOST

PLACES = 1_000_000
SESSIONS = 50


@dataclass(frozen=True)
class Prepared:
    """Everything a measurement needs from a database: holds (holds.Hold), recipe (recipe.Recipe).

    `faults` forbid a comparison: statements that differ between hot and spread, or with the number of earlier
    bookings. `reads` are statements that read a whole table.
    """

    recipe: Any
    hot: list[Any]
    spread: list[Any]
    statements: int
    faults: list[str]
    reads: list[str]

    def save(self, folder: Path) -> None:
        """In two files: the rounds run without Django, the bare view without the portal's classes."""
        posts = {
            "hot": [[hold.uid, hold.path, hold.code] for hold in self.hot],
            "spread": [[hold.uid, hold.path, hold.code] for hold in self.spread],
            "statements": self.statements,
            "faults": self.faults,
            "reads": self.reads,
        }
        (folder / "posts.json").write_text(json.dumps(posts), encoding="utf-8")
        facts = {hold.uid: hold.facts for hold in self.hot + self.spread}
        (folder / "recipe.pickle").write_bytes(pickle.dumps({"recipe": self.recipe, "facts": facts}))


def prepare(*, earlier: int, hot: int, spread: int) -> Prepared:
    """`hot` holds on one slot, `spread` ones over 50 slots in 50 sessions, `earlier` bookings before them."""
    from tests.load.bench_booking import earlier as past
    from tests.load.bench_booking.holds import like, real_hold
    from tests.load.bench_booking.plans import whole_reads

    hot_slot, *slots = _slots()
    confirmed(real_hold(slots[3], 0))  # what a process asks once and keeps belongs to no booking
    before = past.highest_ids()
    first = confirmed(real_hold(slots[0], 1))
    past.make_earlier(past.rows_since(before), count=earlier)
    pattern = real_hold(slots[1], 2)
    _spread_keys()
    [here] = like(pattern, [hot_slot], first=3)
    one = confirmed(here)
    _spread_keys()
    [there] = like(pattern, [slots[2]], first=4)
    other = confirmed(there)
    faults = _faults(first, one, other)
    recipe = None if faults else _learned(one, other, here, there)
    return Prepared(
        recipe,
        like(pattern, [hot_slot] * hot, first=100),
        like(pattern, list(islice(cycle(slots[:SESSIONS]), spread)), first=100 + hot),
        _count(one),
        faults,
        whole_reads(one),
    )


def confirmed(hold: Any) -> Any:
    """The recording of this hold's confirmation on the citizen's page."""
    from django.test import Client

    from tests.load.bench_booking.recording import record

    answers: list[Any] = []
    client = Client(headers={"host": BENCH_HOST})
    recording = record(lambda: answers.append(client.post(hold.path, {"code": hold.code}, secure=True)))
    assert answers[0].status_code == 302, answers[0].content.decode()[:2000]
    return recording


def _slots() -> list[Any]:
    """The hot slot, then one of each of 50 other sessions."""
    from appointments.models import Slot
    from portal.units.actions.load_demo_units import load_demo_units
    from procedures.actions.load_catalogue import load_catalogue
    from procedures.queries import ID_CARD, procedure_by_key
    from tests.people import BY, make_campaign

    ward = load_demo_units(by=BY)["Phường Hải Vân Đông"]
    load_catalogue(by=BY, only=(ID_CARD,))
    campaign = make_campaign(ward, procedure_by_key(ID_CARD), days=SESSIONS + 1, hours=1)
    # More than an officer may lay out: the hot slot takes all rounds.
    Slot.objects.filter(session__campaign=campaign).update(capacity=PLACES)
    slots = Slot.objects.select_related("session__campaign__unit", "session__unit")
    return [slots.filter(session=session)[0] for session in campaign.sessions.order_by("date")]


def _spread_keys() -> None:
    """Leave gaps of different width in all key counters: no two tables have the same pair of keys then."""
    from django.db import connection

    from tests.load.bench_booking.earlier import highest_ids

    with connection.cursor() as cursor:
        for width, model in enumerate(highest_ids(), start=7):
            table = model._meta.db_table
            cursor.execute(
                "SELECT count(nextval(pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s)",
                [table, width],
            )


def _faults(first: Any, one: Any, other: Any) -> list[str]:
    from tests.load.bench_booking.recipe import shape

    faults = []
    if shape(one) != shape(other):
        faults.append("a hot slot and a slot of its own are confirmed by different statements")
    if _count(first) != _count(one):
        faults.append(f"{_count(first)} statements before the earlier bookings, {_count(one)} after")
    return faults


def _learned(one: Any, other: Any, here: Any, there: Any) -> Any:
    from tests.load.bench_booking.recipe import learn

    return learn(one, other, here.facts, there.facts)


def _count(recording: Any) -> int:
    from tests.load.bench_booking.recipe import statements_of

    return len(statements_of(recording))


if __name__ == "__main__":
    django.setup()
    earlier, hot, spread = (int(word) for word in sys.argv[2:5])
    prepare(earlier=earlier, hot=hot, spread=spread).save(Path(sys.argv[1]))
