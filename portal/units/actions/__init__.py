from portal.units.actions.close_unit import close_unit
from portal.units.actions.create_unit import create_unit
from portal.units.actions.import_official_units import import_official_units
from portal.units.actions.open_unit import open_unit
from portal.units.actions.rebuild_reach import rebuild_reach

__all__ = ["close_unit", "create_unit", "import_official_units", "open_unit", "rebuild_reach"]
