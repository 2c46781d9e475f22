"""Ids in, one action."""

from celery import shared_task

from portal.common.actors import SystemActor
from procedures.actions.remind_reviews import follow_the_calendar, remind_reviews

BY = SystemActor("procedures")


@shared_task(name="procedures.remind_reviews")
def remind_reviews_task() -> None:
    remind_reviews(by=BY)


@shared_task(name="procedures.follow_the_calendar")
def follow_the_calendar_task() -> None:
    follow_the_calendar(by=BY)
