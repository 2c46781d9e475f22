"""Helpers register others inside their quota; officers book people who stand at the desk."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client

from appointments.actions.book_for_others import book_for_others, places_left
from appointments.actions.enrol_helper import end_helper, enrol_helper
from appointments.forms.people import box_name
from appointments.models import Booking, Helper, Slot
from appointments.tests.test_desk import desk
from appointments.tests.visits import check_sums, slots_in_order
from portal.citizens.sessions import open_session
from portal.common.errors import Conflict, NotAllowed
from portal.notifications.models import OutboxMessage
from tests.people import People, visit_data

HELPER_PHONE = "0750000009"


@pytest.fixture
def helper(ward, owner) -> Helper:
    return enrol_helper(unit=ward, phone=HELPER_PHONE, full_name="Lò Thị Mây", quota=3, by=owner)


def register(helper: Helper, slot: Slot, number: int = 0, people: Any = (), **changes: Any) -> Booking:
    data = visit_data(number, phone="", **changes)
    return book_for_others(unit=helper.unit, slot=slot, data=data, people=people, by=helper.contact)


def signed_in(contact: Any) -> Client:
    client, response = Client(), HttpResponse()
    open_session(contact=contact, response=response)
    client.cookies["citizen"] = response.cookies["citizen"].value
    return client


def test_people_without_a_phone_are_told_through_the_helper(helper, slot: Slot) -> None:
    booking = register(helper, slot)
    booking.refresh_from_db()
    assert (booking.number, booking.helper, booking.contact) == (1, helper, helper.contact)
    assert [message.recipient.contact for message in OutboxMessage.objects.all()] == [helper.contact]
    check_sums()


def test_own_phone_is_told_directly(helper, slot: Slot) -> None:
    booking = book_for_others(unit=helper.unit, slot=slot, data=visit_data(5), by=helper.contact)
    assert OutboxMessage.objects.get().recipient.contact == booking.contact != helper.contact


def test_quota_counts_people_and_a_cancelled_one_no_more(helper, slot: Slot) -> None:
    companion = {"full_name": "Lò Văn Núi", "birth_date": "01/02/2001", "request_kind": "swap"}
    register(helper, slot, 0, people=[companion])
    campaign = slot.session.campaign
    assert places_left(helper, campaign) == 1
    later = slots_in_order(slot.session)[1]
    with pytest.raises(Conflict) as refused:
        register(helper, later, 1, people=[companion | {"full_name": "Lò Văn Sông"}])
    assert (refused.value.code, refused.value.extra["left"]) == ("helper_quota_spent", 1)
    register(helper, later, 2)
    with pytest.raises(Conflict):
        register(helper, later, 3)
    Booking.objects.filter(number=1, session=slot.session).update(status="cancelled")
    assert places_left(helper, campaign) == 1


def test_only_an_enrolment_in_force_opens_the_door(helper, slot: Slot, people: People) -> None:
    for contact in (people.citizen, people.stranger_citizen):
        with pytest.raises(NotAllowed) as refused:
            book_for_others(unit=helper.unit, slot=slot, data=visit_data(), by=contact)
        assert refused.value.code == "not_helper"
    end_helper(helper=helper, by=people.owner)
    with pytest.raises(NotAllowed):
        register(helper, slot)
    assert Booking.objects.count() == 0


@pytest.mark.parametrize(("slot_text", "code"), [("", "slot_required"), ("x", "slot_unknown")])
def test_wrong_hours_have_the_usual_codes(helper, slot: Slot, slot_text, code) -> None:
    with pytest.raises(ValidationError) as refused:
        book_for_others(unit=helper.unit, slot=slot_text, data=visit_data(), by=helper.contact)
    assert refused.value.error_dict["slot"][0].code == code


# ---- the helper's pages


def test_helper_pages_for_helper_stranger_and_nobody(helper, slot: Slot, people: People) -> None:
    unit = helper.unit.slug
    home = f"/{unit}/dat-ho/"
    book = f"{home}{slot.session.campaign.slug}/"
    visitors = {
        "helper": signed_in(helper.contact),
        "citizen": signed_in(people.citizen),
        "nobody": Client(),
    }
    found = {
        name: [client.get(path).status_code for path in (home, book)] for name, client in visitors.items()
    }
    assert found == {"helper": [200, 200], "citizen": [403, 403], "nobody": [302, 302]}
    assert (
        Client().get(home).url == f"/{helper.unit.slug}/xac-nhan-so/?tiep=%2F{helper.unit.slug}%2Fdat-ho%2F"
    )


def test_helper_registers_two_people_on_one_page(helper, slot: Slot) -> None:
    client, book = signed_in(helper.contact), f"/{helper.unit.slug}/dat-ho/{slot.session.campaign.slug}/"
    typed = visit_data(phone="") | {"slot": str(slot.uid)}
    typed |= {box_name(0, "full_name"): "", box_name(0, "birth_date"): "01/02/2001"}
    refused = client.post(book, typed)
    assert (refused.status_code, Booking.objects.count()) == (400, 0)
    assert set(refused.context["form"].errors) == {box_name(0, "full_name"), box_name(0, "request_kind")}
    typed |= {box_name(0, "full_name"): "Lò Văn Núi", box_name(0, "request_kind"): "swap"}
    booked = client.post(book, typed)
    assert (booked.status_code, Booking.objects.filter(helper=helper).count()) == (302, 2)
    listed = client.get(f"/{helper.unit.slug}/dat-ho/").content.decode()
    assert "Lò Văn Núi" in listed
    assert "Còn đặt hộ được 1 người." in listed


# ---- the officers' page


def test_officer_books_without_phone_into_the_reserve_of_a_full_hour(slot: Slot, owner) -> None:
    Slot.objects.filter(pk=slot.pk).update(capacity=0, reserve=2)
    client, path = desk(owner), f"/quan-tri/dat-lich/{slot.session.uid}/"
    assert client.get(path).status_code == 200
    typed = visit_data(phone="") | {"slot": str(slot.uid)}
    booked = client.post(path, typed)
    booking = Booking.objects.get()
    assert booked.url == f"/{slot.session.unit.slug}/phieu/{booking.declaration.code}/"
    assert (booking.number, booking.contact, booking.from_reserve) == (1, None, True)
    assert OutboxMessage.objects.count() == 0
    check_sums()


def test_officer_sees_what_is_wrong_and_keeps_what_was_typed(slot: Slot, owner) -> None:
    typed = visit_data(full_name="", phone="0751234567") | {"slot": str(slot.uid)}
    refused = desk(owner).post(f"/quan-tri/dat-lich/{slot.session.uid}/", typed)
    assert (refused.status_code, set(refused.context["form"].errors)) == (400, {"full_name"})
    assert 'value="0751234567"' in refused.content.decode()


def test_owner_colleague_and_stranger_at_the_counter(slot: Slot, people: People) -> None:
    paths = ["/quan-tri/dat-lich/", f"/quan-tri/dat-lich/{slot.session.uid}/"]
    found = {
        name: [desk(officer).get(path).status_code for path in paths]
        for name, officer in vars(people).items()
        if name in ("owner", "colleague", "stranger")
    }
    assert found == {"owner": [200, 200], "colleague": [403, 403], "stranger": [200, 404]}
    listed = desk(people.stranger).get(paths[0]).content.decode()
    assert str(slot.session.uid) not in listed
