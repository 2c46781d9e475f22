"""Processor time of a process with all its children, from /proc (Linux)."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on; the name before may contain anything."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def family(pid: int) -> set[int]:
    """`pid` and everything below it."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int(_stat(int(folder.name))[1])
            except OSError:
                continue
    found, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of the family, those included that ended and were waited for."""
    total = 0
    for member in family(pid):
        try:
            total += sum(int(ticks) for ticks in _stat(member)[11:15])
        except OSError:
            continue
    return total / TICK


def load_average() -> float:
    """Of the last minute."""
    return os.getloadavg()[0]
