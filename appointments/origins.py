"""Registry: where an officer came from to book for somebody, and who is told of the visit that came of it.

A room above (conversations) sends an officer here with `?tu=<name>:<uid>` in the address. This room knows
neither the room nor the row: it carries the word through its pages and hands it back with the booking.
"""

import re
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from appointments.models import Booking

FIELD = "tu"
_WRITTEN = re.compile(r"(?P<name>[a-z_]{1,30}):(?P<uid>[0-9a-f-]{36})")


class Origin(Protocol):
    """`way_back` is a path, or "" when this officer may not go there; `booked` remembers the visit."""

    def way_back(self, *, uid: UUID, by: Any) -> str: ...

    def booked(self, *, uid: UUID, booking: Booking, by: Any) -> None: ...


@dataclass(frozen=True)
class From:
    """An origin as it stands in an address, and the way back for one officer."""

    written: str
    origin: Origin
    uid: UUID
    way_back: str


_origins: dict[str, Origin] = {}


def register_origin(name: str, origin: Origin) -> None:
    _origins[name] = origin


def read_origin(written: str, *, by: Any) -> From | None:
    """None for nothing, for what nobody registered, and for what this officer may not open."""
    found = _WRITTEN.fullmatch(written)
    origin = _origins.get(found["name"]) if found else None
    if found is None or origin is None:
        return None
    try:
        uid = UUID(found["uid"])
    except ValueError:
        return None
    way_back = origin.way_back(uid=uid, by=by)
    return From(written, origin, uid, way_back) if way_back else None
