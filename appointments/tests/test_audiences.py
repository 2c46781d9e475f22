"""Groups of people with a visit, as mass messages may reach them."""

from appointments.actions.cancel_visit import cancel_visit
from appointments.models import Booking, Campaign
from appointments.tests.visits import book, slots_in_order
from portal.notifications.audiences import find_audience, find_target


def reached(key: str, unit, value) -> list[str]:
    points = find_audience(key).recipients(unit, str(value))
    return sorted(point.phone for point in points)


def test_people_of_a_campaign_and_of_one_session_each_once(campaign, ward, other_ward):
    first, second = campaign.sessions.order_by("date")
    book(slots_in_order(first)[0], 1), book(slots_in_order(second)[0], 2)
    gone = book(slots_in_order(first)[1], 3)
    cancel_visit(code=gone.declaration.code, phone="0751000003")
    phones = ["+84751000001", "+84751000002"]
    assert reached("appointments.campaign", ward, campaign.uid) == phones
    assert reached("appointments.session", ward, first.uid) == phones[:1]
    assert reached("appointments.campaign", other_ward, campaign.uid) == []
    assert Booking.objects.count() == 3


def test_a_unit_offers_its_own_groups_only(campaign, ward, other_ward):
    given = {"key": "appointments.campaign", "value": str(campaign.uid)}
    assert find_target(unit=ward, **given).label == campaign.name
    assert find_target(unit=other_ward, **given) is None
    assert [one.unit for one in find_audience("appointments.session").targets([ward.pk])] == [ward, ward]
    Campaign.objects.update(kind="office")
    assert find_target(unit=ward, **given) is None


def test_the_page_of_a_campaign_goes_along(campaign, ward):
    path = find_audience("appointments.campaign").link(ward, str(campaign.uid))
    assert path == f"/{ward.slug}/dat-lich/{campaign.slug}/"
