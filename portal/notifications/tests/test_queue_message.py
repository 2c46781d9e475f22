import dataclasses
import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from portal.notifications import tasks
from portal.notifications.actions.contact_points import ensure_contact_point, set_opt_out
from portal.notifications.actions.queue_message import NewMessage, queue_messages
from portal.notifications.models import ContactPoint, OutboxMessage
from portal.notifications.notices import Notice, UnknownNotice, register_notice
from portal.notifications.tests.conftest import PHONE, TESTER


def test_queue_message_publishes_the_uid_and_nothing_else(
    make_message, published, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        message = make_message()
        assert published == []
    assert published == [("notifications.deliver", [str(message.uid)], "transactional", None)]


def test_queue_message_twice_returns_the_first_row_and_publishes_once(
    make_message, published, django_capture_on_commit_callbacks
):
    about = uuid.uuid4()
    with django_capture_on_commit_callbacks(execute=True):
        first = make_message(about=about)
        second = make_message(about=about, context={"so": 8, "ngay": "26/11/2026"})
    assert second.pk == first.pk
    assert second.context == {"so": 7, "ngay": "25/11/2026"}
    assert len(published) == 1


def test_queue_message_costs_one_statement(make_message, django_assert_num_queries):
    with django_assert_num_queries(1):
        message = make_message()
    assert OutboxMessage.objects.get(pk=message.pk).uid == message.uid


@pytest.fixture
def make_many(unit, phone, templates, published):
    """Confirmations for new visits; `abouts` may name known ones."""

    def make(count: int, abouts=()) -> list[NewMessage]:
        wanted = [*abouts, *(uuid.uuid4() for _number in range(count))]
        facts = {"notice": "tests.confirmed", "to": phone, "unit": unit, "intent": "confirmed"}
        return [
            NewMessage(about=about, context={"so": place, "ngay": "1/12/2026"}, **facts)
            for place, about in enumerate(wanted)
        ]

    return make


@pytest.mark.parametrize("count", [1, 3, 20])
def test_queue_messages_costs_one_statement_for_any_number(make_many, count, django_assert_num_queries):
    with django_assert_num_queries(1):
        fresh = queue_messages(messages=make_many(count), by=TESTER)
    stored = OutboxMessage.objects.order_by("pk")
    assert [(row.pk, row.uid, row.context["so"]) for row in stored] == [
        (row.pk, row.uid, place) for place, row in enumerate(fresh)
    ]


@pytest.mark.postgres
def test_queue_messages_of_a_whole_day_is_one_statement(make_many, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(queue_messages(messages=make_many(400), by=TESTER)) == 400


@pytest.mark.sqlite
def test_queue_messages_of_a_whole_day_respects_the_parameter_limit(make_many):
    assert len(queue_messages(messages=make_many(400), by=TESTER)) == OutboxMessage.objects.count() == 400


def test_queue_messages_leaves_out_what_is_queued_already_and_what_stands_twice(make_many, make_message):
    known, twice = make_message(), uuid.uuid4()
    messages = make_many(1, abouts=[known.about, twice, twice])
    fresh = queue_messages(messages=messages, by=TESTER)
    assert [row.about for row in fresh] == [twice, messages[-1].about]
    assert OutboxMessage.objects.count() == 3


def test_queue_messages_publishes_once_and_the_worker_publishes_each(
    make_many, published, monkeypatch, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        fresh = queue_messages(messages=make_many(3), by=TESTER)
    assert published == [("notifications.wake_due", ["transactional"], "transactional", None)]
    published.clear()
    monkeypatch.setattr("portal.notifications.actions.sweep.waiting_in", lambda _class: 0)
    tasks.wake_due_messages("transactional")
    assert published == [("notifications.deliver", [str(row.uid)], "transactional", None) for row in fresh]


def test_queue_messages_refuses_all_when_one_is_wrong(make_many):
    wrong = dataclasses.replace(make_many(1)[0], context={})
    with pytest.raises(ValidationError):
        queue_messages(messages=[*make_many(1), wrong], by=TESTER)
    assert OutboxMessage.objects.count() == 0


def test_queue_messages_of_nobody_does_nothing(db, published, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queue_messages(messages=[], by=TESTER) == []


def test_queue_message_tells_another_recipient_of_the_same_thing(make_message):
    about = uuid.uuid4()
    other = ensure_contact_point(phone="0750 999 888", by=TESTER)
    assert make_message(about=about).pk != make_message(about=about, to=other).pk


def test_queue_message_waits_for_not_before(make_message, published, django_capture_on_commit_callbacks):
    later = timezone.now() + dt.timedelta(hours=2)
    with django_capture_on_commit_callbacks(execute=True):
        message = make_message(not_before=later)
    assert (message.next_at, published) == (later, [])
    assert message.valid_until == later + dt.timedelta(days=3)


def test_queue_message_refuses_a_missing_parameter(make_message):
    with pytest.raises(ValidationError) as caught:
        make_message(context={"so": 7})
    assert caught.value.code == "parameter_missing"
    assert OutboxMessage.objects.count() == 0


def test_queue_message_refuses_an_unknown_notice(make_message):
    with pytest.raises(UnknownNotice):
        make_message(notice="tests.nobody_said_this")


def test_derived_parameters_are_neither_asked_for_nor_stored(make_message, settings):
    message = make_message(notice="tests.code", context={"challenge": "c1"})
    assert OutboxMessage.objects.get(pk=message.pk).context == {"challenge": "c1"}
    assert message.valid_until - message.next_at == dt.timedelta(seconds=settings.CODE_SECONDS)


def test_context_and_phone_are_unreadable_in_the_tables(make_message):
    make_message(context={"so": 7, "ngay": "KENNWORT"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT context FROM notifications_outboxmessage")
        context = bytes(cursor.fetchone()[0])
        cursor.execute("SELECT phone FROM notifications_contactpoint")
        phone = bytes(cursor.fetchone()[0])
    assert (b"KENNWORT" in context, b"750123456" in phone) == (False, False)


def test_one_phone_is_one_contact_point_in_any_notation(db):
    first = ensure_contact_point(phone=PHONE, by=TESTER)
    second = ensure_contact_point(phone="0750.123.456", by=TESTER)
    assert (second.pk, ContactPoint.objects.count()) == (first.pk, 1)
    assert (second.phone, str(second)) == (PHONE, "0750 *** 456")


def test_opt_outs_are_kept_per_purpose(phone):
    set_opt_out(contact_point=phone, purpose="visits", refused=True, by=TESTER)
    set_opt_out(contact_point=phone, purpose="news", refused=True, by=TESTER)
    set_opt_out(contact_point=phone, purpose="visits", refused=False, by=TESTER)
    assert ContactPoint.objects.get(pk=phone.pk).opt_outs == ["news"]


def test_register_notice_refuses_a_second_meaning():
    with pytest.raises(ValueError, match="registered twice"):
        register_notice(Notice("tests.confirmed", "bulk", purpose="visits"))


def test_register_notice_refuses_an_undeclared_derived_parameter():
    with pytest.raises(ValueError, match="not declared"):
        register_notice(Notice("tests.odd", "code", purpose="codes", derived={"ma": str}))
