"""Plant each fault the house checks must catch, in a copy of the tree, and see that it turns them red.

    .venv/bin/python scripts/plant_faults.py [WORD…] [--write docs/house-checks.md]

A check proves something only if it was green (or silent about this) without the fault and is red with it.
WORDs choose faults by name. `--write` replaces the table in the document. Exit code 1: a fault went unseen.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fault_list import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
COMMANDS = {
    "lint-imports": [str(BIN / "lint-imports"), "--no-cache"],
    "banned": [sys.executable, ".ci/check_banned.py"],
    "status": [sys.executable, ".ci/check_status_writes.py"],
    "doors": [sys.executable, ".ci/check_doors.py"],
    "messages": [sys.executable, ".ci/check_messages.py"],
    "templates": [sys.executable, ".ci/check_templates.py"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "linear": [sys.executable, "manage.py", "check", "--fail-level", "WARNING"],
}
START, END = "<!-- planted faults: start -->", "<!-- planted faults: end -->"


@dataclass(frozen=True)
class Outcome:
    """What a check said: `line` is its own sentence about the fault."""

    fault: Fault
    seen: bool
    line: str


def copy_tree(target: Path) -> None:
    """Every file git knows or would take, as it lies here now."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        source = ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


@contextmanager
def planted(tree: Path, fault: Fault) -> Iterator[None]:
    """The tree with the fault in it; as before afterwards."""
    path = tree / fault.path
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if fault.find and fault.find not in (before or ""):
        raise SystemExit(f"{fault.name}: {fault.path} no longer holds {fault.find!r}")
    text = (before or "").replace(fault.find, fault.text, 1) if fault.find else (before or "") + fault.text
    new_folder = not path.parent.exists()
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    yield
    if new_folder:
        shutil.rmtree(path.parent)
    elif before is None:
        path.unlink()
    else:
        path.write_text(before, encoding="utf-8")


def run_check(tree: Path, check: str) -> tuple[int, str]:
    """Exit code and output of one check in the copy."""
    tests = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "--tb=short", "-vv"]
    command = COMMANDS.get(check) or [*tests, f"tests/contracts/{check}"]
    environment = {
        "PATH": os.environ["PATH"],
        "PORTAL_MODE": "test",
        "PORTAL_VAR": str(tree / "var"),
        "COLUMNS": "400",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    ended = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def line_with(output: str, words: str) -> str:
    """The first line that holds `words`, "" when none does."""
    return next((line.strip(" E-") for line in output.splitlines() if words in line), "")


@cache
def output_without(tree: Path, check: str) -> str:
    """What a check says of the tree as it is."""
    return run_check(tree, check)[1]


def try_fault(tree: Path, fault: Fault) -> Outcome:
    """Run the check without and with the fault."""
    without = output_without(tree, fault.check)
    with planted(tree, fault):
        code, output = run_check(tree, fault.check)
    line = line_with(output, fault.expect)
    return Outcome(fault, bool(code and line and not line_with(without, fault.expect)), line)


def as_row(outcome: Outcome) -> str:
    """One line of the table in the document."""
    said = outcome.line.replace("|", "\\|")[:170] or "nothing"
    command = COMMANDS.get(outcome.fault.check, ["", f"tests/contracts/{outcome.fault.check}"])
    check = " ".join(["lint-imports"] if "lint-imports" in command[0] else command[1:3])
    return f"| {outcome.fault.name} | `{outcome.fault.path}` | `{check}` | `{said}` |"


def write_table(path: Path, rows: list[str]) -> None:
    """Replace what stands between the two marks."""
    text = path.read_text(encoding="utf-8")
    head, tail = text.split(START)[0], text.split(END)[1]
    table = ["| fault | planted in | check | what it says |", "|---|---|---|---|", *rows]
    path.write_text(f"{head}{START}\n\n" + "\n".join(table) + f"\n\n{END}{tail}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    chosen = [fault for fault in FAULTS if all(word in fault.name for word in given.words)]
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        copy_tree(Path(folder))
        for number, fault in enumerate(chosen, start=1):
            outcomes.append(try_fault(Path(folder), fault))
            mark = "red " if outcomes[-1].seen else "UNSEEN"
            print(f"[{number}/{len(chosen)}] {mark} {fault.name}: {outcomes[-1].line[:120]}", flush=True)
    if given.write:
        write_table(given.write, [as_row(outcome) for outcome in outcomes])
    unseen = [outcome.fault.name for outcome in outcomes if not outcome.seen]
    print(f"{len(outcomes) - len(unseen)} of {len(outcomes)} faults turn their check red.")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
