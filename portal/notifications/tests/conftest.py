"""A unit, an imaginary phone, two notices of a made-up room, and an eSMS that answers as told."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from portal.celery import app
from portal.common.actors import SystemActor
from portal.notifications import wake
from portal.notifications.actions.contact_points import ensure_contact_point
from portal.notifications.actions.queue_message import queue_message
from portal.notifications.actions.templates import create_template
from portal.notifications.channels.sms.esms.channel import SEND_PATH
from portal.notifications.models import ContactPoint, MessageTemplate, OutboxMessage
from portal.notifications.notices import Notice, register_notice
from portal.units.models import Unit, UnitKind

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
