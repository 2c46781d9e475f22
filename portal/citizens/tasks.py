"""Periodic work; the schedule stands in the Celery application."""

from uuid import UUID

from celery import shared_task

from portal.citizens.actions.answer_zalo import answer_due, answer_zalo
from portal.citizens.actions.budget import forget_expired
from portal.citizens.actions.forget_contacts import forget_contacts
from portal.citizens.actions.owe_answer import ANSWER_TASK
from portal.common.actors import SystemActor

CITIZENS = SystemActor("citizens")
CLOCK = SystemActor("retention")


@shared_task(name="citizens.forget_expired")
def forget_expired_rows() -> None:
    """Once an hour: spent proofs, waiting requests, old challenges and devices go."""
    forget_expired()


@shared_task(name="citizens.forget_contacts")
def forget_old_contacts() -> None:
    """Once an hour: phones that nothing needs any more go."""
    forget_contacts(by=CLOCK)


@shared_task(name=ANSWER_TASK)
def answer_one_on_zalo(answer_uid: str) -> None:
    answer_zalo(answer_uid=UUID(answer_uid), by=CITIZENS)


@shared_task(name="citizens.answer_due")
def answer_due_on_zalo() -> None:
    answer_due(by=CITIZENS)
