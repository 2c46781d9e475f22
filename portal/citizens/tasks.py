"""Periodic work; the schedule stands in the Celery application."""

from celery import shared_task

from portal.citizens.actions.budget import forget_expired


@shared_task(name="citizens.forget_expired")
def forget_expired_rows() -> None:
    """Once an hour: spent proofs, waiting requests, old challenges and devices go."""
    forget_expired()
