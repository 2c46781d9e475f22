"""What files belong to in tests: a folder of a unit, with the citizens who may use it."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from portal.common.actors import Actor, AnonymousCitizen
from portal.files.owners import FileOwner, forget_file_owner, register_file_owner
from portal.officers.rules import has_permission

KEY = "tests.folder"


@dataclass
class Folder:
    """`citizens` are references of actors; `told` is what the room heard."""

    unit: Any
    citizens: set[str] = field(default_factory=set)
    open_to_all: bool = False
    uid: uuid.UUID = field(default_factory=uuid.uuid4)
    told: list[tuple[str, str]] = field(default_factory=list)

    def _may(self, by: Actor) -> bool:
        return by.actor_ref in self.citizens or has_permission(by, "files.view_storedfile", self.unit)

    def register(self, **changes: Any) -> None:
        forget_file_owner(KEY)
        register_file_owner(KEY, self.owner(**changes))

    def owner(self, **changes: Any) -> FileOwner:
        def unit_of(uid: uuid.UUID) -> Any:
            return self.unit if uid == self.uid else None

        facts = {
            "label": "Thư mục thử",
            "unit_of": unit_of,
            "may_put": lambda by, uid: (
                self._may(by) or (self.open_to_all and isinstance(by, AnonymousCitizen))
            ),
            "may_read": lambda by, uid: self._may(by),
            "back": lambda uid: f"/{self.unit.slug}/",
            "on_checked": lambda file: self.told.append((file.state, file.code)),
        }
        return FileOwner(**{**facts, **changes})
