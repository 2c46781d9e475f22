from portal.conversations.admin.desk import QuickReplyAdmin, ShiftAdmin
from portal.conversations.admin.inbox import ConversationAdmin

__all__ = ["ConversationAdmin", "QuickReplyAdmin", "ShiftAdmin"]
