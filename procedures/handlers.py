"""What this room answers when a lower room asks: what stays when units merge."""

from portal.units.succession import register_stays


def register_handlers() -> None:
    register_stays("procedures.Declaration", "Kept for the unit it was made for.")
