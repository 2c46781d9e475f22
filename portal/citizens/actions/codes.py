"""Sending and checking one-time codes (docs/adr/0003-one-time-codes.md)."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.citizens.actions.answer_challenge import Answer, answer_challenge
from portal.citizens.actions.gate import Admission, Asking, admit, asking, pay
from portal.citizens.models import OneTimeCode
from portal.citizens.notices import ONE_TIME_CODE
from portal.citizens.one_time import is_code_of, typed_digits
from portal.citizens.rules import HOUR, RESEND_SECONDS
from portal.common.actors import Actor
from portal.common.errors import Conflict, TooMany
from portal.notifications.actions.contact_points import ensure_contact_point
from portal.notifications.actions.queue_message import queue_message
from portal.notifications.models import ContactPoint
from portal.requests import throttle
from portal.units.models import Unit

PHONE_SCOPE = "code-phone"


@dataclass(frozen=True)
class Admitted:
    """A request the gate let through; it is paid for when the code is sent."""

    request: Asking
    admission: Admission


def start_verification(
    *,
    phone: str,
    purpose: str,
    unit: Unit,
    about: uuid.UUID | None = None,
    address: str,
    proof: dict[str, Any] | None = None,
    by: Actor,
) -> OneTimeCode:
    """Send a code to `phone` (E.164) in the name of `unit`; the challenge, whose uid goes to the page.

    The next two steps in one call, for callers with nothing else to write; outside a transaction.
    TooMany as `admit_verification` and `send_code`.
    """
    admitted = admit_verification(phone=phone, unit=unit, address=address, proof=proof)
    with transaction.atomic():
        return send_code(admitted, purpose=purpose, about=about, by=by)


def admit_verification(
    *, phone: str, unit: Unit, address: str, proof: dict[str, Any] | None = None
) -> Admitted:
    """May a code go to `phone` (E.164) in the name of `unit` now? Call it outside a transaction.

    `address` is the caller's IP address. `proof` is what a caller adds after `proof_required`:
    {"seed", "signature", "answer"} | {"wait": True} | {"ticket"}. A turn in the queue is kept although the
    call ends with `code_queued`.

    TooMany, each with a sentence for the citizen: `code_phone_limit` (retry_after), `code_budget_spent`
    (retry_after), `proof_required` (seed, bits, signature, queue_seconds or None), `code_queued` (ticket,
    retry_after).
    """
    request = asking(phone=phone, unit=unit, address=address, proof=proof, now=timezone.now())
    if throttle.hits(scope=PHONE_SCOPE, key=phone, seconds=HOUR) >= settings.CODES_PER_PHONE_PER_HOUR:
        _refuse_phone()
    return Admitted(request, admit(request))


def send_code(admitted: Admitted, *, purpose: str, about: uuid.UUID | None = None, by: Actor) -> OneTimeCode:
    """The challenge whose code is on its way; its uid goes to the page. Runs in the caller's transaction.

    The three steps below in one call. TooMany `code_resend_wait` (retry_after), and as
    `admit_verification` when somebody was faster.
    """
    contact_point = lock_phone(admitted, by=by)
    challenge = write_code(admitted, to=contact_point, purpose=purpose, about=about, by=by)
    pay(admitted.request, admitted.admission)
    return challenge


def lock_phone(admitted: Admitted, *, by: Actor) -> ContactPoint:
    """The phone's row, locked until the commit: what is counted per phone afterwards stays true.

    TooMany `code_resend_wait`, `code_phone_limit`.
    """
    request = admitted.request
    contact_point = _lock_free_contact_point(request, by)
    most = settings.CODES_PER_PHONE_PER_HOUR
    if throttle.count_hit(scope=PHONE_SCOPE, key=request.phone, seconds=HOUR) > most:
        _refuse_phone()
    return contact_point


def pay_for_code(admitted: Admitted) -> None:
    """Take the code from the budget: last in a transaction, since a whole unit waits for that row.

    TooMany as `admit_verification`, when somebody was faster; then nothing is sent.
    """
    pay(admitted.request, admitted.admission)


def _lock_free_contact_point(request: Asking, by: Actor) -> ContactPoint:
    """The phone's row, locked so that two clicks do not send two messages; TooMany `code_resend_wait`.

    Not its key: foreign keys to it are checked at COMMIT, and a lock on the key would make the holds and
    confirmations of one phone wait for each other in a circle.
    """
    found = ensure_contact_point(phone=request.phone, by=by)
    contact_point = ContactPoint.objects.select_for_update(no_key=True).get(pk=found.pk)
    resend_after = request.now - dt.timedelta(seconds=RESEND_SECONDS)
    recent = contact_point.one_time_codes.waiting(now=request.now).filter(created_at__gt=resend_after)
    last = recent.order_by("-created_at").values_list("created_at", flat=True).first()
    if last is not None:
        waits = RESEND_SECONDS - int((request.now - last).total_seconds())
        message = _("Mã xác nhận vừa được gửi. Xin đợi %(seconds)d giây rồi hãy yêu cầu mã mới.")
        raise TooMany("code_resend_wait", message % {"seconds": waits}, retry_after=waits)
    return contact_point


def _refuse_phone() -> NoReturn:
    raise TooMany(
        "code_phone_limit",
        _("Số điện thoại này đã nhận đủ số mã trong một giờ. Xin thử lại sau hoặc gọi trực ban."),
        retry_after=throttle.seconds_left(HOUR),
    )


def write_code(
    admitted: Admitted, *, to: ContactPoint, purpose: str, about: uuid.UUID | None, by: Actor
) -> OneTimeCode:
    """The challenge and its message. Only with `lock_phone` before and `pay_for_code` after."""
    request = admitted.request
    challenge = OneTimeCode.objects.create(
        contact_point=to,
        unit=request.unit,
        purpose=purpose,
        about=about,
        expires_at=request.now + dt.timedelta(seconds=settings.CODE_SECONDS),
    )
    queue_message(
        notice=ONE_TIME_CODE,
        to=to,
        unit=request.unit,
        intent="one_time_code",
        about=challenge.uid,
        context={"challenge": str(challenge.uid), "unit": request.unit.police_name},
        valid_until=challenge.expires_at,
        by=by,
    )
    return challenge


def verify_code(*, challenge_uid: uuid.UUID, code: str) -> OneTimeCode:
    """The challenge, once its phone's holder typed the right code; a repeat is answered as success.

    The two steps below in one call, for callers with nothing else to write. Errors as theirs; RuntimeError
    inside a transaction.
    """
    check_code(challenge_uid=challenge_uid, code=code)
    with transaction.atomic(durable=True):
        answer = accept_code(challenge_uid=challenge_uid)
        challenge = OneTimeCode.objects.select_related("contact_point", "unit").get(uid=challenge_uid)
        if answer.first:
            record(action="code.verified", by=answer.contact, obj=challenge, unit=challenge.unit)
    return challenge


def check_code(*, challenge_uid: uuid.UUID, code: str) -> None:
    """Nothing for the right code; a wrong one is counted, committed and refused.

    ValidationError {"code": …} with `code_wrong`, `code_expired` (or unknown) or `code_tries_spent`. A right
    code is not yet answered: whoever calls goes on to `accept_code`, which may still refuse. So nobody
    learns about a guess before an UPDATE of the challenge's row took one of its five tries, and those
    UPDATEs wait for each other: of a hundred guesses at once the row answers five.
    """
    digits = typed_digits(code)
    if not digits:
        raise _refusal("code_wrong", _("Mã xác nhận gồm 6 chữ số trong tin nhắn."))
    if not is_code_of(challenge_uid, digits):
        raise _wrong(_count_wrong(challenge_uid))


def accept_code(*, challenge_uid: uuid.UUID) -> Answer:
    """Count the right answer and verify challenge and contact, in the caller's transaction.

    Only after `check_code`. ValidationError `code_expired`, `code_tries_spent`. The caller records
    `code.verified` when the answer is the `first`.
    """
    now = timezone.now()
    answer = answer_challenge(challenge_uid=challenge_uid, now=now)
    if answer is None:
        raise _late(OneTimeCode.objects.filter(uid=challenge_uid).first(), now)
    return answer


def _count_wrong(challenge_uid: uuid.UUID) -> OneTimeCode:
    now = timezone.now()
    with transaction.atomic(durable=True):
        tried = OneTimeCode.objects.filter(uid=challenge_uid).may_try(now=now).update(tries=F("tries") + 1)
        challenge = OneTimeCode.objects.filter(uid=challenge_uid).first()
    if tried and challenge:
        return challenge
    raise _late(challenge, now)


def _late(challenge: OneTimeCode | None, now: dt.datetime) -> ValidationError:
    """Why a challenge takes no more answers."""
    if challenge and challenge.expires_at > now:
        return _refusal("code_tries_spent", _("Đã nhập sai quá số lần cho phép. Xin yêu cầu mã mới."))
    return _refusal("code_expired", _("Mã xác nhận đã hết hạn. Xin yêu cầu mã mới."))


def _wrong(challenge: OneTimeCode) -> ValidationError:
    left = max(0, settings.CODE_TRIES - challenge.tries)
    if not left:
        return _refusal("code_wrong", _("Mã không đúng và đã hết lượt nhập. Xin yêu cầu mã mới."))
    message = _("Mã không đúng. Ông/Bà còn %(left)d lần nhập.")
    return _refusal("code_wrong", message % {"left": left})


def _refusal(code: str, message: str) -> ValidationError:
    return ValidationError({"code": ValidationError(message, code=code)})


def consume_code(*, challenge: OneTimeCode, purpose: str, about: uuid.UUID | None = None) -> None:
    """Use a verified challenge up for exactly what it was sent for, inside the caller's transaction.

    Conflict `code_not_verified` when it is not verified or was sent for something else; `code_used` when
    it was used before.
    """
    wanted = OneTimeCode.objects.filter(
        pk=challenge.pk, verified_at__isnull=False, purpose=purpose, about=about
    )
    if wanted.filter(consumed_at__isnull=True).update(consumed_at=timezone.now()):
        return
    if wanted.exists():
        raise Conflict("code_used", _("Mã xác nhận này đã được dùng. Xin yêu cầu mã mới."))
    raise Conflict("code_not_verified", _("Số điện thoại chưa được xác nhận cho việc này."))
