"""The officers' page of persons: what is held on one, as a file, and its erasure. For chiefs only."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from portal.citizens.actions.personal_data import (
    ERASE,
    EXPORT,
    Erasure,
    check_answering,
    erase_person,
    export_person,
)
from portal.citizens.forms import ErasureForm, PhoneDataForm
from portal.citizens.models import Person
from portal.citizens.personal_data import holdings, persons_held_by, phone_holdings
from portal.citizens.queries import search_persons
from portal.citizens.validators import show_birth_date
from portal.common.admin import PrivateSearch, ReadOnlyAdmin
from portal.common.errors import DomainError
from portal.common.identity import mask_identity_number
from portal.common.text import show_name


@admin.register(Person)
class PersonAdmin(PrivateSearch, ReadOnlyAdmin):
    """Persons on whom the officer's units hold something; every look is written down."""

    audit_reads = True
    list_before_template = "admin/citizens/person_doors.html"
    change_form_outer_after_template = "admin/citizens/person_steps.html"
    list_display = ["name", "born", "declared"]
    search_fields = ["pk"]
    search_help_text = _("Họ tên hoặc số định danh")
    fields = readonly_fields = ["name", "born", "number", "declared"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return persons_held_by(request.user.reach("citizens.view_person")).order_by("-pk")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return search_persons(queryset, search_term), False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("so-dien-thoai/", wrap(self.phone_view), name="citizens_person_phone"),
            path("<uuid:uid>/xuat/", wrap(require_POST(self.export_view)), name="citizens_person_export"),
            path("<uuid:uid>/xoa/", wrap(self.erase_view), name="citizens_person_erase"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context = context | {
                "export_url": self._link(request, obj, EXPORT, "export"),
                "erase_url": self._link(request, obj, ERASE, "erase"),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def export_view(self, request: HttpRequest, uid: Any) -> HttpResponse:
        """A file to hand to the person; its name says nobody's."""
        person = self._person(request, uid)
        try:
            told = export_person(person=person, by=request.user)
        except DomainError as refusal:
            raise PermissionDenied from refusal
        return _as_file(told)

    def phone_view(self, request: HttpRequest) -> HttpResponse:
        """The same for whoever holds a phone; the number is posted and stands in no address."""
        if not (request.user.unit_ids(EXPORT) or request.user.unit_ids(ERASE)):
            raise PermissionDenied
        form = PhoneDataForm(request.POST or None)
        answer = form.run(by=request.user) if request.method == "POST" and form.is_valid() else None
        if isinstance(answer, Erasure):
            names = {label: holding.terms.name for label, holding in phone_holdings().items()}
            return self._told_erasure(request, answer, names)
        if answer is not None:
            return _as_file(answer)
        context = {
            "title": _("Dữ liệu theo số điện thoại"),
            "button": _("Thực hiện"),
            "form": form,
            "back": reverse("admin:citizens_person_changelist"),
            "lines": [
                _("Chỉ làm khi người giữ số đã cho xem máy hoặc đọc đúng mã vừa gửi tới số đó."),
                _("Dữ liệu của những người được khai từ số này được xuất và xóa riêng từng người."),
            ],
        }
        return self._page(request, "admin/citizens/question.html", context)

    def erase_view(self, request: HttpRequest, uid: Any) -> HttpResponse:
        """GET asks why, POST erases and tells what had to stay."""
        person = self._person(request, uid)
        try:
            check_answering(person=person, permission=ERASE, by=request.user)
        except DomainError as refusal:
            raise PermissionDenied from refusal
        form = ErasureForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._erased(request, person, form.cleaned_data["reason"])
        context = {
            "title": _("Xóa dữ liệu cá nhân"),
            "button": _("Xóa vĩnh viễn"),
            "form": form,
            "back": reverse("admin:citizens_person_change", args=[person.pk]),
            "lines": [
                self.name(person),
                _("Mọi dữ liệu về người này được xóa và không lấy lại được. Phần phải giữ sẽ được nêu rõ."),
            ],
        }
        return self._page(request, "admin/citizens/question.html", context)

    def _erased(self, request: HttpRequest, person: Person, reason: str) -> HttpResponse:
        erasure = erase_person(person=person, reason=reason, by=request.user)
        names = {label: holding.terms.name for label, holding in holdings().items()}
        return self._told_erasure(request, erasure, names)

    def _told_erasure(self, request: HttpRequest, erasure: Erasure, names: dict[str, Any]) -> HttpResponse:
        context = {
            "title": _("Kết quả xóa dữ liệu"),
            "erased": [(names[label], rows) for label, rows in erasure.rows.items()],
            "kept": [(names[label], item) for label, items in erasure.kept.items() for item in items],
            "back": reverse("admin:citizens_person_changelist"),
        }
        return self._page(request, "admin/citizens/erased.html", context)

    def _person(self, request: HttpRequest, uid: Any) -> Person:
        """A person of another unit and nobody at all look the same."""
        person = self.get_queryset(request).filter(uid=uid).first()
        if person is None:
            raise Http404
        return person

    def _link(self, request: HttpRequest, person: Person, permission: str, page: str) -> str:
        try:
            check_answering(person=person, permission=permission, by=request.user)
        except DomainError:
            return ""
        return reverse(f"admin:citizens_person_{page}", args=[person.uid])

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, template, {**frame, **context})

    @admin.display(description=_("Họ và tên"))
    def name(self, obj: Person) -> str:
        return show_name(str(obj.full_name))

    @admin.display(description=_("Ngày sinh"))
    def born(self, obj: Person) -> str:
        return show_birth_date(str(obj.birth_date))

    @admin.display(description=_("Số định danh"))
    def number(self, obj: Person) -> str:
        return mask_identity_number(str(obj.identity_number)) if obj.identity_number else "–"

    @admin.display(description=_("Khai lúc"))
    def declared(self, obj: Person) -> str:
        return date_format(localtime(obj.created_at), "DATETIME_FORMAT")


def _as_file(told: dict[str, Any]) -> HttpResponse:
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="du-lieu-ca-nhan.json"'
    answer["Cache-Control"] = "no-store"
    return answer
