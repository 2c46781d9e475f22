from portal.notifications.models.contact_points import ContactPoint
from portal.notifications.models.messages import DeliveryAttempt, OutboxMessage
from portal.notifications.models.templates import MessageTemplate

__all__ = ["ContactPoint", "DeliveryAttempt", "MessageTemplate", "OutboxMessage"]
