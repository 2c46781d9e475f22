"""Ids in, one action."""

from uuid import UUID

from celery import shared_task

from portal.common.actors import SystemActor
from portal.zalo.actions.check_account import check_accounts
from portal.zalo.actions.consent import forget_consents
from portal.zalo.actions.forget_users import forget_users
from portal.zalo.actions.process_event import forget_events, process_due, process_event
from portal.zalo.actions.receive_event import PROCESS_TASK
from portal.zalo.actions.refresh_tokens import refresh_due
from portal.zalo.actions.sync_templates import sync_all_templates
from portal.zalo.actions.upload_file import forget_uploads

ZALO = SystemActor("zalo")


@shared_task(name=PROCESS_TASK)
def process_one_event(event_uid: str) -> None:
    process_event(event_uid=UUID(event_uid), by=ZALO)


@shared_task(name="zalo.process_due")
def process_due_events() -> None:
    process_due(by=ZALO)


@shared_task(name="zalo.refresh_tokens")
def refresh_due_tokens() -> None:
    refresh_due(by=ZALO)


@shared_task(name="zalo.check_accounts")
def check_all_accounts() -> None:
    check_accounts(by=ZALO)


@shared_task(name="zalo.sync_templates")
def sync_every_template() -> None:
    sync_all_templates(by=ZALO)


@shared_task(name="zalo.forget_old")
def forget_old_rows() -> None:
    forget_events(by=ZALO)
    forget_users(by=ZALO)
    forget_uploads(by=ZALO)
    forget_consents(by=ZALO)
