"""Periodic work of this room; each task calls one action."""

import uuid

from celery import shared_task

from appointments.actions.cancel_session import finish_closures
from appointments.actions.close_day import close_past_days
from appointments.actions.drop_unverified import drop_unverified
from appointments.actions.extend_office import extend_offices
from appointments.actions.note_interest import tell_reopened
from appointments.actions.number_batch import NUMBER_TASK, number_batch, number_waiting
from appointments.actions.offer_places import offer_places
from appointments.actions.remind import send_reminders
from appointments.actions.retention import archive_old_bookings, erase_old_details
from appointments.actions.sweep import erase_old_drafts, expire_holds, mark_full_campaigns
from appointments.models import Session
from portal.common.actors import SystemActor


@shared_task(name="appointments.expire_holds")
def expire_holds_task() -> None:
    expire_holds(by=SystemActor("appointments.expire_holds"))


@shared_task(name="appointments.erase_old_drafts")
def erase_old_drafts_task() -> None:
    erase_old_drafts(by=SystemActor("appointments.erase_old_drafts"))


@shared_task(name="appointments.keep_no_longer")
def keep_no_longer_task() -> None:
    """What was filled in goes a month after the visit, who came goes after three (settings)."""
    by = SystemActor("appointments.keep_no_longer")
    erase_old_details(by=by)
    archive_old_bookings(by=by)


@shared_task(name="appointments.close_past_days")
def close_past_days_task() -> None:
    close_past_days(by=SystemActor("appointments.close_past_days"))


@shared_task(name="appointments.send_reminders")
def send_reminders_task() -> None:
    send_reminders(by=SystemActor("appointments.send_reminders"))


@shared_task(name="appointments.finish_closures")
def finish_closures_task() -> None:
    finish_closures(by=SystemActor("appointments.finish_closures"))


@shared_task(name="appointments.extend_offices")
def extend_offices_task() -> None:
    extend_offices(by=SystemActor("appointments.extend_offices"))


@shared_task(name="appointments.offer_places")
def offer_places_task() -> None:
    offer_places(by=SystemActor("appointments.offer_places"))


@shared_task(name="appointments.tell_reopened")
def tell_reopened_task() -> None:
    tell_reopened(by=SystemActor("appointments.tell_reopened"))


@shared_task(name=NUMBER_TASK)
def number_session_task(session_uid: str) -> None:
    session = Session.objects.get(uid=uuid.UUID(session_uid))
    number_batch(session=session, by=SystemActor(NUMBER_TASK))


@shared_task(name="appointments.number_waiting")
def number_waiting_task() -> None:
    number_waiting(by=SystemActor("appointments.number_waiting"))


@shared_task(name="appointments.mark_full_campaigns")
def mark_full_campaigns_task() -> None:
    mark_full_campaigns(by=SystemActor("appointments.mark_full_campaigns"))


@shared_task(name="appointments.drop_unverified")
def drop_unverified_task() -> None:
    drop_unverified(by=SystemActor("appointments.drop_unverified"))
