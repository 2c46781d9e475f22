"""Beat wakes the sealer; running it twice or late does no harm."""

from celery import shared_task

from portal.audit.actions.export_head import export_head
from portal.audit.actions.seal import seal_entries
from portal.common.actors import SystemActor

SEALER = SystemActor("audit-sealer")


@shared_task(name="audit.seal_entries")
def seal_new_entries() -> None:
    seal_entries(by=SEALER)


@shared_task(name="audit.export_head")
def export_last_head() -> None:
    export_head(by=SEALER)
