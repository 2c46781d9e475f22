"""A unit that no official list brings: a new commune between two editions, a demo unit."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.text import clean_text
from portal.units.actions.rebuild_reach import rebuild_reach
from portal.units.enums import Level
from portal.units.models import Unit, UnitKind
from portal.units.naming import folded_path, make_slug, plain


def create_unit(*, kind: UnitKind, name: str, by: Actor, **facts: Any) -> Unit:
    """add_unit with the reach rebuilt; takes and raises what add_unit does."""
    with transaction.atomic():
        unit = add_unit(kind=kind, name=name, by=by, **facts)
        rebuild_reach()
    return unit


def add_unit(
    *,
    kind: UnitKind,
    name: str,
    by: Actor,
    parent: Unit | None = None,
    official_code: str | None = None,
    **facts: Any,
) -> Unit:
    """Create a unit under `parent` and give it an address that was never used.

    `name` is the bare name ("An Hải"), the ministry's the full one. `facts` are plain columns: edition,
    valid_from, valid_to, latitude, longitude, address, duty_phone, sms_brand, police_title, is_open,
    is_demo, code_budget_per_hour. ValidationError per field; `parent_level_invalid` when the parent does
    not stand above. A caller that adds several units rebuilds the reach once, at its end.
    """
    name = clean_text(name)
    _check_parent(kind, parent)
    display_name = name if kind.level == Level.MINISTRY else f"{kind.name_vi} {name}"
    unit = Unit(
        kind=kind,
        name=name,
        display_name=display_name,
        parent=parent,
        official_code=official_code or None,
        folded_name=plain(name),
        folded_path=folded_path(display_name, *parent_names(parent)),
        slug=free_slug(display_name, *_slug_tail(parent)),
        **facts,
    )
    unit.full_clean()
    with transaction.atomic():
        unit.save()
        record(action="unit.created", by=by, obj=unit, unit=unit, detail={"slug": unit.slug})
    return unit


def parent_names(parent: Unit | None) -> list[str]:
    """Display names upwards, the ministry left out: nobody writes it in an address."""
    names = []
    while parent is not None and parent.kind.level != Level.MINISTRY:
        names.append(parent.display_name)
        parent = parent.parent
    return names


def free_slug(*names: str) -> str:
    """The readable address, with -2, -3 … when a unit of any time already has it."""
    base = make_slug(*names)
    slug, number = base, 1
    while Unit.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def _slug_tail(parent: Unit | None) -> list[str]:
    """A ward is told apart by its province; of a historic ward the district is named in full too."""
    tail = []
    while parent is not None and parent.kind.level != Level.MINISTRY:
        tail.append(parent.name if parent.kind.level == Level.PROVINCE else parent.display_name)
        parent = parent.parent
    return tail


def _check_parent(kind: UnitKind, parent: Unit | None) -> None:
    fits = parent.kind.level < kind.level if parent else kind.level == Level.MINISTRY
    if not fits:
        raise ValidationError(
            {
                "parent": ValidationError(
                    _("Đơn vị cấp trên phải thuộc cấp cao hơn."), code="parent_level_invalid"
                )
            }
        )
