"""`manage.py play_evening`: a campaign's evening on real input, through the real HTTP door."""

import datetime as dt
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from appointments.actions.open_campaign import create_campaign, move_campaign
from appointments.enums import CampaignStatus
from appointments.models import Booking, Campaign, Session, Slot
from appointments.timetable import Plan, Round
from portal.common.actors import SystemActor
from portal.common.clock import local_today
from portal.home.evening.citizens import Registrant, registrants
from portal.home.evening.doors import TIMEOUT, ApiDoor, PageDoor, Refused, Telephone
from portal.notifications.models import OutboxMessage
from portal.units.actions.set_code_budget import set_code_budget
from portal.units.models import Unit
from procedures.queries import ID_CARD, procedure_by_key

BY = SystemActor("play_evening")
SLOTS_PER_DAY = 16
MOST_TRIES = 6
MESSAGES_WAIT_SECONDS = 180


class Command(BaseCommand):
    help = "Một buổi tối đăng ký: công dân tưởng tượng đặt lịch qua trang và API của cổng đang chạy."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="cổng đang chạy (make run)")
        parser.add_argument("--provider", default="", help="trang tin nhắn giả lập; mặc định là cổng kế tiếp")
        parser.add_argument("--citizens", type=int, default=2000)
        parser.add_argument("--clients", type=int, default=8)
        parser.add_argument("--seed", type=int, default=int(time.time()))

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TEST_PHONES_ALLOWED:
            raise CommandError("Chỉ chạy ở nơi cho phép số điện thoại tưởng tượng (TEST_PHONES_ALLOWED).")
        self.base = options["url"].rstrip("/")
        self.provider = (options["provider"] or self._next_port(self.base)).rstrip("/")
        self.unit = Unit.objects.open().filter(is_demo=True, kind__code="ward").order_by("pk")[0]
        self.campaign = self.open_campaign(options["citizens"])
        self.slots = [
            str(uid)
            for uid in Slot.objects.filter(session__campaign=self.campaign).values_list("uid", flat=True)
        ]
        self.outcomes: Counter[str] = Counter()
        self.slips: Counter[str] = Counter()
        self.seconds: list[float] = []
        self.lock = threading.Lock()
        first = random.Random(options["seed"]).randint(0, 9_000_000)  # noqa: S311 - a play
        people = registrants(options["citizens"], seed=options["seed"], first_phone=first)
        self.stdout.write(
            f"seed {options['seed']}, {len(people)} citizens, {options['clients']} clients, {self.base}"
        )
        started = time.monotonic()
        with ThreadPoolExecutor(options["clients"]) as pool:
            list(pool.map(self.register, people))
        self.report(len(people), time.monotonic() - started)

    def _next_port(self, base: str) -> str:
        head, _sign, port = base.rpartition(":")
        return f"{head}:{int(port) + 1}"

    def open_campaign(self, citizens: int) -> Campaign:
        """As many places as citizens, over ten days; the unit's code budget covers the evening."""
        first = local_today() + dt.timedelta(days=1)
        days = 10
        line = Round(
            first_date=first,
            last_date=first + dt.timedelta(days=days - 1),
            weekdays=tuple(range(7)),
            place_name="Nhà văn hóa phường",
            place_address=self.unit.address,
            spans=((450, 450 + 30 * SLOTS_PER_DAY),),
            slot_minutes=30,
            capacity=-(-citizens // (days * SLOTS_PER_DAY)),
        )
        name = f"Đợt lưu động {time.strftime('%d/%m %H:%M')}"
        plan = Plan(name=name, rounds=(line,), skip_holidays=False)
        set_code_budget(unit=self.unit, per_hour=citizens * 3, by=BY)
        campaign = create_campaign(unit=self.unit, procedure=procedure_by_key(ID_CARD), plan=plan, by=BY)
        return move_campaign(campaign=campaign, to=CampaignStatus.OPEN, by=BY)

    def register(self, person: Registrant) -> None:
        """One citizen's evening: slips, corrections, another slot when the wanted one is full."""
        started = time.monotonic()
        try:
            line = httpx2.HTTPTransport(local_address=person.address)
            with httpx2.Client(timeout=TIMEOUT, transport=line) as client:
                outcome = self._try(person, client)
        except (httpx2.HTTPError, ValueError, KeyError) as error:
            outcome = f"broken: {type(error).__name__}"
        with self.lock:
            self.outcomes[outcome] += 1
            self.seconds.append(time.monotonic() - started)
            done = sum(self.outcomes.values())
            sys.stderr.write(f"\r{done} citizens, {self.outcomes['registered']} registered ")
            sys.stderr.flush()

    def _try(self, person: Registrant, client: httpx2.Client) -> str:
        door = (PageDoor if person.by_page else ApiDoor)(client, self.base, self.unit.slug)
        telephone = Telephone(client, self.provider)
        data = person.typed
        chance = random.Random(person.number)  # noqa: S311 - a play
        for _attempt in range(MOST_TRIES):
            try:
                door.register(data, chance.choice(self.slots), person.phone, telephone)
                return "registered"
            except Refused as refusal:
                with self.lock:
                    self.slips[refusal.code] += 1
                if refusal.code != "slot_full" and (person.gives_up or data is person.right):
                    return f"gave up after {refusal.code}"
                data = person.right
        return "no free slot found"

    def report(self, citizens: int, seconds: float) -> None:
        """The figures an officer and an engineer ask for."""
        self.stderr.write("")
        registered = self.outcomes["registered"]
        bookings = Booking.objects.filter(session__campaign=self.campaign).numbered()
        gapless = self._numbers_gapless()
        delivered, waited = self._wait_for_messages(registered)
        ordered = sorted(self.seconds)
        middle, slow = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        lines = {
            "citizens": citizens,
            "registered": registered,
            "bookings in the database": bookings.count(),
            "others": dict(self.outcomes - Counter(registered=registered)),
            "refusals on the way": dict(self.slips),
            "numbers gapless": gapless,
            "confirmations accepted by the provider": f"{delivered} ({waited:.0f} s after the last citizen)",
            "seconds": f"{seconds:.0f} ({registered / seconds:.1f} registrations/s)",
            "per citizen p50 / p95": f"{middle:.1f} / {slow:.1f} s",
        }
        for name, value in lines.items():
            self.stdout.write(f"{name:<42}{value}")
        if not gapless or bookings.count() != registered or delivered != registered:
            raise CommandError("The evening did not end as it must.")

    def _numbers_gapless(self) -> bool:
        sessions = Session.objects.filter(campaign=self.campaign)
        return all(
            sorted(session.bookings.numbered().values_list("number", flat=True))
            == list(range(1, session.last_number + 1))
            for session in sessions
        )

    def _wait_for_messages(self, expected: int) -> tuple[int, float]:
        """Confirmations of this campaign that left the house, and how long the last one took."""
        started = time.monotonic()
        uids = list(
            Booking.objects.filter(session__campaign=self.campaign).numbered().values_list("uid", flat=True)
        )
        while True:
            sent = sum(
                OutboxMessage.objects.filter(
                    notice="appointments.booking_confirmed",
                    about__in=uids[start : start + 500],
                    state__in=("accepted", "delivered", "seen"),
                ).count()
                for start in range(0, len(uids), 500)
            )
            waited = time.monotonic() - started
            if sent >= expected or waited > MESSAGES_WAIT_SECONDS:
                return sent, waited
            time.sleep(1)
