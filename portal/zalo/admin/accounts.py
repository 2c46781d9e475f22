"""Official Accounts on the desk: their state, the way to consent and back, the journal of tokens."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods
from unfold.decorators import display

from portal.common.admin import ReadOnlyAdmin, ScopedAdmin, TransitionButtons
from portal.common.errors import DomainError
from portal.common.workflow import Move
from portal.units.models import Unit, reach_of
from portal.zalo.actions.consent import complete_consent, start_consent
from portal.zalo.actions.save_account import save_account, switch_account
from portal.zalo.actions.sync_templates import read_templates
from portal.zalo.enums import AccountState
from portal.zalo.errors import rule_of
from portal.zalo.forms import SECRETS, AccountForm
from portal.zalo.models import OfficialAccount, TokenEntry, TokenVault
from portal.zalo.queries import alerts, callback_url, menu_plan, vault_of, webhook_url
from portal.zalo.rules import can_connect, can_sync
from portal.zalo.workflow import ACCOUNT_WORKFLOW

_COLOURS = {AccountState.CONNECTED: "success", AccountState.NEEDS_CONSENT: "danger"}
_STATE_FIELDS = (
    "state",
    "access_until",
    "consent_again_by",
    "oa_id",
    "name",
    "followers",
    "quota",
    "checked_at",
    "last_event_at",
    "mismatches",
    "oa_id_matches",
    "last_mismatch_at",
)


@admin.register(OfficialAccount)
class OfficialAccountAdmin(TransitionButtons, ScopedAdmin):
    """Connecting goes over Zalo's consent page, so no button of the table makes it."""

    form = AccountForm
    workflow = ACCOUNT_WORKFLOW
    gate = switch_account
    status_field = "state"
    change_form_before_template = "admin/zalo/account_doors.html"
    list_display = (
        "unit",
        "name",
        "state_badge",
        "alert_count",
        "access_until",
        "consent_again_by",
        "quota",
        "mismatches",
        "last_event_at",
    )
    list_filter = ("state",)
    list_select_related = ("unit", "vault")
    autocomplete_fields = ("unit",)

    def get_fields(self, request: HttpRequest, obj: OfficialAccount | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("unit", "app_id", *SECRETS, "hash_phones")
        secrets = SECRETS if self.has_change_permission(request, obj) else ()
        return ("unit", "app_id", *secrets, "hash_phones", *_STATE_FIELDS)

    def get_readonly_fields(
        self, request: HttpRequest, obj: OfficialAccount | None = None
    ) -> tuple[str, ...]:
        return () if obj is None else ("unit", *_STATE_FIELDS)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "unit":
            held = request.user.held_unit_ids("zalo.add_officialaccount")
            kwargs["queryset"] = Unit.objects.filter(pk__in=reach_of(held))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Switched off, not deleted: the journal and people's ids belong to it."""
        return False

    def save_model(self, request: HttpRequest, obj: OfficialAccount, form: AccountForm, change: bool) -> None:
        save_account(account=obj, by=request.user)

    def moves(self, request: HttpRequest, obj: OfficialAccount) -> list[Move]:
        return [move for move in super().moves(request, obj) if move.to != AccountState.CONNECTED]

    # ---- columns

    @display(description=_("trạng thái"), label=_COLOURS, ordering="state")
    def state_badge(self, account: OfficialAccount) -> tuple[str, str]:
        return account.state, account.get_state_display()

    @display(description=_("cần xem"), label={"yes": "danger"})
    def alert_count(self, account: OfficialAccount) -> Any:
        count = len(alerts(account))
        return ("yes", str(count)) if count else "-"

    @admin.display(description=_("quyền truy cập đến"))
    def access_until(self, account: OfficialAccount) -> str:
        vault = _vault(account)
        return _moment(vault.access_expires_at) if vault else "-"

    @admin.display(description=_("cấp quyền lại trước"))
    def consent_again_by(self, account: OfficialAccount) -> str:
        vault = _vault(account)
        return f"{localtime(vault.consent_again_by):%d/%m/%Y}" if vault else "-"

    @admin.display(description=_("hạn mức theo số điện thoại"))
    def quota(self, account: OfficialAccount) -> str:
        if account.daily_quota is None:
            return "-"
        return f"{account.remaining_quota} / {account.daily_quota}"

    # ---- consent and menu

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        pages = (
            ("ket-noi/", require_GET(self.callback_view), "callback"),
            (
                "<path:object_id>/ket-noi/",
                require_http_methods(["GET", "POST"])(self.connect_view),
                "connect",
            ),
            ("<path:object_id>/menu/", require_GET(self.menu_view), "menu"),
            (
                "<path:object_id>/mau-tin/",
                require_http_methods(["GET", "POST"])(self.templates_view),
                "templates",
            ),
        )
        own = [path(route, view(page), name=f"zalo_officialaccount_{name}") for route, page, name in pages]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context = context | {
                "connect_url": self._page("connect", obj.pk) if can_connect(request.user, obj) else "",
                "menu_url": self._page("menu", obj.pk),
                "templates_url": self._page("templates", obj.pk) if can_sync(request.user, obj) else "",
                "alerts": alerts(obj),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def connect_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET tells what to do at Zalo; POST gives the way to the consent page, for twenty minutes."""
        account = self._find(request, object_id)
        if not can_connect(request.user, account):
            raise PermissionDenied
        address, refusal = "", ""
        if request.method == "POST":
            try:
                address = start_consent(account=account, by=request.user)
            except DomainError as error:
                refusal = error.message
        return self._own_page(
            request,
            account,
            "admin/zalo/connect.html",
            title=_("Kết nối Zalo OA"),
            consent_address=address,
            refusal=refusal,
            webhook_address=webhook_url(account),
            callback_address=callback_url(),
            vault=vault_of(account),
            alerts=alerts(account),
        )

    def callback_view(self, request: HttpRequest) -> HttpResponse:
        """Zalo sends the officer's browser here; the state says for which account."""
        given = {name: request.GET.get(name, "")[:2000] for name in ("state", "code", "oa_id")}
        try:
            account = complete_consent(**given, by=request.user)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(self._page("changelist"))
        messages.success(request, _("Đã kết nối %(name)s.") % {"name": account})
        return HttpResponseRedirect(self._page("change", account.pk))

    def menu_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What somebody types into oa.zalo.me, to print."""
        account = self._find(request, object_id)
        plan = menu_plan(account.unit)
        return self._own_page(
            request, account, "admin/zalo/menu_plan.html", title=_("Menu của Zalo OA"), plan=plan
        )

    def templates_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The account's templates as Zalo has them; POST reads them anew."""
        account = self._find(request, object_id)
        if not can_sync(request.user, account):
            raise PermissionDenied
        refusal = ""
        if request.method == "POST":
            try:
                number = read_templates(account=account, by=request.user)
            except DomainError as error:
                refusal = error.message
            else:
                messages.success(request, _("Đã đọc %(number)d mẫu tin từ Zalo.") % {"number": number})
                return HttpResponseRedirect(self._page("templates", account.pk))
        rows = list(account.templates.order_by("template_id"))
        return self._own_page(
            request,
            account,
            "admin/zalo/templates.html",
            title=_("Mẫu tin của Zalo OA"),
            rows=rows,
            refusal=refusal,
        )

    def _find(self, request: HttpRequest, object_id: str) -> OfficialAccount:
        account = self.get_object(request, object_id)
        if account is None:
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, account):
            raise PermissionDenied
        return account

    def _own_page(
        self, request: HttpRequest, account: OfficialAccount, template: str, **more: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "account": account,
            "back_url": self._page("change", account.pk),
            **more,
        }
        return TemplateResponse(request, template, context)


@admin.register(TokenEntry)
class TokenEntryAdmin(ReadOnlyAdmin):
    """What happened to tokens; never a token."""

    list_display = ("created", "account", "event", "error_text", "generation", "actor")
    list_filter = ("event",)
    list_select_related = ("account__unit",)
    fields = ("created", "account", "event", "error_text", "generation", "actor")
    readonly_fields = ("created", "error_text")

    def scope_of(self, obj: TokenEntry) -> Any:
        return obj.account

    @admin.display(description=_("lúc"), ordering="pk")
    def created(self, entry: TokenEntry) -> str:
        return _moment(entry.created_at)

    @admin.display(description=_("lỗi"))
    def error_text(self, entry: TokenEntry) -> str:
        return error_text(entry.error)


def error_text(key: str) -> str:
    """What an officer reads for `oauth_-14014`."""
    if not key:
        return "-"
    host, _sign, code = key.partition("_")
    return rule_of(host, code).text


def _vault(account: OfficialAccount) -> TokenVault | None:
    return getattr(account, "vault", None)


def _moment(when: Any) -> str:
    return date_format(localtime(when), "DATETIME_FORMAT")
