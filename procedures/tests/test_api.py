"""The catalogue over REST: what the pages show, and the same codes for the same wrong answers."""

import pytest
from django.test import Client

from procedures.actions.load_catalogue import load_catalogue
from procedures.forms import CaseForm
from procedures.queries import version_by_slug
from tests.people import BY


@pytest.fixture
def base(ward) -> str:
    load_catalogue(by=BY, only=("temporary_residence", "permanent_residence", "former_number_confirmation"))
    return f"/api/v1/units/{ward.slug}/procedures/"


def test_list_and_search(base) -> None:
    rows = Client().get(base).json()
    assert sorted(row["slug"] for row in rows) == ["dang-ky-tam-tru", "dang-ky-thuong-tru"]
    assert [row["slug"] for row in Client().get(base, {"q": "kt3"}).json()] == ["dang-ky-tam-tru"]
    assert Client().get(base, {"q": "xac nhan so cmnd"}).json()[0]["ended_on"] == "2026-03-15"


def test_detail_withholds_what_nobody_confirmed(base) -> None:
    answer = Client().get(base + "dang-ky-thuong-tru/").json()
    assert (answer["mode"], answer["procedure"]["content"]["times"]) == ("official", [])
    assert answer["procedure"]["content"]["unsure"] == ["times"]
    assert Client().get(base + "khong-co/").status_code == 404


def test_checklist_and_its_refusals_have_the_codes_of_the_page(base, ward) -> None:
    whole = {"nationality": "vietnamese", "stay": "long", "home": "rent", "age": "adult", "exempt": "yes"}
    found = Client().get(base + "dang-ky-tam-tru/checklist/", whole).json()
    assert found["is_needed"] and [fee["amount"] for fee in found["fees"]] == [0]
    wrong = {"nationality": "vietnamese", "stay": "never"}
    refused = Client().get(base + "dang-ky-tam-tru/checklist/", wrong)
    assert refused.status_code == 400
    codes = [(error["field"], error["code"]) for error in refused.json()["errors"]]
    assert codes == [("stay", "choice_unknown")]
    form = CaseForm(version_by_slug("dang-ky-tam-tru", ward).content, wrong)
    assert form.answers() is None
    by_page = [(name, error.code) for name, found in form.errors.as_data().items() for error in found]
    assert by_page == codes
