"""Mass messages before they go: the words, the dry run, who may let them go; the text for groups."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.notifications.actions.check_mass import forward_text
from portal.notifications.actions.contact_points import set_opt_out
from portal.notifications.actions.move_mass import move_mass
from portal.notifications.actions.set_budget import set_budget
from portal.notifications.actions.templates import create_template, sync_default
from portal.notifications.actions.write_mass import write_mass
from portal.notifications.enums import MassState
from portal.notifications.models import MassMessage, OutboxMessage, ShortLinkDay
from portal.notifications.tests.mass import TESTER, draft, phones, written
from tests.people import make_officer

SAFETY = "Cong an KHONG goi doi tien, hoi ma, bao cai ung dung."


def codes_of(refusal: pytest.ExceptionInfo) -> dict[str, list[str]]:
    return {name: [one.code for one in errors] for name, errors in refusal.value.error_dict.items()}


# ---- words


def test_every_fault_of_a_draft_is_named_at_once(open_unit):
    bad = draft(
        open_unit, title=" ", text="Xem http://la.example ngay", link="https://la.example/", per_minute=-1
    )
    with pytest.raises(ValidationError) as refusal:
        write_mass(draft=bad, by=TESTER)
    assert codes_of(refusal) == {
        "title": ["title_required"],
        "text": ["text_link"],
        "link": ["link_foreign"],
        "per_minute": ["pace_invalid"],
    }
    assert MassMessage.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_required"),
        ("Kính gửi {ten}", "text_braces"),
        ("Xem tai bit.ly/abc", "text_link"),
        ("Người có số 079 203 000 123 đến nhận thẻ", "text_personal"),
    ],
)
def test_lint_of_the_text(open_unit, text, code):
    with pytest.raises(ValidationError) as refusal:
        write_mass(draft=draft(open_unit, text=text), by=TESTER)
    assert codes_of(refusal) == {"text": [code]}


def test_a_warning_of_swindlers_may_name_them(open_unit):
    """The same text for everybody tells nothing about who holds the phone."""
    assert write_mass(draft=draft(open_unit, text="Cảnh báo lừa đảo qua mạng"), by=TESTER).text


@pytest.mark.parametrize("link", ["/quan-tri/", "//la.example/", "/z/ABC", "khong-co"])
def test_a_page_that_is_not_for_citizens_is_refused(open_unit, link):
    with pytest.raises(ValidationError) as refusal:
        write_mass(draft=draft(open_unit, link=link), by=TESTER)
    assert codes_of(refusal) == {"link": ["link_foreign"]}


def test_four_parts_are_refused_by_the_dry_run(open_unit):
    phones(1)
    mass = written(open_unit, text="Lịch làm việc " * 30)
    with pytest.raises(ValidationError) as refusal:
        move_mass(obj=mass, to=MassState.CHECKED, by=TESTER)
    assert codes_of(refusal) == {"text": ["text_too_long"]}


def test_a_template_without_the_safety_sentence_sends_nothing(open_unit):
    key = "notifications.unit_news"
    create_template(channel="sms", notice=key, body="{text}", provider_id="", unit=open_unit, by=TESTER)
    phones(1)
    with pytest.raises(ValidationError) as refusal:
        move_mass(obj=written(open_unit), to=MassState.CHECKED, by=TESTER)
    assert codes_of(refusal) == {"text": ["template_unsafe"]}


# ---- the dry run


def test_dry_run_counts_people_cost_refusals_and_says_what_is_left(open_unit):
    points = phones(5)
    set_opt_out(contact_point=points[0], purpose="news", refused=True, by=TESTER)
    points[1].refused_channels = ["sms"]
    points[1].save()
    set_budget(unit=open_unit, monthly_limit=100_000, by=make_officer("chi.huy", open_unit, "unit_chief"))
    mass = written(open_unit)
    move_mass(obj=mass, to=MassState.CHECKED, by=TESTER)
    found = mass.estimate
    assert found.pop("sample").endswith(SAFETY)
    assert found == {
        "people": 3,
        "channels": {"sms": 3},
        "parts": 2,
        "cost": 1500,
        "opted_out": 1,
        "unreachable": 1,
        "budget_left": 100_000,
    }
    assert OutboxMessage.objects.count() == 0


def test_dry_run_of_3_costs_the_statements_of_1(open_unit):
    counts = []
    sync_default(channel="sms", notice="notifications.unit_news", by=TESTER)
    for number, first in ((1, 0), (2, 100)):
        phones(number, first)
        mass = written(open_unit)
        with CaptureQueriesContext(connection) as seen:
            move_mass(obj=mass, to=MassState.CHECKED, by=TESTER)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_changed_word_needs_a_new_dry_run(open_unit):
    phones(1)
    mass = written(open_unit)
    move_mass(obj=mass, to=MassState.CHECKED, by=TESTER)
    again = write_mass(draft=draft(open_unit, text="Đổi sang chủ nhật."), mass=mass, by=TESTER)
    assert (again.state, again.estimate) == ("draft", {})
    with pytest.raises(Conflict) as refusal:
        move_mass(obj=again, to=MassState.QUEUED, by=TESTER)
    assert refusal.value.code == "move_not_allowed"
    assert list(again.history.values_list("frm", "to")) == [
        ("", "draft"),
        ("draft", "checked"),
        ("checked", "draft"),
    ]


# ---- who may


def test_the_writer_alone_does_not_reach_hundreds(open_unit, settings, published):
    settings.MASS_SECOND_PERSON_ABOVE = 2
    writer, chief = (
        make_officer("soan", open_unit, "unit_chief"),
        make_officer("duyet", open_unit, "reviewer"),
    )
    phones(3)
    mass = written(open_unit, by=writer)
    move_mass(obj=mass, to=MassState.CHECKED, by=writer)
    with pytest.raises(NotAllowed) as refusal:
        move_mass(obj=mass, to=MassState.QUEUED, by=writer)
    assert refusal.value.code == "second_person_needed"
    move_mass(obj=mass, to=MassState.QUEUED, by=chief)
    assert (mass.state, mass.approved_by) == ("queued", chief.actor_ref)


def test_few_people_need_one_officer_and_strangers_may_nothing(open_unit, stranger, published):
    editor, chief = (
        make_officer("soan", open_unit, "editor"),
        make_officer("chi.huy", open_unit, "unit_chief"),
    )
    phones(3)
    mass = written(open_unit, by=chief)
    for by, to in ((stranger, "checked"), (editor, "queued")):
        with pytest.raises((NotAllowed, Conflict)):
            move_mass(obj=mass, to=to, by=by)
    with pytest.raises(NotAllowed):
        write_mass(draft=draft(open_unit), by=stranger)
    move_mass(obj=mass, to="checked", by=editor)
    move_mass(obj=mass, to="queued", by=chief)
    with pytest.raises(NotAllowed):
        move_mass(obj=mass, to="stopped", by=stranger, reason="x")
    move_mass(obj=mass, to="stopped", by=editor, reason="Nhầm ngày")
    assert mass.state == "stopped"


# ---- the text for groups


def test_the_text_for_groups_has_a_code_of_its_own_and_openings_are_counted(open_unit, client, settings):
    settings.PUBLIC_URL = "http://portal.test"
    mass = written(open_unit)
    text, links = forward_text(mass), {one.use: one.code for one in mass.links.all()}
    assert links["forward"] in text
    assert links["message"] not in text
    assert text.splitlines()[-1] == "Công an KHÔNG gọi đòi tiền, hỏi mã, bảo cài ứng dụng."
    for _opening in range(2):
        answer = client.get(f"/z/{links['forward']}")
        assert (answer.status_code, answer["Location"], answer.cookies) == (302, "/song-moi/", {})
    found = ShortLinkDay.objects.values_list("link__use", "date", "opened")
    assert list(found) == [("forward", local_today(), 2)]
    assert client.get("/z/ABCDEFGHJKMN").status_code == 404
