"""How often a password may be guessed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.client_address import address_prefix
from portal.requests.throttle import count_hit, hits

LOGIN_WINDOW_SECONDS = 15 * 60
# From one line a name is guessed ten times; from everywhere a hundred times, so that strangers who know
# a name cannot easily shut its owner out.
TRIES_FROM_ONE_LINE = 10
TRIES_FROM_EVERYWHERE = 100


def refuse_guessing(*, username: str, address: str) -> None:
    """ValidationError `too_many` when this name was guessed too often from this line or from everywhere."""
    if any(hits(**counter) >= limit for counter, limit in _counters(username, address)):
        text = _("Nhập sai quá nhiều lần. Xin thử lại sau 15 phút hoặc nhờ chỉ huy đơn vị cấp lại mật khẩu.")
        raise ValidationError(text, code="too_many")


def note_wrong_try(*, username: str, address: str) -> None:
    """Count one wrong password."""
    for counter, _limit in _counters(username, address):
        count_hit(**counter)


def _counters(username: str, address: str) -> list[tuple[dict[str, Any], int]]:
    name = username.strip().lower()
    window = {"seconds": LOGIN_WINDOW_SECONDS}
    line = {"scope": "officer_login_line", "key": f"{name} {address_prefix(address)}", **window}
    return [
        (line, TRIES_FROM_ONE_LINE),
        ({"scope": "officer_login", "key": name, **window}, TRIES_FROM_EVERYWHERE),
    ]
