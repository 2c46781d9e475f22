"""`manage.py flood_codes`: 10,000 code requests from one address, then a neighbour who needs one code."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.citizens.flood import (
    Asker,
    ask_once,
    ask_with_proof,
    asker,
    flood,
    http_asker,
    imaginary_phone,
    show_report,
)
from portal.citizens.models import OneTimeCode
from portal.citizens.rules import TICKET_SECONDS
from portal.units.models import Unit


class Command(BaseCommand):
    help = "Floods a demo unit with code requests and prints what the gate let through."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", required=True, help="slug of an open unit")
        parser.add_argument("--requests", type=int, default=10_000)
        parser.add_argument("--address", default="198.51.100.7")
        parser.add_argument("--url", help="flood this running portal by HTTP (then its address is 127.0.0.1)")
        parser.add_argument("--prove", action="store_true", help="the flood solves its challenges, too")
        parser.add_argument("--no-queue", action="store_true", help="do not wait for a turn in the queue")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TEST_PHONES_ALLOWED:
            raise CommandError("Only where imaginary phones are allowed (TEST_PHONES_ALLOWED).")
        unit = Unit.objects.open().filter(slug=options["unit"]).first()
        if unit is None:
            raise CommandError("No open unit has this slug.")
        report = flood(
            unit=unit,
            requests=options["requests"],
            ask=self._asker(unit, options),
            progress=self._progress(options["requests"]),
        )
        self.stdout.write("\n" + show_report(report))
        address = "127.0.0.1" if options["url"] else options["address"]
        self._neighbour_with_proof(unit, address)
        if not options["no_queue"]:
            self._neighbour_in_queue(unit, address)

    def _asker(self, unit: Unit, options: dict[str, Any]) -> Asker:
        if options["url"]:
            return http_asker(url=options["url"], unit=unit)
        return asker(unit=unit, address=options["address"], prove=options["prove"])

    def _progress(self, total: int) -> Any:
        step = max(1, total // 20)

        def tell(done: int) -> None:
            if done % step == 0:
                self.stdout.write(f"  {done}/{total}", ending="\r")
                self.stdout.flush()

        return tell

    def _neighbour_with_proof(self, unit: Unit, address: str) -> None:
        start = time.monotonic()
        answer = ask_with_proof(unit=unit, phone=imaginary_phone(time.time_ns()), address=address)
        self._tell("neighbour with a proof of work", answer, start)

    def _neighbour_in_queue(self, unit: Unit, address: str) -> None:
        start, phone = time.monotonic(), imaginary_phone(time.time_ns())
        answer = ask_once(unit=unit, phone=phone, address=address, proof={"wait": True})
        while getattr(answer, "code", "") == "code_queued" and time.monotonic() - start < TICKET_SECONDS:
            time.sleep(answer.extra["retry_after"])
            proof = {"ticket": answer.extra["ticket"]}
            answer = ask_once(unit=unit, phone=phone, address=address, proof=proof)
        self._tell("neighbour who waited in the queue", answer, start)

    def _tell(self, who: str, answer: Any, start: float) -> None:
        result = "got a code" if isinstance(answer, OneTimeCode) else f"refused: {answer.code}"
        self.stdout.write(f"| {who} | {result} after {time.monotonic() - start:.1f} s |")
