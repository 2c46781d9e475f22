"""What this room answers when a lower room asks: what stays when units merge."""

from portal.units.succession import register_stays


def register_handlers() -> None:
    register_stays("officers.Officer", "Moved by order, not by a merger.")
    register_stays("officers.RoleAssignment", "Granted and ended by a chief.")
