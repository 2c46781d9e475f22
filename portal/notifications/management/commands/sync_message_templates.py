"""`manage.py sync_message_templates`: defaults from templates/messages/ into the database."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.notifications.actions.templates import SEEDER, sync_all_defaults


class Command(BaseCommand):
    help = "Make or renew the default message templates from templates/messages/."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = sync_all_defaults(by=SEEDER)
        for name in changed:
            self.stdout.write(f"renewed {name}")
        self.stdout.write(f"{len(changed)} message templates renewed.")
