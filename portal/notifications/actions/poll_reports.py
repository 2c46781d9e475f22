"""Asking providers what became of messages whose report never came."""

from django.utils import timezone

from portal.common.actors import Actor
from portal.notifications.actions.record_receipt import record_receipt
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.lookup import find_channel
from portal.notifications.enums import Receipt
from portal.notifications.limits import next_report
from portal.notifications.models import OutboxMessage

BATCH = 50


def poll_reports(*, by: Actor) -> int:
    """Ask for up to a batch of accepted messages that are due; returns how many reports said something.

    The next question is written down before the call: a provider that hangs is not asked by everybody.
    """
    now, told = timezone.now(), 0
    due = OutboxMessage.objects.report_missing(now).select_related("unit").order_by("report_due")
    for message in due.defer("context")[:BATCH]:
        told += _ask(message, by)
    return told


def _ask(message: OutboxMessage, by: Actor) -> bool:
    now = timezone.now()
    mine = OutboxMessage.objects.filter(pk=message.pk, report_due=message.report_due)
    if not mine.update(report_due=next_report(message.accepted_at or now, now)) or not message.provider_ref:
        return False
    try:
        report = find_channel(message.channel, message.provider).status(message.provider_ref, message.unit)
    except ChannelError:
        return False
    if report.receipt == Receipt.PENDING:
        return False
    return record_receipt(message_uid=message.uid, receipt=report.receipt, cost=report.cost, by=by)
