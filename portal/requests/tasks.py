from celery import shared_task

from portal.requests.actions.sweep import sweep_requests


@shared_task(name="requests.sweep")
def sweep_old_requests() -> None:
    sweep_requests()
