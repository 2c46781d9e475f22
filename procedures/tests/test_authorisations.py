"""Documents that let units take dossiers: one counts at a time, a chief of the province ends it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.audit.models import AuditEntry
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from procedures.actions.authorise import end_authorisation, record_authorisation
from procedures.actions.load_catalogue import load_catalogue
from procedures.actions.set_filing_mode import set_filing_mode
from procedures.models import Authorisation, FilingRule, Procedure
from procedures.queries import filing_mode_of
from tests.people import BY, make_officer

TODAY = local_today()
WHY = "Hết thời gian thí điểm"


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


@pytest.fixture
def split(db) -> Procedure:
    load_catalogue(by=BY, only=("household_split",))
    return Procedure.objects.get()


@pytest.fixture
def province(ward):
    return ward.parent


@pytest.fixture
def chief(province):
    return make_officer("province_chief", province, "unit_chief")


@pytest.fixture
def deputy(province):
    return make_officer("province_duty", province, "duty_officer")


def authorise(split, province, by, number="01/QĐ", first=0, last=None) -> Authorisation:
    return record_authorisation(
        unit=province,
        procedure=split,
        number=number,
        issued_on=TODAY,
        issued_by="Công an tỉnh Sơn Hải",
        valid_from=day(first),
        valid_to=None if last is None else day(last),
        by=by,
    )


def end(document, last, by, reason=WHY) -> Authorisation:
    return end_authorisation(document=document, valid_to=day(last), reason=reason, by=by)


def periods() -> dict[str, tuple]:
    """{number: (first day, last day)} counted from today."""
    rows = Authorisation.objects.all()
    return {
        row.number: ((row.valid_from - TODAY).days, row.valid_to and (row.valid_to - TODAY).days)
        for row in rows
    }


def codes(caught) -> dict[str, str]:
    return {name: found[0].code for name, found in caught.value.error_dict.items()}


def desk(officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def page(name: str, *args) -> str:
    return reverse(f"admin:procedures_authorisation_{name}", args=args)


def test_newer_document_supersedes_the_former(split, province, chief) -> None:
    authorise(split, province, chief, "01/QĐ", first=-9)
    authorise(split, province, chief, "02/QĐ", first=3)
    assert periods() == {"01/QĐ": (-9, 2), "02/QĐ": (3, None)}
    entry = AuditEntry.objects.get(action="authorisation.ended")
    assert (entry.detail["number"], entry.detail["superseded_by"]) == ("01/QĐ", "02/QĐ")
    authorise(split, province, chief, "03/QĐ", first=3)
    assert periods() == {"01/QĐ": (-9, 2), "02/QĐ": (3, 3), "03/QĐ": (3, None)}


def test_document_before_a_later_one_ends_before_it(split, province, chief) -> None:
    authorise(split, province, chief, "02/QĐ", first=5)
    with pytest.raises(ValidationError) as caught:
        authorise(split, province, chief, "01/QĐ", first=0, last=5)
    assert (codes(caught), periods()) == ({"valid_to": "authorisation_overlaps"}, {"02/QĐ": (5, None)})
    authorise(split, province, chief, "01/QĐ", first=0, last=4)
    assert periods() == {"02/QĐ": (5, None), "01/QĐ": (0, 4)}


def test_ending_sends_units_back_to_official_and_is_journalled(split, ward, owner, province, chief) -> None:
    document = authorise(split, province, chief, first=-9)
    set_filing_mode(unit=ward, procedure=split, mode="accept", by=owner)
    assert filing_mode_of(procedure=split, unit=ward) == "accept"
    end(document, -1, chief, f"  {WHY} ")
    assert filing_mode_of(procedure=split, unit=ward) == "official"
    entry = AuditEntry.objects.get(action="authorisation.ended")
    assert (entry.detail["reason"], entry.detail["valid_to"]) == (WHY, day(-1).isoformat())
    with pytest.raises(Conflict) as caught:
        end(document, -2, chief)
    assert caught.value.code == "authorisation_ended"


@pytest.mark.parametrize(
    ("last", "reason", "expected"),
    [
        (0, " ", {"reason": "reason_required"}),
        (0, "x" * 301, {"reason": "text_too_long"}),
        (0, "<b>", {"reason": "text_markup"}),
        (-3, WHY, {"valid_to": "valid_to_before_from"}),
        (5, WHY, {"valid_to": "valid_to_later"}),
    ],
)
def test_wrong_ends_are_refused(split, province, chief, last, reason, expected) -> None:
    document = authorise(split, province, chief, first=-2, last=5)
    with pytest.raises(ValidationError) as caught:
        end(document, last, chief, reason)
    assert (codes(caught), periods()) == (expected, {"01/QĐ": (-2, 5)})


def test_only_a_chief_of_the_province_ends_it(split, province, people, chief, deputy) -> None:
    document = authorise(split, province, chief)
    for by in (people.owner, people.stranger, deputy):
        with pytest.raises(NotAllowed):
            end(document, 0, by)
    assert periods() == {"01/QĐ": (0, None)}


def test_page_tells_what_ends_and_ends_it(split, ward, province, people, chief, deputy) -> None:
    document = authorise(split, province, chief)
    set_filing_mode(unit=ward, procedure=split, mode="accept", by=people.owner)
    address, row = page("end", document.pk), page("change", document.pk)
    assert address in desk(chief).get(row).content.decode()
    assert "1 đơn vị đang chọn" in desk(chief).get(address).content.decode()
    refused = desk(chief).post(address, {"valid_to": TODAY.strftime("%d/%m/%Y"), "reason": " "})
    assert [error.code for error in refused.context["form"].errors.as_data()["reason"]] == ["required"]
    assert TODAY.strftime("%d/%m/%Y") in refused.content.decode()
    answer = desk(chief).post(address, {"valid_to": TODAY.strftime("%d/%m/%Y"), "reason": WHY})
    assert (answer["Location"], periods()) == (row, {"01/QĐ": (0, 0)})


def test_owner_colleague_and_stranger_of_the_page(split, province, people, chief, deputy) -> None:
    """Whoever sees the document but may not end it is refused; who does not see it finds nothing."""
    document = authorise(split, province, chief)
    address, row = page("end", document.pk), page("change", document.pk)
    answers = [desk(one).get(address).status_code for one in (chief, deputy, people.stranger)]
    assert answers == [200, 403, 404]
    posted = {"valid_to": TODAY.strftime("%d/%m/%Y"), "reason": WHY}
    assert [desk(one).post(address, posted).status_code for one in (deputy, people.stranger)] == [403, 404]
    assert address not in desk(deputy).get(row).content.decode()
    assert periods() == {"01/QĐ": (0, None)}


def test_pages_ask_as_often_for_three_rows(split, ward, other_ward, province, chief) -> None:
    client = desk(chief)
    document = authorise(split, province, chief, first=-9)
    FilingRule.objects.create(unit=ward, procedure=split, mode="accept")
    addresses = (page("changelist"), page("end", document.pk))
    client.get(addresses[0])

    def counted() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    one = counted()
    for number, first in (("02/QĐ", -5), ("03/QĐ", -2)):
        authorise(split, province, chief, number, first=first)
    for unit in (other_ward, province):
        FilingRule.objects.create(unit=unit, procedure=split, mode="accept")
    assert counted() == one
