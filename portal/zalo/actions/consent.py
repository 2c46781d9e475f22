"""The way to Zalo's consent page and back, with PKCE and a state that only this officer holds."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.common.actors import Actor
from portal.common.errors import Conflict, NotAllowed
from portal.officers.models import Officer
from portal.zalo.actions.check_account import check_account
from portal.zalo.actions.tokens import move_account, note_token, store_pair
from portal.zalo.client.oauth import TokenPair, consent_url, exchange_code
from portal.zalo.enums import AccountState, TokenEvent
from portal.zalo.errors import ZaloError
from portal.zalo.limits import CONSENT_KEPT, CONSENT_LIFE
from portal.zalo.models import ConsentRequest, OfficialAccount, TokenVault
from portal.zalo.queries import callback_url
from portal.zalo.rules import can_connect
from portal.zalo.wire import new_verifier


def start_consent(*, account: OfficialAccount, by: Officer) -> str:
    """The address of Zalo's consent page for this account.

    NotAllowed; Conflict `account_disabled`; Conflict `zalo_not_configured`.
    """
    _check_officer(account, by)
    if account.state == AccountState.DISABLED:
        raise Conflict("account_disabled", _("Zalo OA đang tắt. Xin bấm “Dùng lại” trước."))
    state, verifier = secrets.token_urlsafe(32), account.code_verifier or new_verifier()
    try:
        address = consent_url(
            app_id=account.app_id, redirect_uri=callback_url(), verifier=verifier, state=state
        )
    except ZaloError as error:
        raise Conflict("zalo_not_configured", error.text) from error
    ConsentRequest.objects.create(
        account=account,
        officer=by,
        state_digest=_digest(state),
        verifier=verifier,
        expires_at=timezone.now() + CONSENT_LIFE,
    )
    note_token(account=account, event=TokenEvent.CONSENT_STARTED, by=by)
    return address


def complete_consent(*, state: str, code: str, oa_id: str, by: Officer) -> OfficialAccount:
    """Exchange the code that came back for tokens, once; the account is connected.

    Conflict `consent_unknown` (state of somebody else, too late, used), `consent_other_account`,
    `consent_refused`; NotAllowed.
    """
    asked = _use_up(state, by)
    account = asked.account
    _check_officer(account, by)
    _check_same_account(account, oa_id)
    try:
        pair = exchange_code(
            app_id=account.app_id, app_secret=account.app_secret, code=code, verifier=asked.verifier
        )
    except ZaloError as error:
        note_token(account=account, event=TokenEvent.REFRESH_FAILED, by=by, error=error.key)
        raise Conflict("consent_refused", error.text) from error
    if not pair.refresh_token:
        raise Conflict("consent_refused", _("Zalo không trả mã làm mới. Xin cấp quyền lại."))
    fresh = _keep(account, oa_id, pair, by)
    check_account(account=fresh, by=by)
    fresh.refresh_from_db()
    return fresh


def _use_up(state: str, by: Officer) -> ConsentRequest:
    """The request of this state; a second use of it finds nothing."""
    now = timezone.now()
    rows = ConsentRequest.objects.filter(
        state_digest=_digest(state), officer=by, used_at__isnull=True, expires_at__gt=now
    )
    asked = rows.select_related("account__unit").first()
    if asked is None or not rows.filter(pk=asked.pk).update(used_at=now):
        raise Conflict(
            "consent_unknown", _("Lượt cấp quyền này không còn hiệu lực. Xin bắt đầu lại từ trang Zalo OA.")
        )
    return asked


@transaction.atomic(durable=True)
def _keep(account: OfficialAccount, oa_id: str, pair: TokenPair, by: Officer) -> OfficialAccount:
    now = timezone.now()
    empty = {
        "access_token": "",
        "refresh_token": "",
        "access_expires_at": now,
        "granted_at": now,
        "refreshed_at": now,
        "next_try_at": now,
        "generation": 0,
    }
    TokenVault.objects.get_or_create(account=account, defaults=empty)
    vault = TokenVault.objects.select_for_update(of=("self",)).select_related("account").get(account=account)
    store_pair(vault=vault, pair=pair, granted=True, by=by)
    fresh = move_account(account=account, to=AccountState.CONNECTED, by=by)
    if fresh.oa_id is None:
        fresh.oa_id = oa_id
        fresh.save(update_fields=["oa_id"])
    return fresh


def _check_officer(account: OfficialAccount, by: Officer) -> None:
    if not can_connect(by, account):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền kết nối Zalo OA của đơn vị này."))


def _check_same_account(account: OfficialAccount, oa_id: str) -> None:
    others = OfficialAccount.objects.filter(oa_id=oa_id).exclude(pk=account.pk)
    if not oa_id or account.oa_id not in (None, oa_id) or others.exists():
        raise Conflict(
            "consent_other_account",
            _("Ông/Bà vừa cấp quyền cho một OA khác. Xin chọn đúng OA của đơn vị trên trang Zalo."),
        )


def forget_consents(*, by: Actor) -> int:
    """Erase requests older than a day; returns how many."""
    old = timezone.now() - CONSENT_KEPT
    return ConsentRequest.objects.filter(expires_at__lt=old).delete()[0]


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
