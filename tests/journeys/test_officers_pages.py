"""Every page of the officers' desk, found by walking its own list of models: a new one cannot be forgotten.

Each must be free of what axe-core finds, fit a narrow phone and a page at twice its size, and be easy to hit.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from appointments.actions.enrol_helper import enrol_helper
from appointments.actions.note_slips import note_slips
from appointments.enums import BookingStatus
from appointments.models import Booking, Campaign, Counter, DeskRules, Slot, WaitingEntry
from appointments.tests.visits import book
from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.actions.organisations import enrol_organisation
from portal.files.models import StoredFile
from portal.notifications.actions.link_zalo_user import link_zalo_user
from portal.notifications.actions.move_mass import move_mass
from portal.notifications.actions.request_call import request_call
from portal.notifications.actions.set_budget import set_budget
from portal.notifications.actions.write_mass import Draft, write_mass
from portal.notifications.models import ProviderState
from portal.officers.models import Officer
from portal.officers.roles import ROLES
from portal.zalo.actions.tokens import note_token
from portal.zalo.enums import TokenEvent
from portal.zalo.models import MenuItem, OfficialAccount, WebhookEvent, ZaloUser
from portal.zalo.models.events import user_id_hash
from procedures.actions.authorise import record_authorisation
from procedures.actions.set_filing_mode import set_filing_mode
from procedures.actions.set_questions import set_questions
from procedures.actions.write_note import write_note
from procedures.models import Procedure
from tests.journeys.checks import NARROWEST, barriers, sideways, small_targets
from tests.journeys.steps import log_in
from tests.people import make_officer

pytestmark = [pytest.mark.browser]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
ADDRESS = "/quan-tri/"
TAX_CODE = "0100000010"
EMPTY_LISTS = [f"{ADDRESS}appointments/booking/?ngay=hom-nay", f"{ADDRESS}units/unit/?q=khongco"]
# Labels that stand alone on a phone's cards begin like sentences.
LOWER_CASE = """[...document.querySelectorAll("[data-label]")].map(cell => cell.dataset.label)
  .filter(label => label[0] !== label[0].toUpperCase())"""


@pytest.fixture
def everything(transactional_db) -> Officer:
    """A row for every list: the demo data, what citizens add to it, and an officer of the province who holds
    every role that needs no hamlet."""
    call_command("seed_demo", verbosity=0)
    call_command("seed_conversations", verbosity=0)
    province = Officer.objects.get(username="tinh").unit
    roles = [key for key, role in ROLES.items() if not role.needs_hamlets]
    officer = make_officer("moiviec", province, *roles)
    slots = list(Slot.objects.select_related("session__unit").order_by("pk")[:3])
    done = [book(slot, number) for number, slot in enumerate(slots)][-1]
    Booking.objects.filter(pk=done.pk).update(status=BookingStatus.FINISHED)
    done.refresh_from_db()
    note_slips(dates={done: done.session.date}, by=officer)
    set_questions(unit=province, ask_ethnicity=True, ask_religion=False, by=officer)
    facts = {
        "unit": province,
        "procedure": Procedure.objects.filter(ended_on=None).earliest("pk"),
        "by": officer,
    }
    write_note(**facts, text="Quầy số 3")
    set_filing_mode(**facts, mode="prepare")
    today = timezone.localdate()
    record_authorisation(
        **facts, number="01/QĐ", issued_on=today, issued_by=province.police_name, valid_from=today
    )
    enrol_organisation(
        name="Hợp tác xã Hoa Sữa",
        tax_code=TAX_CODE,
        unit=province,
        manager_phone="0750000009",
        by=officer,
    )
    meet_zalo(province, officer)
    hold_a_file(province, officer)
    stand_in_the_hall(province, officer)
    reach_people(province, officer, done)
    return officer


def stand_in_the_hall(unit: Any, officer: Officer) -> None:
    """A counter, its rules, somebody in line and somebody who registers others."""
    Counter.objects.create(unit=unit, number=1, name="Thu nhận vân tay")
    DeskRules.objects.create(unit=unit)
    enrol_helper(unit=unit, phone="0750000019", full_name="Lò Thị Mây", quota=20, by=officer)
    campaign = Campaign.objects.select_related("unit").order_by("pk")[0]
    facts = {"campaign": campaign, "unit": campaign.unit, "phone_hash": "0" * 64, "size": 2}
    WaitingEntry.objects.create(**facts, status="waiting", queued_at=timezone.now())


def hold_a_file(unit: Any, officer: Officer) -> None:
    """A photo in quarantine, to be released, refused or checked once more."""
    facts = {
        "owner_key": "tests.folder",
        "owner_uid": unit.uid,
        "put_by_kind": "officer",
        "name": "giay-to.jpg",
    }
    times = {"kept_until": timezone.now() + dt.timedelta(days=30)}
    held = {"state": "quarantined", "code": "malware", "finding": "Test.Virus", "kind": "jpeg"}
    StoredFile.objects.create(
        unit=unit, put_by=officer.actor_ref, size=2_000_000, received=2_000_000, **facts, **times, **held
    )


def reach_people(unit: Any, officer: Officer, visit: Booking) -> None:
    """A call to make, a budget and a provider that was judged."""
    now = timezone.now()
    request_call(
        notice="appointments.card_ready",
        to=visit.contact.contact_point,
        unit=visit.unit,
        about=visit.uid,
        context={"booking": str(visit.uid), "unit": visit.unit.police_name},
        valid_until=now + dt.timedelta(days=3),
        by=officer,
    )
    set_budget(unit=unit, monthly_limit=500_000, by=officer)
    campaign = str(visit.session.campaign.uid)
    words = {"title": "Nhắc giờ", "text": "Điểm làm căn cước mở cửa từ 7 giờ 30."}
    draft = Draft(unit=visit.unit, audience="appointments.campaign", target=campaign, **words)
    move_mass(obj=write_mass(draft=draft, by=officer), to="checked", by=officer)
    moments = {"since": now, "judged_at": now, "next_call_at": now}
    ProviderState.objects.get_or_create(provider="esms", defaults=moments)


def meet_zalo(unit: Any, officer: Officer) -> None:
    """An account that lost its consent, one event, somebody linked to it and one entry of its menu."""
    facts = {"unit": unit, "app_id": "1000000000000000001", "app_secret": "s", "webhook_key": "k"}
    account = OfficialAccount.objects.create(**facts, name="Công an tỉnh (mô phỏng)")
    note_token(account=account, event=TokenEvent.LOST, by=officer, error="oauth_-14014")
    now = timezone.now()
    moments = {"happened_at": now, "next_at": now, "finished_at": now}
    WebhookEvent.objects.create(
        account=account, name="user_send_text", body=b"{}", dedupe_hash="0" * 64, state="failed", **moments
    )
    user = ZaloUser.objects.create(account=account, user_id="3", user_id_hash=user_id_hash("3"))
    point = ensure_contact(phone="0750000029", by=officer).contact_point
    link_zalo_user(contact_point=point, zalo_user=user, how="code", by=officer)
    MenuItem.objects.create(unit=unit, position=1, title="Đặt lịch", value="https://congan.example.vn/")


def shown_models(officer: Officer) -> Iterator[Any]:
    """The desk's models; those that no role may look at have no page for anybody."""
    held = frozenset().union(*(role.permissions for role in ROLES.values()))
    for model, desk in admin.site._registry.items():
        if f"{model._meta.app_label}.view_{model._meta.model_name}" in held:
            yield desk


def pages_of(desk: Any, officer: Officer) -> list[str]:
    """List, one row, adding and deleting, as far as this officer may."""
    request = RequestFactory().get(ADDRESS)
    request.user = officer
    opts = desk.opts
    row = desk.get_queryset(request).first()
    assert row is not None, f"Nothing above makes a row of {opts.label}: its page would go unseen."
    pages = {"changelist": [], "change": [row.pk]}
    if desk.has_add_permission(request):
        pages["add"] = []
    if desk.has_delete_permission(request, row):
        pages["delete"] = [row.pk]
    return [
        reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args) for page, args in pages.items()
    ]


def faults_of(page: Any, *, wide: bool = True) -> dict[str, Any]:
    """Everything that is wrong with the open page on a phone, with its filter panel open, and at a desk."""
    found: dict[str, Any] = {}
    if wide:
        page.set_viewport_size(DESK)
        found["axe 1280"] = barriers(page)
    page.set_viewport_size(PHONE)
    found |= {
        "axe 360": barriers(page),
        "small": small_targets(page),
        "lower case": page.evaluate(LOWER_CASE),
    }
    found["sideways"] = sideways(page, NARROWEST, DESK["width"] // 2)
    if page.locator("#changelist-filter").count():
        page.get_by_role("button", name="Bộ lọc").click()
        found |= {"axe filter": barriers(page), "small in filter": small_targets(page, "#changelist-filter")}
        page.keyboard.press("Escape")
        page.locator("#changelist-filter").wait_for(state="hidden")
    return {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize("wide", [False, pytest.param(True, marks=pytest.mark.long)])
def test_every_page_of_the_desk_is_without_barriers(
    open_page, live_portal, everything, monkeypatch, wide: bool
) -> None:
    page = open_page(viewport=DESK)
    log_in(page, live_portal, everything)
    waiting = [ADDRESS, f"{ADDRESS}password_change/", *EMPTY_LISTS]
    for desk in shown_models(everything):
        monkeypatch.setattr(desk, "list_per_page", 5)  # so that the pager is seen as well
        waiting += pages_of(desk, everything)
    faults, seen = {}, set()
    while waiting:
        address = waiting.pop(0)
        seen.add(address)
        assert page.goto(live_portal + address).status == 200, address
        # Steps and moves lead to pages that ask once more, doors to pages beside a list.
        asking = page.locator(".desk-moves a, .desk-steps a, .desk-doors a").evaluate_all(
            "all => all.map(a => a.pathname)"
        )
        waiting += [path for path in asking if path not in seen]
        faults |= {address: found} if (found := faults_of(page, wide=wide)) else {}
    assert faults == {}


def test_refusals_menu_and_bulk_actions_are_without_barriers(open_page, live_portal, everything) -> None:
    page = open_page(viewport=PHONE)
    page.goto(f"{live_portal}{ADDRESS}login/")
    states = {"log-in": faults_of(page)}
    page.locator("#id_username").fill("moiviec")
    page.locator("#id_password").fill("khong dung")
    page.locator("#login-form button[type=submit]").click()
    page.locator("#id_password").wait_for()
    states["wrong password"] = faults_of(page)

    log_in(page, live_portal, everything)
    page.get_by_role("button", name="Danh mục công việc").press("Enter")
    page.get_by_role("link", name="Đợt tiếp nhận").first.wait_for()
    states["menu"] = faults_of(page)

    page.goto(f"{live_portal}{ADDRESS}units/unitcontact/add/")
    page.locator("button[name=_save]").click()
    page.locator(".errors, .errornote, [role=alert]").first.wait_for()
    states["refused form"] = faults_of(page)

    page.goto(f"{live_portal}{ADDRESS}units/unitcontact/")
    page.locator("td.action-checkbox").first.click(position={"x": 8, "y": 8})
    page.locator("select[name=action]").select_option("delete_selected")
    states["ticked rows"] = faults_of(page)
    page.locator("#changelist-actions button[type=submit]").click()
    page.wait_for_url(re.compile("unitcontact/$"))
    page.locator("input[name=post]").wait_for(state="attached")
    states["delete several"] = faults_of(page)
    assert {name: faults for name, faults in states.items() if faults} == {}
