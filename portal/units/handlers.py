"""How this room's own rows behave when a unit closes."""

from portal.units.actions.move_rows import move_children, move_contacts, move_hamlets, move_opening_hours
from portal.units.succession import register_stays, register_succession


def register_own_rows() -> None:
    register_succession("units.Hamlet", move_hamlets)
    register_succession("units.OpeningHours", move_opening_hours)
    register_succession("units.UnitContact", move_contacts)
    register_succession("units.Unit", move_children)
    register_stays("units.Succession", "Is the succession itself.")
    register_stays("units.UnitReach", "Rebuilt by close_unit from the successions.")
    register_stays("units.CalendarDay", "A closure was announced by the unit that closed.")
