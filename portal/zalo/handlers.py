"""What this room answers when a lower room asks, and what it makes of Zalo's events itself."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from portal.officers.attention import Attention, register_attention
from portal.units.succession import register_stays, register_succession
from portal.zalo.actions.move_menu import move_menu
from portal.zalo.actions.remember_user import remember_user
from portal.zalo.actions.sync_templates import note_quota, note_template
from portal.zalo.events import (
    DAILY_QUOTA,
    INTERACTIONS,
    TEMPLATE_QUALITY,
    TEMPLATE_STATUS,
    UNFOLLOW,
    register_event_handler,
)
from portal.zalo.queries import accounts_in_need, alerts

MOST_ACCOUNTS = 5  # a province may have a hundred; the list of accounts shows them all


def register_handlers() -> None:
    register_stays(
        "zalo.OfficialAccount", "Zalo verified it for this unit; followers are moved by Zalo, not by us."
    )
    register_succession("zalo.MenuItem", move_menu)
    register_event_handler((*INTERACTIONS, UNFOLLOW), remember_user)
    register_event_handler((TEMPLATE_STATUS, TEMPLATE_QUALITY), note_template)
    register_event_handler([DAILY_QUOTA], note_quota)
    register_attention(zalo_attention)


def zalo_attention(officer: Any) -> Iterator[Attention]:
    """The gravest alert of each account of this officer, and the account's page."""
    for account in accounts_in_need(officer)[:MOST_ACCOUNTS]:
        for text in alerts(account)[:1]:
            page = reverse("admin:zalo_officialaccount_change", args=[account.pk])
            yield Attention(f"Zalo OA {account}: {text}", page)
