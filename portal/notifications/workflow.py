"""Allowed moves of a message.

A receipt may arrive before the answer it belongs to, after the message was given up, or twice; so it may
end a message from every state in which a call can have gone out.
"""

from django.utils.translation import gettext_lazy as _

from portal.common.workflow import Move, Workflow
from portal.notifications.enums import CallState, MassState, State
from portal.notifications.rules import (
    any_room,
    can_brake_mass,
    can_call,
    can_handle,
    can_send_mass,
    can_write_mass,
    holds_call,
    is_system,
)

FINAL = (State.DELIVERED, State.SEEN, State.FAILED, State.EXPIRED, State.CANCELLED)

MESSAGE_WORKFLOW = Workflow(
    [
        Move(State.QUEUED, State.CLAIMED, "claim", _("Bắt đầu gửi"), is_system),
        Move(State.CLAIMED, State.ACCEPTED, "accept", _("Nhà cung cấp nhận"), is_system),
        Move(State.CLAIMED, State.QUEUED, "retry", _("Gửi lại sau"), is_system),
        Move(State.CLAIMED, State.FAILED, "fail", _("Không gửi được"), is_system),
        Move(State.CLAIMED, State.CANCELLED, "drop", _("Người nhận đã từ chối"), is_system),
        Move(State.QUEUED, State.EXPIRED, "expire", _("Hết hạn"), is_system),
        Move(State.CLAIMED, State.EXPIRED, "expire", _("Hết hạn"), is_system),
        Move(State.QUEUED, State.DELIVERED, "deliver", _("Đã tới máy"), is_system),
        Move(State.CLAIMED, State.DELIVERED, "deliver", _("Đã tới máy"), is_system),
        Move(State.ACCEPTED, State.DELIVERED, "deliver", _("Đã tới máy"), is_system),
        Move(State.EXPIRED, State.DELIVERED, "deliver", _("Đã tới máy"), is_system),
        Move(State.FAILED, State.DELIVERED, "deliver", _("Đã tới máy"), is_system),
        Move(State.ACCEPTED, State.SEEN, "see", _("Đã xem"), is_system),
        Move(State.DELIVERED, State.SEEN, "see", _("Đã xem"), is_system),
        Move(State.ACCEPTED, State.FAILED, "fail", _("Không tới máy"), is_system),
        Move(State.ACCEPTED, State.QUEUED, "next_hop", _("Chuyển kênh khác"), is_system),
        Move(State.CLAIMED, State.CALLING, "call", _("Chuyển cho cán bộ gọi"), is_system),
        Move(State.CALLING, State.DELIVERED, "deliver", _("Đã báo qua điện thoại"), is_system),
        Move(State.CALLING, State.FAILED, "give_up", _("Không gọi được"), is_system),
        Move(State.CALLING, State.EXPIRED, "expire", _("Hết hạn"), is_system),
        Move(State.CALLING, State.CANCELLED, "drop", _("Không cần gọi nữa"), is_system),
        Move(State.QUEUED, State.CANCELLED, "cancel", _("Hủy tin"), can_handle),
        Move(State.FAILED, State.QUEUED, "resend", _("Gửi lại"), can_handle),
    ]
)

OPEN_CALLS = (CallState.WAITING, CallState.CALLING, CallState.NO_ANSWER)
CALL_WORKFLOW = Workflow(
    [
        Move(CallState.WAITING, CallState.CALLING, "claim", _("Nhận cuộc gọi"), can_call),
        Move(CallState.NO_ANSWER, CallState.CALLING, "claim", _("Nhận cuộc gọi"), can_call),
        # An officer who took it and went home; the action looks at the lease.
        Move(CallState.CALLING, CallState.CALLING, "claim", _("Nhận cuộc gọi"), can_call),
        Move(CallState.CALLING, CallState.REACHED, "reach", _("Đã gặp"), holds_call),
        Move(CallState.CALLING, CallState.NO_ANSWER, "miss", _("Không nghe máy"), holds_call),
        Move(CallState.CALLING, CallState.UNREACHABLE, "give_up", _("Sai số"), holds_call),
        Move(CallState.CALLING, CallState.WAITING, "put_back", _("Gọi lại sau"), holds_call),
        Move(CallState.UNREACHABLE, CallState.WAITING, "reopen", _("Gọi lại từ đầu"), is_system),
        *(Move(state, CallState.EXPIRED, "expire", _("Quá hạn gọi"), is_system) for state in OPEN_CALLS),
        *(Move(state, CallState.CANCELLED, "withdraw", _("Không cần gọi"), any_room) for state in OPEN_CALLS),
    ]
)

MASS_WORKFLOW = Workflow(
    [
        Move(MassState.CHECKED, MassState.QUEUED, "start", _("Gửi"), can_send_mass),
        Move(MassState.DRAFT, MassState.CHECKED, "check", _("Chạy thử"), can_write_mass),
        Move(MassState.CHECKED, MassState.CHECKED, "check", _("Chạy thử lại"), can_write_mass),
        # Whoever changes a word starts anew: what was approved is what goes out.
        Move(MassState.CHECKED, MassState.DRAFT, "edit", _("Sửa lại"), can_write_mass),
        Move(MassState.QUEUED, MassState.RUNNING, "run", _("Bắt đầu gửi"), is_system),
        Move(MassState.RUNNING, MassState.PAUSED, "pause", _("Tạm dừng"), can_brake_mass),
        Move(MassState.PAUSED, MassState.RUNNING, "resume", _("Gửi tiếp"), can_send_mass),
        Move(MassState.RUNNING, MassState.DONE, "finish", _("Gửi xong"), is_system),
        Move(MassState.DRAFT, MassState.STOPPED, "drop", _("Bỏ tin này"), can_write_mass),
        Move(MassState.CHECKED, MassState.STOPPED, "drop", _("Bỏ tin này"), can_brake_mass),
        *(
            Move(state, MassState.STOPPED, "stop", _("Dừng hẳn"), can_brake_mass, requires=("reason",))
            for state in (MassState.QUEUED, MassState.RUNNING, MassState.PAUSED)
        ),
    ]
)
WRITABLE_MASS = (MassState.DRAFT, MassState.CHECKED)
# What a worker still has to look at.
LIVE_MASS = (MassState.QUEUED, MassState.RUNNING, MassState.PAUSED)


def sources_of(verb: str) -> list[str]:
    """States from which `verb` may move a message; the WHERE of the conditional UPDATEs."""
    return [move.frm for move in MESSAGE_WORKFLOW.moves if move.verb == verb]
