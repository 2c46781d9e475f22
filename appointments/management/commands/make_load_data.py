"""`manage.py make_load_data`: sessions full of fictitious people, to measure with; never in production."""

import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from appointments.actions.book_many import book_many, lay_out_load, load_people
from appointments.models import Booking
from portal.common.actors import SystemActor
from portal.units.models import Unit
from procedures.queries import ID_CARD, procedure_by_key

BY = SystemActor("make_load_data")
FIRST_PHONE, PHONES = 3_000_000, 7_000_000
BAR = 40


class Command(BaseCommand):
    help = "Nạp dữ liệu tải: nhiều buổi làm việc đầy người hư cấu. Không chạy ở hệ thống thật."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sessions", type=int, default=100, help="số buổi")
        parser.add_argument("--bookings", type=int, default=10_000, help="số lịch hẹn")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        sessions, bookings = options["sessions"], options["bookings"]
        used = Booking.objects.filter(filed_by=BY.actor_ref).count()
        self.refuse(sessions, bookings, used)
        unit = Unit.objects.open().filter(is_demo=True, kind__code="ward").order_by("pk").first()
        if unit is None:
            raise CommandError("Chưa có đơn vị mẫu. Xin chạy seed_demo trước.")
        started = time.monotonic()
        campaigns = lay_out_load(
            unit=unit, procedure=procedure_by_key(ID_CARD), sessions=sessions, bookings=bookings, by=BY
        )
        people = load_people(seed=options["seed"], first_phone=FIRST_PHONE + used)
        done = 0
        for written in book_many(campaigns=campaigns, people=people, total=bookings, by=BY):
            done += written
            self.show(done, bookings, time.monotonic() - started)
        seconds = time.monotonic() - started
        self.stderr.write("")
        self.stdout.write(
            f"{sessions} sessions, {done} bookings, {seconds:.0f} s, {done / seconds:.0f} a second"
        )

    def refuse(self, sessions: int, bookings: int, used: int) -> None:
        if settings.PORTAL_MODE == "production" or not settings.TEST_PHONES_ALLOWED:
            raise CommandError("Dữ liệu tải không nạp được vào hệ thống thật.")
        if sessions < 1 or bookings < 1 or bookings > sessions * 16_000:
            raise CommandError("Số buổi và số lịch hẹn phải từ 1; mỗi buổi không quá 16.000 người.")
        if used + bookings > PHONES:
            raise CommandError("Hết số điện thoại tưởng tượng. Xin tạo cơ sở dữ liệu mới.")

    def show(self, done: int, total: int, seconds: float) -> None:
        """One line that is drawn over itself."""
        filled = BAR * done // total
        bar = "#" * filled + "." * (BAR - filled)
        sys.stderr.write(f"\r[{bar}] {done}/{total} {done / seconds:.0f}/s ")
        sys.stderr.flush()
