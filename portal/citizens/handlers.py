"""What this room answers when a lower room asks: what stays when units merge."""

from portal.units.succession import register_stays


def register_handlers() -> None:
    register_stays("citizens.CodeBudget", "Counts one hour of one unit.")
    register_stays("citizens.CodeQueue", "Lives for minutes.")
    register_stays("citizens.OneTimeCode", "Lives for minutes.")
