"""What officers see of messages and what they may do with them."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.common.errors import Conflict, NotAllowed
from portal.notifications.actions.change_message import change_message
from portal.notifications.actions.deliver import deliver
from portal.notifications.enums import State
from portal.notifications.models import MessageTemplate, OutboxMessage
from portal.notifications.tests.conftest import TESTER, make_unit
from portal.notifications.workflow import FINAL, MESSAGE_WORKFLOW
from portal.officers.actions.create_officer import create_officer
from portal.officers.actions.grant_role import grant_role
from portal.officers.models import Officer
from portal.units.actions.rebuild_reach import rebuild_reach
from portal.units.models import Unit


class Handler:
    """An officer who may handle messages of the given units."""

    actor_ref = "officer:test"

    def __init__(self, *units: Unit) -> None:
        self.units = {unit.pk for unit in units}

    def unit_ids(self, permission: str) -> set[int]:
        return self.units if permission == "notifications.change_outboxmessage" else set()


def officer_of(unit: Unit, *roles: str) -> Officer:
    rebuild_reach()
    name = f"can.bo.{unit.pk}"
    officer, _secret = create_officer(username=name, unit=unit, by=TESTER)
    for role in roles:
        grant_role(officer=officer, role=role, unit=unit, by=TESTER)
    Officer.objects.filter(pk=officer.pk).update(must_change_password=False)
    return Officer.objects.get(pk=officer.pk)


def desk_of(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def failed(make_message, answer) -> OutboxMessage:
    answer(CodeResult="99")
    message = make_message()
    deliver(message_uid=message.uid, by=TESTER)
    message.refresh_from_db()
    return message


def test_a_failed_message_is_sent_anew_under_a_new_request_id(failed, unit, answer, esms):
    officer = Handler(unit)
    change_message(obj=failed, to=State.QUEUED, by=officer)
    answer(CodeResult="100")
    assert deliver(message_uid=failed.uid, by=TESTER) == "accepted"
    assert esms.log[-1][0].get_json()["RequestId"] == f"{failed.uid.hex}-2"
    assert list(failed.tries.values_list("send_round", "number", "outcome")) == [
        (1, 1, "failed"),
        (2, 1, "accepted"),
    ]


def test_only_officers_of_the_unit_handle_its_messages(failed):
    for actor in (Handler(make_unit("Khác")), TESTER):
        with pytest.raises(NotAllowed):
            change_message(obj=failed, to=State.QUEUED, by=actor)


def test_a_waiting_message_is_cancelled_and_then_never_sent(make_message, unit, answer, esms):
    message = make_message()
    change_message(obj=message, to=State.CANCELLED, by=Handler(unit))
    assert (deliver(message_uid=message.uid, by=TESTER), message.state, len(esms.log)) == (
        None,
        "cancelled",
        0,
    )


def test_a_message_a_worker_took_meanwhile_is_not_cancelled(make_message, unit, answer):
    message = make_message()
    deliver(message_uid=message.uid, by=TESTER)
    with pytest.raises(Conflict) as caught:
        change_message(obj=message, to=State.CANCELLED, by=Handler(unit))
    assert caught.value.code == "move_not_allowed"


def test_a_code_is_never_sent_anew(make_message, unit, answer):
    answer(CodeResult="99")
    message = make_message(notice="tests.code", context={"challenge": "c1"})
    deliver(message_uid=message.uid, by=TESTER)
    message.refresh_from_db()
    with pytest.raises(Conflict) as caught:
        change_message(obj=message, to=State.QUEUED, by=Handler(unit))
    assert caught.value.code == "code_not_resent"


def test_every_state_is_in_the_table_of_moves_and_cancelled_stays():
    assert MESSAGE_WORKFLOW.statuses() == set(State.values)
    assert [move.verb for move in MESSAGE_WORKFLOW.moves if move.frm == State.CANCELLED] == []
    assert {State.DELIVERED, State.SEEN, State.CANCELLED} < set(FINAL)


def test_the_list_shows_messages_of_own_units_without_personal_words(make_message, unit):
    message = make_message(context={"so": 7, "ngay": "KENNWORT"})
    address = reverse("admin:notifications_outboxmessage_changelist")
    own = desk_of(officer_of(unit, "id_desk")).get(address).content.decode()
    other = desk_of(officer_of(make_unit("Khác"), "id_desk")).get(address).content.decode()
    page = reverse("admin:notifications_outboxmessage_change", args=[message.pk])
    assert (page in own, page in other) == (True, False)
    assert [word for word in ("KENNWORT", "750123456", "0750 123 456") if word in own] == []


def test_the_page_of_a_message_masks_phone_and_code(make_message, unit):
    message = make_message(notice="tests.code", context={"challenge": "c1"})
    page = reverse("admin:notifications_outboxmessage_change", args=[message.pk])
    shown = desk_of(officer_of(unit, "id_desk")).get(page)
    text = shown.content.decode()
    assert (shown.status_code, "0750 *** 456" in text, "••••••" in text) == (200, True, True)
    assert [word for word in ("code-of-c1", "750123456", "0750 123 456") if word in text] == []


def test_a_stranger_cannot_open_a_message(make_message, unit):
    page = reverse("admin:notifications_outboxmessage_change", args=[make_message().pk])
    assert desk_of(officer_of(make_unit("Khác"), "id_desk")).get(page).status_code == 404


def test_changing_the_default_makes_a_text_of_the_officers_unit(unit, templates):
    client = desk_of(officer_of(unit, "unit_chief"))
    page = reverse("admin:notifications_messagetemplate_change", args=[templates[0].pk])
    assert "Lich hen so SO ngay NGAY." in client.get(page).content.decode()
    answer = client.post(page, {"body": "Riêng số {so}.", "provider_id": "T1"})
    rows = MessageTemplate.objects.active().filter(notice="tests.confirmed").order_by("pk")
    assert answer.status_code == 302
    assert list(rows.values_list("unit", "body")) == [(None, templates[0].body), (unit.pk, "Riêng số {so}.")]
