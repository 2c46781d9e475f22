"""What the processes of a storm do; each starts Django of its own. The worker learns the notices here."""

import sys
import uuid

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from portal.common.actors import SystemActor  # noqa: E402
from portal.notifications.actions.contact_points import add_contact_points  # noqa: E402
from portal.notifications.actions.poll_reports import poll_reports  # noqa: E402
from portal.notifications.actions.queue_message import NewMessage, queue_messages  # noqa: E402
from portal.notifications.actions.templates import create_template  # noqa: E402
from portal.notifications.models import OutboxMessage  # noqa: E402
from portal.notifications.notices import Notice, register_notice  # noqa: E402
from portal.units.models import Unit, UnitKind  # noqa: E402

BY = SystemActor("storm")
CHUNK = 500
NOTICES = [
    register_notice(
        Notice(
            f"storm.{kind}",
            kind,
            purpose="storm",
            parameters=("so",),
            answers_at_once=kind != "bulk",
            quiet=False,
        )
    )
    for kind in ("transactional", "bulk")
]


def migrate() -> None:
    call_command("migrate", verbosity=0)
    kind = UnitKind.objects.create(code="storm", name_vi="Phường", name_en="Ward", level=3)
    Unit.objects.create(kind=kind, name="Bão", display_name="Phường Bão", folded_name="bao")
    for notice in NOTICES:
        body = "Tin số {so}."
        create_template(channel="sms", notice=notice.key, body=body, provider_id="", unit=None, by=BY)


def fill(number: int) -> None:
    """Queue `number` messages while the storm rages, alternately single and mass messages by chunk."""
    unit = Unit.objects.get(name="Bão")
    for place, first in enumerate(range(0, number, CHUNK)):
        last = min(first + CHUNK, number)
        points = add_contact_points(phones=[f"+8475{one:07d}" for one in range(first, last)], by=BY)
        notice = NOTICES[place % 2].key
        queue_messages(
            messages=[
                NewMessage(notice, point, unit, "storm", uuid.uuid4(), {"so": first + one})
                for one, point in enumerate(points)
            ],
            by=BY,
        )


def reports() -> None:
    """Ask the provider about every accepted message now instead of in ten minutes; several may run."""
    accepted = OutboxMessage.objects.filter(state="accepted", report_due__gt=timezone.now())
    accepted.update(report_due=timezone.now())
    while OutboxMessage.objects.report_missing(timezone.now()).exists():
        poll_reports(by=BY)


if __name__ == "__main__":
    verb, *numbers = sys.argv[1:]
    {"migrate": migrate, "fill": fill, "reports": reports}[verb](*map(int, numbers))
