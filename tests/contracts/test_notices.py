"""Whatever the portal may say has words, all its parameters, and a length that people and budgets bear."""

import pytest
from django.apps import apps

from portal.notifications.actions.templates import file_text, template_folder
from portal.notifications.channels.sms.text import count_parts, is_gsm, strip_accents
from portal.notifications.notices import all_notices
from portal.notifications.validators import clean_template_body, fill, parameters_of

# About the longest each can be; a parameter nobody thought of here fails the test.
SAMPLES = {
    "unit": "Công an phường Hoàng Hoa Thám Nam, thành phố Hải Vân Đông",
    "code": "ABCD-EFGH-JKMN",
    "number": "1250",
    "time": "08:30",
    "date": "05/09/2026",
    "place": "Nhà văn hóa tổ dân phố số 14, số 125 đường Nguyễn Thị Minh Khai, phường Hải Vân Đông",
}
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


def test_every_text_belongs_to_a_notice():
    folder = template_folder() / "sms"
    texts = {
        str(path.relative_to(folder).with_suffix("")).replace("/", ".") for path in folder.rglob("*.txt")
    }
    assert texts - {notice.key for notice in all_notices()} == set()
