"""Refusals of this room."""

from django.utils.translation import gettext_lazy as _

from portal.common.errors import Conflict, DomainError


class KeyReused(DomainError):
    """The same Idempotency-Key came with another request."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "idempotency_key_reused",
            str(_("Khóa Idempotency-Key này đã dùng cho một yêu cầu khác. Xin tạo khóa mới.")),
        )


class KeyInvalid(DomainError):
    """The Idempotency-Key has no usable form."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency_key_invalid",
            str(
                _("Khóa Idempotency-Key gồm 8 đến 128 ký tự ASCII; khi chưa đăng nhập cần ít nhất 16 ký tự.")
            ),
        )


class KeyMissing(DomainError):
    """This operation wants an Idempotency-Key."""

    def __init__(self) -> None:
        super().__init__("idempotency_key_required", str(_("Yêu cầu này cần có tiêu đề Idempotency-Key.")))


class InProgress(Conflict):
    """The first request with this key is still being worked on."""

    def __init__(self, *, retry_after: int) -> None:
        message = str(_("Yêu cầu này đang được xử lý. Xin đợi trong giây lát rồi gửi lại."))
        super().__init__("request_in_progress", message, retry_after=retry_after)
