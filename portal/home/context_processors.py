"""What the frame of every citizen page shows: the menu of the unit, the other language."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def frame(request: HttpRequest) -> dict[str, Any]:
    """`nav_links`, `home_url` and `other_language` for templates/base.html; {} for officers' pages."""
    match = request.resolver_match
    if match is None or request.path.startswith(settings.SESSION_COOKIE_PATH):
        return {}
    slug = match.kwargs.get("unit_slug")
    links = [("home:lookup", [], _("Tra cứu"))]
    if slug:
        links = [
            ("home:unit", [slug], _("Trang đơn vị")),
            ("procedures:list", [slug], _("Thủ tục")),
            ("appointments:campaigns", [slug], _("Đặt lịch")),
            *links,
            ("reports:how_to_report", [slug], _("Báo tin")),
        ]
    return {
        "home_url": reverse("home:unit", args=[slug]) if slug else reverse("home:start"),
        "nav_links": [
            {"url": reverse(name, args=args), "label": label, "current": match.view_name == name}
            for name, args, label in links
        ],
        "other_language": _other_language(request),
    }


def _other_language(request: HttpRequest) -> dict[str, str]:
    code, label = ("en", "English") if get_language() == "vi" else ("vi", "Tiếng Việt")
    return {"code": code, "label": label, "url": translate_url(request.path, code)}
