from typing import Any

from django.core.management.base import BaseCommand

from portal.common.actors import SystemActor
from procedures.actions.load_catalogue import load_catalogue


class Command(BaseCommand):
    help = "Nạp danh mục thủ tục từ các tệp dữ liệu; chạy lại không đổi gì, không ghi đè bản của đơn vị."

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_catalogue(by=SystemActor("load_catalogue"))
        self.stdout.write(f"Danh mục có {count} thủ tục.")
