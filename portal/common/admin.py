"""Base classes of the officers' desk: rows by unit, read-only lists, buttons from the table of moves.

The admin declares; rules live in workflow tables and actions.
"""

import base64
import uuid
from collections.abc import Callable
from types import FunctionType
from typing import Any, Protocol

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from portal.common.crypto import CannotUnseal, seal, unseal
from portal.common.errors import DomainError, field_errors
from portal.common.workflow import Move, Workflow

REASON_MAX = 1000
SEARCH_MAX = 200
SEARCHES_KEPT = 20
_SEARCH_LABEL = "common.admin.search"
_SEARCHES = "searches"


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

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A choice of rows is a choice only: no menu beside it that changes rows elsewhere."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """A row of another unit and no row at all look the same."""
        raise Http404

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


class SavedByAction:
    """Mixin for pages whose form calls one action in `save()`: the admin writes nothing itself.

    What is saved is looked at next, so there is one button.
    """

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.save()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Done by the form's action."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Done by the form's action."""

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        single = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, single | context, *args, obj=obj, **kwargs)  # type: ignore[misc]


class PrivateChangeList(ChangeList):
    """Searches for what the officer typed; `q` in the address is only a random key to it."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet:
        self.query = self.model_admin.searched_text(request)
        return super().get_queryset(request, exclude_parameters)


class PrivateSearch:
    """Mixin for lists that are searched by name or phone: what was typed never stands in an address.

    Addresses end up in browser histories, proxy logs and Referer headers. So the box is sent by POST
    (templates/admin/search_form.html), the text is kept sealed in the officer's own session, and the
    address carries a random key that opens nothing elsewhere.
    """

    private_search = True

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PrivateChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """A search box that was sent, or a key nobody knows (any more), leads to a clean address."""
        if request.method == "POST" and SEARCH_VAR in request.POST:
            return self._to_list(request, self._remember(request, request.POST[SEARCH_VAR]))
        if request.GET.get(SEARCH_VAR) and not self.searched_text(request):
            messages.info(request, _("Lượt tìm đã hết hạn. Xin gõ lại vào ô tìm kiếm."))
            return self._to_list(request, "")
        return super().changelist_view(request, extra_context)  # type: ignore[misc]

    def searched_text(self, request: HttpRequest) -> str:
        """What this officer typed for the key in the address, "" when there is none."""
        key = request.GET.get(SEARCH_VAR, "")
        sealed = request.session.get(_SEARCHES, {}).get(key)
        try:
            return unseal(_SEARCH_LABEL, uuid.UUID(key), base64.b64decode(sealed)).decode() if sealed else ""
        except CannotUnseal:  # a field key was taken away since
            return ""

    def _remember(self, request: HttpRequest, text: str) -> str:
        """Key of the sealed text in the session; "" for an empty box."""
        text = text.strip()[:SEARCH_MAX]
        if not text:
            return ""
        key = uuid.uuid4()
        sealed = base64.b64encode(seal(_SEARCH_LABEL, key, text.encode())).decode()
        kept = list(request.session.get(_SEARCHES, {}).items())[1 - SEARCHES_KEPT :]
        request.session[_SEARCHES] = {**dict(kept), str(key): sealed}
        return str(key)

    def _to_list(self, request: HttpRequest, key: str) -> HttpResponse:
        query = request.GET.copy()
        query.pop(PAGE_VAR, None)
        query.pop(SEARCH_VAR, None)
        if key:
            query[SEARCH_VAR] = key
        return HttpResponseRedirect(f"{request.path}?{query.urlencode()}" if query else request.path)


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
