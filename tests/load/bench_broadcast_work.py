"""What the measured processes of bench_broadcast do; each starts Django of its own."""

import sys
import uuid

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from portal.common.actors import SystemActor  # noqa: E402
from portal.notifications.actions.contact_points import add_contact_points  # noqa: E402
from portal.notifications.actions.queue_message import NewMessage, queue_messages  # noqa: E402
from portal.notifications.actions.send_batch import BATCH, send_batch  # noqa: E402
from portal.notifications.actions.templates import create_template  # noqa: E402
from portal.notifications.models import OutboxMessage  # noqa: E402
from portal.notifications.notices import Notice, register_notice  # noqa: E402
from portal.notifications.wake import wake  # noqa: E402
from portal.units.models import Unit, UnitKind  # noqa: E402

BY = SystemActor("bench")
NEWS = register_notice(Notice("bench.news", "bulk", purpose="news", parameters=("so",), quiet=False))
CHUNK = 2000


def migrate() -> None:
    call_command("migrate", verbosity=0)
    kind = UnitKind.objects.create(code="bench", name_vi="Phường", name_en="Ward", level=3)
    Unit.objects.create(kind=kind, name="Đo", display_name="Phường Đo", folded_name="do")
    body = "Tin số {so}: điểm làm căn cước lưu động mở cửa từ 7 giờ 30 sáng thứ bảy."
    create_template(channel="sms", notice=NEWS.key, body=body, provider_id="", unit=None, by=BY)


def fill(number: int, start: int) -> None:
    """Queue a message to each of `number` new phones."""
    unit = Unit.objects.get(name="Đo")
    for first in range(start, start + number, CHUNK):
        phones = [f"+8475{one:07d}" for one in range(first, min(first + CHUNK, start + number))]
        queue_messages(
            messages=[
                NewMessage(NEWS.key, point, unit, "bench", uuid.uuid4(), {"so": place + 1})
                for place, point in enumerate(add_contact_points(phones=phones, by=BY))
            ],
            by=BY,
        )


def send() -> None:
    """Send until nothing is due."""
    while send_batch(message_class="bulk", limit=BATCH, by=BY):
        pass


def publish() -> None:
    """One task per message, as a queue without batches would have them."""
    for uid in OutboxMessage.objects.filter(state="queued").values_list("uid", flat=True):
        wake(uid, "bulk")


if __name__ == "__main__":
    verb, *numbers = sys.argv[1:]
    {"migrate": migrate, "fill": fill, "send": send, "publish": publish}[verb](*map(int, numbers))
