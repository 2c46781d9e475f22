"""Pages by cursor: nothing is skipped or shown twice while rows are being added."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class CursorPages(CursorPagination):
    """Newest first, 30 rows a page, at most 100 (`page_size`); `next` and `previous` are full addresses.

    Rows of the same moment are told apart by their uid. A view with another order sets `ordering` on a
    subclass and ends it with a unique column.
    """

    page_size = 30
    max_page_size = 100
    page_size_query_param = "page_size"
    ordering: Sequence[str] = ("-created_at", "-uid")
    cursor_query_description = _("Vị trí trang, lấy từ next hoặc previous.")
    page_size_query_description = _("Số dòng mỗi trang, từ 1 đến 100.")

    def decode_cursor(self, request: Request) -> Any:
        """ValidationError `cursor_invalid`: a broken cursor is a bad value, not a missing page."""
        try:
            return super().decode_cursor(request)
        except NotFound as error:
            message = _("Vị trí trang không hợp lệ. Xin bắt đầu lại từ trang đầu.")
            raise ValidationError({"cursor": ValidationError(message, code="cursor_invalid")}) from error
