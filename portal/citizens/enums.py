"""Closed lists of the room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Gender(models.TextChoices):
    """As printed on the identity card; never guessed from the number or the name."""

    MALE = "male", _("Nam")
    FEMALE = "female", _("Nữ")


class PersonRole(models.TextChoices):
    """What the person is to the contact who declared them; said by the contact, proven by nobody."""

    SELF = "self", _("Bản thân")
    CHILD = "child", _("Con")
    SPOUSE = "spouse", _("Vợ hoặc chồng")
    PARENT = "parent", _("Cha hoặc mẹ")
    WARD = "ward", _("Người được giám hộ")
    OTHER = "other", _("Người khác")


class Channel(models.TextChoices):
    """Where a consent was given."""

    WEB = "web", _("Trang web")
    API = "api", _("Ứng dụng di động")
    KIOSK = "kiosk", _("Máy tại trụ sở")
    COUNTER = "counter", _("Tại quầy")
    PHONE = "phone", _("Qua điện thoại")


class Lane(models.TextChoices):
    """How a code request got through the gate."""

    FREE = "free", _("Không cần bước phụ")
    PROOF = "proof", _("Bằng chứng tính toán")
    QUEUE = "queue", _("Hàng chờ")


class OrganisationStatus(models.TextChoices):
    """Ended organisations stay: what their members did in their name must be explained later."""

    ACTIVE = "active", _("Đang hoạt động")
    ENDED = "ended", _("Đã ngừng")


class MemberRole(models.TextChoices):
    """What a member may do for the organisation: both act for it, a manager also says who else may."""

    MANAGER = "manager", _("Người quản lý")
    STAFF = "staff", _("Nhân viên")


class ErasureReason(models.TextChoices):
    """Why a person's data went. A closed list: free text would bring back what was erased."""

    REQUEST = "request", _("Theo yêu cầu của người đó")
    WITHDRAWN = "withdrawn", _("Người đó rút lại sự đồng ý")
    MISTAKE = "mistake", _("Khai nhầm")
    RETENTION = "retention", _("Hết thời hạn lưu")


class NoticePurpose(models.TextChoices):
    """What notices are about, as the page calls it where one chooses; other purposes are not offered."""

    APPOINTMENTS = "appointments", _("Lịch hẹn và kết quả của tôi")
    INTAKE_NEWS = "intake_news", _("Khi đợt đăng ký mở lại")
    NEWS = "news", _("Thông báo chung của đơn vị")


class ZaloReply(models.TextChoices):
    """What the portal says to somebody on Zalo; its words: templates/messages/chat/zalo_<reply>.txt."""

    LINKED = "linked", _("Đã liên kết")
    WRONG_CODE = "wrong_code", _("Mã không đúng hoặc hết hạn")
    TOO_OFTEN = "too_often", _("Thử quá nhiều lần")
    STOPPED = "stopped", _("Đã ngừng")
    INVITED = "invited", _("Mời liên kết")
    CLAIMED = "claimed", _("Mời xác nhận số đã chia sẻ")


class UnlinkReason(models.TextChoices):
    """Why an officer ends a link. A closed list: free text names people."""

    ASKED = "asked", _("Người giữ số điện thoại yêu cầu")
    NEW_HOLDER = "new_holder", _("Số điện thoại đã đổi người dùng")
    MISTAKE = "mistake", _("Liên kết nhầm")
    MISUSE = "misuse", _("Nghi bị người khác lợi dụng")
