from portal.notifications.models.budgets import MessageBudget
from portal.notifications.models.calls import CallAttempt, CallTask
from portal.notifications.models.contact_points import ContactPoint
from portal.notifications.models.figures import DailyFigure
from portal.notifications.models.messages import DeliveryAttempt, OutboxMessage
from portal.notifications.models.providers import ProviderState
from portal.notifications.models.templates import MessageTemplate
from portal.notifications.models.zalo_links import ZaloLink

__all__ = [
    "CallAttempt",
    "CallTask",
    "ContactPoint",
    "DailyFigure",
    "DeliveryAttempt",
    "MessageBudget",
    "MessageTemplate",
    "OutboxMessage",
    "ProviderState",
    "ZaloLink",
]
