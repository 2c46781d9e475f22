"""Who asked for a hamlet's news gets it, and nobody else; the proof and the way out."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.citizens.actions.hamlet_news import choose_hamlets, refuse_news
from portal.citizens.actions.sessions import start_session
from portal.citizens.models import Consent, HamletFollower
from portal.notifications.audiences import find_audience, find_target
from portal.units.models import Hamlet


@pytest.fixture
def hamlets(ward) -> list[Hamlet]:
    return list(Hamlet.objects.filter(unit=ward).order_by("folded_name")[:3])


def choose(contact, unit, *hamlets) -> None:
    uids = [str(hamlet.uid) for hamlet in hamlets]
    choose_hamlets(contact=contact, unit=unit, hamlet_uids=uids, channel="web", by=contact)


def reached(key: str, unit, value: str = "") -> list[str]:
    return sorted(point.phone for point in find_audience(key).recipients(unit, value))


def browser(contact, settings) -> Client:
    client = Client()
    _session, secret = start_session(contact=contact, device_label="")
    client.cookies[settings.CITIZEN_COOKIE_NAME] = secret
    return client


def test_one_hamlet_reaches_those_who_chose_it(ward, other_ward, hamlets, citizen, stranger_citizen):
    first, second, third = hamlets
    choose(citizen, ward, first, second)
    choose(stranger_citizen, ward, second)
    phones = [one.contact_point.phone for one in (citizen, stranger_citizen)]
    assert reached("citizens.hamlet", ward, str(first.uid)) == phones[:1]
    assert reached("citizens.hamlet", ward, str(second.uid)) == phones
    assert reached("citizens.hamlet", ward, str(third.uid)) == []
    assert reached("citizens.hamlet", other_ward, str(first.uid)) == []
    assert reached("citizens.unit", ward) == phones
    assert find_target(key="citizens.hamlet", unit=other_ward, value=str(first.uid)) is None


def test_consent_stands_while_one_hamlet_does_and_ends_with_the_last(ward, hamlets, citizen):
    choose(citizen, ward, *hamlets[:2])
    choose(citizen, ward, *hamlets[:2])
    choose(citizen, ward, hamlets[1])
    assert (Consent.objects.in_force().count(), HamletFollower.objects.current().count()) == (1, 1)
    choose(citizen, ward)
    assert (Consent.objects.count(), Consent.objects.in_force().count()) == (1, 0)
    assert reached("citizens.unit", ward) == []


def test_who_refuses_all_news_leaves_and_may_come_back(ward, hamlets, citizen):
    choose(citizen, ward, hamlets[0])
    refuse_news(contact=citizen, by=citizen)
    citizen.contact_point.refresh_from_db()
    assert (citizen.contact_point.opt_outs, HamletFollower.objects.current().count()) == (["news"], 0)
    choose(citizen, ward, hamlets[0])
    citizen.contact_point.refresh_from_db()
    assert citizen.contact_point.opt_outs == []


def test_hamlets_of_elsewhere_and_too_many_are_refused(ward, other_ward, citizen):
    foreign = Hamlet.objects.filter(unit=other_ward).first()
    with pytest.raises(ValidationError) as refusal:
        choose(citizen, ward, foreign)
    assert refusal.value.error_dict["hamlets"][0].code == "hamlet_invalid"
    with pytest.raises(ValidationError) as refusal:
        choose(citizen, ward, *Hamlet.objects.filter(unit=ward)[:6])
    assert refusal.value.error_dict["hamlets"][0].code == "too_many_hamlets"
    assert HamletFollower.objects.count() == 0


def test_the_page_asks_for_the_phone_and_keeps_what_was_ticked(ward, hamlets, citizen, client, settings):
    page = reverse("citizens:hamlet_news", args=[ward.slug])
    assert client.get(page)["Location"].startswith(reverse("citizens:sign_in", args=[ward.slug]))
    own = browser(citizen, settings)
    answer = own.post(page, {"hamlets": [str(hamlets[0].uid)]})
    assert "Đã lưu lựa chọn nhận tin." in answer.content.decode()
    assert own.get(page).content.decode().count("checked") == 1
    wrong = own.post(page, {"hamlets": [str(one.uid) for one in Hamlet.objects.filter(unit=ward)[:6]]})
    content = wrong.content.decode()
    assert (wrong.status_code, content.count("checked")) == (400, 6)
    assert "Xin chọn nhiều nhất 5 nơi." in content
    assert "không gửi tin chung" in own.post(page, {"none": "1"}).content.decode()
    assert reached("citizens.unit", ward) == []


def test_the_page_costs_the_same_for_1_and_3(ward, hamlets, citizen, settings):
    page, own, counts = reverse("citizens:hamlet_news", args=[ward.slug]), browser(citizen, settings), []
    own.get(page)
    for chosen in (hamlets[:1], hamlets):
        choose(citizen, ward, *chosen)
        with CaptureQueriesContext(connection) as seen:
            own.get(page)
        counts.append(len(seen))
    assert counts[0] == counts[1]
