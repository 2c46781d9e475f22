"""Entering an account, and switching it off and on."""

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict, NotAllowed
from portal.officers.rules import may
from portal.zalo.actions.tokens import move_account, note_token
from portal.zalo.enums import AccountState, TokenEvent
from portal.zalo.models import OfficialAccount
from portal.zalo.rules import CONNECT_PERMISSION


@transaction.atomic
def save_account(*, account: OfficialAccount, by: Actor) -> OfficialAccount:
    """Keep what an officer entered. NotAllowed; ValidationError of its columns.

    Secrets left empty on an existing account stay as they are: they are never shown again.
    """
    if not may(by, CONNECT_PERMISSION, account.unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền kết nối Zalo OA của đơn vị này."))
    is_new = account._state.adding
    account.full_clean(exclude=["app_secret", "webhook_key", "code_verifier"])
    account.save()
    record(
        action="zalo_account.added" if is_new else "zalo_account.changed",
        by=by,
        obj=account,
        unit=account.unit,
    )
    return account


@transaction.atomic
def switch_account(*, obj: OfficialAccount, to: str, by: Actor, reason: str = "") -> OfficialAccount:
    """Off, or on again (then it waits for consent).

    Conflict `move_not_allowed`, `consent_needed`; NotAllowed.
    """
    if to == AccountState.CONNECTED:
        raise Conflict("consent_needed", _("Kết nối bằng cách cấp quyền trên trang của Zalo."))
    fresh = move_account(account=obj, to=to, by=by)
    if to == AccountState.DISABLED:
        note_token(account=fresh, event=TokenEvent.DISABLED, by=by)
    return fresh
