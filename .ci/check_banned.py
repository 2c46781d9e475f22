"""Ways around the import law, drawers and files nobody can read.

get_model, import_string and Django signals reach a room without importing it, so contracts do not see them;
upward work goes through a registry (docs/architecture.md). Actions and models know no HTTP.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from house import ROOMS, finish, on_shelf, parse, product_files

AROUND = {
    "get_model", "get_models", "import_string", "import_module", "__import__", "lazy_model_operation",
    "receiver", "ModelSignal",
}  # fmt: skip
SIGNALS = re.compile(
    r"(django\.dispatch|django\.db\.models\.signals|django\.(core|contrib\.\w+)\.signals|celery\.signals)"
)
HTTP = re.compile(r"django\.(http|shortcuts|views|middleware|forms|contrib\.messages|template)\b")
NO_HTTP_SHELVES = ("actions", "models", "record", "throttle", "queries", "workflow", "rules", "enums")
DRAWERS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "misc",
    "manager",
    "managers",
    "core",
    "common",
    "tools",
    "base",
}
# A base class of its own package is no drawer; portal.common holds no tables and is watched by a contract.
KNOWN = {"portal/common", "portal/notifications/channels/base.py"}
LONGEST = 400
REASON = re.compile(r"Longer than 400 lines because \S+")
# What is asked for openly, and why it goes around nothing.
AGREED = {
    # Walks every room's encrypted columns; portal.home is the top room and may know them all.
    ("portal/home/management/commands/reencrypt_columns.py", "get_models"),
}
# The launcher and the local provider are no rooms: they know nothing that could be gone around.
OUTSIDE = ("portal/launcher/", "portal/notifications/local_provider/")


def imported(node: ast.AST) -> list[str]:
    """Dotted names a statement imports, with the module they come from."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module or ''}.{alias.name}" for alias in node.names]
    return []


def around(path: Path, node: ast.AST) -> Iterator[str]:
    """Reaches another room without an import."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    names = {name} | {dotted.rsplit(".", 1)[-1] for dotted in imported(node)}
    for found in names & AROUND:
        if (str(path), found) not in AGREED:
            yield f"{found} goes around the import law"
    for dotted in imported(node):
        if SIGNALS.match(dotted):
            yield f"signal {dotted}: call an action or use a registry"


def http(path: Path, node: ast.AST) -> Iterator[str]:
    if not on_shelf(path, *NO_HTTP_SHELVES) or on_shelf(
        path, "api", "admin", "views", "management", "common"
    ):
        return
    for dotted in imported(node):
        if HTTP.match(dotted):
            yield f"{dotted} on a shelf that knows no HTTP"


def drawers() -> Iterator[str]:
    for room in ROOMS:
        for path in sorted(Path(room).rglob("*")):
            is_module = path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists())
            if is_module and path.stem in DRAWERS and str(path) not in KNOWN:
                yield f"{path}: {path.stem} is a drawer; name what is in it"


def long_files() -> Iterator[str]:
    for place in (*ROOMS, "tests", "scripts", ".ci"):
        for path in sorted(Path(place).rglob("*.py")):
            lines = path.read_text(encoding="utf-8").splitlines()
            if (
                len(lines) > LONGEST
                and "migrations" not in path.parts
                and not REASON.search("\n".join(lines[:10]))
            ):
                yield f"{path}: {len(lines)} lines and no reason (`Longer than {LONGEST} lines because …`)"


def all_faults() -> Iterator[str]:
    yield from drawers()
    yield from long_files()
    for path in product_files():
        if str(path).startswith(OUTSIDE):
            continue
        for node in ast.walk(parse(path)):
            for fault in (*around(path, node), *http(path, node)):
                yield f"{path}:{node.lineno}: {fault}"


if __name__ == "__main__":
    finish("no way around the import law", all_faults())
