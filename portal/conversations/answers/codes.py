"""The status of a tracking code that somebody wrote. The code alone shows status and nothing of a person."""

import re

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from portal.common.codes import clean_code, find_code, show_code
from portal.conversations.answers.registry import Answer, Question
from portal.conversations.answers.texts import chat_answer, page_button
from portal.conversations.limits import CODES_AN_HOUR
from portal.requests.throttle import count_hit

# Three groups of four, together or apart; whether it is a code tells its check symbol.
_LIKE_A_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{4}(?:[ -]?[0-9A-Za-z]{4}){2}(?![0-9A-Za-z])")
HOUR = 3600


def answer_code(question: Question) -> Answer | None:
    """What the room that handed the code out says of it; the same words for an unknown and a wrong one.

    None without anything like a code, or when this conversation asked too often this hour.
    """
    code = code_in(question.text)
    if code is None:
        return None
    if count_hit(scope="conversations.code", key=str(question.conversation), seconds=HOUR) > CODES_AN_HOUR:
        return chat_answer("code_often", complete=False)
    with translation.override("vi"):
        found = find_code(code)
        if found is None:
            return chat_answer("code_unknown", code=show_code(code))
        button = page_button(_("Xem chi tiết"), found.status_url)
        text = str(getattr(found, "status_text", ""))
        return chat_answer("code", buttons=(button,), code=show_code(code), status=text)


def code_in(text: str) -> str | None:
    """The first tracking code written in `text`, cleaned."""
    for found in _LIKE_A_CODE.finditer(text):
        try:
            return clean_code(found.group())
        except ValidationError:
            continue
    return None
