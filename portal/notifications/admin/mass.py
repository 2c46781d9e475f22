"""Mass messages on the officers' desk: write, look at the dry run, let go, watch, hold, stop."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.common.admin import SavedByAction, ScopedAdmin, TransitionButtons
from portal.common.workflow import Move
from portal.notifications.actions.check_mass import forward_text
from portal.notifications.actions.move_mass import move_mass
from portal.notifications.enums import Channel, MassState, State
from portal.notifications.forms import MassForm
from portal.notifications.models import MassMessage
from portal.notifications.queries import article_of, link_openings, mass_history
from portal.notifications.workflow import MASS_WORKFLOW, WRITABLE_MASS
from portal.zalo.errors import rule_of

REFRESH_SECONDS = 10
_COLOURS = {
    MassState.CHECKED: "warning",
    MassState.QUEUED: "info",
    MassState.RUNNING: "info",
    MassState.PAUSED: "warning",
    MassState.STOPPED: "danger",
    MassState.DONE: "success",
}


@admin.register(MassMessage)
class MassMessageAdmin(SavedByAction, TransitionButtons, ScopedAdmin):
    """Figures are those the worker wrote down: no page counts messages."""

    workflow = MASS_WORKFLOW
    gate = move_mass
    status_field = "state"
    actions = None
    change_form_before_template = "admin/notifications/massmessage/figures.html"
    change_form_after_template = "admin/notifications/massmessage/forward.html"
    list_display = ("title", "state_badge", "target_label", "unit", "progress", "cost", "created")
    list_filter = ("state",)
    list_select_related = ("unit",)
    search_fields = ("title",)
    shown = ("title", "unit", "target_label", "text", "link", "starts_at", "valid_until", "per_minute")

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if not self._is_writable(request, obj):
            return super().get_form(request, obj, **kwargs)
        return type("MassForm", (MassForm,), {"officer": request.user})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return MassForm.Meta.fields if self._is_writable(request, obj) else self.shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if self._is_writable(request, obj) else self.shown

    def _is_writable(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state in WRITABLE_MASS)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was said to many is kept; a draft is dropped by its button."""
        return False

    def moves(self, request: HttpRequest, obj: MassMessage) -> list[Move]:
        """Without `edit`, which saving the form does."""
        return [move for move in super().moves(request, obj) if move.verb != "edit"]

    # ---- columns

    @display(description=_("trạng thái"), label=_COLOURS, ordering="state")
    def state_badge(self, mass: MassMessage) -> tuple[str, str]:
        return mass.state, mass.get_state_display()

    @admin.display(description=_("đã xong"))
    def progress(self, mass: MassMessage) -> str:
        return f"{_number(mass.handled)} / {_number(mass.people)}" if mass.started_at else "-"

    @admin.display(description=_("dự tính (đồng)"))
    def cost(self, mass: MassMessage) -> str:
        return _number(mass.estimate["cost"]) if mass.estimate else "-"

    @admin.display(description=_("soạn lúc"), ordering="created_at")
    def created(self, mass: MassMessage) -> Any:
        return mass.created_at

    # ---- the page of one message

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context = context | self._facts(obj)
        response = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        if obj is not None and obj.state in (MassState.QUEUED, MassState.RUNNING):
            response["Refresh"] = str(REFRESH_SECONDS)  # a page in front of an officer, without scripts
        return response

    def _facts(self, mass: MassMessage) -> dict[str, Any]:
        article = article_of(mass)
        return {
            "mass": mass,
            "article": article,
            "article_error": error_text(article.last_error) if article and article.last_error else "",
            "estimate": _estimate(mass),
            "results": [(label, _number(count)) for label, count in _results(mass)],
            "handled": _number(mass.handled),
            "people": _number(mass.people),
            "minutes_left": None if mass.seconds_left is None else -(-mass.seconds_left // 60),
            "forward": forward_text(mass),
            "openings": link_openings(mass),
            "history": mass_history(mass),
            "refresh_seconds": REFRESH_SECONDS,
        }

    def _confirm_page(self, request: HttpRequest, obj: Any, move: Move, *args: Any, **kwargs: Any) -> Any:
        response = super()._confirm_page(request, obj, move, *args, **kwargs)
        if obj.estimate:
            words = _("%(target)s: %(people)s người, khoảng %(cost)s đồng.")
            response.context_data["row_facts"] = words % {
                "target": obj.target_label,
                "people": _number(obj.estimate["people"]),
                "cost": _number(obj.estimate["cost"]),
            }
        return response


def _estimate(mass: MassMessage) -> list[tuple[Any, str]]:
    """The dry run, line by line."""
    found = mass.estimate
    if not found:
        return []
    if not found["parts"]:
        return [(_("Người quan tâm Zalo OA"), _number(found["people"])), (_("Chi phí (đồng)"), "0")]
    channels = [(Channel(key).label, _number(count)) for key, count in sorted(found["channels"].items())]
    left = found["budget_left"]
    return [
        (_("Số người nhận"), _number(found["people"])),
        *channels,
        (_("Số phần SMS mỗi tin"), _number(found["parts"])),
        (_("Chi phí dự tính (đồng)"), _number(found["cost"])),
        (_("Ngân sách tháng còn lại (đồng)"), _("chưa đặt") if left is None else _number(left)),
        (_("Đã từ chối nhận tin"), _number(found["opted_out"])),
        (_("Không có kênh nào tới được"), _number(found["unreachable"])),
    ]


def _results(mass: MassMessage) -> list[tuple[Any, int]]:
    """Rows by state as last counted, in the order of a message's life."""
    waiting = mass.people - mass.passed if mass.is_live else 0
    first = [(_("Chưa tới lượt"), waiting)] if waiting else []
    return first + [(state.label, mass.figures[state]) for state in State if mass.figures.get(state)]


def error_text(key: str) -> str:
    """What an officer reads for `oa_-224`."""
    host, _sign, code = key.partition("_")
    return rule_of(host, code).text


def _number(number: int) -> str:
    return f"{number:,}".replace(",", ".")
