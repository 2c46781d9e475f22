"""Book a visit from the command line: the same action as page and API, with attested identity."""

import json
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from appointments.actions.book_visit import book_visit
from portal.common.actors import SystemActor
from portal.common.codes import show_code
from portal.common.errors import DomainError, field_errors
from portal.units.models import Unit


def _declaration(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        raise CommandError("json_invalid: tờ khai không phải JSON.")
    return data


class Command(BaseCommand):
    help = (
        "Đặt một lịch hẹn. Tờ khai (JSON) đọc từ đầu vào chuẩn để thông tin cá nhân không nằm trên dòng lệnh."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("unit", help="đường dẫn của đơn vị")
        parser.add_argument("slot", help="uid của khung giờ")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = Unit.objects.open().filter(slug=options["unit"]).first()
        if unit is None:
            raise CommandError("unit_unknown: không có đơn vị này.")
        try:
            data = _declaration(sys.stdin.read())
            booking = book_visit(unit=unit, slot=options["slot"], data=data, by=SystemActor("book_visit"))
        except ValidationError as error:
            lines = [
                f"{field}: {code}: {text}"
                for field, items in field_errors(error).items()
                for code, text in items
            ]
            raise CommandError("\n".join(lines)) from error
        except DomainError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        self.stdout.write(f"{booking.number} {show_code(booking.declaration.code)}")
