"""Every refusal of a file: a stable code and a sentence that says what to do instead."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.errors import Conflict, DomainError, TooMany

SENTENCES: dict[str, Any] = {
    "file_required": _("Xin chọn tệp."),
    "file_empty": _("Tệp này không có nội dung. Xin chọn lại tệp."),
    "file_too_large": _(
        "Tệp lớn quá giới hạn. Ảnh tối đa 20 MB, PDF 25 MB, video 200 MB, ghi âm 50 MB, bảng 10 MB."
    ),
    "file_kind": _("Ở đây không nhận loại tệp này. Xin xem các loại tệp được nhận rồi chọn lại."),
    "file_unreadable": _(
        "Tệp bị hỏng hoặc chưa tải hết nên không mở được. Xin chụp, quét hoặc lưu lại rồi gửi."
    ),
    "type_unknown": _(
        "Cổng không nhận ra loại tệp này. Xin gửi ảnh JPEG, PNG, PDF, video MP4 hoặc tệp ghi âm."
    ),
    "image_type": _("Loại ảnh này không được nhận. Xin lưu ảnh thành JPEG hoặc PNG rồi gửi lại."),
    "heic": _("Ảnh HEIC chưa được nhận. Trên iPhone, xin chọn Cài đặt, Camera, Định dạng, Tương thích nhất."),
    "media_type": _(
        "Loại video hoặc âm thanh này không được nhận. Xin gửi MP4, MOV, 3GP, WebM, M4A, MP3, OGG, AMR."
    ),
    "media_metadata": _("Video này chứa dữ liệu ẩn không gỡ được. Xin quay hoặc xuất lại thành MP4 thường."),
    "active_text": _(
        "Đây là trang web hoặc hình vẽ có thể chứa mã lệnh nên không được nhận. Xin gửi ảnh hoặc PDF."
    ),
    "program": _("Đây là chương trình máy tính nên không được nhận."),
    "archive": _("Tệp nén không được nhận. Xin gửi từng tệp bên trong."),
    "archive_bomb": _("Tệp này giải nén ra quá lớn nên không được nhận."),
    "old_office": _("Tệp Word, Excel kiểu cũ không được nhận. Xin lưu thành PDF, hoặc bảng thành .xlsx."),
    "docx": _("Tệp Word, PowerPoint không được nhận. Xin lưu thành PDF rồi gửi lại."),
    "macros": _("Tệp có macro (mã lệnh) nên không được nhận. Xin lưu thành .xlsx không có macro."),
    "xml_entities": _("Tệp chứa khai báo nguy hiểm nên không được nhận. Xin lưu lại bằng Excel rồi gửi."),
    "table_too_long": _(
        "Bảng quá lớn: tối đa 50.000 dòng, 200 cột, 30 trang tính. Xin chia thành nhiều tệp."
    ),
    "text_encoding": _("Bảng CSV phải dùng bảng mã UTF-8. Xin lưu lại dạng CSV UTF-8 hoặc .xlsx."),
    "too_many_pixels": _("Ảnh quá lớn (trên 64 triệu điểm ảnh). Xin giảm kích thước ảnh rồi gửi lại."),
    "too_many_pages": _("PDF quá 500 trang. Xin chia thành nhiều tệp."),
    "too_complex": _("Tệp này cần quá nhiều thời gian hoặc bộ nhớ để kiểm tra. Xin gửi tệp đơn giản hơn."),
    "pdf_encrypted": _("PDF có mật khẩu nên không mở được. Xin bỏ mật khẩu rồi gửi lại."),
    "pdf_form": _("PDF này là biểu mẫu động, không có trang để xem. Xin in ra PDF rồi gửi lại."),
    "pdf_not_cleaned": _("PDF chứa nội dung hoạt động không gỡ được. Xin in ra PDF mới rồi gửi lại."),
    "refused_by_officer": _("Cán bộ đã từ chối tệp này sau khi kiểm tra. Xin liên hệ đơn vị nếu cần."),
    "malware": _("Phần mềm diệt vi-rút báo tệp có mã độc; tệp đang được cách ly để cán bộ xem."),
    "scan_unavailable": _("Tệp đã nhận, đang chờ quét vi-rút. Cổng sẽ tự kiểm tra lại."),
    "check_failed": _("Tệp đã nhận nhưng chưa kiểm tra được; cán bộ sẽ xem và kiểm tra lại."),
    "file_missing": _("Nội dung tệp không còn đọc được. Xin gửi lại tệp."),
    "file_not_ready": _("Tệp chưa kiểm tra xong nên chưa mở được. Xin đợi một lát."),
    "file_not_found": _("Không tìm thấy tệp này."),
    "files_here_limit": _("Đã đủ số tệp được nhận ở đây. Xin xóa bớt tệp không cần."),
    "put_not_allowed": _("Ông/Bà không có quyền gửi tệp vào đây."),
    "files_hour_limit": _("Ông/Bà đã gửi nhiều tệp trong một giờ. Xin đợi rồi gửi tiếp."),
    "storage_full": _("Cổng tạm thời hết chỗ chứa tệp. Xin thử lại sau."),
    "upload_offset": _("Phần gửi lên không nối tiếp phần đã nhận. Xin gửi tiếp từ chỗ cổng đã nhận."),
    "upload_busy": _("Một phần khác của tệp đang được ghi. Xin đợi vài giây rồi gửi tiếp."),
    "upload_over": _("Tệp này đã nhận xong hoặc đã hết hạn gửi."),
    "chunk_size": _("Mỗi phần gửi lên từ 64 KB đến 1 MB; chỉ phần cuối được nhỏ hơn."),
    "chunk_incomplete": _("Phần gửi lên bị đứt giữa chừng. Xin gửi lại phần này."),
    "upload_key": _("Mã tải lên không đúng. Xin bắt đầu gửi lại tệp."),
}


def sentence(code: str) -> str:
    """What people read for a stored code; "" for none."""
    return str(SENTENCES[code]) if code else ""


def invalid(code: str, field: str = "file") -> ValidationError:
    """400 with the sentence of `code` at a field."""
    return ValidationError({field: ValidationError(SENTENCES[code], code=code)})


def conflict(code: str, **extra: Any) -> Conflict:
    """409 with the sentence of `code`."""
    return Conflict(code, SENTENCES[code], **extra)


class FileNotFound(DomainError):
    """No such file, or none for this actor: both look the same."""

    status = 404

    def __init__(self) -> None:
        super().__init__("file_not_found", SENTENCES["file_not_found"])


def too_many(code: str, **extra: Any) -> TooMany:
    """429 with the sentence of `code`."""
    return TooMany(code, SENTENCES[code], **extra)
