"""The words of automatic answers, from templates/messages/chat/, and the buttons below them."""

import functools
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.common.phones import show_phone
from portal.conversations.answers.registry import Answer
from portal.notifications.notices import template_folder
from portal.notifications.validators import fill, parameters_of
from portal.units.models import Unit
from portal.zalo.client.messages import phone_button, query_button, url_button

# What the menu's buttons send; the menu plan of an account may use the same words.
LOOKUP, BOOKING, PROCEDURES, CONTACT, HOURS = "#tracuu", "#datlich", "#thutuc", "#lienhe", "#gio"


@functools.cache
def _read(key: str) -> str:
    return template_folder().joinpath("chat", f"{key}.txt").read_text(encoding="utf-8").strip()


def chat_text(key: str, **values: Any) -> str:
    """The text of `key`; a line whose value is empty is left out, as a unit without a duty phone has none."""
    lines = _read(key).splitlines()
    kept = [line for line in lines if all(str(values[name]) for name in parameters_of(line))]
    return fill("\n".join(kept), values)


def chat_answer(
    key: str, *, buttons: tuple[dict[str, Any], ...] = (), complete: bool = True, **values: Any
) -> Answer:
    return Answer(key, chat_text(key, **values), buttons, complete)


def menu() -> tuple[dict[str, Any], ...]:
    """Zalo's five: what most people come for."""
    with translation.override("vi"):
        return (
            query_button(_("Đặt lịch hẹn"), BOOKING, shown=True),
            query_button(_("Tra cứu lịch hẹn, hồ sơ"), LOOKUP, shown=True),
            query_button(_("Thủ tục, giấy tờ cần mang"), PROCEDURES, shown=True),
            query_button(_("Giờ làm việc"), HOURS, shown=True),
            query_button(_("Địa chỉ, điện thoại"), CONTACT, shown=True),
        )


def page_button(title: str, path: str) -> dict[str, Any]:
    """A button to a page of the portal."""
    return url_button(title, absolute(path))


def call_button(title: str, phone: str) -> tuple[dict[str, Any], ...]:
    """() for a unit that has no such phone. People dial 0…, so that is what the button holds."""
    digits = "".join(sign for sign in spoken(phone) if sign.isdigit())
    return (phone_button(title, digits),) if digits else ()


def spoken(phone: str) -> str:
    """A telephone as people write it: `0750 110 001`, `02363831234` for a landline; "" for none."""
    shown = show_phone(phone) if phone else ""
    return "0" + shown[3:] if shown.startswith("+84") else shown


def absolute(path: str) -> str:
    return settings.PUBLIC_URL.rstrip("/") + path


def unit_path(unit: Unit) -> str:
    """The unit's page, or the page where one chooses a unit."""
    with translation.override("vi"):
        return reverse("home:unit", args=[unit.slug]) if unit.slug and unit.is_open else reverse("home:start")
