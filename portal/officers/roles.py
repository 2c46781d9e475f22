"""The one table of roles. A permission nobody holds here does not exist for anybody.

Permissions read `<app label>.<verb>_<model>`; the admin asks for view, add, change and delete, the rooms
for verbs of their own. `has_perm` never looks anywhere else: no groups, no superusers.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """`needs_hamlets`: an assignment without hamlets would be an officer without an area."""

    key: str
    name_vi: Any
    description_vi: Any
    permissions: frozenset[str]
    needs_hamlets: bool = False


def _all(app_label: str, verbs: str, models: str) -> frozenset[str]:
    """Every verb with every model: _all("units", "view change", "unit hamlet")."""
    return frozenset(f"{app_label}.{verb}_{model}" for verb, model in product(verbs.split(), models.split()))


# What every officer may look up to answer a citizen at the counter: nothing of it is personal.
_DIRECTORY = _all("units", "view", "unit hamlet openinghours unitcontact calendarday") | _all(
    "procedures", "view", "procedure procedureversion procedurenote filingrule authorisation"
)
_PLANS = _all("appointments", "view", "campaign session")
_RECEPTION = (
    _PLANS
    | _all("appointments", "view check_in", "booking")
    | _all("appointments", "view", "card counter deskrules")
)
_BOOKINGS = (
    _RECEPTION
    | _all("appointments", "book cancel move", "booking")
    | _all("appointments", "view", "waitingentry")
)
_CALLS = _all("notifications", "view call", "calltask")
# Citizens who write over Zalo: read and answered by whoever sits at a desk or on duty.
_TALKS = _all("conversations", "view answer", "conversation") | _all(
    "conversations", "view", "quickreply shift"
)
_LINKS = _all("notifications", "view end", "zalolink")
_DESK = (
    _DIRECTORY
    | _BOOKINGS
    | _all("procedures", "view", "declaration")
    | _all("citizens", "view", "contact")
    | _all("citizens", "view add change", "organisation")
    | _all("notifications", "view change", "outboxmessage")
    | _CALLS
    | _TALKS
    | _LINKS
)
# What the law gives a person: to be told what is held on him, and to have it erased.
_PERSONAL_DATA = _all("citizens", "view export erase", "person")
_ZALO = (
    _all("zalo", "view add change connect", "officialaccount")
    | _all("zalo", "view", "tokenentry")
    | _all("zalo", "view", "zalotemplate")
    | _all("zalo", "view replay", "webhookevent")
    | _all("zalo", "view add change delete", "menuitem")
)
_CAMPAIGNS = _all("appointments", "add change open close", "campaign") | _all(
    "appointments", "change", "session"
)
_CARDS = _all("appointments", "view change", "card")
_HELPERS = _all("appointments", "view add change", "helper")
# Names and states of files; who opens one is asked of what it belongs to.
_FILES = _all("files", "view", "storedfile")
_FILES_JUDGED = _FILES | _all("files", "judge", "storedfile")
_FIGURES = (
    _all("appointments", "count", "booking")
    | _all("procedures", "count", "declaration")
    | _all("notifications", "count", "outboxmessage")
)
# A province's editors write versions; a commune's write notes beside what it inherits.
_EDITING = (
    _all("procedures", "change", "procedure")
    | _all("procedures", "add change", "procedurenote")
    | _all("notifications", "view", "messagetemplate")
)
_REVIEWING = _all("procedures", "review", "procedure") | _all(
    "notifications", "view change", "messagetemplate"
)
_MASS = _all("notifications", "view add change", "massmessage")
_SET_UP = (
    _all("units", "change", "unit")
    | _all("units", "add change", "hamlet")
    | _all("units", "add change delete", "openinghours unitcontact calendarday")
    | _all("notifications", "view change", "messagetemplate")
    | _all("notifications", "view add change", "messagebudget")
    | _all("notifications", "view", "providerstate")
    | _all("notifications", "count", "outboxmessage")
    | _all("procedures", "view add change", "declarationsettings")
    | _all("appointments", "view add change", "counter deskrules")
    | _all("conversations", "view add change delete", "quickreply shift")
    | _ZALO
)
_MASS_SENDING = _all("notifications", "view send", "massmessage")
# How dossiers may be filed has legal effect: the chief decides, not the technical role.
_FILING = _all("procedures", "add change", "filingrule authorisation")
_ACCOUNTS = _all("officers", "view add change", "officer roleassignment")

# Rows with citizens' names, phones or words. Whoever appoints by virtue of the technical role alone
# can hand out none of these (actions/grant_role.py).
CONTENT_PERMISSIONS = (
    _all("appointments", "view book check_in cancel move", "booking")
    | _all("appointments", "view", "waitingentry")
    | _all("appointments", "view change", "card")
    | _all("appointments", "view add change", "helper")
    | _all("procedures", "view", "declaration")
    | _all("notifications", "view change", "outboxmessage")
    | _all("citizens", "view", "contact")
    | _all("citizens", "view add change", "organisation")
    | _all("citizens", "view export erase", "person")
    | _all("files", "view judge", "storedfile")
    | _CALLS
    | _all("conversations", "view answer", "conversation")
    | _LINKS
)

_TABLE = (
    Role(
        "duty_officer",
        _("Trực ban"),
        _("Xem lịch hẹn trong ngày, đón công dân đến; gọi điện theo danh sách; trả lời công dân qua Zalo."),
        _DIRECTORY | _RECEPTION | _CALLS | _TALKS,
    ),
    Role(
        "id_desk",
        _("Tiếp nhận căn cước"),
        _(
            "Mở, đóng đợt tiếp nhận; đặt, đổi, hủy lịch hẹn; xem tờ khai, tin đã gửi; gửi lại tin bị lỗi; "
            "soạn tin gửi nhiều người."
        ),
        _DESK | _FILES | _CAMPAIGNS | _CARDS | _HELPERS | _MASS | _all("zalo", "view", "officialaccount"),
    ),
    Role(
        "residence_desk",
        _("Tiếp nhận cư trú"),
        _("Đặt, đổi, hủy lịch hẹn, xem tờ khai, tin nhắn đã gửi; gửi lại tin bị lỗi."),
        _DESK | _FILES,
    ),
    Role(
        "area_officer",
        _("Cảnh sát khu vực"),
        _("Phụ trách các thôn, tổ dân phố được giao; xem đợt tiếp nhận để hướng dẫn người dân."),
        _DIRECTORY | _PLANS,
        needs_hamlets=True,
    ),
    Role(
        "investigator",
        _("Điều tra"),
        _("Tra cứu đơn vị, địa bàn, thủ tục."),
        _DIRECTORY,
    ),
    Role(
        "editor",
        _("Biên tập"),
        _("Soạn và sửa nội dung thủ tục; soạn tin gửi nhiều người."),
        _DIRECTORY | _EDITING | _MASS,
    ),
    Role(
        "reviewer",
        _("Duyệt nội dung"),
        _("Duyệt nội dung thủ tục, mẫu tin nhắn và tin gửi nhiều người trước khi công bố."),
        _DIRECTORY | _REVIEWING | _MASS_SENDING,
    ),
    Role(
        "unit_chief",
        _("Chỉ huy đơn vị"),
        _("Mọi việc tiếp dân của đơn vị, cấu hình đơn vị, tài khoản và phân công cán bộ."),
        _DESK
        | _FILES_JUDGED
        | _PERSONAL_DATA
        | _CAMPAIGNS
        | _CARDS
        | _HELPERS
        | _FIGURES
        | _EDITING
        | _REVIEWING
        | _FILING
        | _SET_UP
        | _MASS
        | _MASS_SENDING
        | _ACCOUNTS,
    ),
    Role(
        "province_viewer",
        _("Theo dõi cấp tỉnh"),
        _("Chỉ xem đợt tiếp nhận và số liệu tổng hợp; không xem thông tin cá nhân."),
        _DIRECTORY | _PLANS | _FIGURES,
    ),
    Role(
        "inspectorate",
        _("Thanh tra"),
        _("Xem nhật ký: ai đã làm gì, đã xem gì, lúc nào."),
        _DIRECTORY | _all("audit", "view", "auditentry") | _all("officers", "view", "officer roleassignment"),
    ),
    Role(
        "it_admin",
        _("Quản trị kỹ thuật"),
        _("Cấu hình đơn vị, mẫu tin, tài khoản; không xem lịch hẹn, tờ khai và nội dung tin nhắn."),
        _DIRECTORY | _SET_UP | _ACCOUNTS,
    ),
)
ROLES: dict[str, Role] = {role.key: role for role in _TABLE}
ROLE_CHOICES = [(role.key, role.name_vi) for role in _TABLE]
