"""`manage.py show_code_budget`: how much of this hour's budget each open unit has used."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.citizens.actions.budget import read_state
from portal.units.models import Unit


class Command(BaseCommand):
    help = "Prints used/limit and the queue's part for every unit that runs this portal."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        for unit in Unit.objects.open().order_by("slug"):
            state = read_state(unit=unit, now=now)
            queue = f"queue {state.queued}/{state.queue_share}"
            self.stdout.write(f"{unit.slug:40} {state.used}/{state.limit}, {queue}")
