"""Addresses of today's two tiers: a line as written, and the official codes when somebody gave them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.text import clean_text, fold
from portal.units.enums import Edition, Level
from portal.units.models import Unit
from procedures.validators import FREE_TEXT_LIMIT, clean_free_text

KINDS = ("permanent", "current")


def clean_unit_code(text: str) -> str:
    """Digits of an official code with leading zeros; ValidationError `unit_code_invalid`."""
    code = clean_text(text)
    if not (code.isascii() and code.isdigit() and len(code) in (2, 5)):
        raise ValidationError(
            _("Mã đơn vị hành chính gồm 2 chữ số (tỉnh) hoặc 5 chữ số (xã)."), code="unit_code_invalid"
        )
    return code


def settle_address(data: dict[str, Any], kind: str) -> dict[str, ValidationError]:
    """Complete the three answers of the `kind` address in `data`; {field: what is wrong}.

    A commune brings its province along, and its name into the line when that does not say it. Codes are
    those of today's list: `commune_unknown`, `province_unknown`, `commune_elsewhere`.
    """
    line, province, commune = (data.get(name, "") for name in names_of(kind))
    if not province and not commune:
        return {}
    found = {unit.official_code: unit for unit in _units(province, commune)}
    errors = {}
    if province and _level(found.get(province)) != Level.PROVINCE:
        errors[f"{kind}_province_code"] = _bad("province_unknown")
    if commune and _level(found.get(commune)) != Level.COMMUNE:
        errors[f"{kind}_commune_code"] = _bad("commune_unknown")
    if errors:
        return errors
    place = found[commune or province]
    above = place.parent.official_code if commune and place.parent else province
    if province and above != province:
        return {f"{kind}_commune_code": _bad("commune_elsewhere")}
    data[f"{kind}_province_code"] = above or ""
    data[f"{kind}_address"] = _with_place(line, place, above=place.parent if commune else None)
    return {}


def names_of(kind: str) -> tuple[str, str, str]:
    return f"{kind}_address", f"{kind}_province_code", f"{kind}_commune_code"


def _units(*codes: str) -> list[Unit]:
    wanted = [code for code in codes if code]
    rows = Unit.objects.current().select_related("kind", "parent")
    return list(rows.filter(edition=Edition.SINCE_JULY_2025, official_code__in=wanted))


def _level(unit: Unit | None) -> int | None:
    return unit.kind.level if unit else None


def _with_place(line: str, place: Unit, *, above: Unit | None) -> str:
    """The line followed by the names of commune and province, unless it already says them."""
    names = [unit.display_name for unit in (place, above) if unit is not None]
    missing = [name for name in names if fold(name) not in fold(line)]
    full = ", ".join([part for part in (line, *missing) if part])
    return clean_free_text(full) if len(full) <= FREE_TEXT_LIMIT else line


def _bad(code: str) -> ValidationError:
    texts = {
        "province_unknown": _("Không có tỉnh, thành phố nào mang mã này trong danh mục hiện nay."),
        "commune_unknown": _("Không có xã, phường, đặc khu nào mang mã này trong danh mục hiện nay."),
        "commune_elsewhere": _("Xã, phường, đặc khu này không thuộc tỉnh, thành phố đã chọn."),
    }
    return ValidationError(texts[code], code=code)
