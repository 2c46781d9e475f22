"""A status changes only inside actions/: there the gate locks, asks the table, records and tells.

Seen as a write: assignment to `.status` or `.state`, `setattr`, `update/create/…(status=…)`, `defaults` with
such a key, `Model(status=…)`, `save(update_fields=[…])`, `bulk_update(…, ["status"])` and SQL that sets one.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from house import attribute_name, finish, on_shelf, parse, product_files

COLUMNS = {"status", "state"}
WRITERS = {
    "update", "create", "aupdate", "acreate", "get_or_create", "update_or_create", "filter_update",
    "aget_or_create", "aupdate_or_create",
}  # fmt: skip
FIELD_LISTS = {"save", "asave", "bulk_update", "abulk_update", "bulk_create", "abulk_create"}
SQL = re.compile(r"\bset\b[^;]*?\b(status|state)\b\s*=", re.IGNORECASE)
# Not Django: starts processes, or stands for an outside provider.
NOT_ROWS = ("portal/launcher/", "portal/notifications/local_provider/")


def model_names() -> set[str]:
    """Classes on the models shelf of every room."""
    files = (path for path in product_files() if on_shelf(path, "models"))
    return {node.name for path in files for node in ast.walk(parse(path)) if isinstance(node, ast.ClassDef)}


def names_column(node: ast.AST) -> bool:
    """A literal somewhere below `node` is the name of a status column."""
    return any(isinstance(part, ast.Constant) and part.value in COLUMNS for part in ast.walk(node))


def keyword_writes(call: ast.Call) -> bool:
    for keyword in call.keywords:
        if keyword.arg in COLUMNS:
            return True
        is_values = keyword.arg is None or keyword.arg in {"defaults", "create_defaults"}
        keys = keyword.value.keys if is_values and isinstance(keyword.value, ast.Dict) else []
        if any(names_column(key) for key in keys if key):
            return True
    return False


def call_writes(call: ast.Call, models: set[str]) -> bool:
    name = attribute_name(call)
    if name in WRITERS or name in models:
        return keyword_writes(call)
    if name in {"setattr", "__setattr__"}:
        return names_column(call)
    if name in FIELD_LISTS:
        fields = [*call.args, *(keyword.value for keyword in call.keywords)]
        return any(
            names_column(field) for field in fields if isinstance(field, ast.List | ast.Tuple | ast.Set)
        )
    return False


def targets(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Assign | ast.Delete):
        for target in node.targets:
            yield from ast.walk(target)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        yield node.target


def is_stored(target: ast.AST) -> bool:
    """`x.status` or `x.__dict__["status"]` on the left of an assignment, not merely read inside it."""
    if not isinstance(getattr(target, "ctx", None), ast.Store | ast.Del):
        return False
    if isinstance(target, ast.Subscript):
        return attribute_name(target.value) in {"__dict__", "vars"} and names_column(target.slice)
    return isinstance(target, ast.Attribute) and target.attr in COLUMNS


def writes(node: ast.AST, models: set[str]) -> bool:
    if isinstance(node, ast.Call):
        return call_writes(node, models)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return bool(SQL.search(node.value))
    return any(is_stored(target) for target in targets(node))


def faults_of(path: Path, models: set[str]) -> Iterator[str]:
    for node in ast.walk(parse(path)):
        if writes(node, models):
            yield f"{path}:{node.lineno}: status written outside actions/: {ast.unparse(node)[:80]}"


def all_faults() -> Iterator[str]:
    models = model_names()
    for path in product_files():
        if not on_shelf(path, "actions") and not str(path).startswith(NOT_ROWS):
            yield from faults_of(path, models)


if __name__ == "__main__":
    finish("status is written only in actions", all_faults())
