"""Periodic work of this room; each task calls one action."""

from celery import shared_task

from appointments.actions.sweep import erase_old_drafts, expire_holds
from portal.common.actors import SystemActor


@shared_task(name="appointments.expire_holds")
def expire_holds_task() -> None:
    expire_holds(by=SystemActor("appointments.expire_holds"))


@shared_task(name="appointments.erase_old_drafts")
def erase_old_drafts_task() -> None:
    erase_old_drafts(by=SystemActor("appointments.erase_old_drafts"))
