from portal.units.actions.close_unit import close_unit
from portal.units.actions.create_unit import add_unit, create_unit
from portal.units.actions.import_official_units import import_official_units
from portal.units.actions.load_demo_units import load_demo_units
from portal.units.actions.load_kinds import load_kinds
from portal.units.actions.open_unit import open_unit
from portal.units.actions.rebuild_reach import rebuild_reach

__all__ = [
    "add_unit",
    "close_unit",
    "create_unit",
    "import_official_units",
    "load_demo_units",
    "load_kinds",
    "open_unit",
    "rebuild_reach",
]
