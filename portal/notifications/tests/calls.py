"""What tests of calls share: notices told by a call, and steps of an officer."""

from django.utils import timezone

from portal.common.actors import SystemActor
from portal.notifications.actions.claim_call import claim_call
from portal.notifications.actions.deliver import deliver
from portal.notifications.models import CallTask, OutboxMessage
from portal.notifications.notices import Notice, register_notice
from portal.officers.models import Officer

POSTMAN = SystemActor("postman")

MUST = register_notice(
    Notice("tests.moved", "transactional", purpose="visits", parameters=("so", "ngay"), must_reach=True)
)
ASK = register_notice(
    Notice("tests.ask", "transactional", purpose="visits", parameters=("so",), plan=("call",))
)
FACTS = {"so": 7, "ngay": "1/12/2026"}


def send(message: OutboxMessage) -> str | None:
    """Deliver now; the row is read again."""
    OutboxMessage.objects.filter(pk=message.pk).update(next_at=timezone.now())
    outcome = deliver(message_uid=message.uid, by=POSTMAN)
    message.refresh_from_db()
    return outcome


def state_of(row) -> str:
    row.refresh_from_db()
    return row.state


def claimed(call: CallTask, officer: Officer) -> CallTask:
    return claim_call(call=call, by=officer)
