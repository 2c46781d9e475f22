"""No room stands outside the law, and foreign keys point only where imports may."""

from pathlib import Path

from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField

from tests.contracts import law

# Run before or around the rooms; contracts of their own hold them (before_rooms, launcher_unknown).
ROOT_MODULES = {"portal.settings", "portal.celery", "portal.wsgi", "portal.launcher"}
# Shelves that one room has for a reason of its own; anywhere else the same name would be a drawer.
PARTICULAR = {
    "content": {"procedures"},
    "offers": {"procedures"},
    "site": {"portal.officers"},
    "backends": {"portal.officers"},
    "roles": {"portal.officers"},
    "attention": {"portal.officers"},
    "passwords": {"portal.officers"},
    "middleware": {"portal.officers", "portal.citizens"},
    "gate": {"portal.citizens"},
    "sessions": {"portal.citizens"},
    "flood": {"portal.citizens"},
    "one_time": {"portal.citizens"},
    "work": {"portal.citizens"},
    "device_secrets": {"portal.citizens"},
    "context_processors": {"portal.home"},
    "evening": {"portal.home"},
    "record": {"portal.audit"},
    "verification": {"portal.audit"},
    "chain": {"portal.audit"},
    "heads": {"portal.audit"},
    "throttle": {"portal.requests"},
    "errors": {"portal.requests", "portal.zalo", "portal.files"},
    "rendering": {"portal.notifications"},
    "channels": {"portal.notifications"},
    "audiences": {"portal.notifications", "portal.citizens", "appointments"},
    "wake": {"portal.notifications"},
    "health": {"portal.notifications"},
    "planning": {"portal.notifications"},
    "limits": {"portal.conversations", "portal.notifications", "portal.zalo", "portal.files"},
    "targets": {"portal.conversations"},
    "origins": {"appointments"},
    "answers": {"portal.conversations"},  # what the portal says by itself
    "owners": {"portal.files"},
    "uploading": {"portal.files"},
    "storing": {"portal.files"},
    "decoder": {"portal.files"},
    "scanner": {"portal.files"},
    "cleaning": {"portal.files"},
    "client": {"portal.zalo"},
    "events": {"portal.zalo"},
    "wire": {"portal.zalo"},
    "local_provider": {"portal.notifications"},
    "pages": {"portal.units", "portal.files", "appointments"},  # what several pages of one room share
    "succession": {"portal.units"},
    "naming": {"portal.units"},
    "working_time": {"portal.units"},
    "timetable": {"appointments"},
    "official": {"portal.units"},
    "official_days": {"portal.units"},
    "demo": {"portal.units", "portal.zalo"},
    "declarations": {"procedures"},
    "personal_data": {"portal.citizens"},
    "documents": {"appointments"},
    "floor": {"appointments"},
    "desk_rules": {"appointments"},
    "emergency": {"reports"},
}
STANDARD = {
    "apps", "urls", "admin", "views", "api", "management", "forms", "handlers", "tasks", "actions", "queries",
    "notices", "models", "workflow", "validators", "rules", "enums",
}  # fmt: skip
SHARED_BY_ALL = "portal.common"


def children(package: str) -> set[str]:
    """Modules and packages directly below a package."""
    folder = law.ROOT / Path(*package.split("."))
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    return files | {path.parent.name for path in folder.glob("*/__init__.py")}


def test_every_part_of_portal_stands_in_the_law():
    found = {f"portal.{name}" for name in children("portal")}
    assert found - law.rooms() - ROOT_MODULES == set()


def test_every_installed_room_stands_in_the_law():
    ours = {
        config.name for config in apps.get_app_configs() if config.name.split(".")[0] in law.ROOM_PACKAGES
    }
    roof = set(law.layers()[0])
    assert ours == law.rooms() - roof


def test_every_room_has_shelves():
    containers = set(law.contract("shelves")["containers"])
    assert containers == law.rooms() - set(law.layers()[0]) - {SHARED_BY_ALL}


def test_particular_shelves_stand_only_in_their_rooms():
    shelves = {name for line in law.contract("shelves")["layers"] for name in law.members(line)}
    where = {
        name: {room for room in law.contract("shelves")["containers"] if name in children(room)}
        for name in shelves - STANDARD
    }
    assert where == PARTICULAR


def pointers() -> list[tuple[str, str, str, str]]:
    """(model, field, room, other room) of every foreign key, one-to-one, many-to-many and parent link."""
    found = []
    for model in law.house_models():
        own = [*model._meta.local_fields, *model._meta.local_many_to_many]
        for field in own:
            if isinstance(field, ForeignKey | ManyToManyField):
                other = law.room_of(field.related_model.__module__)
                if other is not None:
                    found.append((model._meta.label, field.name, law.room_of(model.__module__), other))
    return found


def test_foreign_keys_point_only_where_imports_may():
    """A string such as "appointments.Booking" reaches a room that no import names; here it shows."""
    upward = [pointer for pointer in pointers() if not law.may_know(pointer[2], pointer[3])]
    assert pointers() != []
    assert upward == []


def test_no_generic_foreign_keys():
    """They point anywhere, so no law could hold them."""
    assert [model._meta.label for model in law.house_models() if model._meta.private_fields] == []


def test_common_has_no_tables():
    assert [
        model._meta.label for model in law.house_models() if law.room_of(model.__module__) == SHARED_BY_ALL
    ] == []


def test_law_knows_upward_from_downward():
    assert law.may_know("appointments", "portal.units")
    assert not law.may_know("portal.units", "appointments")
    assert not law.may_know("appointments", "reports")
    assert not law.may_know("reports", "procedures")
    assert law.room_of("portal.units.models.units") == "portal.units"
    assert law.room_of("django.contrib.auth.models") is None
