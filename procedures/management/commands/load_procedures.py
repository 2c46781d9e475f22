from typing import Any

from django.core.management.base import BaseCommand

from portal.common.actors import SystemActor
from procedures.actions.load_procedures import load_procedures


class Command(BaseCommand):
    help = "Nạp danh mục thủ tục từ các tệp dữ liệu; chạy lại không đổi gì."

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_procedures(by=SystemActor("load_procedures"))
        self.stdout.write(f"Danh mục có {count} thủ tục.")
