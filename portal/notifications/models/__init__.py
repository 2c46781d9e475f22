from portal.notifications.models.budgets import MessageBudget
from portal.notifications.models.calls import CallAttempt, CallTask
from portal.notifications.models.contact_points import ContactPoint
from portal.notifications.models.figures import DailyFigure
from portal.notifications.models.mass import (
    MASS_INTENT,
    MassEntry,
    MassMessage,
    MassRecipient,
    ShortLink,
    ShortLinkDay,
)
from portal.notifications.models.messages import DeliveryAttempt, OutboxMessage
from portal.notifications.models.providers import ProviderState
from portal.notifications.models.templates import MessageTemplate
from portal.notifications.models.zalo_links import ZaloLink

__all__ = [
    "MASS_INTENT",
    "CallAttempt",
    "CallTask",
    "ContactPoint",
    "DailyFigure",
    "DeliveryAttempt",
    "MassEntry",
    "MassMessage",
    "MassRecipient",
    "MessageBudget",
    "MessageTemplate",
    "OutboxMessage",
    "ProviderState",
    "ShortLink",
    "ShortLinkDay",
    "ZaloLink",
]
