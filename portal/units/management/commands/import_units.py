"""manage.py import_units: the official units, their history and the holidays, from our own data files."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.common.actors import SystemActor
from portal.units.actions.import_official_units import import_official_units
from portal.units.enums import Edition, Level
from portal.units.models import Unit
from portal.units.official import DATA_EDITION

LABELS = {"units": "Đơn vị", "successions": "Kế thừa", "reach": "Phạm vi xem"}
COUNTS = (
    ("34 tỉnh, thành phố", Edition.SINCE_JULY_2025, Level.PROVINCE, 34),
    ("3.321 xã, phường, đặc khu", Edition.SINCE_JULY_2025, Level.COMMUNE, 3321),
    ("63 tỉnh, thành phố cũ", Edition.UNTIL_JUNE_2025, Level.PROVINCE, 63),
    ("696 huyện cũ", Edition.UNTIL_JUNE_2025, Level.DISTRICT, 696),
    ("10.035 xã cũ", Edition.UNTIL_JUNE_2025, Level.COMMUNE, 10035),
)
WIDTH = 30


class Command(BaseCommand):
    help = "Nạp danh mục đơn vị hành chính, đơn vị cũ và ngày nghỉ; chạy lại không thay đổi gì."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--edition", default=DATA_EDITION, help="dừng lại nếu tệp dữ liệu thuộc ấn bản khác"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["edition"] != DATA_EDITION:
            raise CommandError(f"Tệp dữ liệu thuộc ấn bản {DATA_EDITION}, không phải {options['edition']}.")
        start = time.monotonic()
        report = import_official_units(by=SystemActor("import_units"), progress=self.show_progress)
        self.check_counts()
        created, changed = report.totals
        seconds = time.monotonic() - start
        self.stdout.write(f"{created} created, {changed} changed, {seconds:.1f} s (edition {DATA_EDITION})")

    def show_progress(self, label: str, done: int, total: int) -> None:
        """One line per step; a log file gets it only when the step is finished."""
        finished = done >= total
        if not (finished or self.stderr.isatty()):
            return
        filled = WIDTH * done // max(total, 1)
        bar = "█" * filled + "·" * (WIDTH - filled)
        self.stderr.write(f"\r{LABELS[label]:<12} {bar} {done}/{total}", ending="\n" if finished else "")
        self.stderr.flush()

    def check_counts(self) -> None:
        """The law's numbers must be in the database, or the import is not done."""
        for label, edition, level, expected in COUNTS:
            found = Unit.objects.filter(edition=edition, kind__level=level).count()
            if found != expected:
                raise CommandError(f"{label}: trong cơ sở dữ liệu có {found}.")
            self.stdout.write(f"  {label}")
