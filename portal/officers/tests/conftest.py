"""Two communes of one province, a stranger's province, and officers in them. All fictitious."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from portal.common.actors import SystemActor
from portal.officers.actions.grant_role import grant_role
from portal.officers.models import Officer
from portal.units.actions.create_unit import add_unit
from portal.units.actions.load_kinds import load_kinds
from portal.units.actions.rebuild_reach import rebuild_reach
from portal.units.models import Succession, Unit

SYSTEM = SystemActor("tests")
PASSWORD = "mot cau du dai de nho"


@pytest.fixture
def units(db: Any) -> dict[str, Unit]:
    """`near` and `merged` lie in `province`; `near` took over `merged`; `far` lies in `abroad`."""
    kinds = load_kinds()
    made: dict[str, Unit] = {}

    def add(key: str, kind: str, name: str, parent: str | None = None) -> None:
        made[key] = add_unit(
            kind=kinds[kind], name=name, parent=made.get(parent or ""), by=SYSTEM, edition="demo"
        )

    add("ministry", "ministry", "Bộ Mẫu")
    add("province", "province", "Sông Mẫu", "ministry")
    add("near", "commune", "Bến Mẫu", "province")
    add("other", "commune", "Đồi Mẫu", "province")
    add("abroad", "province", "Núi Mẫu", "ministry")
    add("far", "commune", "Đèo Mẫu", "abroad")
    add("merged", "commune", "Chợ Mẫu", "abroad")
    Succession.objects.create(predecessor=made["merged"], successor=made["near"], on="2025-07-01")
    rebuild_reach()
    return made


@pytest.fixture
def appoint(units: dict[str, Unit]) -> Callable[..., Officer]:
    """appoint("nv.an", "near", "id_desk", …): an officer of that unit with those roles there."""

    def make(username: str, unit: str, *roles: str, **fields: Any) -> Officer:
        officer = Officer.objects.create_officer(
            username=username, unit=units[unit], password=PASSWORD, **fields
        )
        for role in roles:
            grant_role(officer=officer, role=role, unit=units[unit], by=SYSTEM)
        return Officer.objects.get(pk=officer.pk)

    return make


@pytest.fixture
def desk() -> Callable[[Officer | None], Client]:
    """desk(officer): a browser of his, logged in."""

    def open_desk(officer: Officer | None = None) -> Client:
        client = Client()
        if officer is not None:
            client.force_login(officer)
        return client

    return open_desk
