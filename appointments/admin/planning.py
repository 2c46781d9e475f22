"""Pages that lay out days: typed, looked at, created. Nothing is written before the last step."""

from abc import ABC, abstractmethod
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from appointments.actions.lay_out import Layout
from appointments.forms import CampaignPlanForm, MoreDaysForm, RoundFormSet
from appointments.forms.office import NewOfficeForm, OfficeSettingsForm
from appointments.forms.plan import PREFIX, silence, with_line
from appointments.forms.slots import SlotsForm
from appointments.models import Campaign
from appointments.timetable import DEFAULT_MINUTES, PlannedSession, counters_needed
from portal.common.errors import DomainError

BUTTONS = ("_preview", "_create", "_edit", "_add_line", "_remove_line", "csrfmiddlewaretoken")


class PlanPage(ABC):
    """One road for a new campaign and for more days of one; `about` is the form beside the lines."""

    template = "admin/appointments/campaign/plan_form.html"
    preview_template = "admin/appointments/campaign/plan_preview.html"
    title: Any
    create_label: Any
    about_title: Any = _("Đợt tiếp nhận")
    how_title: Any = _("Cách nhận đăng ký")
    note: Any = _(
        "Ông/Bà ghi các ngày và nơi làm, bấm “Xem trước” để thấy đúng những gì sẽ được lập. Chưa có gì được "
        "tạo trước khi Ông/Bà bấm nút ở trang xem trước."
    )

    def __init__(self, model_admin: Any, request: HttpRequest) -> None:
        self.model_admin, self.request = model_admin, request

    @abstractmethod
    def about_form(self, data: QueryDict | None) -> Any:
        """The form beside the lines."""

    def lines_form(self, data: QueryDict | None) -> Any:
        """The lines of the plan; None for a page without any."""
        return RoundFormSet(data, prefix=PREFIX)

    def preview_facts(self, about: Any, layout: Any) -> dict[str, Any]:
        """What the preview shows."""
        return {
            "layout": layout,
            "places": grouped(layout),
            "counters": counters(layout, about.cleaned_data.get("minutes_per_person", DEFAULT_MINUTES)),
        }

    @abstractmethod
    def tell_created(self, campaign: Campaign, layout: Any) -> None:
        """Say what was laid out, as a message on the next page."""

    def answer(self) -> HttpResponse:
        """GET shows the empty form; the button that was pressed says what a POST wants."""
        data = self.request.POST
        if self.request.method != "POST":
            return self.form_page(self.about_form(None), self.lines_form(None))
        if "_add_line" in data:
            return self.typed(with_line(data))
        if data.get("_remove_line", "").isdigit():
            return self.typed(with_line(data, remove=int(data["_remove_line"])))
        if "_edit" in data:
            return self.typed(data)
        return self.judged(data)

    def typed(self, data: QueryDict) -> HttpResponse:
        """The form with what was typed, not judged yet."""
        about, lines = self.about_form(data), self.lines_form(data)
        silence(about)
        if lines is not None:
            lines.silence()
        return self.form_page(about, lines)

    def judged(self, data: QueryDict) -> HttpResponse:
        about, lines = self.about_form(data), self.lines_form(data)
        if not all([about.is_valid(), lines is None or lines.is_valid()]):
            return self.form_page(about, lines)
        rounds = lines.rounds() if lines is not None else ()
        try:
            layout = about.preview(rounds)
            if "_create" not in data:
                return self.preview_page(about, layout, data)
            campaign = about.create(rounds)
        except ValidationError as error:
            self.show_errors(about, lines, error)
            return self.form_page(about, lines)
        except DomainError as refusal:
            about.add_error(None, refusal.message)
            return self.form_page(about, lines)
        self.tell_created(campaign, layout)
        return HttpResponseRedirect(self.model_admin._page("change", campaign.pk))

    def show_errors(self, about: Any, lines: Any, error: ValidationError) -> None:
        """Findings of the action beside the fields they are about."""
        for key, found in getattr(error, "error_dict", {"": error}).items():
            if lines is None or not lines.show_error(key, found):
                about.add_error(key if key in about.fields else None, found)

    def form_page(self, about: Any, lines: Any) -> HttpResponse:
        context = {
            "title": self.title,
            "form": about,
            "about": [about[name] for name in about.ABOUT if name in about.fields],
            "how": [about[name] for name in about.HOW if name in about.fields],
            "lines": lines,
            "wrong": about.is_bound and any(form.errors for form in (about, *(lines.forms if lines else ()))),
            "media": self.model_admin.media + about.media + (lines.media if lines else about.media),
            "note": self.note,
            "about_title": self.about_title,
            "how_title": self.how_title,
            **self.page_context(),
        }
        return TemplateResponse(self.request, self.template, context)

    def preview_page(self, about: Any, layout: Layout, data: QueryDict) -> HttpResponse:
        context = {
            "title": _("Xem trước: %(title)s") % {"title": self.title},
            **self.preview_facts(about, layout),
            "create_label": self.create_label,
            "typed": [(key, text) for key in data if key not in BUTTONS for text in data.getlist(key)],
            **self.page_context(),
        }
        return TemplateResponse(self.request, self.preview_template, context)

    def page_context(self) -> dict[str, Any]:
        return {**self.model_admin.admin_site.each_context(self.request), "opts": self.model_admin.opts}


class NewCampaignPage(PlanPage):
    title = _("Lập đợt tiếp nhận")
    create_label = _("Tạo đợt này")

    def about_form(self, data: QueryDict | None) -> CampaignPlanForm:
        initial = self.model_admin.get_changeform_initial_data(self.request)
        return CampaignPlanForm(data, initial=initial, officer=self.request.user)

    def tell_created(self, campaign: Campaign, layout: Layout) -> None:
        text = _("Đã lập đợt tiếp nhận: %(days)s ngày làm, tổng cộng %(places)s chỗ.")
        messages.success(self.request, text % {"days": layout.days, "places": layout.places})


class MoreDaysPage(PlanPage):
    create_label = _("Thêm các ngày này")

    def __init__(self, model_admin: Any, request: HttpRequest, campaign: Campaign) -> None:
        super().__init__(model_admin, request)
        self.campaign = campaign
        self.title = _("Thêm ngày, địa điểm cho “%(name)s”") % {"name": campaign.name}

    def about_form(self, data: QueryDict | None) -> MoreDaysForm:
        return MoreDaysForm(data, officer=self.request.user, campaign=self.campaign)

    def tell_created(self, campaign: Campaign, layout: Layout) -> None:
        text = _("Đã thêm %(sessions)s buổi, %(places)s chỗ.")
        messages.success(self.request, text % {"sessions": len(layout.sessions), "places": layout.places})


class OfficePage(PlanPage):
    """A new office calendar: no lines, its days come from the reception hours."""

    title = _("Lập lịch làm việc tại trụ sở")
    create_label = _("Tạo lịch này")
    about_title = _("Lịch trụ sở")
    how_title = _("Số bàn và khung giờ")
    note = _(
        "Ngày giờ lấy từ giờ tiếp dân của đơn vị, trừ ngày nghỉ. Bấm “Xem trước” để thấy đúng những gì sẽ "
        "được lập; chưa có gì được tạo trước khi Ông/Bà bấm nút ở trang xem trước."
    )

    def lines_form(self, data: QueryDict | None) -> None:
        return None

    def about_form(self, data: QueryDict | None) -> Any:
        unit = self.request.user.unit
        initial = self.model_admin.get_changeform_initial_data(self.request)
        initial |= {
            "place_name": _("Trụ sở %(unit)s") % {"unit": unit.police_name},
            "place_address": unit.address,
        }
        return NewOfficeForm(data, initial=initial, officer=self.request.user)

    def tell_created(self, campaign: Campaign, layout: Layout) -> None:
        text = _("Đã lập lịch trụ sở: %(days)s ngày, %(places)s chỗ.")
        messages.success(self.request, text % {"days": layout.days, "places": layout.places})


class OfficeSettingsPage(OfficePage):
    """Other numbers for a calendar that runs."""

    create_label = _("Áp dụng")

    def __init__(self, model_admin: Any, request: HttpRequest, campaign: Campaign) -> None:
        super().__init__(model_admin, request)
        self.campaign = campaign
        self.title = _("Sửa lịch trụ sở “%(name)s”") % {"name": campaign.name}

    def about_form(self, data: QueryDict | None) -> OfficeSettingsForm:
        return OfficeSettingsForm(data, officer=self.request.user, calendar=self.campaign.office)

    def preview_facts(self, about: Any, layout: Layout) -> dict[str, Any]:
        return super().preview_facts(about, layout) | {"changes": about.changes()}

    def tell_created(self, campaign: Campaign, layout: Layout) -> None:
        messages.success(self.request, _("Đã sửa lịch trụ sở."))


class SlotsPage(PlanPage):
    """Other places for the slots to come."""

    preview_template = "admin/appointments/campaign/slots_preview.html"
    create_label = _("Áp dụng")
    about_title = _("Những khung giờ nào")
    how_title = _("Đổi thành")
    note = _(
        "Chọn những khung giờ cần đổi, ghi số mới rồi bấm “Xem trước”. Không giảm xuống dưới số người đã đặt."
    )

    def __init__(self, model_admin: Any, request: HttpRequest, campaign: Campaign) -> None:
        super().__init__(model_admin, request)
        self.campaign = campaign
        self.title = _("Đổi số chỗ của “%(name)s”") % {"name": campaign.name}

    def lines_form(self, data: QueryDict | None) -> None:
        return None

    def about_form(self, data: QueryDict | None) -> SlotsForm:
        return SlotsForm(data, officer=self.request.user, campaign=self.campaign)

    def preview_facts(self, about: Any, layout: Any) -> dict[str, Any]:
        return {"slots": list(layout), "change": about.change()}

    def tell_created(self, campaign: Campaign, layout: Any) -> None:
        messages.success(self.request, _("Đã đổi %(slots)s khung giờ.") % {"slots": len(layout)})


def grouped(layout: Layout) -> list[dict[str, Any]]:
    """The sessions of each place with their sums, places in the order of their first day."""
    found: dict[str, list[PlannedSession]] = {}
    for session in layout.sessions:
        found.setdefault(session.place_name, []).append(session)
    return [
        {
            "name": name,
            "address": sessions[0].place_address,
            "sessions": sessions,
            "places": sum(session.places for session in sessions),
            "reserved": sum(session.reserved for session in sessions),
        }
        for name, sessions in found.items()
    ]


def counters(layout: Layout, minutes_per_person: int) -> int:
    """Counters the busiest slot needs."""
    return (
        max(
            counters_needed(
                persons=session.capacity + session.reserve,
                minutes_per_person=minutes_per_person,
                slot_minutes=session.slot_minutes,
            )
            for session in layout.sessions
        )
        if layout.sessions
        else 0
    )
