"""What this room answers when a lower room asks, and what it makes of Zalo's events itself."""

from portal.units.succession import register_stays, register_succession
from portal.zalo.actions.move_menu import move_menu
from portal.zalo.actions.remember_user import remember_user
from portal.zalo.events import INTERACTIONS, UNFOLLOW, register_event_handler


def register_handlers() -> None:
    register_stays(
        "zalo.OfficialAccount", "Zalo verified it for this unit; followers are moved by Zalo, not by us."
    )
    register_succession("zalo.MenuItem", move_menu)
    register_event_handler((*INTERACTIONS, UNFOLLOW), remember_user)
