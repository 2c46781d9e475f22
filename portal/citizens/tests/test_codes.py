"""One-time codes: derived, five tries, five minutes."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from portal.citizens.actions.codes import consume_code, verify_code
from portal.citizens.models import Contact, OneTimeCode
from portal.citizens.notices import derive_code
from portal.citizens.one_time import code_of, typed_digits
from portal.citizens.tests.conftest import wrong_code
from portal.common.errors import Conflict, TooMany
from portal.notifications.models import OutboxMessage


def error_of(challenge_uid: uuid.UUID, code: str) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        verify_code(challenge_uid=challenge_uid, code=code)
    return caught.value.error_dict["code"][0]


def whole_database() -> str:
    """Every value of every row of the room and of the outbox, as the database returns it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.split("_")[0] in ("citizens", "notifications", "audit", "requests"):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own names
                found.append(
                    repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor])
                )
    return "\n".join(found)


def test_code_stands_in_no_table_and_comes_from_the_challenge_alone(ask) -> None:
    challenge = ask()
    code = code_of(challenge.uid)
    message = OutboxMessage.objects.get(about=challenge.uid)
    assert derive_code(message.context) == code
    assert code not in str(message.context)
    stored = whole_database()
    assert str(challenge.contact_point.phone_hash) in stored
    assert re.search(rf"(?<![0-9a-f]){code}(?![0-9a-f])", stored) is None  # not as part of a hash
    assert code_of(challenge.uid) == code


def test_codes_of_other_challenges_differ_and_use_all_digits() -> None:
    codes = [code_of(uuid.uuid4()) for _number in range(2000)]
    assert len(set(codes)) > 1980
    assert {len(code) for code in codes} == {6}
    assert min(codes) < "010000"
    assert max(codes) > "990000"


def test_message_lives_as_long_as_the_code(ask) -> None:
    challenge = ask()
    message = OutboxMessage.objects.get(about=challenge.uid)
    assert message.valid_until == challenge.expires_at
    assert message.message_class == "code"


def test_right_code_verifies_challenge_and_contact(ask) -> None:
    challenge = ask()
    answered = verify_code(challenge_uid=challenge.uid, code=code_of(challenge.uid))
    assert answered.verified_at is not None
    contact = Contact.objects.get(contact_point=challenge.contact_point)
    assert contact.verified_at is not None
    assert contact.actor_ref == f"contact:{contact.uid}"


def test_repeat_with_the_right_code_is_success_and_a_wrong_repeat_is_not(ask) -> None:
    challenge = ask()
    code = code_of(challenge.uid)
    first = verify_code(challenge_uid=challenge.uid, code=code)
    assert error_of(challenge.uid, wrong_code(challenge)).code == "code_wrong"
    assert verify_code(challenge_uid=challenge.uid, code=code).verified_at == first.verified_at


def test_an_answered_challenge_is_no_place_for_guessing(ask) -> None:
    challenge = ask()
    verify_code(challenge_uid=challenge.uid, code=code_of(challenge.uid))
    for _guess in range(9):
        assert error_of(challenge.uid, wrong_code(challenge)).code == "code_wrong"
    assert error_of(challenge.uid, code_of(challenge.uid)).code == "code_tries_spent"


def test_typed_code_may_have_spaces_and_a_slip_of_length_costs_no_try(ask) -> None:
    challenge = ask()
    code = code_of(challenge.uid)
    assert error_of(challenge.uid, code[:5]).code == "code_wrong"
    assert error_of(challenge.uid, "").code == "code_wrong"
    assert OneTimeCode.objects.get(pk=challenge.pk).tries == 0
    assert verify_code(challenge_uid=challenge.uid, code=f" {code[:3]} {code[3:]}\n").verified_at is not None
    assert typed_digits("١٢٣٤٥٦") == ""


def test_wrong_code_says_how_many_tries_are_left(ask) -> None:
    challenge = ask()
    assert "4" in error_of(challenge.uid, wrong_code(challenge)).message


def test_sixth_try_fails_even_with_the_right_code(ask) -> None:
    challenge = ask()
    for _guess in range(5):
        assert error_of(challenge.uid, wrong_code(challenge)).code == "code_wrong"
    assert error_of(challenge.uid, code_of(challenge.uid)).code == "code_tries_spent"


@pytest.mark.django_db(transaction=True)
def test_thirty_guesses_at_once_get_five_tries(ask) -> None:
    challenge = ask()
    guess = wrong_code(challenge)

    def try_once(_number: int) -> str:
        try:
            return error_of(challenge.uid, guess).code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(try_once, range(30)))
    assert answers.count("code_wrong") == 5
    assert answers.count("code_tries_spent") == 25
    assert OneTimeCode.objects.get(pk=challenge.pk).tries == 5
    assert error_of(challenge.uid, code_of(challenge.uid)).code == "code_tries_spent"


def test_code_expires_after_five_minutes(ask) -> None:
    with time_machine.travel("2026-11-21T02:00:00Z", tick=False) as clock:
        challenge = ask()
        clock.shift(299)
        assert error_of(challenge.uid, wrong_code(challenge)).code == "code_wrong"
        clock.shift(2)
        assert error_of(challenge.uid, code_of(challenge.uid)).code == "code_expired"


def test_unknown_challenge_is_answered_like_an_expired_one(db) -> None:
    assert error_of(uuid.uuid4(), "123456").code == "code_expired"


@pytest.mark.django_db(transaction=True)
def test_verifying_inside_a_transaction_is_refused(ask) -> None:
    challenge = ask()
    with pytest.raises(RuntimeError), transaction.atomic():
        verify_code(challenge_uid=challenge.uid, code=code_of(challenge.uid))


def test_resend_waits_a_minute(ask, new_phone, refusal_of) -> None:
    phone = new_phone()
    with time_machine.travel("2026-11-21T02:00:00Z", tick=False) as clock:
        first = ask(phone=phone)
        clock.shift(20)
        refused = refusal_of(phone=phone)
        assert (refused.code, refused.extra["retry_after"]) == ("code_resend_wait", 40)
        clock.shift(41)
        assert ask(phone=phone).uid != first.uid


def test_after_a_right_answer_the_next_code_needs_no_minute(ask, new_phone) -> None:
    phone = new_phone()
    first = ask(phone=phone)
    verify_code(challenge_uid=first.uid, code=code_of(first.uid))
    assert ask(phone=phone).uid != first.uid


def test_code_above_the_hourly_limit_is_refused_for_one_phone_only(
    ask, new_phone, refusal_of, settings
) -> None:
    phone, most = new_phone(), settings.CODES_PER_PHONE_PER_HOUR
    with time_machine.travel("2026-11-21T02:00:00Z", tick=False) as clock:
        for number in range(most):
            ask(phone=phone, address=f"203.0.{number}.9")
            clock.shift(61)
        refused = refusal_of(phone=phone, address="203.0.113.9")
        assert refused.code == "code_phone_limit"
        assert refused.extra["retry_after"] == 3600 - most * 61
        assert ask(phone=new_phone(), address="203.0.113.9").tries == 0
        clock.shift(refused.extra["retry_after"])
        assert ask(phone=phone, address="203.0.113.9").tries == 0


@pytest.mark.django_db(transaction=True)
def test_two_clicks_send_one_message(ask: Callable, new_phone) -> None:
    phone = new_phone()

    def click(_number: int) -> str:
        try:
            ask(phone=phone)
        except TooMany as refused:
            return refused.code
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(click, range(4)))
    assert answers == ["code_resend_wait"] * 3 + ["sent"]
    assert OutboxMessage.objects.count() == 1


def test_code_is_used_once_and_only_for_its_purpose(ask) -> None:
    about = uuid.uuid4()
    challenge = ask(about=about)

    def refused(**wanted) -> str:
        with pytest.raises(Conflict) as caught:
            consume_code(challenge=challenge, **wanted)
        return caught.value.code

    assert refused(purpose="booking", about=about) == "code_not_verified"
    verify_code(challenge_uid=challenge.uid, code=code_of(challenge.uid))
    assert refused(purpose="token") == "code_not_verified"
    assert refused(purpose="booking", about=uuid.uuid4()) == "code_not_verified"
    consume_code(challenge=challenge, purpose="booking", about=about)
    assert refused(purpose="booking", about=about) == "code_used"


def test_challenge_row_has_no_column_for_the_code() -> None:
    columns = {field.name for field in OneTimeCode._meta.fields}
    assert "code" not in columns
    assert OneTimeCode(expires_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).tries == 0
