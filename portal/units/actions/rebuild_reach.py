"""Compute whose rows are visible from where."""

from collections import defaultdict

from django.db import transaction

from portal.units.enums import ReachVia
from portal.units.models import Succession, Unit, UnitReach

BATCH = 500


def rebuild_reach() -> tuple[int, int]:
    """Bring UnitReach in line with parents and successions; returns (rows added, rows removed or changed).

    A unit reaches itself, its descendants, the units whose records any of those took over, and the
    descendants of such a predecessor, but only when the predecessor stood no higher than its successor:
    a commune that got one corner of a district does not see the files of all the district's wards.
    """
    wanted = _wanted()
    with transaction.atomic():
        there = {
            (unit, reaches): (pk, via)
            for pk, unit, reaches, via in UnitReach.objects.values_list("pk", "unit_id", "reaches_id", "via")
        }
        stale = [pk for pair, (pk, via) in there.items() if wanted.get(pair) != via]
        for start in range(0, len(stale), BATCH):
            UnitReach.objects.filter(pk__in=stale[start : start + BATCH]).delete()
        new = [
            UnitReach(unit_id=unit, reaches_id=reaches, via=via)
            for (unit, reaches), via in wanted.items()
            if there.get((unit, reaches), (0, ""))[1] != via
        ]
        UnitReach.objects.bulk_create(new, batch_size=BATCH)
    return len(new), len(stale)


def _wanted() -> dict[tuple[int, int], str]:
    children: dict[int, list[int]] = defaultdict(list)
    levels: dict[int, int] = {}
    for pk, parent, level in Unit.objects.order_by().values_list("pk", "parent_id", "kind__level"):
        levels[pk] = level
        if parent is not None:
            children[parent].append(pk)
    taken = _taken_over(levels)
    return {(unit, reaches): via for unit in levels for reaches, via in _reach(unit, children, taken).items()}


def _taken_over(levels: dict[int, int]) -> dict[int, list[tuple[int, bool]]]:
    """{successor: [(predecessor, with its descendants?)]}."""
    taken: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    rows = Succession.objects.filter(inherits_records=True).order_by("pk")
    for old, new in rows.values_list("predecessor_id", "successor_id"):
        taken[new].append((old, levels[old] >= levels[new]))
    return taken


def _reach(
    unit: int, children: dict[int, list[int]], taken: dict[int, list[tuple[int, bool]]]
) -> dict[int, str]:
    found: dict[int, str] = {}
    expanded: set[int] = set()
    waiting: list[tuple[int, str, bool]] = [(unit, ReachVia.SELF.value, True)]
    # Descendants are finished before predecessors, so that a unit that is both counts as descendant.
    later: list[tuple[int, str, bool]] = []
    while waiting or later:
        current, via, downwards = waiting.pop() if waiting else later.pop()
        if current not in found:
            found[current] = via
            later.extend((old, ReachVia.PREDECESSOR.value, deep) for old, deep in taken.get(current, ()))
        if downwards and current not in expanded:
            expanded.add(current)
            below = ReachVia.DESCENDANT.value if via == ReachVia.SELF.value else via
            waiting.extend((child, below, True) for child in children.get(current, ()))
    return found
