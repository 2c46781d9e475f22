"""Allowed moves of a conversation and of a message to a citizen."""

from django.utils.translation import gettext_lazy as _

from portal.common.workflow import Move, Workflow
from portal.conversations.enums import BROKEN, ConversationState, SendState
from portal.conversations.rules import can_answer, can_resend, holds, is_system

UNASSIGNED, ASSIGNED = ConversationState.UNASSIGNED, ConversationState.ASSIGNED
WAITING, CLOSED = ConversationState.WAITING, ConversationState.CLOSED

# Where a pair of states stands twice, the portal's own move comes first and an officer's second.
CONVERSATION_WORKFLOW = Workflow(
    [
        Move(CLOSED, UNASSIGNED, "reopen", _("Mở lại"), is_system),
        Move(WAITING, ASSIGNED, "hear", _("Công dân nhắn tiếp"), is_system),
        Move(UNASSIGNED, ASSIGNED, "take", _("Nhận trả lời"), can_answer),
        Move(CLOSED, ASSIGNED, "take", _("Mở lại và nhận"), can_answer),
        # Taking over from a colleague and handing over to one are the same move to another assignee.
        Move(ASSIGNED, ASSIGNED, "hand_over", _("Chuyển người trả lời"), can_answer),
        Move(WAITING, ASSIGNED, "hand_over", _("Chuyển người trả lời"), can_answer),
        Move(UNASSIGNED, WAITING, "reply", _("Trả lời"), can_answer),
        Move(CLOSED, WAITING, "reply", _("Trả lời"), can_answer),
        Move(ASSIGNED, WAITING, "reply", _("Trả lời"), holds),
        Move(WAITING, WAITING, "reply", _("Trả lời"), holds),
        Move(ASSIGNED, UNASSIGNED, "put_back", _("Trả về hộp thư chung"), holds),
        Move(WAITING, UNASSIGNED, "put_back", _("Trả về hộp thư chung"), holds),
        Move(UNASSIGNED, CLOSED, "close", _("Đã xong"), can_answer),
        Move(ASSIGNED, CLOSED, "close", _("Đã xong"), holds),
        Move(WAITING, CLOSED, "expire", _("Công dân không nhắn nữa"), is_system),
        Move(WAITING, CLOSED, "close", _("Đã xong"), holds),
    ]
)
# Whoever holds one of these is named; the others belong to everybody in the unit.
HELD = (ASSIGNED, WAITING)

SEND_WORKFLOW = Workflow(
    [
        Move(SendState.QUEUED, SendState.SENDING, "claim", _("Gửi"), is_system),
        Move(SendState.SENDING, SendState.SENT, "accept", _("Đã gửi"), is_system),
        Move(SendState.SENDING, SendState.QUEUED, "retry", _("Gửi lại sau"), is_system),
        Move(SendState.SENDING, SendState.FAILED, "fail", _("Không gửi được"), is_system),
        Move(SendState.QUEUED, SendState.FAILED, "expire", _("Quá hạn gửi"), is_system),
        # A worker died over the call, or no answer came: sending again might say it twice.
        Move(SendState.SENDING, SendState.UNSURE, "lose", _("Chưa rõ"), is_system),
        Move(SendState.UNSURE, SendState.SENT, "accept", _("Đã gửi"), is_system),
        Move(SendState.SENT, SendState.DELIVERED, "deliver", _("Đã đến máy"), is_system),
        Move(SendState.SENT, SendState.SEEN, "see", _("Đã xem"), is_system),
        Move(SendState.DELIVERED, SendState.SEEN, "see", _("Đã xem"), is_system),
        *(Move(frm, SendState.QUEUED, "resend", _("Gửi lại"), can_resend) for frm in BROKEN),
    ]
)


def sources_of(verb: str) -> list[str]:
    """States from which `verb` may move a message; the WHERE of the conditional UPDATEs."""
    return [move.frm for move in SEND_WORKFLOW.moves if move.verb == verb]
