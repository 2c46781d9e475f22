"""Moves of a booking, a campaign, a session and of those who wait.

A place is never lost silently: every move of a booking leaves a StatusEntry.
"""

from django.utils.translation import gettext_lazy as _

from appointments import rules
from appointments.enums import BookingStatus as B
from appointments.enums import CampaignStatus as C
from appointments.enums import CardStatus as K
from appointments.enums import InterestStatus as I
from appointments.enums import SessionStatus as S
from appointments.enums import TurnStatus as T
from appointments.enums import WaitingStatus as W
from portal.common.workflow import Move, Workflow

BOOKING_WORKFLOW = Workflow(
    [
        Move(B.HELD, B.BOOKED, "confirm", _("Xác nhận"), rules.can_confirm_booking),
        Move(B.EXPIRED, B.BOOKED, "confirm", _("Xác nhận muộn"), rules.can_confirm_booking),
        Move(B.HELD, B.ACCEPTED, "accept", _("Nhận đăng ký"), rules.can_confirm_booking),
        Move(B.EXPIRED, B.ACCEPTED, "accept", _("Nhận đăng ký muộn"), rules.can_confirm_booking),
        Move(B.ACCEPTED, B.BOOKED, "number", _("Cấp số"), rules.can_give_number),
        Move(B.ACCEPTED, B.CANCELLED, "cancel", _("Hủy đăng ký"), rules.can_cancel_booking),
        Move(B.ACCEPTED, B.DISPLACED, "displace", _("Hủy buổi, mời chọn lịch khác"), rules.can_displace),
        Move(B.HELD, B.EXPIRED, "expire", _("Hết hạn giữ chỗ"), rules.can_expire_hold),
        Move(B.HELD, B.CANCELLED, "cancel", _("Hủy"), rules.can_cancel_booking),
        Move(B.BOOKED, B.CHECKED_IN, "check_in", _("Xác nhận đã đến"), rules.can_check_in),
        Move(B.BOOKED, B.CANCELLED, "cancel", _("Hủy lịch hẹn"), rules.can_cancel_booking),
        Move(B.BOOKED, B.MOVED, "move", _("Đổi lịch"), rules.can_move_booking),
        Move(B.BOOKED, B.DISPLACED, "displace", _("Hủy buổi, mời chọn lịch khác"), rules.can_displace),
        Move(B.DISPLACED, B.MOVED, "move", _("Chọn lịch khác"), rules.can_move_booking),
        Move(B.DISPLACED, B.CANCELLED, "cancel", _("Hủy lịch hẹn"), rules.can_cancel_booking),
        Move(B.MISSED, B.MOVED, "move", _("Hẹn lại"), rules.can_move_booking),
        Move(B.BOOKED, B.MISSED, "miss", _("Không đến"), rules.can_miss),
        # The evening closed a visit that a desk without network had served.
        Move(B.MISSED, B.CHECKED_IN, "check_in", _("Ghi nhận muộn: đã đến"), rules.can_check_in),
        Move(B.CHECKED_IN, B.FINISHED, "finish", _("Đã làm xong"), rules.can_check_in),
        Move(B.CHECKED_IN, B.MISSED, "miss", _("Đã về khi chưa được làm"), rules.can_miss),
        Move(B.CHECKED_IN, B.BOOKED, "undo_check_in", _("Bấm nhầm: chưa đến"), rules.can_check_in),
    ]
)

# Moves with an action of their own (they take places or numbers); the plain gate refuses them.
BY_OWN_ACTION = frozenset(
    {(B.HELD, B.BOOKED), (B.EXPIRED, B.BOOKED), (B.ACCEPTED, B.BOOKED), (B.HELD, B.ACCEPTED)}
    | {(B.EXPIRED, B.ACCEPTED), (B.ACCEPTED, B.DISPLACED), (B.BOOKED, B.DISPLACED)}
    | {(B.BOOKED, B.MOVED), (B.DISPLACED, B.MOVED), (B.MISSED, B.MOVED)}
)

CAMPAIGN_WORKFLOW = Workflow(
    [
        Move(C.DRAFT, C.OPEN, "open", _("Mở nhận đăng ký"), rules.can_open_campaign),
        Move(C.OPEN, C.CLOSED, "close", _("Đóng nhận đăng ký"), rules.can_close_campaign),
        Move(C.OPEN, C.FULL, "fill", _("Đã đủ chỗ"), rules.can_mark_full),
        Move(C.FULL, C.OPEN, "unfill", _("Còn chỗ trở lại"), rules.can_mark_full),
        Move(C.FULL, C.CLOSED, "close", _("Đóng nhận đăng ký"), rules.can_close_campaign),
        Move(C.CLOSED, C.OPEN, "open", _("Mở lại"), rules.can_open_campaign),
    ]
)

SESSION_WORKFLOW = Workflow(
    [
        Move(S.PLANNED, S.CANCELLED, "cancel", _("Hủy buổi"), rules.can_cancel_session),
    ]
)

CARD_WORKFLOW = Workflow(
    [
        Move(K.IN_PRODUCTION, K.READY, "ready", _("Thẻ đã về"), rules.can_handle_card),
        Move(K.READY, K.COLLECTED, "collect", _("Đã trả thẻ"), rules.can_handle_card),
        Move(K.READY, K.IN_PRODUCTION, "undo_ready", _("Bấm nhầm: thẻ chưa về"), rules.can_handle_card),
        Move(K.COLLECTED, K.READY, "undo_collect", _("Bấm nhầm: chưa trả thẻ"), rules.can_handle_card),
    ]
)

# Whoever stands in the hall. LEFT also ends a turn opened by mistake, and what is open in the evening.
TURN_WORKFLOW = Workflow(
    [
        Move(T.WAITING, T.CALLED, "call", _("Gọi"), rules.can_serve),
        Move(T.PARKED, T.CALLED, "call", _("Gọi lại vào quầy"), rules.can_serve),
        Move(T.ABSENT, T.CALLED, "call", _("Gọi lại vào quầy"), rules.can_serve),
        Move(T.CALLED, T.CALLED, "recall", _("Gọi lại"), rules.can_serve),
        Move(T.CALLED, T.PARKED, "park", _("Tạm dừng"), rules.can_serve),
        Move(T.CALLED, T.ABSENT, "miss", _("Không có mặt"), rules.can_serve),
        Move(T.CALLED, T.WAITING, "put_back", _("Trả về hàng chờ"), rules.can_serve),
        Move(T.WAITING, T.DONE, "finish", _("Đã làm xong"), rules.can_serve),
        Move(T.CALLED, T.DONE, "finish", _("Đã làm xong"), rules.can_serve),
        Move(T.PARKED, T.DONE, "finish", _("Đã làm xong"), rules.can_serve),
        Move(T.ABSENT, T.DONE, "finish", _("Đã làm xong"), rules.can_serve),
        Move(T.WAITING, T.LEFT, "leave", _("Ra về"), rules.can_serve),
        Move(T.CALLED, T.LEFT, "leave", _("Ra về"), rules.can_serve),
        Move(T.PARKED, T.LEFT, "leave", _("Ra về"), rules.can_serve),
        Move(T.ABSENT, T.LEFT, "leave", _("Ra về"), rules.can_serve),
    ]
)

WAITING_WORKFLOW = Workflow(
    [
        Move(W.UNVERIFIED, W.WAITING, "join", _("Vào danh sách chờ"), rules.can_answer),
        Move(W.UNVERIFIED, W.LEFT, "drop", _("Không xác nhận"), rules.is_the_clock),
        Move(W.WAITING, W.OFFERED, "offer", _("Mời nhận chỗ"), rules.is_the_clock),
        Move(W.WAITING, W.LEFT, "leave", _("Rời danh sách"), rules.can_answer),
        Move(W.WAITING, W.EXPIRED, "end", _("Đợt đã hết"), rules.is_the_clock),
        Move(W.OFFERED, W.TAKEN, "take", _("Nhận chỗ"), rules.can_answer),
        Move(W.OFFERED, W.DECLINED, "decline", _("Không nhận"), rules.can_answer),
        Move(W.OFFERED, W.EXPIRED, "expire", _("Hết hạn trả lời"), rules.is_the_clock),
        # The session of the offer was called off: not the fault of those who waited.
        Move(W.OFFERED, W.WAITING, "return", _("Trở lại danh sách"), rules.is_the_clock),
    ]
)

INTEREST_WORKFLOW = Workflow(
    [
        Move(I.UNVERIFIED, I.WAITING, "join", _("Nhận tin khi mở lại"), rules.can_answer),
        Move(I.UNVERIFIED, I.WITHDRAWN, "drop", _("Không xác nhận"), rules.is_the_clock),
        Move(I.WAITING, I.TOLD, "tell", _("Báo đã mở lại"), rules.is_the_clock),
        Move(I.WAITING, I.WITHDRAWN, "withdraw", _("Không nhận nữa"), rules.can_answer),
    ]
)
