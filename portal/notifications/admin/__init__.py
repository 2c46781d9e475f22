from portal.notifications.admin.calls import CallTaskAdmin
from portal.notifications.admin.messages import MessageTemplateAdmin, OutboxMessageAdmin
from portal.notifications.admin.providers import MessageBudgetAdmin, ProviderStateAdmin

__all__ = [
    "CallTaskAdmin",
    "MessageBudgetAdmin",
    "MessageTemplateAdmin",
    "OutboxMessageAdmin",
    "ProviderStateAdmin",
]
