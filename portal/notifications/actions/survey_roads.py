"""Reading for a whole batch what the choice of roads depends on, in a handful of statements."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from portal.notifications.channels.lookup import zalo_is_there
from portal.notifications.channels.zalo.reach import Bound, Reach
from portal.notifications.enums import Channel
from portal.notifications.models import ContactPoint, MessageTemplate, ZaloLink
from portal.units.models import Unit
from portal.zalo.models import ZaloTemplate, ZaloUser
from portal.zalo.queries import accounts_of

TEMPLATE_CHANNELS = (Channel.ZALO_USER.value, Channel.ZALO_PHONE.value)


@dataclass(frozen=True)
class Asked:
    """One message whose roads are wanted."""

    recipient: ContactPoint
    unit: Unit
    notice: str


class RoadSurvey:
    """Answers `reach` for every message it was made for, from memory."""

    def __init__(self, asked: Collection[Asked]) -> None:
        self._now: dt.datetime = timezone.now()
        units = {one.unit.pk: one.unit for one in asked}
        self._accounts = accounts_of(list(units.values())) if zalo_is_there() else {}
        accounts = {account.pk for account in self._accounts.values()}
        self._users = _linked_users({one.recipient.pk for one in asked}, accounts)
        self._bound = _bound_templates({one.notice for one in asked}, accounts)

    def reach(self, one: Asked) -> Reach:
        """What is known of this recipient for this notice."""
        account = self._accounts.get(one.unit.pk)
        if account is None:
            return Reach(one.recipient, one.unit, self._now)
        return Reach(
            one.recipient,
            one.unit,
            self._now,
            account,
            self._users.get((one.recipient.pk, account.pk)),
            self._bound.get((account.pk, one.notice), {}),
        )


def _linked_users(recipients: set[int], accounts: set[int]) -> dict[tuple[int, int], ZaloUser]:
    """(contact point, account) → the user linked there."""
    if not accounts:
        return {}
    rows = ZaloLink.objects.active().filter(contact_point__in=recipients, account__in=accounts)
    return {(row.contact_point_id, row.account_id): row.zalo_user for row in rows.select_related("zalo_user")}


def _bound_templates(notices: set[str], accounts: set[int]) -> dict[tuple[int, str], dict[str, Bound]]:
    """(account, notice) → channel → our row and Zalo's approved template.

    A row belongs to the account whose template it names, whichever unit inherits it.
    """
    if not accounts:
        return {}
    wanted = MessageTemplate.objects.active().filter(channel__in=TEMPLATE_CHANNELS, notice__in=notices)
    rows = list(wanted.exclude(provider_id=""))
    facts = _approved({row.provider_id for row in rows}, accounts)
    found: dict[tuple[int, str], dict[str, Bound]] = defaultdict(dict)
    for row in rows:
        for one in facts.get(row.provider_id, ()):
            if row.unit_id in (None, one.account.unit_id):
                found[(one.account_id, row.notice)][row.channel] = Bound(row, one)
    return found


def _approved(numbers: set[str], accounts: set[int]) -> dict[str, list[ZaloTemplate]]:
    found: dict[str, list[ZaloTemplate]] = defaultdict(list)
    if numbers:
        rows = ZaloTemplate.objects.approved().filter(template_id__in=numbers, account__in=accounts)
        for one in rows.select_related("account"):
            found[one.template_id].append(one)
    return found
