"""The officers' page for moving one visit: hours left, the reserve, and who may."""

from django.test import Client

from appointments.models import Booking, Campaign, Slot
from appointments.tests.test_change_visit import days, family
from appointments.tests.test_desk import desk, flashes, page
from appointments.tests.visits import book, check_sums, slots_in_order


def test_button_leads_to_the_page_and_the_page_moves(campaign: Campaign, slot: Slot, owner) -> None:
    booking = book(slot, full_name="Lê Thị Riêng")
    client = desk(owner)
    address = page("booking_reschedule", booking.pk)
    assert address in client.get(page("booking_change", booking.pk)).content.decode()
    second = days(campaign)[1]
    there = slots_in_order(second)[0]
    shown = client.get(f"{address}?ngay={second.uid}").content.decode()
    assert str(there.uid) in shown
    done = client.post(address, {"slot": str(there.uid), "reason": "Bận việc nhà"}, follow=True)
    moved = Booking.objects.get(status="booked")
    assert (moved.slot, moved.history.last().reason) == (there, "Bận việc nhà")
    assert done.redirect_chain == [(page("booking_change", moved.pk), 302)]
    assert flashes(done) == ["Đã đổi lịch cho 1 người. Người dân sẽ nhận được tin nhắn."]
    check_sums()


def test_full_hour_with_a_reserve_is_offered_to_officers_only(slot: Slot, owner) -> None:
    booking = book(slot)
    there = slots_in_order(slot.session)[1]
    Slot.objects.filter(pk=there.pk).update(capacity=0, reserve=2)
    shown = desk(owner).get(page("booking_reschedule", booking.pk)).content.decode()
    assert "còn 0 chỗ, 2 chỗ dự phòng" in shown
    citizens = Client().get(f"/{booking.unit.slug}/phieu/{booking.declaration.code}/doi-lich/")
    tiles = dict(citizens.context["form"].fields["slot"].choices[0][1])
    assert tiles[str(there.uid)].full is True


def test_one_of_a_family_or_all_of_them(campaign: Campaign, slot: Slot, owner) -> None:
    people = family(slot)
    there = slots_in_order(days(campaign)[1])[0]
    address = page("booking_reschedule", people[1].pk)
    assert "cả 3 người" in desk(owner).get(address).content.decode()
    desk(owner).post(address, {"slot": str(there.uid), "alone": "1"})
    assert Booking.objects.filter(session=there.session).count() == 1
    desk(owner).post(page("booking_reschedule", people[0].pk), {"slot": str(there.uid)})
    assert Booking.objects.filter(session=there.session).count() == 3
    check_sums()


def test_refusals_stand_above_the_page(slot: Slot, owner) -> None:
    booking = book(slot)
    address = page("booking_reschedule", booking.pk)
    nothing = desk(owner).post(address, {})
    assert "Xin chọn ngày và giờ." in nothing.content.decode()
    long = {"slot": str(slots_in_order(slot.session)[1].uid), "reason": "x" * 201}
    assert "Lý do dài nhất 200 ký tự." in desk(owner).post(address, long).content.decode()
    booking.refresh_from_db()
    assert booking.slot == slot


def test_colleague_without_the_right_and_strangers_are_kept_out(slot: Slot, colleague, stranger) -> None:
    booking = book(slot)
    address = page("booking_reschedule", booking.pk)
    there = {"slot": str(slots_in_order(slot.session)[1].uid)}
    assert address not in desk(colleague).get(page("booking_change", booking.pk)).content.decode()
    assert desk(colleague).post(address, there)["Location"] == page("booking_change", booking.pk)
    assert desk(stranger).get(address).status_code == 404
    assert desk(stranger).post(address, there).status_code == 404
    assert Client().get(address).status_code == 302
    booking.refresh_from_db()
    assert booking.slot == slot
