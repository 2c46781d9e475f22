"""The road of a plan at the desk: typed, looked at, created; more days by the same road."""

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.enums import CampaignStatus
from appointments.models import Campaign, Slot
from appointments.tests.plans import plan_errors, typed_lines, typed_plan
from appointments.tests.test_desk import desk, flashes, page
from appointments.tests.visits import book
from portal.audit.models import AuditEntry
from portal.common.clock import local_today
from portal.units.models import CalendarDay
from tests.people import make_campaign


def test_campaign_is_looked_at_before_it_is_created(ward, id_card, owner) -> None:
    client, typed = desk(owner), typed_plan(ward, id_card)
    shown = client.post(page("campaign_add"), typed | {"_preview": "1"})
    assert shown.status_code == 200
    assert Campaign.objects.count() == 0
    layout = shown.context["layout"]
    assert (layout.days, layout.slots, layout.places, layout.reserved) == (3, 9, 45, 9)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', shown.content.decode())
    again: dict[str, list[str]] = {}
    for name, value in hidden:
        again.setdefault(name, []).append(html.unescape(value))
    made = client.post(page("campaign_add"), again | {"_create": "1"}, follow=True)
    campaign = Campaign.objects.get()
    assert made.redirect_chain == [(page("campaign_change", campaign.pk), 302)]
    assert (campaign.status, campaign.unit, campaign.name) == ("draft", ward, "Cấp căn cước tại Tổ 5")
    assert campaign.sessions.count() == 3
    slots = Slot.objects.filter(session=campaign.sessions.first()).values_list(
        "starts", "minutes", "capacity", "reserve"
    )
    assert list(slots) == [(450, 30, 5, 1), (480, 30, 5, 1), (510, 30, 5, 1)]
    assert AuditEntry.objects.get(action="campaign.created").actor == owner.actor_ref
    client.post(page("campaign_add"), again | {"_create": "1"})  # a second tap
    assert Campaign.objects.count() == 1


def test_preview_names_days_off_and_other_campaigns_at_the_place(ward, id_card, owner) -> None:
    other = make_campaign(ward, id_card, days=9)
    day = local_today() + dt.timedelta(days=8)
    CalendarDay.objects.create(unit=ward, date=day, is_working=False, name="Hội làng")
    typed = typed_plan(ward, id_card, {"place_name": "nhà văn hóa phường"}, skip_holidays="on")
    shown = desk(owner).post(page("campaign_add"), typed | {"_preview": "1"}).content.decode()
    assert f"{day:%d/%m/%Y} (Hội làng)" in shown
    assert shown.count(f"· {other.name}") == 2


def test_lines_are_added_and_taken_away_by_buttons_and_keep_what_was_typed(ward, id_card, owner) -> None:
    client = desk(owner)
    typed = typed_plan(ward, id_card, {"capacity": "x", "spans": "7:30-9h"}, name="")
    two = client.post(page("campaign_add"), typed | {"_add_line": "1"})
    lines = two.context["lines"]
    assert lines.total_form_count() == 2
    assert [line["capacity"].value() for line in lines] == ["x", "x"]
    assert [line["place_name"].value() for line in lines] == ["Nhà văn hóa", ""]
    assert "is-invalid" not in two.content.decode()
    assert plan_errors(two) == {}
    typed = typed_plan(ward, id_card, {}, {"place_name": "Trường"}, {"place_name": "Chợ"})
    left = client.post(page("campaign_add"), typed | {"_remove_line": "1"}).context["lines"]
    assert [line["place_name"].value() for line in left] == ["Nhà văn hóa", "Chợ"]
    alone = client.post(page("campaign_add"), typed_plan(ward, id_card) | {"_remove_line": "0"})
    assert alone.context["lines"].total_form_count() == 1
    assert Campaign.objects.count() == 0


@pytest.mark.parametrize("total", ["", "x", "-1", "²", "99999999", "0"])
def test_number_of_lines_may_be_anything(ward, id_card, owner, total: str) -> None:
    for button in ("_add_line", "_preview"):
        typed = typed_plan(ward, id_card, **{"rounds-TOTAL_FORMS": total, button: "1"})
        assert desk(owner).post(page("campaign_add"), typed).status_code == 200
    assert Campaign.objects.count() == 0


def test_way_back_from_the_preview_keeps_everything(ward, id_card, owner) -> None:
    typed = typed_plan(ward, id_card, {}, {"place_name": "Trường"}) | {"_edit": "1"}
    back = desk(owner).post(page("campaign_add"), typed)
    assert back.context["form"]["name"].value() == "Cấp căn cước tại Tổ 5"
    assert [line["spans"].value() for line in back.context["lines"]] == ["7:30-9h", "7:30-9h"]


WRONG = [
    ({"spans": "25:00-26:00"}, {}, {"0-spans": ["hour_invalid"]}),
    ({"spans": "²:00-9h"}, {}, {"0-spans": ["hour_invalid"]}),
    ({"spans": "7:30"}, {}, {"0-spans": ["hour_invalid"]}),
    ({"spans": "7:30-07:00"}, {}, {"0-spans": ["hours_reversed"]}),
    ({"first_date": "01/01/2020"}, {}, {"0-first_date": ["date_past"]}),
    ({"first_date": "31/02/2027"}, {}, {"0-first_date": ["invalid"]}),
    ({"slot_minutes": "500"}, {}, {"0-slot_minutes": ["slot_too_long"]}),
    ({"capacity": "0", "reserve": "0"}, {}, {"0-capacity": ["places_required"]}),
    ({"weekdays": []}, {}, {"0-weekdays": ["required"]}),
    ({}, {"name": ""}, {"name": ["required"]}),
    ({}, {"numbering": "x"}, {"numbering": ["invalid_choice"]}),
]


@pytest.mark.parametrize(("line", "changes", "errors"), WRONG)
@pytest.mark.parametrize("button", ["_preview", "_create"])
def test_form_names_the_field_that_is_wrong(ward, id_card, owner, line, changes, errors, button) -> None:
    typed = typed_plan(ward, id_card, line, **changes, **{button: "1"})
    response = desk(owner).post(page("campaign_add"), typed)
    assert response.status_code == 200
    assert plan_errors(response) == errors
    assert Campaign.objects.count() == 0


def test_form_offers_only_units_of_the_officer(ward, other_ward, id_card, owner) -> None:
    response = desk(owner).post(page("campaign_add"), typed_plan(other_ward, id_card) | {"_create": "1"})
    assert plan_errors(response) == {"unit": ["invalid_choice"]}
    offered = {unit.pk for unit in response.context["form"].fields["unit"].queryset}
    assert ward.pk in offered
    assert other_ward.pk not in offered


def test_days_are_added_by_the_same_road(campaign, owner) -> None:
    client, path = desk(owner), page("campaign_days", campaign.pk)
    assert path in client.get(page("campaign_change", campaign.pk)).content.decode()
    assert client.get(path).status_code == 200
    client.post(path, typed_lines({}) | {"_preview": "1"})
    assert campaign.sessions.count() == 2
    assert flashes(client.post(path, typed_lines({}) | {"_create": "1"}, follow=True)) == [
        "Đã thêm 3 buổi, 45 chỗ."
    ]
    assert campaign.sessions.count() == 5
    twice = client.post(path, typed_lines({}) | {"_create": "1"})
    assert plan_errors(twice) == {"0-place_name": ["session_exists"]}


def test_intake_is_closed_and_opened_by_one_tap_in_the_list(campaign, owner, colleague, stranger) -> None:
    client, listed = desk(owner), page("campaign_changelist")
    close, open_again = (
        page("campaign_move", campaign.pk, to) for to in (CampaignStatus.CLOSED, CampaignStatus.OPEN)
    )
    assert f'formaction="{close}"' in client.get(listed).content.decode()
    done = client.post(close, {"back": "list"}, follow=True)
    assert [done.redirect_chain, flashes(done)] == [[(listed, 302)], ["Đã thực hiện: Đóng nhận đăng ký."]]
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.CLOSED
    assert f'formaction="{open_again}"' in done.content.decode()
    for officer in (colleague, stranger):
        assert "formaction" not in desk(officer).get(listed).content.decode()


def test_list_costs_as_many_queries_for_three_campaigns_as_for_one(campaign, ward, id_card, owner) -> None:
    client = desk(owner)
    client.get(page("campaign_changelist"))
    with CaptureQueriesContext(connection) as one:
        client.get(page("campaign_changelist"))
    for _number in range(2):
        make_campaign(ward, id_card)
    with CaptureQueriesContext(connection) as three:
        client.get(page("campaign_changelist"))
    assert len(one) == len(three)


def test_status_filter_of_visits_offers_only_what_is_listed(slot: Slot, owner) -> None:
    book(slot)
    listed = desk(owner).get(page("booking_changelist")).context["cl"]
    offered = next(spec for spec in listed.filter_specs if spec.parameter_name == "status__exact")
    assert [value for value, _label in offered.lookup_choices] == [
        "booked",
        "checked_in",
        "finished",
        "missed",
        "displaced",
        "moved",
        "cancelled",
    ]
