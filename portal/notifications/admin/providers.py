"""How well messages get out, and what they cost."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.common.admin import ReadOnlyAdmin, ScopedAdmin
from portal.common.errors import DomainError
from portal.notifications.actions.set_budget import set_budget
from portal.notifications.admin.health import HealthPage
from portal.notifications.admin.months import MonthPages
from portal.notifications.models import MessageBudget, ProviderState
from portal.notifications.queries import with_last_hour, with_month
from portal.units.models import Unit

NEARLY_SPENT = 0.8


@admin.register(ProviderState)
class ProviderStateAdmin(HealthPage, ReadOnlyAdmin):
    """One line per provider: whether it carries messages, since when, and its last hour."""

    list_before_template = "admin/notifications/provider_doors.html"

    list_display = ("provider", "condition", "since", "calls", "failed_calls", "slowest")
    fields = ("provider", "condition", "share", "since", "calls", "failed_calls", "slowest")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return with_last_hour(super().get_queryset(request), timezone.now())

    @display(
        description=_("tình trạng"), label={"well": "success", "returning": "warning", "resting": "danger"}
    )
    def condition(self, state: ProviderState) -> tuple[str, str]:
        return state.condition, str(state.condition_text)

    @admin.display(description=_("lần gọi trong giờ qua"))
    def calls(self, state: Any) -> int:
        return state.hour_calls

    @admin.display(description=_("lần lỗi"))
    def failed_calls(self, state: Any) -> int:
        return state.hour_failed

    @admin.display(description=_("chậm nhất (giây)"))
    def slowest(self, state: Any) -> str:
        if state.hour_slowest is None:
            return "-"
        return f"{max(state.hour_slowest, 100) / 1000:.1f}".replace(".", ",")


@admin.register(MessageBudget)
class MessageBudgetAdmin(MonthPages, ScopedAdmin):
    """Budget, cost and reach of this month, unit by unit, as last counted (actions/count_messages)."""

    list_before_template = "admin/notifications/budget_doors.html"

    list_display = ("unit", "condition", "spent_text", "limit_text", "sent", "arrived", "failed")
    list_select_related = ("unit",)
    autocomplete_fields = ("unit",)
    fields = ("unit", "monthly_limit")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return with_month(super().get_queryset(request), timezone.now())

    def get_readonly_fields(self, request: HttpRequest, obj: MessageBudget | None = None) -> tuple[str, ...]:
        return () if obj is None else ("unit",)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "unit":
            own = request.user.unit_ids("notifications.add_messagebudget")
            kwargs["queryset"] = Unit.objects.filter(pk__in=own)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: MessageBudget, form: ModelForm, change: bool) -> None:
        try:
            fresh = set_budget(unit=obj.unit, monthly_limit=obj.monthly_limit, by=request.user)
            obj.pk, obj.uid = fresh.pk, fresh.uid
        except DomainError as refusal:
            messages.error(request, refusal.message)

    @display(
        description=_("tình trạng"),
        label={str(_("đủ")): "success", str(_("sắp hết")): "warning", str(_("đã hết")): "danger"},
    )
    def condition(self, budget: Any) -> str:
        if budget.month_cost >= budget.monthly_limit:
            return str(_("đã hết"))
        nearly = budget.month_cost >= budget.monthly_limit * NEARLY_SPENT
        return str(_("sắp hết")) if nearly else str(_("đủ"))

    @admin.display(description=_("đã chi tháng này (đồng)"))
    def spent_text(self, budget: Any) -> str:
        return f"{budget.month_cost:,}".replace(",", ".")

    @admin.display(description=_("ngân sách tháng (đồng)"), ordering="monthly_limit")
    def limit_text(self, budget: MessageBudget) -> str:
        return f"{budget.monthly_limit:,}".replace(",", ".")

    @admin.display(description=_("tin đã gửi"))
    def sent(self, budget: Any) -> int:
        return budget.month_sent

    @admin.display(description=_("tới máy"))
    def arrived(self, budget: Any) -> int:
        return budget.month_arrived

    @admin.display(description=_("không tới"))
    def failed(self, budget: Any) -> int:
        return budget.month_failed
