"""Whom to call at once. Numbers of the national lines, valid in the whole country."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Line:
    number: str
    what: Any


EMERGENCY_LINES = (
    Line("113", _("Công an: cướp, đánh nhau, đe dọa, gây rối")),
    Line("114", _("Cháy, nổ, cứu nạn, cứu hộ")),
    Line("115", _("Cấp cứu y tế")),
    Line("111", _("Bảo vệ trẻ em, nạn nhân mua bán người")),
    Line("112", _("Tìm kiếm cứu nạn trên biển, thiên tai")),
)
