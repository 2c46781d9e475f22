"""Keep in the audit that an officer came in."""

from portal.audit.record import record
from portal.officers.models import Officer


def note_login(*, officer: Officer) -> None:
    """One entry per successful log-in."""
    record(action="officer.logged_in", by=officer, obj=officer, unit=officer.unit)
