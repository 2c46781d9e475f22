"""The fictitious units of portal.units.demo."""

from django.db import transaction

from portal.common.actors import Actor
from portal.common.phones import clean_phone
from portal.units.actions.create_unit import add_unit
from portal.units.actions.load_kinds import load_kinds
from portal.units.actions.rebuild_reach import rebuild_reach
from portal.units.demo import CURRENT, HISTORIC, DemoUnit
from portal.units.enums import Edition
from portal.units.models import Hamlet, OpeningHours, Succession, Unit, UnitContact, UnitKind
from portal.units.naming import plain
from portal.units.official import MINISTRY_NAME, NOW, TWO_TIERS_SINCE


def load_demo_units(*, by: Actor) -> dict[str, Unit]:
    """Create what is missing and return all demo units by display name; again changes nothing.

    Works with and without the official list: the ministry above the demo province is made if need be.
    """
    with transaction.atomic():
        kinds = load_kinds()
        units = {unit.display_name: unit for unit in Unit.objects.filter(edition=Edition.DEMO)}
        missing = [line for line in (*CURRENT, *HISTORIC) if _shown(line, kinds) not in units]
        ministry = _ministry(kinds, by)
        for line in missing:
            units[_shown(line, kinds)] = _add(line, units, ministry, kinds, by)
        for line in missing:
            _add_successions(line, units, kinds)
        if missing:
            rebuild_reach()
    return units


def _shown(line: DemoUnit, kinds: dict[str, UnitKind]) -> str:
    return f"{kinds[line.kind].name_vi} {line.name}"


def _ministry(kinds: dict[str, UnitKind], by: Actor) -> Unit:
    found = Unit.objects.filter(edition=NOW, kind__code="ministry").first()
    return found or add_unit(
        kind=kinds["ministry"], name=MINISTRY_NAME, by=by, edition=NOW, police_title=MINISTRY_NAME
    )


def _add(
    line: DemoUnit, units: dict[str, Unit], ministry: Unit, kinds: dict[str, UnitKind], by: Actor
) -> Unit:
    unit = add_unit(
        kind=kinds[line.kind],
        name=line.name,
        by=by,
        parent=units[line.parent] if line.parent else ministry,
        edition=Edition.DEMO,
        valid_from=line.starts,
        valid_to=line.ends,
        is_open=not line.heirs,
        is_demo=True,
        address=line.address,
        duty_phone=clean_phone(line.duty_phone) if line.duty_phone else "",
        latitude=line.latitude,
        longitude=line.longitude,
    )
    _furnish(unit, line)
    return unit


def _furnish(unit: Unit, line: DemoUnit) -> None:
    Hamlet.objects.bulk_create(
        Hamlet(unit=unit, kind=kind, name=name, folded_name=plain(name)) for kind, name in line.hamlets
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(unit=unit, weekday=weekday, opens=opens, closes=closes)
        for weekday, spans in line.hours.items()
        for opens, closes in spans
    )
    UnitContact.objects.bulk_create(
        UnitContact(unit=unit, kind=kind, name=name, phone=clean_phone(phone), public=public, order=order)
        for order, (kind, name, phone, public) in enumerate(line.contacts)
    )


def _add_successions(line: DemoUnit, units: dict[str, Unit], kinds: dict[str, UnitKind]) -> None:
    for position, heir in enumerate(line.heirs):
        Succession.objects.get_or_create(
            predecessor=units[_shown(line, kinds)],
            successor=units[heir],
            defaults={
                "on": TWO_TIERS_SINCE,
                "inherits_records": line.shares_records and position == 0,
                "note": "Dữ liệu mẫu",
            },
        )
