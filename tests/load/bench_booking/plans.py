"""Statements that would read a whole table however many rows it had.

With sequential scans forbidden the planner uses an index wherever one can serve. A plan that still scans a
table, or walks an index without a condition, has none.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from tests.load.bench_booking.recipe import statements_of
from tests.load.bench_booking.recording import Recording

# As many rows as the installation has units, procedures and campaigns, however many people book.
STEADY = ("units_", "procedures_procedure", "appointments_campaign")
INDEX_NODES = ("Index Scan", "Index Only Scan", "Bitmap Index Scan")


def whole_reads(recording: Recording) -> list[str]:
    """`table: statement` for every such read; empty when each statement finds its rows by an index."""
    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement in statements_of(recording):
            if (
                not statement.sql.lstrip()
                .upper()
                .startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"))
            ):
                continue
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement.sql}", statement.values)
            answer = cursor.fetchone()[0]
            plan = json.loads(answer) if isinstance(answer, str) else answer
            found += [
                f"{name}: {statement.sql}" for name in _whole(plan[0]["Plan"]) if not name.startswith(STEADY)
            ]
    return found


def _whole(node: dict[str, Any]) -> Iterator[str]:
    kind = node["Node Type"]
    if kind == "Seq Scan" or (kind in INDEX_NODES and "Index Cond" not in node):
        yield str(node.get("Relation Name") or node.get("Index Name"))
    for below in node.get("Plans", []):
        yield from _whole(below)
