"""Officers' screens of cards: slips copied, cards that came, cards handed over."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from unfold.decorators import display

from appointments.actions.move_cards import move_card
from appointments.enums import CardStatus
from appointments.forms.cards import ArrivedForm, SlipsForm
from appointments.models import Card, Session
from appointments.queries import finished_without_slip, search_cards, sessions_without_slips
from appointments.workflow import CARD_WORKFLOW
from portal.common.admin import PrivateSearch, ReadOnlyAdmin, TransitionButtons
from portal.common.clock import show_date
from portal.common.codes import show_code
from portal.common.text import show_name


def _gate_card(*, obj: Card, to: str, by: Any, reason: str = "") -> Card:
    return move_card(card=obj, to=to, by=by, reason=reason)


@admin.register(Card)
class CardAdmin(PrivateSearch, TransitionButtons, ReadOnlyAdmin):
    """Cards of finished visits, the next to be handed over first."""

    workflow = CARD_WORKFLOW
    gate = _gate_card
    audit_reads = True
    list_before_template = "admin/appointments/card/doors.html"
    list_display = ["person", "visit", "pickup", "shown_status"]
    list_filter = ["status"]
    search_fields = ["pickup_on"]
    search_help_text = _("Mã tờ khai, số điện thoại hoặc họ tên")
    JOINED = ("booking__session", "booking__declaration__subject", "unit")
    fields = readonly_fields = ["person", "code", "visit", "pickup", "status_text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related(*self.JOINED)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return search_cards(queryset, search_term), False

    def get_urls(self) -> list[URLPattern]:
        def door(view: Any) -> Any:
            return require_http_methods(["GET", "POST"])(self.admin_site.admin_view(view))

        return [
            path("the-da-ve/", door(self.arrived_view), name="appointments_card_arrived"),
            path("hen-tra/", door(self.slips_view), name="appointments_card_slips"),
            path("hen-tra/<uuid:session_uid>/", door(self.slips_view), name="appointments_card_session"),
            *super().get_urls(),
        ]

    def _context(self, request: HttpRequest, title: Any, **more: Any) -> dict[str, Any]:
        if not request.user.has_perm("appointments.change_card"):
            raise PermissionDenied
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **more}

    def arrived_view(self, request: HttpRequest) -> HttpResponse:
        """Many cards at once; the answer names every line that did not work and keeps only those."""
        sent = request.method == "POST"
        form = ArrivedForm(request.POST, request.FILES) if sent else ArrivedForm()
        context = self._context(request, _("Thẻ đã về"), form=form)
        lines = form.save(by=request.user) if sent else None
        if lines is not None:
            wrong = [line for line in lines if line.code]
            context |= {"wrong": wrong, "done": len(lines) - len(wrong)}
            context["form"] = ArrivedForm(initial={"lines": "\n".join(line.typed for line in wrong)})
        status = 400 if form.is_bound and form.errors else 200
        return TemplateResponse(request, "admin/appointments/card/arrived.html", context, status=status)

    def slips_view(self, request: HttpRequest, session_uid: uuid.UUID | None = None) -> HttpResponse:
        """Without a session: the sessions where slips are missing; with one: a date per finished visit."""
        context = self._context(request, _("Ghi ngày hẹn trả"))
        if session_uid is None:
            context["sessions"] = sessions_without_slips(request.user)
            return TemplateResponse(request, "admin/appointments/card/sessions.html", context)
        session = Session.objects.visible_to(request.user).filter(uid=session_uid).first()
        if session is None:
            raise Http404
        sent = request.POST if request.method == "POST" else None
        form = SlipsForm(sent, bookings=finished_without_slip(session))
        noted = form.save(by=request.user) if form.is_bound else None
        if noted is not None:
            messages.success(request, _("Đã ghi %(count)s ngày hẹn trả.") % {"count": noted})
            return HttpResponseRedirect(reverse("admin:appointments_card_slips"))
        context |= {"session": session, "form": form}
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, "admin/appointments/card/slips.html", context, status=status)

    @admin.display(description=_("Người nhận"))
    def person(self, obj: Card) -> str:
        subject = obj.booking.declaration.subject
        return show_name(subject.full_name) if subject else "–"

    @admin.display(description=_("Mã tờ khai"))
    def code(self, obj: Card) -> str:
        return show_code(obj.booking.declaration.code)

    @admin.display(description=_("Đã đến làm"))
    def visit(self, obj: Card) -> str:
        day = show_date(obj.booking.session.date)
        return str(_("Số %(number)s ngày %(day)s") % {"number": obj.booking.number, "day": day})

    @admin.display(description=_("Hẹn trả (CC02)"), ordering="pickup_on")
    def pickup(self, obj: Card) -> str:
        return show_date(obj.pickup_on)

    @display(
        description=_("Trạng thái"),
        label={
            CardStatus.IN_PRODUCTION: "info",
            CardStatus.READY: "warning",
            CardStatus.COLLECTED: "success",
        },
    )
    def shown_status(self, obj: Card) -> tuple[str, Any]:
        return obj.status, obj.get_status_display()

    @admin.display(description=_("Trạng thái"))
    def status_text(self, obj: Card) -> str:
        return str(obj.get_status_display())
