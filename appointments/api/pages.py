"""Pages of slots."""

from portal.common.api.pagination import CursorPages


class SlotPages(CursorPages):
    """In the order of the calendar."""

    ordering = ("day", "starts", "uid")
