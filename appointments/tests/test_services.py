"""A session that works on several procedures: the citizen says what for, and everything follows that."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.actions.answer_offer import accept_offer
from appointments.actions.change_visit import change_visit
from appointments.forms.plan import CampaignPlanForm
from appointments.models import Booking, Campaign, Session, SessionService, Slot, WaitingEntry
from appointments.queries import days_to_move_to, services_to_choose, slot_by_uid
from appointments.tests import lines
from appointments.tests.test_change_visit import PHONE, days
from appointments.tests.visits import book, check_sums, family, hold, slots_in_order, statements
from portal.citizens.enums import Channel
from portal.common.errors import Conflict
from procedures.models import Procedure
from tests.people import visit_data

pytestmark = pytest.mark.django_db(transaction=True)
RESIDENCE = "temporary-residence"


def copy_of(procedure: Procedure, key: str, mode: str) -> Procedure:
    fields = [field for field in Procedure._meta.local_concrete_fields if not field.unique]
    same = {field.attname: getattr(procedure, field.attname) for field in fields}
    return Procedure.objects.create(
        **same | {"key": key, "slug": key, "name": "Tạm trú", "filing_mode": mode}
    )


def offer(campaign: Campaign, procedure: Procedure) -> None:
    for session in campaign.sessions.all():
        SessionService.objects.create(session=session, procedure=procedure)


@pytest.fixture
def residence(campaign: Campaign, id_card: Procedure) -> Procedure:
    made = copy_of(id_card, RESIDENCE, "prepare")
    offer(campaign, made)
    return made


def codes(refusal: pytest.ExceptionInfo) -> dict[str, list[str]]:
    return {name: [error.code for error in found] for name, found in refusal.value.error_dict.items()}


@pytest.mark.parametrize(
    ("service", "code"),
    [("", "service_required"), ("khong-co", "service_unknown"), ("\x00", "service_required")],
)
def test_one_of_several_services_must_be_named(slot: Slot, residence, service: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        hold(slot, service=service)
    assert codes(refusal) == {"service": [code]}
    assert Booking.objects.count() == 0


def test_family_comes_for_the_service_it_named(slot: Slot, residence) -> None:
    book(slot, people=family(2), service=RESIDENCE)
    stored = [one.declaration for one in Booking.objects.select_related("declaration").order_by("pk")]
    assert [(one.procedure_id, one.request_kind) for one in stored] == [(residence.pk, "")] * 3
    check_sums()


def test_only_the_card_asks_for_a_kind_of_request(slot: Slot, residence, id_card) -> None:
    assert hold(slot, service=RESIDENCE, request_kind="").declaration.procedure == residence
    with pytest.raises(ValidationError) as refusal:
        hold(slot, 1, service="id_card", request_kind="")
    assert codes(refusal) == {"request_kind": ["required"]}
    assert hold(slot, 1, service="id_card").declaration.procedure == id_card


def test_choosing_another_service_keeps_the_hold(slot: Slot, residence, id_card) -> None:
    first = hold(slot, service=RESIDENCE)
    again = hold(slot, service="id_card")
    again.declaration.refresh_from_db()
    assert (again.pk, again.declaration.procedure_id) == (first.pk, id_card.pk)


def test_nothing_is_asked_where_there_is_nothing_to_choose(slot: Slot, id_card) -> None:
    assert hold(slot).declaration.procedure == id_card
    assert hold(slot, 1, service="id_card").declaration.procedure == id_card
    with pytest.raises(ValidationError) as refusal:
        hold(slot, 2, service="khong-co")
    assert codes(refusal) == {"service": ["service_unknown"]}


def test_procedure_without_a_declaration_here_cannot_be_chosen(
    campaign: Campaign, slot: Slot, id_card
) -> None:
    offer(campaign, copy_of(id_card, "elsewhere", "official"))
    assert services_to_choose(slot) == []
    assert hold(slot).declaration.procedure == id_card


def test_one_service_costs_no_query_to_find_out(slot: Slot) -> None:
    read = slot_by_uid(slot.session.unit, slot.uid)
    with CaptureQueriesContext(connection) as captured:
        assert services_to_choose(read) == []
    assert statements(captured) == []


def test_page_asks_with_tiles_only_when_there_are_several(slot: Slot, residence) -> None:
    client, path = Client(), f"/{slot.session.unit.slug}/dat-lich/khung-gio/{slot.uid}/"
    page = client.get(path).content.decode()
    assert page.count('name="service"') == 2
    assert "Ông/Bà chỉ cần khai 4 mục" not in page
    sent = client.post(path, visit_data(0) | {"slot": str(slot.uid)})
    assert (sent.status_code, "Xin chọn việc cần làm." in sent.content.decode()) == (400, True)
    SessionService.objects.filter(procedure=residence).delete()
    page = client.get(path).content.decode()
    assert page.count('name="service"') == 0
    assert "Ông/Bà chỉ cần khai 4 mục" in page


def test_api_names_the_choice_and_takes_it(slot: Slot, residence) -> None:
    unit = slot.session.unit.slug
    listed = Client().get(f"/api/v1/units/{unit}/campaigns/").json()
    assert listed[0]["services"] == ["id_card", RESIDENCE]
    body = visit_data(0) | {"slot": str(slot.uid), "service": RESIDENCE}
    sent = Client().post(
        f"/api/v1/units/{unit}/visits/",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": "a" * 20},
    )
    assert sent.status_code == 201, sent.content
    assert Booking.objects.get().declaration.procedure == residence


def test_visit_moves_to_days_that_work_on_it(campaign: Campaign, slot: Slot, residence) -> None:
    booking = book(slot, service=RESIDENCE)
    first, second = days(campaign)[:2]
    assert [day.session for day in days_to_move_to(booking)] == [first, second]
    SessionService.objects.filter(session=second, procedure=residence).delete()
    assert [day.session for day in days_to_move_to(booking)] == [first]
    with pytest.raises(ValidationError) as refusal:
        there = slots_in_order(second)[0]
        change_visit(code=booking.declaration.code, phone=PHONE, slot=str(there.uid))
    assert codes(refusal) == {"slot": ["slot_unknown"]}


def test_plan_asks_for_more_services_only_when_the_catalogue_has_some(owner, id_card) -> None:
    assert "others" not in CampaignPlanForm(officer=owner).fields
    copy_of(id_card, "elsewhere", "official")
    assert "others" not in CampaignPlanForm(officer=owner).fields
    made = copy_of(id_card, RESIDENCE, "prepare")
    assert list(CampaignPlanForm(officer=owner).fields["others"].queryset) == [id_card, made]


# ---- waiting for one of several


@pytest.fixture
def full(campaign: Campaign, residence: Procedure, settings) -> Campaign:
    """Every place is taken by somebody who comes for the card."""
    settings.CODES_PER_PREFIX_PER_HOUR = 1_000
    lines.fill_up(campaign, service="id_card")
    return campaign


def free_the_last(campaign: Campaign, sessions: list[Session]) -> list[Slot]:
    """One place in the last hour of each of these days."""
    slots = [slots_in_order(session)[-1] for session in sessions]
    Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(capacity=F("capacity") + 1)
    return slots


@pytest.mark.parametrize(("service", "code"), [("", "service_required"), ("khong-co", "service_unknown")])
def test_line_asks_what_for_by_every_door(full: Campaign, service: str, code: str) -> None:
    unit, wish = full.unit.slug, visit_data(0) | {"service": service}
    with pytest.raises(ValidationError) as refusal:
        lines.wait(full, service=service)
    by_api = Client().post(
        f"/api/v1/units/{unit}/campaigns/{full.uid}/waiting/",
        wish,
        content_type="application/json",
        headers={"Idempotency-Key": "b" * 20},
    )
    page = Client().post(reverse("appointments:waiting_join", args=[unit, full.slug]), wish)
    assert codes(refusal) == {"service": [code]}
    [told] = refusal.value.message_dict["service"]
    assert by_api.json()["errors"] == [{"field": "service", "code": code, "message": told}]
    assert (
        page.status_code,
        told in page.content.decode(),
        page.content.decode().count('name="service"'),
    ) == (
        400,
        True,
        2,
    )
    assert WaitingEntry.objects.count() == 0


def test_offer_is_for_what_was_chosen(full: Campaign, residence, id_card) -> None:
    entry = lines.wait(full, service=RESIDENCE, request_kind="", size=2)
    assert (entry.service, [one["request_kind"] for one in entry.details]) == (residence, [""] * 2)
    last = free_the_last(full, days(full)[-1:])[0]
    assert lines.offer() == 0  # one place, two people
    Slot.objects.filter(pk=last.pk).update(capacity=F("capacity") + 1)
    assert lines.offer() == 1
    page = Client().get(reverse("appointments:waiting", args=[full.unit.slug, entry.code])).content.decode()
    assert "<b>Tạm trú</b>" in page
    party = accept_offer(code=entry.code, phone=lines.phone_of(0), channel=Channel.WEB)
    assert [(one.declaration.procedure_id, bool(one.number)) for one in party] == [(residence.pk, True)] * 2
    check_sums()


def test_day_that_does_not_work_on_it_is_offered_to_the_next_and_passes_nobody(
    full: Campaign, residence
) -> None:
    *_others, last = days(full)
    SessionService.objects.filter(session=last, procedure=residence).delete()
    first, second = lines.wait(full, 1, service=RESIDENCE), lines.wait(full, 2, service="id_card")
    free_the_last(full, [last])
    assert lines.offer() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.passed, second.status, second.slot.session) == ("waiting", 0, "offered", last)


def test_whoever_finds_no_hour_for_it_may_wait_although_others_have_places(full: Campaign, residence) -> None:
    *_others, last = days(full)
    SessionService.objects.filter(session=last, procedure=residence).delete()
    free_the_last(full, [last])
    Campaign.objects.filter(pk=full.pk).update(status="open")
    full.refresh_from_db()
    with pytest.raises(Conflict) as refusal:
        lines.wait(full, 1, service="id_card")
    assert refusal.value.code == "places_free"
    assert lines.wait(full, 2, service=RESIDENCE).status == "waiting"
