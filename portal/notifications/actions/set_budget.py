"""What a unit may spend on messages in a month."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import NotAllowed
from portal.notifications.models import MessageBudget
from portal.notifications.rules import can_set_budget
from portal.units.models import Unit

MOST = 2_000_000_000  # đồng; what the column holds, and far above any unit's year


@transaction.atomic
def set_budget(*, unit: Unit, monthly_limit: int, by: Actor) -> MessageBudget:
    """Set or change the budget of a unit. NotAllowed; ValidationError `budget_invalid`."""
    if not can_set_budget(by, unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền đặt ngân sách tin nhắn của đơn vị này."))
    if not 0 <= monthly_limit <= MOST:
        message = _("Ngân sách là số tiền từ 0 đến %(most)s đồng.")
        params = {"most": f"{MOST:,}".replace(",", ".")}
        raise ValidationError({"monthly_limit": ValidationError(message, "budget_invalid", params)})
    budget, _is_new = MessageBudget.objects.update_or_create(
        unit=unit, defaults={"monthly_limit": monthly_limit}
    )
    record(action="message_budget.set", by=by, obj=budget, unit=unit, detail={"monthly_limit": monthly_limit})
    return budget
