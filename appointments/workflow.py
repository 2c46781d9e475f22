"""Moves of a booking and of a campaign. A place is never lost silently: every move leaves a StatusEntry."""

from django.utils.translation import gettext_lazy as _

from appointments import rules
from appointments.enums import BookingStatus as B
from appointments.enums import CampaignStatus as C
from portal.common.workflow import Move, Workflow

BOOKING_WORKFLOW = Workflow(
    [
        Move(B.HELD, B.BOOKED, "confirm", _("Xác nhận"), rules.can_confirm_booking),
        Move(B.EXPIRED, B.BOOKED, "confirm", _("Xác nhận muộn"), rules.can_confirm_booking),
        Move(B.HELD, B.EXPIRED, "expire", _("Hết hạn giữ chỗ"), rules.can_expire_hold),
        Move(B.HELD, B.CANCELLED, "cancel", _("Hủy"), rules.can_cancel_booking),
        Move(B.BOOKED, B.CHECKED_IN, "check_in", _("Xác nhận đã đến"), rules.can_check_in),
        Move(B.BOOKED, B.CANCELLED, "cancel", _("Hủy lịch hẹn"), rules.can_cancel_booking),
        Move(B.BOOKED, B.MISSED, "miss", _("Không đến"), rules.can_check_in),
        Move(B.CHECKED_IN, B.FINISHED, "finish", _("Đã làm xong"), rules.can_check_in),
        Move(B.CHECKED_IN, B.BOOKED, "undo_check_in", _("Bấm nhầm: chưa đến"), rules.can_check_in),
    ]
)

CAMPAIGN_WORKFLOW = Workflow(
    [
        Move(C.DRAFT, C.OPEN, "open", _("Mở nhận đăng ký"), rules.can_open_campaign),
        Move(C.OPEN, C.CLOSED, "close", _("Đóng nhận đăng ký"), rules.can_close_campaign),
        Move(C.CLOSED, C.OPEN, "open", _("Mở lại"), rules.can_open_campaign),
    ]
)
