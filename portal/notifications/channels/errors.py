"""Errors of channels as data: what to do, and what to tell the officer.

eSMS codes as published in the vendor's developer documentation (developers.esms.vn, "Mã lỗi", 2026-04).
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.notifications.enums import ErrorKind


@dataclass(frozen=True)
class ErrorRule:
    """`kind` decides what happens next, `text` is for officers."""

    kind: ErrorKind
    text: Any


_RETRY, _CONFIG, _PERMANENT = ErrorKind.RETRY, ErrorKind.CONFIG, ErrorKind.PERMANENT

ERROR_RULES: dict[str, ErrorRule] = {
    # The way to the provider
    "connect_failed": ErrorRule(_RETRY, _("Không kết nối được nhà cung cấp tin nhắn.")),
    "timeout": ErrorRule(_RETRY, _("Nhà cung cấp tin nhắn trả lời quá chậm.")),
    "connection_lost": ErrorRule(_RETRY, _("Mất kết nối khi đang gửi.")),
    "http_5xx": ErrorRule(_RETRY, _("Máy chủ của nhà cung cấp đang lỗi.")),
    "http_429": ErrorRule(_RETRY, _("Gửi quá nhanh so với giới hạn của nhà cung cấp.")),
    "http_4xx": ErrorRule(_CONFIG, _("Nhà cung cấp từ chối yêu cầu. Kiểm tra địa chỉ và tài khoản.")),
    "answer_unreadable": ErrorRule(_RETRY, _("Không đọc được trả lời của nhà cung cấp.")),
    # Our own side
    "no_sms_channel": ErrorRule(_CONFIG, _("Chưa cấu hình kênh SMS (SMS_CHANNEL).")),
    "template_missing": ErrorRule(_CONFIG, _("Chưa có mẫu tin cho thông báo này.")),
    "notice_unknown": ErrorRule(_CONFIG, _("Thông báo này không còn trong phần mềm.")),
    "parameter_missing": ErrorRule(_CONFIG, _("Mẫu tin có tham số mà thông báo không cung cấp.")),
    "derivation_failed": ErrorRule(_RETRY, _("Không tính được mã cần gửi.")),
    "channel_crashed": ErrorRule(_RETRY, _("Lỗi phần mềm khi gửi tin.")),
    "opted_out": ErrorRule(_PERMANENT, _("Người nhận không muốn nhận loại tin này.")),
    "test_phone_real_provider": ErrorRule(
        _PERMANENT, _("Số thử nghiệm (075) không bao giờ được gửi tới nhà cung cấp thật.")
    ),
    "real_phone_local_provider": ErrorRule(
        _PERMANENT, _("Số thật không được gửi tới máy chủ tin nhắn mô phỏng.")
    ),
    "receipt_failed": ErrorRule(ErrorKind.FALLBACK, _("Nhà mạng báo tin không tới máy người nhận.")),
    # eSMS
    "esms_99": ErrorRule(_PERMANENT, _("eSMS 99: số bị chặn hoặc yêu cầu không hợp lệ.")),
    "esms_101": ErrorRule(_CONFIG, _("eSMS 101: sai ApiKey hoặc SecretKey.")),
    "esms_103": ErrorRule(_CONFIG, _("eSMS 103: tài khoản hết tiền.")),
    "esms_104": ErrorRule(_CONFIG, _("eSMS 104: tên hiển thị (brandname) chưa được đăng ký.")),
    "esms_105": ErrorRule(_RETRY, _("eSMS 105: chưa tìm thấy mã tin.")),
    "esms_108": ErrorRule(ErrorKind.FALLBACK, _("eSMS 108: số điện thoại không hợp lệ.")),
    "esms_118": ErrorRule(_CONFIG, _("eSMS 118: loại tin không hợp lệ.")),
    "esms_124": ErrorRule(ErrorKind.SUCCESS, _("eSMS 124: tin này đã được nhận ở lần gửi trước.")),
    "esms_140": ErrorRule(_CONFIG, _("eSMS 140: địa chỉ IP của máy chủ chưa được cho phép.")),
    "esms_143": ErrorRule(_CONFIG, _("eSMS 143: tài khoản bị khóa.")),
    "esms_146": ErrorRule(_CONFIG, _("eSMS 146: nội dung khác mẫu đã đăng ký với nhà mạng.")),
    "esms_177": ErrorRule(_CONFIG, _("eSMS 177: tên hiển thị chưa đăng ký với mạng của người nhận.")),
    "esms_201": ErrorRule(_CONFIG, _("eSMS 201: nội dung có từ bị chặn.")),
    "esms_300": ErrorRule(_CONFIG, _("eSMS 300: loại tin không được phép.")),
    "esms_301": ErrorRule(_CONFIG, _("eSMS 301: loại tin không được phép.")),
}
UNKNOWN_ERROR = ErrorRule(ErrorKind.UNKNOWN, _("Lỗi chưa có trong bảng; hệ thống gửi lại thưa dần."))


def rule_of(code: str) -> ErrorRule:
    """The rule of an error code; one that retries rarely for a code nobody wrote down yet."""
    return ERROR_RULES.get(code, UNKNOWN_ERROR)


class ChannelError(Exception):
    """A channel could not hand the message over.

    `code` is a key of ERROR_RULES or a new one; `permanent` overrides the table; `retry_after` seconds
    when the provider named a time. Carries neither phone nor text.
    """

    def __init__(self, code: str, *, permanent: bool | None = None, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.kind = rule_of(code).kind if permanent is None else (_PERMANENT if permanent else _RETRY)

    @property
    def permanent(self) -> bool:
        """True when another try of the same message can never succeed."""
        return self.kind == _PERMANENT
