"""One page that says how every channel is: providers, Zalo accounts, budgets, and where each is put right."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from portal.notifications.channels.errors import rule_of
from portal.notifications.models import MessageBudget, ProviderState
from portal.notifications.queries import errors_of_last_hour, with_last_hour, with_month
from portal.zalo.models import OfficialAccount
from portal.zalo.queries import account_for, alerts
from portal.zalo.rules import can_connect

MOST_ROWS = 20


class HealthPage:
    """Mixin of ProviderStateAdmin: `suc-khoe/`, for whoever may look at providers."""

    def get_urls(self) -> list[URLPattern]:
        view = require_GET(self.admin_site.admin_view(self.health_view))
        own = path("suc-khoe/", view, name="notifications_providerstate_health")
        return [own, *super().get_urls()]

    def health_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Sức khỏe các kênh"),
            "now": now,
            "providers": with_last_hour(ProviderState.objects.visible_to(request.user), now),
            "errors": [(name, rule_of(code), number) for name, code, number in errors_of_last_hour(now)],
            **_zalo(request),
            **_budgets(request, now),
        }
        return TemplateResponse(request, "admin/notifications/health.html", context)


def _zalo(request: HttpRequest) -> dict[str, Any]:
    """Accounts in reach; a unit without one is told through whose it speaks."""
    rows = OfficialAccount.objects.visible_to(request.user).select_related("unit", "vault")
    accounts = [_account(row, request) for row in rows[:MOST_ROWS]]
    above = None if accounts else account_for(request.user.unit)
    return {"accounts": accounts, "account_above": above, "accounts_in_all": rows.count()}


def _account(row: OfficialAccount, request: HttpRequest) -> dict[str, Any]:
    return {
        "row": row,
        "vault": getattr(row, "vault", None),
        "alerts": alerts(row),
        "may_connect": can_connect(request.user, row),
        "connect_url": reverse("admin:zalo_officialaccount_connect", args=[row.pk]),
        "change_url": reverse("admin:zalo_officialaccount_change", args=[row.pk]),
    }


def _budgets(request: HttpRequest, now: Any) -> dict[str, Any]:
    """Those nearest to their end first."""
    rows: QuerySet = with_month(MessageBudget.objects.visible_to(request.user), now)
    nearest = sorted(rows.select_related("unit"), key=_used, reverse=True)[:MOST_ROWS]
    return {"budgets": [(row, _used(row)) for row in nearest]}


def _used(budget: Any) -> int:
    """Percent of the month's budget."""
    limit = budget.monthly_limit
    return 100 * budget.month_cost // limit if limit else 100
