"""Every URL has an audience, and the audience is what the URL does for a stranger."""

import uuid

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from appointments.actions.book_visit import book_visit
from appointments.models import Booking
from portal.access import (
    AUDIENCES,
    CITIZEN,
    CODE,
    DEVELOPMENT,
    MACHINE,
    OFFICER,
    OFFICERS_NAMESPACE,
    OFFICERS_OPEN,
    PUBLIC,
)
from portal.officers.rules import place_of
from tests.contracts.urls import named, path_of, unnamed_outside, walk
from tests.people import BY, visit_data

SHUT = {403, 404, 405}
# POST is for anybody (it asks for a code); GET lists the tokens of the caller and wants one.
# Public as well, but not for an empty question: a token is a citizen's, a list for a case needs the case.
ASKS_FOR_MORE = {"citizens_api:tokens": 401, "procedures_api:checklist": 400}
NOBODYS_CODE = "ABCDEFGHJKMN"
OFFICERS_START = "/quan-tri/"


@pytest.fixture
def booking(slot) -> Booking:
    """A visit of the ward: with it come a declaration, a message and journal entries."""
    return book_visit(unit=slot.session.unit, slot=str(slot.uid), data=visit_data(), by=BY)


@pytest.fixture
def right_values(booking) -> dict[str, object]:
    """Arguments under which something is found."""
    return {
        "unit_slug": booking.unit.slug,
        "procedure_slug": "can-cuoc",
        "campaign_slug": booking.session.campaign.slug,
        "campaign_uid": booking.session.campaign.uid,
        "slot_uid": booking.slot.uid,
        "booking_uid": booking.uid,
        "code": booking.declaration.code,
        "session_uid": booking.session.uid,
        "challenge_uid": uuid.uuid4(),
        "uid": booking.uid,
        "owner_key": "tests.nothing",
        "owner_uid": booking.uid,
        "token": "x",
        "seal": "0" * 32,
    }


@pytest.fixture
def guessed_values(right_values) -> dict[str, object]:
    """The same with every secret part invented."""
    guessed = ("booking_uid", "uid", "entry_uid", "interest_uid", "invitation_uid")
    return right_values | {name: uuid.uuid4() for name in guessed} | {"code": NOBODYS_CODE}


# ---- the table and the URLconf say the same


def test_every_url_has_an_audience():
    named_ones = {address.name for address in walk() if address.name and not address.is_officers}
    assert named_ones - set(AUDIENCES) == set()


def test_every_audience_has_a_url():
    assert set(AUDIENCES) - {address.name for address in walk()} == set()


def test_every_url_has_a_name():
    """A URL without a name could stand in no table."""
    assert unnamed_outside(OFFICERS_NAMESPACE) == 0


def test_audiences_are_known_words():
    assert set(AUDIENCES.values()) <= {PUBLIC, CODE, CITIZEN, OFFICER, MACHINE, DEVELOPMENT}


# ---- each audience behaves like one


def answers(client, audience, values, methods=("get", "post")) -> dict[tuple[str, str], HttpResponse]:
    """{(method, URL name): answer} for every URL of an audience, as a stranger gets it."""
    found = {}
    for name in named(audience):
        for method in methods:
            kind = {"content_type": "application/json"} if "_api:" in name and method != "get" else {}
            found[method, name] = getattr(client, method)(path_of(name, values), data={}, **kind)
    return found


def leads_to_officers(answer) -> bool:
    return answer.headers.get("Location", "").startswith(OFFICERS_START)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_public_pages_answer_without_cookies(language, right_values, client):
    with translation.override(language):
        found = answers(client, PUBLIC, right_values, methods=["get"])
    wrong = {
        name: answer.status_code
        for (_method, name), answer in found.items()
        if answer.status_code not in {200, 302, 405, ASKS_FOR_MORE.get(name)} or leads_to_officers(answer)
    }
    assert wrong == {}


def test_public_pages_survive_an_empty_post(right_values, client):
    found = answers(client, PUBLIC, right_values, methods=["post"])
    broken = {
        name: answer.status_code
        for name, answer in found.items()
        if answer.status_code >= 500 or leads_to_officers(answer)
    }
    assert broken == {}


def test_a_guessed_code_opens_nothing(guessed_values, client):
    found = answers(client, CODE, guessed_values)
    opened = {
        name: answer.status_code
        for name, answer in found.items()
        if answer.status_code not in SHUT | {400, 409, 410} or "Nguyễn" in answer.content.decode()
    }
    assert opened == {}


@pytest.mark.parametrize("audience", [CITIZEN, MACHINE])
def test_citizens_and_machines_urls_want_their_token(audience, right_values, client):
    found = answers(client, audience, right_values, methods=["get", "post", "delete"])
    opened = {
        name: answer.status_code for name, answer in found.items() if answer.status_code not in SHUT | {401}
    }
    assert found != {}
    assert opened == {}


def test_officers_urls_outside_their_site_want_the_log_in_too(right_values, client):
    found = answers(client, OFFICER, right_values)
    opened = {
        name: answer.status_code
        for name, answer in found.items()
        if answer.status_code != 405 and not leads_to_officers(answer)
    }
    assert found != {}
    assert opened == {}


@pytest.mark.parametrize("name", named(DEVELOPMENT))
def test_development_urls_are_not_in_production(name, right_values, client, settings):
    settings.PORTAL_MODE = "production"
    assert client.get(path_of(name, right_values)).status_code == 404


# ---- the officers' site


def officers_paths() -> list[str]:
    """One path of every page of the officers' site; rows that do not exist must not show it either."""
    values = {
        "object_id": 1,
        "content_type_id": 1,
        "to": "open",
        "slug": "step",
        "uid": uuid.UUID(int=1),
        "session_uid": uuid.UUID(int=1),
        "year": 2026,
        "month": 11,
        "kind": "csv",
        "app_label": "units",
        "url": "khong-co",
    }
    names = {address.name for address in walk() if address.is_officers} - OFFICERS_OPEN
    return sorted(path_of(name, values) for name in names)


@pytest.mark.django_db
def test_officers_pages_send_the_anonymous_to_the_log_in():
    client = Client()
    open_ones = {}
    for path in [*officers_paths(), f"{OFFICERS_START}khong-co/"]:
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            to_login = answer.status_code == 302 and "/login/" in answer.headers["Location"]
            logged_out = path.endswith("/logout/") and answer.status_code == 302
            if not (to_login or logged_out or answer.status_code in SHUT):
                open_ones[f"{method} {path}"] = answer.status_code
    assert open_ones == {}


def rows_of(unit, model_admin) -> list:
    """Rows of a model that belong to one unit, read past every filter."""
    return [
        row for row in model_admin.model._base_manager.all() if place_of(model_admin.scope_of(row)) == unit.pk
    ]


def scoped_admins() -> list:
    return [one for one in admin.site._registry.values() if hasattr(one, "scope_of")]


def test_lists_show_no_row_of_another_unit(booking, ward, owner, stranger, client):
    client.force_login(stranger)
    seen, compared = {}, set()
    for model_admin in scoped_admins():
        label = model_admin.opts.label_lower
        answer = client.get(path_of(f"admin:{label.replace('.', '_')}_changelist", {}))
        foreign = {row.pk for row in rows_of(ward, model_admin)}
        if answer.status_code == 200 and foreign:
            compared.add(label)
            shown = {row.pk for row in answer.context["cl"].queryset}
            seen |= {label: shown & foreign} if shown & foreign else {}
    assert seen == {}
    assert {
        "appointments.campaign",
        "appointments.session",
        "appointments.booking",
        "officers.officer",
    } <= compared


def test_rows_of_another_unit_do_not_open(booking, ward, owner, stranger, client):
    client.force_login(stranger)
    opened = []
    for model_admin in scoped_admins():
        name = f"admin:{model_admin.opts.label_lower.replace('.', '_')}"
        for row in rows_of(ward, model_admin)[:2]:
            for page in ("change", "history", "delete"):
                answer = client.get(path_of(f"{name}_{page}", {"object_id": row.pk}))
                opened += [f"{name}_{page}"] if answer.status_code == 200 else []
    assert opened == []


def test_the_owner_sees_what_the_stranger_must_not(booking, ward, owner, client):
    """Without this the two tests above could pass on empty pages."""
    client.force_login(owner)
    answer = client.get(path_of("admin:appointments_booking_changelist", {}))
    assert [row.pk for row in answer.context["cl"].queryset] == [booking.pk]
