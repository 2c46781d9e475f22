"""A unit, an imaginary phone, two notices of a made-up room, and an eSMS that answers as told."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_httpserver import HTTPServer

from portal.celery import app
from portal.common.actors import SystemActor
from portal.common.clock import local_moment, local_today
from portal.notifications import wake
from portal.notifications.actions.contact_points import ensure_contact_point
from portal.notifications.actions.move_mass import move_mass
from portal.notifications.actions.queue_message import queue_message
from portal.notifications.actions.request_call import request_call
from portal.notifications.actions.templates import create_template
from portal.notifications.channels.sms.esms.channel import SEND_PATH
from portal.notifications.enums import MassState
from portal.notifications.models import CallTask, ContactPoint, MassMessage, MessageTemplate, OutboxMessage
from portal.notifications.notices import Notice, register_notice
from portal.notifications.tests.calls import FACTS, send
from portal.notifications.tests.imitated_zalo import Client, run
from portal.notifications.tests.mass import phones, written
from portal.officers.models import Officer
from portal.units.models import Unit, UnitKind
from tests.people import make_officer

TESTER = SystemActor("tester")
PHONE = "+84750123456"


def code_of_test(context: dict[str, Any]) -> str:
    return f"code-of-{context['challenge']}"


CONFIRMED = register_notice(
    Notice("tests.confirmed", "transactional", purpose="visits", parameters=("so", "ngay"))
)
CODE = register_notice(
    Notice("tests.code", "code", purpose="codes", parameters=("ma",), derived={"ma": code_of_test})
)


@pytest.fixture(autouse=True)
def daytime() -> Iterator[None]:
    """Ten in the morning, and running: at night the outbox rests (test_quiet_hours.py), these do not."""
    morning = local_moment(local_today(), 10 * 60)
    with time_machine.travel(morning, tick=True):
        yield


@pytest.fixture(autouse=True)
def own_addresses(settings) -> None:
    settings.PUBLIC_URL = "http://portal.test"


@pytest.fixture
def published(monkeypatch) -> list[tuple]:
    """What went to the broker: (task, args, queue, countdown)."""
    sent: list[tuple] = []
    wake.resume()

    def send(name: str, *, args, queue, countdown=None, producer=None, retry=None) -> None:
        sent.append((name, args, queue, countdown))

    monkeypatch.setattr(app, "send_task", send)
    return sent


@pytest.fixture
def unit(db) -> Unit:
    return make_unit("Sông Mới")


def make_unit(name: str, parent: Unit | None = None) -> Unit:
    kind, _created = UnitKind.objects.get_or_create(
        code="phuong-thu", defaults={"name_vi": "Phường", "name_en": "Ward", "level": 3}
    )
    return Unit.objects.create(
        kind=kind, name=name, display_name=f"Phường {name}", folded_name=name.lower(), parent=parent
    )


@pytest.fixture
def phone(db) -> ContactPoint:
    return ensure_contact_point(phone=PHONE, by=TESTER)


@pytest.fixture
def templates(db) -> list[MessageTemplate]:
    bodies = {"tests.confirmed": "Lịch hẹn số {so} ngày {ngay}.", "tests.code": "Mã: {ma}"}
    return [
        create_template(channel="sms", notice=notice, body=body, provider_id="", unit=None, by=TESTER)
        for notice, body in bodies.items()
    ]


@pytest.fixture
def make_message(unit, phone, templates, published) -> Callable[..., OutboxMessage]:
    """A queued message; arguments of queue_message may be given."""

    def make(**given) -> OutboxMessage:
        facts = {
            "notice": "tests.confirmed",
            "to": phone,
            "unit": unit,
            "intent": "confirmed",
            "about": uuid.uuid4(),
            "context": {"so": 7, "ngay": "25/11/2026"},
            "by": TESTER,
        }
        return queue_message(**{**facts, **given})

    return make


@pytest.fixture
def esms(httpserver: HTTPServer, settings) -> HTTPServer:
    """eSMS at the address of the local provider, so that imaginary phones may be used."""
    settings.SMS_CHANNEL = "esms"
    settings.ESMS_BASE_URL = settings.LOCAL_PROVIDER_URL = httpserver.url_for("").rstrip("/")
    return httpserver


@pytest.fixture
def answer(esms: HTTPServer) -> Callable[..., None]:
    """`answer(CodeResult="100")`: what eSMS says from now on."""

    def set_answer(**content: str) -> None:
        esms.clear()
        esms.expect_request(SEND_PATH, method="POST").respond_with_json(content)

    set_answer(CodeResult="100", SMSID="ref-1")
    return set_answer


@pytest.fixture
def zalo(tmp_path) -> Iterator[Client]:
    """A client with a token for the imitated Zalo that runs for this test alone."""
    provider = run(tmp_path)
    client = Client(f"http://127.0.0.1:{provider.server_address[1]}")
    client.connect()
    yield client
    provider.shutdown()
    provider.server_close()


# ---- calls


@pytest.fixture
def officer(unit) -> Officer:
    return make_officer("truc.ban", unit, "duty_officer")


@pytest.fixture
def second(unit) -> Officer:
    return make_officer("can.cuoc", unit, "id_desk")


@pytest.fixture
def stranger(db) -> Officer:
    return make_officer("noi.khac", make_unit("Khác"), "duty_officer", "unit_chief")


@pytest.fixture
def make_call(unit, phone, published) -> Callable[..., CallTask]:
    """A call a room asked for; arguments of request_call may be given."""

    def make(**given) -> CallTask:
        facts = {
            "notice": "tests.ask",
            "to": phone,
            "unit": unit,
            "about": uuid.uuid4(),
            "context": {"so": 7},
            "valid_until": timezone.now() + dt.timedelta(days=1),
            "by": TESTER,
        }
        return request_call(**{**facts, **given})

    return make


@pytest.fixture
def called_message(make_message, answer, moved_text) -> OutboxMessage:
    """A message whose phone is blocked, so that its call waits on the list."""
    answer(CodeResult="99")
    message = make_message(notice="tests.moved", context=FACTS)
    send(message), send(message)
    return message


@pytest.fixture
def moved_text(templates):
    """The blocked phone is refused by the provider, not for want of words."""
    create_template(
        channel="sms", notice="tests.moved", body="Dời số {so}.", provider_id="", unit=None, by=TESTER
    )


# ---- mass messages


@pytest.fixture
def open_unit(unit) -> Unit:
    """Open and with an address, as a unit that sends has."""
    unit.slug, unit.is_open = "song-moi", True
    unit.save()
    return unit


@pytest.fixture
def started(open_unit, published) -> Callable[..., MassMessage]:
    """`started(n)`: a mass message to n people that an officer let go."""

    def make(number: int, *, first: int = 0, **given) -> MassMessage:
        phones(number, first)
        mass = written(open_unit, **given)
        move_mass(obj=mass, to=MassState.CHECKED, by=TESTER)
        move_mass(obj=mass, to=MassState.QUEUED, by=TESTER)
        return mass

    return make
