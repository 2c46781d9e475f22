"""Asking Zalo how an account is: name, followers, quota."""

import logging

from django.utils import timezone

from portal.common.actors import Actor
from portal.zalo.actions.call_zalo import call_zalo
from portal.zalo.client.directory import account_facts, phone_quota
from portal.zalo.errors import ZaloError
from portal.zalo.models import OfficialAccount

logger = logging.getLogger(__name__)


def check_account(*, account: OfficialAccount, by: Actor) -> bool:
    """Read and keep the figures; False, with the error kept for officers, when Zalo did not tell them."""
    changes: dict[str, object] = {"checked_at": timezone.now(), "check_error": ""}
    try:
        facts = call_zalo(account=account, call=account_facts, by=by)
        quota = call_zalo(account=account, call=phone_quota, by=by)
    except ZaloError as error:
        logger.warning("zalo account %s was not checked: %s", account.uid, error.key)
        changes["check_error"] = error.key
    else:
        changes |= {"name": facts.name[:120], "followers": facts.followers}
        changes |= {"daily_quota": quota.daily, "remaining_quota": quota.remaining}
    OfficialAccount.objects.filter(pk=account.pk).update(**changes)
    return not changes["check_error"]


def check_accounts(*, by: Actor) -> int:
    """Every connected account; returns how many answered well."""
    return sum(check_account(account=account, by=by) for account in OfficialAccount.objects.connected())
