"""What this room says to citizens."""

from typing import Any

from portal.citizens.one_time import code_of
from portal.notifications.notices import Notice, register_notice

ONE_TIME_CODE = "citizens.one_time_code"


def derive_code(context: dict[str, Any]) -> str:
    """The six digits, computed while the message is being sent; neither row nor log holds them."""
    return code_of(context["challenge"])


def register() -> None:
    """Called once when Django is ready."""
    register_notice(
        Notice(
            key=ONE_TIME_CODE,
            message_class="code",
            purpose="verification",
            audience="citizen",
            parameters=("code", "unit"),
            derived={"code": derive_code},
        )
    )
