"""What the house linters share: which files they read and how they say what is wrong."""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOMS = ("portal", "procedures", "appointments", "reports")
NOT_PRODUCT = {"tests", "migrations"}


def product_files() -> Iterator[Path]:
    """Every Python file of the rooms but tests and migrations, in a stable order."""
    for room in ROOMS:
        for path in sorted(Path(room).rglob("*.py")):
            if not NOT_PRODUCT & set(path.parts):
                yield path


def parse(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def on_shelf(path: Path, *names: str) -> bool:
    """True for `<room>/<name>.py` and for everything in `<room>/<name>/`."""
    return bool({*path.parts[:-1], path.stem} & set(names))


def attribute_name(call: ast.AST) -> str:
    """The last name of what is called: `update` of `Booking.objects.update(…)`."""
    func = call.func if isinstance(call, ast.Call) else call
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def finish(title: str, faults: Iterable[str]) -> None:
    """Print the faults and leave with 1, or say that all is well."""
    found = sorted(set(faults))
    for fault in found:
        print(fault)
    print(f"{title}: {len(found)} faults" if found else f"{title}: kept")
    sys.exit(1 if found else 0)
