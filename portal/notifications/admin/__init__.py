from portal.notifications.admin.calls import CallTaskAdmin
from portal.notifications.admin.mass import MassMessageAdmin
from portal.notifications.admin.messages import OutboxMessageAdmin
from portal.notifications.admin.providers import MessageBudgetAdmin, ProviderStateAdmin
from portal.notifications.admin.templates import MessageTemplateAdmin

__all__ = [
    "CallTaskAdmin",
    "MassMessageAdmin",
    "MessageBudgetAdmin",
    "MessageTemplateAdmin",
    "OutboxMessageAdmin",
    "ProviderStateAdmin",
]
