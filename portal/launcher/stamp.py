"""Remembers which code a database was prepared for, so that the next start may open the door at once."""

import hashlib
from pathlib import Path

from portal.launcher.plan import ROOT, Plan

ROOMS = ("portal", "procedures", "appointments", "reports")


def was_prepared(plan: Plan) -> bool:
    """True when this very code has migrated this very database before: nothing is pending.

    Only the order of the start depends on it; preparing runs every time and decides what is right.
    """
    path = _stamp_path(plan)
    has_database = plan.is_postgres or (plan.var / "portal.sqlite3").exists()
    return has_database and path.exists() and path.read_text(encoding="ascii") == _fingerprint(plan)


def remember_prepared(plan: Plan) -> None:
    """Write down that preparing went well."""
    path = _stamp_path(plan)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(_fingerprint(plan), encoding="ascii")


def _stamp_path(plan: Plan) -> Path:
    return plan.var / "run" / "prepared"


def _fingerprint(plan: Plan) -> str:
    """Hash of all migrations, the libraries that bring their own, and the database's address."""
    digest = hashlib.sha256()
    for name in ("DATABASE_URL", "DATABASE_URL_FILE"):
        digest.update(plan.environment.get(name, "").encode())
    for path in _files_that_migrate():
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _files_that_migrate() -> list[Path]:
    rooms = (path for room in ROOMS for path in (ROOT / room).glob("**/migrations/*.py"))
    return [ROOT / "requirements.txt", *sorted(rooms)]
