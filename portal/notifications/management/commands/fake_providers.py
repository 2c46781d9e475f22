"""`manage.py fake_providers`: the local SMS provider with its page of imaginary phones."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from portal.notifications.local_provider.server import serve
from portal.zalo.demo import DEMO_ACCESS, DEMO_REFRESH, DEMO_WEBHOOK


class Command(BaseCommand):
    help = (
        "Run the local SMS provider: it takes messages for the imaginary phones 075x xxx xxx and shows them."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8001)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--data", type=Path, default=None, help="default: var/provider")

    def handle(self, *args: Any, **options: Any) -> None:
        data = options["data"] or Path(settings.VAR) / "provider"
        self.stdout.write(f"imaginary phones: http://{options['host']}:{options['port']}/")
        webhook = settings.PUBLIC_URL.rstrip("/") + reverse("zalo:webhook", args=[DEMO_WEBHOOK])
        demo = {"access": DEMO_ACCESS, "refresh": DEMO_REFRESH, "webhook_url": webhook}
        serve(host=options["host"], port=options["port"], data=data, demo=demo)
