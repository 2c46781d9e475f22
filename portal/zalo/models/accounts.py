"""Official Accounts, the vault of their tokens, and what happened to these."""

import datetime as dt
import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.fields import EncryptedTextField
from portal.common.models import AppendOnly, Row
from portal.units.models import Unit
from portal.units.models.scope import UnitScopedQuerySet
from portal.zalo.enums import AccountState, TokenEvent
from portal.zalo.limits import GRANT_LIFE
from portal.zalo.validators import check_zalo_id


def new_webhook_token() -> str:
    """192 random bits: the address alone lets nobody guess that there is a webhook."""
    return secrets.token_urlsafe(24)


class OfficialAccountQuerySet(UnitScopedQuerySet):
    view_permission = "zalo.view_officialaccount"

    def connected(self) -> Self:
        return self.filter(state=AccountState.CONNECTED)


class OfficialAccount(Row):
    """A unit's Official Account with the app that speaks for it. Only actions/ assign `state`.

    A unit without one speaks through the nearest unit above that has one (queries.account_for). The OA secret
    key signs webhooks and is not the app secret. [2]
    """

    unit = models.OneToOneField(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="zalo_account"
    )
    name = models.CharField(_("tên OA"), max_length=120, blank=True)
    oa_id = models.CharField(
        _("OA ID"), max_length=30, null=True, blank=True, unique=True, validators=[check_zalo_id]
    )
    app_id = models.CharField(_("mã ứng dụng (App ID)"), max_length=30, validators=[check_zalo_id])
    app_secret = EncryptedTextField(_("khóa bí mật của ứng dụng"), label="zalo.official_account.app_secret")
    webhook_key = EncryptedTextField(
        _("OA Secret Key (trang Webhook)"), label="zalo.official_account.webhook_key"
    )
    code_verifier = EncryptedTextField(
        _("Code Verifier cố định"), label="zalo.official_account.code_verifier", null=True, blank=True
    )
    webhook_token = models.CharField(max_length=43, unique=True, default=new_webhook_token, editable=False)
    state = models.CharField(
        _("trạng thái"), max_length=14, choices=AccountState.choices, default=AccountState.NEEDS_CONSENT
    )

    hash_phones = models.BooleanField(
        _("gửi dấu của số điện thoại"),
        default=False,
        help_text=_("Zalo chỉ nhận dấu (SHA-256) thay cho số điện thoại khi gửi tin mẫu."),
    )
    followers = models.PositiveIntegerField(_("người quan tâm"), null=True, blank=True)
    daily_quota = models.PositiveIntegerField(_("hạn mức ngày"), null=True, blank=True)
    remaining_quota = models.PositiveIntegerField(_("hạn mức còn lại"), null=True, blank=True)
    checked_at = models.DateTimeField(_("kiểm tra lúc"), null=True, blank=True)
    check_error = models.CharField(_("lỗi khi kiểm tra"), max_length=40, blank=True)

    mismatches = models.PositiveIntegerField(_("webhook sai chữ ký"), default=0)
    oa_id_matches = models.PositiveIntegerField(_("trong đó ký bằng OA ID"), default=0)
    last_mismatch_at = models.DateTimeField(_("sai chữ ký lần cuối"), null=True, blank=True)
    last_event_at = models.DateTimeField(_("webhook gần nhất"), null=True, blank=True)

    objects = OfficialAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("Zalo OA")
        verbose_name_plural = _("Zalo OA")
        ordering = ("unit__kind__level", "unit__official_code", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=AccountState.values), name="zalo_account_known_state"
            ),
            models.CheckConstraint(condition=~Q(oa_id=""), name="zalo_account_oa_id_null_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.unit)


class TokenVaultQuerySet(models.QuerySet):
    def due(self, now: dt.datetime, before: dt.timedelta) -> Self:
        """Pairs of connected accounts that end within `before` and whose last try is long enough ago."""
        ending = self.filter(access_expires_at__lte=now + before, next_try_at__lte=now)
        return ending.filter(account__state=AccountState.CONNECTED)


class TokenVault(Row):
    """The one live token pair of an account. Whoever refreshes holds this row's lock.

    `generation` grows with every pair: who saw an older one finds here that somebody else has refreshed.
    `granted_at` is the first grant; whether refreshing prolongs the three months is unknown [x], so it
    does not.
    """

    account = models.OneToOneField(OfficialAccount, on_delete=models.PROTECT, related_name="vault")
    access_token = EncryptedTextField(label="zalo.token_vault.access_token")
    refresh_token = EncryptedTextField(label="zalo.token_vault.refresh_token")
    access_expires_at = models.DateTimeField(_("quyền truy cập đến"))
    granted_at = models.DateTimeField(_("cấp quyền lúc"))
    refreshed_at = models.DateTimeField(_("làm mới lúc"))
    generation = models.PositiveIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(_("số lần làm mới không được"), default=0)
    next_try_at = models.DateTimeField(_("thử lại lúc"))
    rotation_unclear = models.BooleanField(_("chưa rõ mã làm mới"), default=False)

    objects = TokenVaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("quyền truy cập Zalo")
        verbose_name_plural = _("quyền truy cập Zalo")

    def __str__(self) -> str:
        return f"{self.account_id} · {self.generation}"

    @property
    def consent_again_by(self) -> dt.datetime:
        """Until when an administrator of the OA should say yes again."""
        return self.granted_at + GRANT_LIFE


class ConsentRequest(Row):
    """One way to Zalo's consent page and back. `state_digest` is SHA-256 of the random state."""

    account = models.ForeignKey(OfficialAccount, on_delete=models.CASCADE, related_name="consents")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state_digest = models.CharField(max_length=64, unique=True)
    verifier = EncryptedTextField(label="zalo.consent_request.verifier")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("lượt xin quyền")
        verbose_name_plural = _("lượt xin quyền")

    def __str__(self) -> str:
        return str(self.uid)


class TokenEntryQuerySet(UnitScopedQuerySet):
    unit_path = "account__unit"
    view_permission = "zalo.view_tokenentry"


class TokenEntry(AppendOnly):
    """What happened to an account's tokens; never a token."""

    account = models.ForeignKey(
        OfficialAccount, verbose_name=_("Zalo OA"), on_delete=models.PROTECT, related_name="token_entries"
    )
    event = models.CharField(_("việc"), max_length=20, choices=TokenEvent.choices)
    error = models.CharField(_("lỗi"), max_length=40, blank=True)
    generation = models.PositiveIntegerField(_("lần cấp"), default=0)
    actor = models.CharField(_("ai"), max_length=60)

    objects = TokenEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("việc cấp quyền Zalo")
        verbose_name_plural = _("nhật ký cấp quyền Zalo")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return str(self.get_event_display())
