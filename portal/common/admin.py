"""Base classes of the officers' desk: rows by unit, read-only lists, buttons from the table of moves.

The admin declares; rules live in workflow tables and actions.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any, Protocol

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from unfold.admin import ModelAdmin

from portal.common.errors import DomainError, field_errors
from portal.common.workflow import Move, Workflow

REASON_MAX = 1000


class ReadRecorder(Protocol):
    """Writes that `by` opened `obj`, which belongs to `unit`."""

    def __call__(self, *, action: str, by: Any, obj: Model, unit: Any = None) -> None: ...


_read_recorders: list[ReadRecorder] = []


def register_read_recorder(recorder: ReadRecorder) -> None:
    """The journal says here how a look at a row is written down; this room lies below it."""
    if recorder not in _read_recorders:
        _read_recorders.append(recorder)


class ScopedAdmin(ModelAdmin):
    """Only the rows of `Model.objects.visible_to(officer)`; permissions are asked for the row's unit.

    `audit_reads = True` writes `<model>.viewed` whenever an officer opens a row.
    """

    audit_reads = False
    view_on_site = False
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = self.model.objects.visible_to(request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def scope_of(self, obj: Any) -> Any:
        """What permissions are asked for: a unit or a row with `unit_id`; a longer path overrides."""
        return obj

    def unit_of(self, obj: Any) -> Any:
        """The unit the journal names, or None."""
        return getattr(self.scope_of(obj), "unit", None)

    def _may(self, request: HttpRequest, verb: str, obj: Any) -> bool:
        permission = f"{self.opts.app_label}.{verb}_{self.opts.model_name}"
        return request.user.has_perm(permission, None if obj is None else self.scope_of(obj))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj) or self._may(request, "change", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if self.audit_reads and obj is not None:  # also after a refused POST: the row is shown again
            self.record_read(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def record_read(self, request: HttpRequest, obj: Any) -> None:
        for recorder in _read_recorders:
            recorder(
                action=f"{self.opts.model_name}.viewed", by=request.user, obj=obj, unit=self.unit_of(obj)
            )


class ReadOnlyAdmin(ScopedAdmin):
    """Rows to look at: no adding, changing or deleting, no bulk actions."""

    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TransitionButtons:
    """A button per allowed move above the change form, each with a page that asks once more.

    Stands before the admin class: `class BookingAdmin(TransitionButtons, ScopedAdmin)`. Set `workflow` and
    `gate`, the action called as `gate(obj=, to=, by=, reason=)`; it locks, asks the table again and writes.
    The page of a move is `admin:<app>_<model>_move` with (object id, target status).
    """

    workflow: Workflow
    gate: Callable[..., Any]
    status_field = "status"
    change_form_outer_before_template = "admin/transition_buttons.html"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """A plain function given as `gate` is not a method of the admin."""
        super().__init_subclass__(**kwargs)
        if isinstance(cls.__dict__.get("gate"), FunctionType):
            cls.gate = staticmethod(cls.gate)

    def moves(self, request: HttpRequest, obj: Any) -> list[Move]:
        """What this officer may do with this row now, in the order of the table."""
        return self.workflow.targets(getattr(obj, self.status_field), by=request.user, obj=obj)

    def move_buttons(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """`url`, `label` and `verb` of every button."""
        return [
            {"url": self._page("move", obj.pk, move.to), "label": move.label, "verb": move.verb}
            for move in self.moves(request, obj)
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context = context | {"move_buttons": self.move_buttons(request, obj)}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        view = require_http_methods(["GET", "POST"])(self.admin_site.admin_view(self.move_view))
        return [path("<path:object_id>/chuyen/<slug:to>/", view, name=name), *super().get_urls()]

    def move_view(self, request: HttpRequest, object_id: str, to: str) -> HttpResponse:
        """GET asks once more, POST moves and returns to the row; a refusal becomes a message."""
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        move = next((found for found in self.moves(request, obj) if found.to == to), None)
        if request.method == "POST":
            return self._make_move(request, obj, to, move)
        if move is None:
            messages.error(request, _("Không thể chuyển từ trạng thái hiện tại."))
            return HttpResponseRedirect(self._page("change", obj.pk))
        return self._confirm_page(request, obj, move)

    def _make_move(self, request: HttpRequest, obj: Any, to: str, move: Move | None) -> HttpResponse:
        """The gate decides, also when the button was already gone: its refusal says what is wrong."""
        reason = request.POST.get("reason", "").strip()[:REASON_MAX]
        try:
            self.gate(obj=obj, to=to, by=request.user, reason=reason)
        except ValidationError as error:
            texts = [text for items in field_errors(error).values() for _code, text in items]
            if move is not None:
                return self._confirm_page(request, obj, move, reason=reason, errors=texts)
            messages.error(request, " ".join(texts))
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Đã thực hiện: %(move)s.") % {"move": move.label if move else to})
        return HttpResponseRedirect(self._page("change", obj.pk))

    def _confirm_page(
        self, request: HttpRequest, obj: Any, move: Move, reason: str = "", errors: list[str] | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": move.label,
            "move": move,
            "needs_reason": "reason" in move.requires,
            "reason": reason,
            "reason_max": REASON_MAX,
            "errors": errors or [],
            "back_url": self._page("change", obj.pk),
        }
        return TemplateResponse(request, "admin/transition_confirm.html", context)

    def _page(self, page: str, *args: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=args, current_app=self.admin_site.name)
