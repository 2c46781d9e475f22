"""Whatever the portal may say has words, all its parameters, and a length that people and budgets bear."""

import pytest
from django.apps import apps

from portal.citizens.enums import NoticePurpose
from portal.notifications.channels.sms.text import count_parts, is_gsm, strip_accents
from portal.notifications.notices import all_notices, file_text, template_folder
from portal.notifications.rendering import LONGEST
from portal.notifications.validators import REVEALING, SAFETY, clean_template_body, fill, parameters_of

SAMPLES = LONGEST  # a parameter nobody thought of there fails the test
MOST_PARTS = 3  # a citizen reads three; the budget of a campaign is counted with them
ROOMS = {config.label for config in apps.get_app_configs()}  # other tests register notices of their own
SMS = [one for one in all_notices() if "sms" in one.plan and one.key.split(".")[0] in ROOMS]


def test_there_are_notices():
    assert len(SMS) >= 3


@pytest.mark.parametrize("notice", SMS, ids=lambda notice: notice.key)
def test_notice_has_a_text_with_its_own_parameters(notice):
    body = file_text("sms", notice.key)
    assert body is not None, f"templates/messages/sms/{notice.key.replace('.', '/')}.txt is missing"
    assert clean_template_body(body) == body
    assert set(parameters_of(body)) <= set(notice.parameters)


@pytest.mark.parametrize("notice", SMS, ids=lambda notice: notice.key)
def test_notice_fits_into_three_parts(notice):
    sent = strip_accents(fill(file_text("sms", notice.key), SAMPLES))
    assert is_gsm(sent)
    assert "?" not in sent
    assert count_parts(sent) <= MOST_PARTS


HOUSE = [one for one in all_notices() if one.key.split(".")[0] in ROOMS]


@pytest.mark.parametrize("notice", HOUSE, ids=lambda notice: notice.key)
def test_notice_has_a_title_for_people(notice):
    assert notice.title != notice.key, (
        f"templates/messages/title/{notice.key.replace('.', '/')}.txt is missing"
    )


@pytest.mark.parametrize("notice", SMS, ids=lambda notice: notice.key)
def test_notice_says_what_police_never_ask_for(notice):
    assert SAFETY.search(file_text("sms", notice.key))


CALLS = [one for one in HOUSE if "call" in one.hops]


def test_there_are_notices_told_by_a_call():
    assert CALLS != []


@pytest.mark.parametrize("notice", CALLS, ids=lambda notice: notice.key)
def test_call_says_who_speaks_proves_it_and_warns(notice):
    """Who we are; then the end of the code, which an impostor lacks; what police never ask for is the end."""
    body = file_text("call", notice.key)
    assert body is not None, f"templates/messages/call/{notice.key.replace('.', '/')}.txt is missing"
    assert clean_template_body(body) == body
    assert set(parameters_of(body)) <= set(notice.parameters)
    sections = fill(body, SAMPLES).split("\n\n")
    assert SAMPLES["unit"] in sections[0]
    assert ("4 ký tự cuối" in sections[1]) == ("code_tail" in notice.parameters)
    assert sections[-1].startswith(
        "Công an không bao giờ đòi tiền, hỏi mã xác nhận hay bảo cài ứng dụng qua điện thoại."
    )


def test_every_text_belongs_to_a_notice():
    texts = {".".join([path.parent.name, path.stem]) for path in template_folder().glob("*/*/*.txt")}
    assert texts - {notice.key for notice in all_notices()} == set()


@pytest.mark.parametrize(
    "path",
    sorted(one for one in template_folder().glob("*/*/*.txt") if one.parts[-3] != "call"),
    ids=lambda path: "/".join(path.parts[-3:]),
)
def test_text_on_a_locked_screen_names_no_kind_of_report(path):
    assert REVEALING.search(path.read_text(encoding="utf-8")) is None


def test_revealing_words_are_seen():
    assert REVEALING.search("Tin tố giác của Ông/Bà đã được tiếp nhận")


def test_every_purpose_can_be_chosen_on_the_citizens_page():
    asked = {one.purpose for one in HOUSE if one.audience == "citizen" and one.message_class != "code"}
    assert asked - set(NoticePurpose.values) == set()
