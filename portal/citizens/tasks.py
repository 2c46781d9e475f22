"""Periodic work; the schedule stands in the Celery application."""

from celery import shared_task

from portal.citizens.actions.budget import forget_expired
from portal.citizens.actions.forget_contacts import forget_contacts
from portal.common.actors import SystemActor

CLOCK = SystemActor("retention")


@shared_task(name="citizens.forget_expired")
def forget_expired_rows() -> None:
    """Once an hour: spent proofs, waiting requests, old challenges and devices go."""
    forget_expired()


@shared_task(name="citizens.forget_contacts")
def forget_old_contacts() -> None:
    """Once an hour: phones that nothing needs any more go."""
    forget_contacts(by=CLOCK)
