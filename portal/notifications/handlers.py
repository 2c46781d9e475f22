"""What this room answers when a lower room asks: what stays and what moves when units merge."""

from portal.notifications.actions.hand_over_calls import hand_over_calls
from portal.units.succession import register_stays, register_succession


def register_handlers() -> None:
    register_stays("notifications.OutboxMessage", "Is on its way in the name of the unit that sent it.")
    register_succession("notifications.CallTask", hand_over_calls)
    register_stays("notifications.MessageBudget", "Was granted to one unit.")
    register_stays("notifications.MessageTemplate", "Was approved for one unit.")
