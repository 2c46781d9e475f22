"""A visit the unit cancelled is told by a call when its message cannot arrive."""

import time_machine

from appointments.actions.transition import move_booking
from appointments.models import Slot
from appointments.tests.visits import book
from portal.common.actors import SystemActor
from portal.common.clock import local_moment, local_today
from portal.notifications.actions.claim_call import claim_call
from portal.notifications.actions.deliver import deliver
from portal.notifications.actions.record_call import record_call
from portal.notifications.actions.templates import template_for
from portal.notifications.models import CallTask, OutboxMessage
from portal.notifications.rendering import call_script, messages_about
from portal.officers.models import Officer

POSTMAN = SystemActor("postman")


def test_a_cancelled_visit_is_said_by_an_officer_who_names_the_end_of_the_code(
    slot: Slot, owner: Officer, colleague: Officer, settings
) -> None:
    settings.SMS_CHANNEL = "esms"  # whose gate refuses imaginary phones for good
    settings.ESMS_BASE_URL, settings.LOCAL_PROVIDER_URL = "https://rest.esms.test", ""
    with time_machine.travel(local_moment(local_today(), 10 * 60), tick=True):
        booking = book(slot)
        move_booking(booking=booking, to="cancelled", by=owner, reason="Mất điện")
        message = OutboxMessage.objects.get(notice="appointments.booking_cancelled_by_unit")
        outcomes = [deliver(message_uid=message.uid, by=POSTMAN) for _hop in range(2)]
        call = claim_call(call=CallTask.objects.get(), by=colleague)
        template = template_for(unit=call.unit, channel="call", notice=call.notice)
        who, proof, facts, warning = call_script(call, template)
        record_call(call=call, outcome="reached", by=colleague)
    code = booking.declaration.code
    assert outcomes == ["fallback", "accepted"]
    assert booking.unit.police_name in who
    assert (f"4 ký tự cuối của mã tờ khai: {code[-4:]}." in proof, code[:-4] in proof) == (True, False)
    assert f"số {booking.number} " in facts
    assert warning.startswith("Công an không bao giờ đòi tiền")
    message.refresh_from_db()
    told = [
        (str(one.kind), str(one.state), one.title)
        for one in messages_about([booking.uid])
        if one.title != "Lịch hẹn đã xác nhận"
    ]
    assert (message.state, told) == (
        "delivered",
        [
            ("cuộc gọi", "đã nói chuyện", "Đơn vị hủy lịch hẹn"),
            ("tin nhắn", "không gửi được", "Đơn vị hủy lịch hẹn"),
        ],
    )
