from portal.conversations.models.conversations import ChatMessage, Conversation, Outcome, StatusEntry
from portal.conversations.models.desk import QuickReply, Shift

__all__ = ["ChatMessage", "Conversation", "Outcome", "QuickReply", "Shift", "StatusEntry"]
