"""Which account speaks for a unit, and what about it wants an officer's attention."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.units.models import Unit
from portal.zalo.enums import AccountState, MenuKind
from portal.zalo.errors import ZaloError
from portal.zalo.limits import GRANT_LIFE, MISMATCH_ALARM, WARN_BEFORE
from portal.zalo.models import MenuItem, OfficialAccount, TokenVault, ZaloUser

MANY_FAILURES = 3
_DEEPEST = 8  # a parent loop in the data must not become an endless one here


def account_for(unit: Unit) -> OfficialAccount | None:
    """The unit's own account, or that of the nearest unit above; one that was switched off counts as none."""
    chain = [unit.pk]
    above = unit.parent
    while above is not None:
        chain.append(above.pk)
        above = above.parent
    accounts = OfficialAccount.objects.filter(unit_id__in=chain).exclude(state=AccountState.DISABLED)
    return min(accounts.select_related("unit"), key=lambda one: chain.index(one.unit_id), default=None)


def accounts_of(units: Collection[Unit]) -> dict[int, OfficialAccount]:
    """account_for of many units by their key, in one query when they or their parents have one.

    One more query per level above that; units without an account are missing.
    """
    usable = OfficialAccount.objects.exclude(state=AccountState.DISABLED)
    by_unit = {one.unit_id: one for one in usable} if units else {}
    found: dict[int, OfficialAccount] = {}
    place: dict[int, int | None] = {unit.pk: unit.pk for unit in units} if by_unit else {}
    parents = {unit.pk: unit.parent_id for unit in units}
    for _level in range(_DEEPEST):
        found |= {unit: by_unit[at] for unit, at in place.items() if at in by_unit}
        place = {unit: at for unit, at in place.items() if at is not None and unit not in found}
        unknown = {at for at in place.values() if at is not None and at not in parents}
        if unknown:
            parents |= dict(Unit.objects.filter(pk__in=unknown).values_list("pk", "parent_id"))
        place = {unit: parents.get(at) for unit, at in place.items() if at is not None}
        if not place:
            break
    return found


def webhook_url(account: OfficialAccount) -> str:
    """What is typed into the app's Webhook page."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("zalo:webhook", args=[account.webhook_token])


def callback_url() -> str:
    """What is typed as the app's Official Account Callback; one for all accounts of the installation."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("admin:zalo_officialaccount_callback")


def vault_of(account: OfficialAccount) -> TokenVault | None:
    return TokenVault.objects.filter(account=account).first()


def follower_count(account: OfficialAccount) -> int:
    """People we heard follow, from events; Zalo's own figure may be higher for those who came before."""
    followed = ZaloUser.objects.filter(account=account, followed_at__isnull=False)
    return sum(user.is_following for user in followed.only("followed_at", "unfollowed_at"))


# ---- what an officer must look at


def alerts(account: OfficialAccount, *, now: dt.datetime | None = None) -> list[str]:
    """Sentences for officers, the gravest first; [] when all is well."""
    if account.state == AccountState.DISABLED:
        return []
    moment = now or timezone.now()
    vault = getattr(account, "vault", None)
    found = [*_consent_alerts(account, vault, moment)]
    if vault is not None and vault.rotation_unclear:
        found.append(_("Lần làm mới gần nhất Zalo không trả mã tiếp theo. Nên cấp quyền lại để chắc chắn."))
    if vault is not None and vault.attempts >= MANY_FAILURES:
        found.append(_("Đã %(count)s lần làm mới quyền truy cập không được.") % {"count": vault.attempts})
    if account.last_mismatch_at and moment - account.last_mismatch_at < MISMATCH_ALARM:
        found.append(_("Có webhook sai chữ ký trong 24 giờ qua. Kiểm tra OA Secret Key trên trang Webhook."))
    if account.check_error:
        found.append(_check_text(account.check_error))
    return found


def _consent_alerts(account: OfficialAccount, vault: Any, moment: dt.datetime) -> list[str]:
    if account.state == AccountState.NEEDS_CONSENT:
        words = _("Chưa được cấp quyền.") if vault is None else _("Đã mất quyền.")
        return [words + " " + _("Tin qua Zalo đang dừng; tin chuyển sang kênh khác.")]
    if vault is not None and moment > vault.consent_again_by - WARN_BEFORE:
        day = f"{vault.consent_again_by:%d/%m/%Y}"
        return [_("Cần quản trị viên OA cấp quyền lại trước ngày %(day)s.") % {"day": day}]
    return []


def _check_text(error: str) -> str:
    host, _sign, code = error.partition("_")
    return str(_("Kiểm tra OA: %(text)s") % {"text": ZaloError(host, code).text})


def accounts_in_need(officer: Any) -> QuerySet:
    """Accounts of this officer that want attention."""
    now = timezone.now()
    late = Q(vault__granted_at__lt=now - GRANT_LIFE + WARN_BEFORE) | Q(vault__rotation_unclear=True)
    late |= Q(vault__attempts__gte=MANY_FAILURES)
    wrong = Q(last_mismatch_at__gt=now - MISMATCH_ALARM) | ~Q(check_error="")
    wanted = Q(state=AccountState.NEEDS_CONSENT) | late | wrong
    rows = OfficialAccount.objects.visible_to(officer).exclude(state=AccountState.DISABLED)
    return rows.filter(wanted).select_related("unit", "vault")


def attention_badge(request: Any) -> str:
    """How many of them, for the menu beside every page; "" for none."""
    count = accounts_in_need(request.user).count()
    return str(count) if count else ""


# ---- the menu plan


@dataclass(frozen=True)
class PlannedItem:
    position: int
    title: str
    kind: str
    value: str

    @property
    def label(self) -> str:
        return str(MenuKind(self.kind).label)


def menu_plan(unit: Unit) -> list[PlannedItem]:
    """The unit's own entries, or a proposal from what the portal knows of it."""
    rows = MenuItem.objects.filter(unit=unit).order_by("position")
    own = [PlannedItem(row.position, row.title, row.kind, row.value) for row in rows]
    return own or _proposal(unit)


def _proposal(unit: Unit) -> list[PlannedItem]:
    base, phone = settings.PUBLIC_URL.rstrip("/"), unit.duty_phone
    with translation.override("vi"):
        found = [(_("Tra cứu hồ sơ"), MenuKind.URL, base + reverse("home:lookup"))]
        if unit.slug:
            report = reverse("reports:how_to_report", args=[unit.slug])
            found.insert(0, (_("Đặt lịch"), MenuKind.URL, f"{base}/{unit.slug}/"))
            found.append((_("Báo tin cho công an"), MenuKind.URL, base + report))
        found += [(_("Gọi trực ban"), MenuKind.PHONE, phone)] if phone else []
    return [PlannedItem(number, *one) for number, one in enumerate(found, start=1)]
