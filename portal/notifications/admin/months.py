"""What a month's messages cost and whom they reached, by unit and channel; on screen and to take away."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from portal.common.clock import local_today
from portal.common.tables import write_csv, write_workbook
from portal.notifications.actions.export_reach import export_reach
from portal.notifications.models import DailyFigure
from portal.notifications.queries import Reach, counted_until, reach_of_month, sum_of

UNITS_PER_PAGE, MONTHS_SHOWN = 30, 13
COUNT_PERMISSION = "notifications.count_outboxmessage"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WRITERS: dict[str, tuple[str, Callable[[Any], bytes]]] = {
    "xlsx": (_SHEET, lambda rows: write_workbook(rows, title="Tin nhắn")),
    "csv": ("text/csv; charset=utf-8", write_csv),
}


class MonthPages:
    """Mixin of MessageBudgetAdmin: `thang/` and `thang/<month>.<format>`."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("thang/", require_GET(view(self.months_view)), name="notifications_messagebudget_months"),
            path(
                "thang/<int:year>-<int:month>.<slug:kind>",
                require_GET(view(self.export_view)),
                name="notifications_messagebudget_export",
            ),
        ]
        return [*own, *super().get_urls()]

    def months_view(self, request: HttpRequest) -> HttpResponse:
        _check(request)
        months = _months(local_today())
        month = next((one for one in months if f"{one:%Y-%m}" == request.GET.get("thang")), months[0])
        figures = DailyFigure.objects.visible_to(request.user)
        groups = reach_of_month(figures, month)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Chi phí và kết quả gửi tin"),
            "month": month,
            "months": months,
            "page": Paginator(groups, UNITS_PER_PAGE).get_page(request.GET.get("trang")),
            "total": sum_of(_ends(groups)) if groups else None,
            "counted_at": counted_until(figures, month),
            "exports": [(kind, _export_address(month, kind)) for kind in _WRITERS],
            "budgets_url": reverse("admin:notifications_messagebudget_changelist"),
        }
        return TemplateResponse(request, "admin/notifications/months.html", context)

    def export_view(self, request: HttpRequest, year: int, month: int, kind: str) -> HttpResponse:
        _check(request)
        if kind not in _WRITERS or not 1 <= month <= 12 or not 2000 <= year <= 2999:
            raise Http404
        content_type, write = _WRITERS[kind]
        rows = export_reach(month=dt.date(year, month, 1), by=request.user)
        response = HttpResponse(write(rows), content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="gui-tin-{year}-{month:02d}.{kind}"'
        return response


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm(COUNT_PERMISSION):
        raise PermissionDenied


def _months(today: dt.date) -> list[dt.date]:
    """This month and the twelve before."""
    months = [today.replace(day=1)]
    while len(months) < MONTHS_SHOWN:
        months.append((months[-1] - dt.timedelta(days=1)).replace(day=1))
    return months


def _ends(groups: list[list[Reach]]) -> list[Reach]:
    """Of each unit its total, or its only channel."""
    return [group[-1] for group in groups]


def _export_address(month: dt.date, kind: str) -> str:
    return reverse("admin:notifications_messagebudget_export", args=[month.year, month.month, kind])
