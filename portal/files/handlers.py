"""What this room answers when a lower room asks."""

from portal.units.succession import register_stays


def register_handlers() -> None:
    register_stays(
        "files.StoredFile",
        "A file keeps the unit it was sent to; who may open it follows what it belongs to.",
    )
