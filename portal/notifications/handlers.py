"""What this room answers when a lower room asks: what stays when units merge."""

from portal.units.succession import register_stays


def register_handlers() -> None:
    register_stays("notifications.OutboxMessage", "Is on its way in the name of the unit that sent it.")
    register_stays("notifications.MessageTemplate", "Was approved for one unit.")
