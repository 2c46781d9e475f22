"""Allowed moves of a message.

A receipt may arrive before the answer it belongs to, after the message was given up, or twice; so it may
end a message from every state in which a call can have gone out.
"""

from django.utils.translation import gettext_lazy as _

from portal.common.workflow import Move, Workflow
from portal.notifications.enums import State
from portal.notifications.rules import can_handle, is_system

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
        Move(State.QUEUED, State.CANCELLED, "cancel", _("Hủy tin"), can_handle),
        Move(State.FAILED, State.QUEUED, "resend", _("Gửi lại"), can_handle),
    ]
)


def sources_of(verb: str) -> list[str]:
    """States from which `verb` may move a message; the WHERE of the conditional UPDATEs."""
    return [move.frm for move in MESSAGE_WORKFLOW.moves if move.verb == verb]
