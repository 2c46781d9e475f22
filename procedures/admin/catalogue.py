"""Officers' screens of the catalogue: versions with their difference, reviews, modes, documents, notes."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.common.admin import ReadOnlyAdmin, SavedByAction, ScopedAdmin, TransitionButtons
from portal.common.clock import local_today, show_date
from portal.common.workflow import Move
from procedures.actions.move_version import move_version
from procedures.actions.write_edition import confirm_edition
from procedures.admin.ending import EndingPage
from procedures.admin.wording import changes_between, parts_of
from procedures.enums import VersionStatus
from procedures.forms.desk import AuthorisationForm, EditionForm, FilingRuleForm, NoteForm
from procedures.models import Authorisation, FilingRule, Procedure, ProcedureNote, ProcedureVersion
from procedures.queries import confirmable_in, provinces_of, version_for
from procedures.workflow import VERSION_WORKFLOW

CONFIRM = "confirm"


@admin.register(Procedure)
class ProcedureAdmin(ReadOnlyAdmin):
    """The list of procedures; what each says stands in its versions."""

    list_display = ["shown_name", "field", "filing_mode", "versions"]
    list_filter = ["field"]
    search_fields = ["name", "official_code"]
    fields = ["name", "name_en", "field", "filing_mode", "official_code", "replaced_by", "versions"]
    readonly_fields = ["versions"]

    def scope_of(self, obj: Any) -> None:
        """The catalogue is public: it belongs to no unit."""

    @admin.display(description=_("Tên thủ tục"), ordering="name")
    def shown_name(self, obj: Procedure) -> str:
        return obj.name

    @admin.display(description=_("Các bản"))
    def versions(self, obj: Procedure) -> SafeString:
        address = reverse("admin:procedures_procedureversion_changelist")
        link = f"{address}?procedure__id__exact={obj.pk}"
        return format_html('<a class="desk-link" href="{}">{}</a>', link, _("Xem các bản"))


def _gate(*, obj: ProcedureVersion, to: str, by: Any, reason: str = "") -> ProcedureVersion:
    if to == CONFIRM:
        return confirm_edition(version=obj, province=confirmable_in(obj, by), by=by)
    return move_version(version=obj, to=to, by=by, reason=reason)


@admin.register(ProcedureVersion)
class ProcedureVersionAdmin(TransitionButtons, ReadOnlyAdmin):
    """A version is never edited: “Soạn bản mới” makes a draft that shows the difference."""

    workflow = VERSION_WORKFLOW
    gate = _gate
    change_form_before_template = "admin/procedures/edition_links.html"
    list_display = ["shown_name", "edition", "shown_status", "grade", "effect", "review"]
    list_filter = ["status", "grade", "procedure"]
    list_select_related = ["province"]
    search_fields = ["name"]
    ordering = ["review_on", "name"]
    fields = [
        "name",
        "edition",
        "number",
        "status",
        "grade",
        "valid_from",
        "checked_on",
        "checked_by",
        "review_on",
        "change_note",
        "difference",
        "whole",
    ]
    readonly_fields = ["edition", "difference", "whole"]

    def scope_of(self, obj: Any) -> None:
        """What is published is public; drafts are limited by visible_to."""

    def moves(self, request: HttpRequest, obj: Any) -> list[Move]:
        """Publishing replaces, nobody does by hand; confirming publishes the same words as the province's."""
        found = [move for move in super().moves(request, obj) if move.to != VersionStatus.REPLACED]
        if confirmable_in(obj, request.user) is not None:
            label = _("Đã kiểm tra, nội dung đúng")
            found.append(Move(obj.status, CONFIRM, CONFIRM, label, lambda by, row: True))
        return found

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.edition_view)
        name = "procedures_procedureversion_edition"
        return [path("<path:object_id>/ban-moi/", view, name=name), *super().get_urls()]

    def edition_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET shows what the version says, POST drafts the next one and shows the difference."""
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404
        if not provinces_of(request.user, "procedures.change_procedure"):
            raise PermissionDenied
        form = EditionForm(request.POST or None, officer=request.user, version=version)
        if form.is_valid() and (draft := form.draft()):
            messages.success(request, _("Đã lập bản nháp. Xin xem phần thay đổi rồi công bố."))
            return HttpResponseRedirect(self._page("change", draft.pk))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Soạn bản mới: %(name)s") % {"name": version.name},
            "form": form,
            "media": self.media + form.media,
            "back_url": self._page("change", version.pk),
        }
        return TemplateResponse(request, "admin/procedures/edition_form.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if provinces_of(request.user, "procedures.change_procedure"):
            context = context | {"edition_url": self._page("edition", obj.pk)}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description=_("Tên thủ tục"), ordering="name")
    def shown_name(self, obj: ProcedureVersion) -> str:
        return f"{obj.name} ({obj.number})"

    @admin.display(description=_("Bản của"))
    def edition(self, obj: ProcedureVersion) -> str:
        return obj.province.police_name if obj.province else str(_("Bản chung"))

    @display(
        description=_("Trạng thái"),
        label={VersionStatus.PUBLISHED: "success", VersionStatus.DRAFT: "warning"},
    )
    def shown_status(self, obj: ProcedureVersion) -> tuple[str, Any]:
        return obj.status, obj.get_status_display()

    @admin.display(description=_("Có hiệu lực từ"), ordering="valid_from")
    def effect(self, obj: ProcedureVersion) -> str:
        return show_date(obj.valid_from)

    @admin.display(description=_("Phải rà soát trước"), ordering="review_on")
    def review(self, obj: ProcedureVersion) -> str:
        late = obj.status == VersionStatus.PUBLISHED and obj.review_on <= local_today()
        return f"{show_date(obj.review_on)} · {_('đến hạn')}" if late else show_date(obj.review_on)

    @admin.display(description=_("Thay đổi so với bản đang công bố"))
    def difference(self, obj: ProcedureVersion) -> str | SafeString:
        current = version_for(obj.procedure, obj.province)
        if current is None or current.pk == obj.pk:
            return str(_("Không có bản khác để so sánh."))
        changes = changes_between(current, obj)
        if not changes:
            return str(_("Nội dung giống nhau."))
        return render_to_string("admin/procedures/difference.html", {"changes": changes})

    @admin.display(description=_("Nội dung"))
    def whole(self, obj: ProcedureVersion) -> SafeString:
        return render_to_string("admin/procedures/whole.html", {"parts": parts_of(obj)})


class _ByForm(SavedByAction, ScopedAdmin):
    """Written by adding: the same unit and procedure again replace what was said before."""

    row_form: Any = None
    list_select_related = ["unit", "procedure"]

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, **kwargs)
        return type(self.row_form.__name__, (self.row_form,), {"officer": request.user})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"unit": request.user.unit_id, **super().get_changeform_initial_data(request)}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.row_form.Meta.fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FilingRule)
class FilingRuleAdmin(_ByForm):
    row_form = FilingRuleForm
    list_display = ["unit", "procedure", "mode"]
    list_filter = ["mode"]


@admin.register(Authorisation)
class AuthorisationAdmin(EndingPage, _ByForm):
    row_form = AuthorisationForm
    list_display = ["number", "unit", "procedure", "effect", "end"]

    @admin.display(description=_("Có hiệu lực từ"), ordering="valid_from")
    def effect(self, obj: Authorisation) -> str:
        return show_date(obj.valid_from)

    @admin.display(description=_("Đến hết ngày"), ordering="valid_to")
    def end(self, obj: Authorisation) -> str:
        return show_date(obj.valid_to) if obj.valid_to else ""


@admin.register(ProcedureNote)
class ProcedureNoteAdmin(_ByForm):
    row_form = NoteForm
    list_display = ["unit", "procedure", "text"]
