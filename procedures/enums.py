"""Choices of this room; identifiers in English, words in Vietnamese."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestKind(models.TextChoices):
    """What a person asks of the ID-card desk (Law 26/2023/QH15, articles 19, 21, 24; TT 73/2024/TT-BTC)."""

    FIRST_ISSUE = "first_issue", _("Cấp thẻ căn cước lần đầu")
    SWAP = "swap", _("Đổi từ thẻ CCCD sang thẻ căn cước")
    EXCHANGE = "exchange", _("Cấp đổi (đến tuổi đổi thẻ, sai hoặc thay đổi thông tin)")
    REISSUE = "reissue", _("Cấp lại (mất thẻ, hỏng không dùng được)")


class RequestReason(models.TextChoices):
    """Why, in the words of Law 26/2023/QH15, articles 23 and 24; each belongs to one kind (REASONS_OF)."""

    AGE = "age", _("Đến tuổi đổi thẻ (14, 25, 40, 60)")
    NAME_OR_BIRTH = "name_or_birth", _("Thay đổi họ tên, ngày sinh")
    GENDER = "gender", _("Xác định lại giới tính")
    APPEARANCE = "appearance", _("Thay đổi nhân dạng")
    WRONG_DATA = "wrong_data", _("Thẻ in sai thông tin")
    NEW_NUMBER = "new_number", _("Xác lập lại số định danh")
    REORGANISATION = "reorganisation", _("Địa giới, tên đơn vị hành chính thay đổi")
    WISH = "wish", _("Theo nguyện vọng")
    LOST = "lost", _("Mất thẻ")
    UNUSABLE = "unusable", _("Thẻ hỏng, không dùng được")
    NATIONALITY = "nationality", _("Được trở lại quốc tịch Việt Nam")


REASONS_OF: dict[str, tuple[RequestReason, ...]] = {
    RequestKind.FIRST_ISSUE: (),
    RequestKind.SWAP: (),
    RequestKind.EXCHANGE: (
        RequestReason.AGE,
        RequestReason.NAME_OR_BIRTH,
        RequestReason.GENDER,
        RequestReason.APPEARANCE,
        RequestReason.WRONG_DATA,
        RequestReason.NEW_NUMBER,
        RequestReason.REORGANISATION,
        RequestReason.WISH,
    ),
    RequestKind.REISSUE: (RequestReason.LOST, RequestReason.UNUSABLE, RequestReason.NATIONALITY),
}


class Delivery(models.TextChoices):
    """How the citizen would like to get the card; the postage is the citizen's."""

    COUNTER = "counter", _("Nhận tại trụ sở")
    POST = "post", _("Nhận qua bưu điện (người nhận trả cước)")


class Representative(models.TextChoices):
    """Who comes with a child, or files for one."""

    FATHER = "father", _("Cha")
    MOTHER = "mother", _("Mẹ")
    GUARDIAN = "guardian", _("Người giám hộ")
    OTHER = "other", _("Người đại diện khác")


class Gender(models.TextChoices):
    MALE = "male", _("Nam")
    FEMALE = "female", _("Nữ")


class AgeBand(models.TextChoices):
    """Law 26/2023/QH15, articles 19 and 23: who comes, and with whom."""

    UNDER_6 = "under_6", _("Dưới 6 tuổi")
    FROM_6_TO_13 = "from_6_to_13", _("Từ 6 đến dưới 14 tuổi")
    FROM_14 = "from_14", _("Từ 14 tuổi trở lên")


class Advice(models.TextChoices):
    """What a person should know before coming (Law 26/2023/QH15, articles 19, 21, 23 and 24)."""

    CHILD_NEED_NOT_COME = (
        "child_need_not_come",
        _(
            "Trẻ dưới 6 tuổi không phải đến: cha, mẹ hoặc người giám hộ làm trực tuyến trên "
            "Cổng Dịch vụ công quốc gia hoặc VNeID."
        ),
    )
    CHILD_WITH_REPRESENTATIVE = (
        "child_with_representative",
        _("Trẻ từ 6 đến dưới 14 tuổi đến cùng cha, mẹ hoặc người giám hộ."),
    )
    CARD_UNTIL_14 = "card_until_14", _("Thẻ đang giữ dùng đến đủ 14 tuổi.")
    CARD_UNTIL_25 = "card_until_25", _("Thẻ cấp từ đủ 12 tuổi dùng đến đủ 25 tuổi.")
    CARD_UNTIL_40 = "card_until_40", _("Thẻ cấp từ đủ 23 tuổi dùng đến đủ 40 tuổi.")
    CARD_UNTIL_60 = "card_until_60", _("Thẻ cấp từ đủ 38 tuổi dùng đến đủ 60 tuổi.")
    CARD_FOR_LIFE = "card_for_life", _("Thẻ cấp từ đủ 58 tuổi không phải đổi theo tuổi nữa.")
    RENEWAL_DUE = "renewal_due", _("Thẻ đang giữ đã đến tuổi phải đổi.")
    RENEWAL_TOO_EARLY = "renewal_too_early", _("Thẻ đang giữ chưa đến tuổi phải đổi.")
    RENEWAL_AGES = (
        "renewal_ages",
        _("Thẻ đổi khi đủ 14, 25, 40, 60 tuổi. Thẻ cấp trong 2 năm trước các tuổi ấy dùng đến tuổi sau."),
    )
    REISSUE_ONLINE = (
        "reissue_online",
        _(
            "Mất hoặc hỏng thẻ: có thể làm trực tuyến trên Cổng Dịch vụ công quốc gia hoặc VNeID, "
            "không phải đến."
        ),
    )
    REORGANISATION_ONLINE = (
        "reorganisation_online",
        _("Đổi vì sắp xếp đơn vị hành chính: không bắt buộc, và làm được trực tuyến, không phải đến."),
    )


class FilingMode(models.TextChoices):
    """How a procedure is filed; data per procedure and unit (docs/glossary.md)."""

    OFFICIAL = "official", _("Nộp trên Cổng Dịch vụ công quốc gia hoặc VNeID")
    PREPARE = "prepare", _("Chuẩn bị tờ khai và hẹn ngày tại đây")
    ACCEPT = "accept", _("Đơn vị nhận hồ sơ trực tuyến tại đây")


class DeclarationStatus(models.TextChoices):
    DRAFT = "draft", _("Chưa xác nhận")
    SUBMITTED = "submitted", _("Đã xác nhận")
    DROPPED = "dropped", _("Đã bỏ")


class PaperForm(models.TextChoices):
    FORM = "form", _("Tờ khai")
    ORIGINAL = "original", _("Bản chính")
    COPY = "copy", _("Bản sao")
    NONE = "none", _("Không cần nếu đã có trong cơ sở dữ liệu")


class TimeUnit(models.TextChoices):
    """Deadlines are never converted between units."""

    INSTANT = "instant", _("ngay khi nhận")
    WORKING_DAY = "working_day", _("ngày làm việc")
    HALF_WORKING_DAY = "half_working_day", _("nửa ngày làm việc")
    CALENDAR_DAY = "calendar_day", _("ngày")
    HOUR = "hour", _("giờ")


class Grade(models.TextChoices):
    """How sure a fact is; anything below CONFIRMED is shown only after an officer confirmed it."""

    CONFIRMED = "confirmed", _("Đã xác nhận")
    ONE_SOURCE = "one_source", _("Một nguồn")
    UNVERIFIED = "unverified", _("Chưa kiểm chứng")


class Tier(models.TextChoices):
    """Who works on a procedure; districts ended in 2025, so there is none."""

    COMMUNE = "commune", _("Công an xã, phường, đặc khu")
    PROVINCE = "province", _("Công an tỉnh, thành phố")
    MINISTRY = "ministry", _("Bộ Công an")
    COMMITTEE = "committee", _("Ủy ban nhân dân cấp xã")


class Channel(models.TextChoices):
    """How one files: the fee may differ."""

    COUNTER = "counter", _("nộp trực tiếp")
    ONLINE = "online", _("nộp trực tuyến")


class OnlineFiling(models.TextChoices):
    """What the National Public Service Portal and VNeID take."""

    FULL = "full", _("Nộp trực tuyến toàn trình")
    PARTIAL = "partial", _("Nộp trực tuyến một phần")
    VISIT = "visit", _("Hẹn trực tuyến, đến làm trực tiếp")
    ONLY = "only", _("Chỉ nộp trực tuyến")
    NONE = "none", _("Làm trực tiếp")


class Fact(models.TextChoices):
    """Parts of a procedure that are withheld from citizens while nobody confirmed them."""

    PAPERS = "papers", _("giấy tờ cần mang")
    TIMES = "times", _("thời hạn")
    FEES = "fees", _("lệ phí")
    STEPS = "steps", _("các bước")


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("Bản nháp")
    PUBLISHED = "published", _("Đang công bố")
    REPLACED = "replaced", _("Đã thay thế")
    DISCARDED = "discarded", _("Đã bỏ")
