"""Demo data: a filled inbox in the demonstration ward. Refuses to run in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.common.actors import SystemActor
from portal.conversations.actions.load_demo import load_demo_conversations
from portal.officers.models import Officer

BY = SystemActor("seed_demo")
OFFICER, COLLEAGUE = "canbo", "trucban"  # as seed_demo names them


class Command(BaseCommand):
    help = "Nạp trò chuyện Zalo trình diễn (người và việc hư cấu). Chạy sau seed_demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PORTAL_MODE == "production":
            raise CommandError("Dữ liệu trình diễn không nạp được vào hệ thống thật.")
        officers = {one.username: one for one in Officer.objects.filter(username__in=(OFFICER, COLLEAGUE))}
        if len(officers) < 2:
            raise CommandError("Chưa có cán bộ trình diễn. Hãy chạy seed_demo trước.")
        main = officers[OFFICER]
        load_demo_conversations(unit=main.unit, officer=main, colleague=officers[COLLEAGUE], by=BY)
