"""Addresses: free text is enough; a code must stand in today's list and brings its names along."""

import pytest
from django.core.exceptions import ValidationError

from portal.common.errors import field_errors
from portal.units.models import Unit, UnitKind
from procedures.declarations.id_card import validate_declaration
from tests.people import visit_data


@pytest.fixture
def province(units) -> Unit:
    """Of today's list, with two communes; names are made up."""
    return make("Tỉnh Sơn Hạ", "city", "97", None)


@pytest.fixture
def commune(province) -> Unit:
    return make("Phường Hoa Sữa", "ward", "97001", province)


def make(name: str, kind: str, code: str, parent: Unit | None) -> Unit:
    found = UnitKind.objects.get(code=kind)
    return Unit.objects.create(
        kind=found, display_name=name, name=name, official_code=code, edition="2025-07", parent=parent,
        folded_name=name, folded_path=name,
    )  # fmt: skip


def cleaned(**changes: str) -> dict[str, str]:
    found = validate_declaration(visit_data(**changes))
    return {name: found[f"permanent_{name}"] for name in ("address", "province_code", "commune_code")}


def codes(**changes: str) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        validate_declaration(visit_data(**changes))
    return {name: [code for code, _text in items] for name, items in field_errors(caught.value).items()}


def test_free_text_alone_is_kept_as_it_is(db, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        found = cleaned(permanent_address="Xóm 3, xã cũ, huyện cũ")
    assert found == {"address": "Xóm 3, xã cũ, huyện cũ", "province_code": "", "commune_code": ""}


def test_commune_brings_its_province_and_their_names(commune) -> None:
    found = cleaned(permanent_address="25 đường Lá", permanent_commune_code="97001")
    whole = "25 đường Lá, Phường Hoa Sữa, Tỉnh Sơn Hạ"
    assert found == {"address": whole, "province_code": "97", "commune_code": "97001"}
    again = cleaned(permanent_address=whole, permanent_commune_code="97001", permanent_province_code="97")
    assert again == found


def test_names_already_said_are_not_repeated(commune) -> None:
    typed = "25 đường Lá, phuong hoa sua, tinh Son Ha"
    assert cleaned(permanent_address=typed, permanent_commune_code="97001")["address"] == typed


def test_commune_of_another_province_is_refused(commune) -> None:
    make("Tỉnh Khác", "city", "95", None)
    found = codes(permanent_province_code="95", permanent_commune_code="97001")
    assert found == {"permanent_commune_code": ["commune_elsewhere"]}


def test_codes_of_another_tier_or_of_a_closed_unit_are_unknown(commune) -> None:
    assert codes(permanent_province_code="97001") == {"permanent_province_code": ["province_unknown"]}
    assert codes(permanent_commune_code="97") == {"permanent_commune_code": ["commune_unknown"]}
    Unit.objects.filter(pk=commune.pk).update(valid_to="2025-12-31")
    assert codes(permanent_commune_code="97001") == {"permanent_commune_code": ["commune_unknown"]}
