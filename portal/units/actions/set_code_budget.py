"""How many one-time codes a unit pays for per hour."""

from portal.audit.record import record
from portal.common.actors import Actor
from portal.units.models import Unit


def set_code_budget(*, unit: Unit, per_hour: int, by: Actor) -> None:
    """Set the hard limit of codes an hour; callers check that `by` may."""
    unit.code_budget_per_hour = per_hour
    unit.save(update_fields=["code_budget_per_hour"])
    record(action="unit.code_budget_set", by=by, obj=unit, unit=unit, detail={"per_hour": per_hour})
