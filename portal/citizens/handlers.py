"""What this room answers when a lower room asks: what stays when units merge.

And what it declares on personal data: its own, and that of the rooms below, which cannot know the registry.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.citizens.actions.forget_contacts import forget_devices, forget_phone
from portal.citizens.actions.hear_zalo import hear_info, hear_text
from portal.citizens.actions.personal_data import forget_person
from portal.citizens.models import CitizenSession, CitizenToken, Consent, Person
from portal.citizens.personal_data import (
    Erased,
    Holding,
    Kept,
    Part,
    PhoneHolding,
    Terms,
    Unlinked,
    register_personal_data,
    register_phone_data,
)
from portal.common.actors import Actor
from portal.notifications.actions.retention import forget_calls_of, forget_links_of, forget_messages_of
from portal.notifications.models import CallTask, ContactPoint, OutboxMessage, ZaloLink
from portal.units.succession import register_stays
from portal.zalo.events import SUBMIT_INFO, register_event_handler

# The periods are a proposal of this project (facts in docs/privacy.md); the law says "no longer than needed".
LEGAL = _("Luật 91/2025/QH15: không lâu hơn mục đích; thời hạn là đề xuất của cổng, đơn vị quyết định.")


def register_handlers() -> None:
    register_stays("citizens.CodeBudget", "Counts one hour of one unit.")
    register_stays("citizens.CodeQueue", "Lives for minutes.")
    register_stays("citizens.OneTimeCode", "Lives for minutes.")
    register_stays("citizens.Organisation", "Its papers were seen there; officers of the successor see it.")
    register_event_handler(["user_send_text"], hear_text)
    register_event_handler([SUBMIT_INFO], hear_info)
    _declare_rows_of_persons()
    _declare_parts()
    _declare_unlinked()
    _declare_phones()


def _declare_rows_of_persons() -> None:
    person = Terms(
        name=_("Người được khai"),
        purpose=_("Chuẩn bị lần đến làm việc mà người này hoặc người thân đã khai."),
        keep=_("Đến khi không còn lịch hẹn hay tờ khai nào cần, muộn nhất 90 ngày sau ngày hẹn."),
        legal=LEGAL,
        correct=_("Khai lại khi đặt lịch mới, hoặc báo cán bộ tại quầy; dữ liệu khai không ai sửa thay."),
    )
    register_personal_data("citizens.Person", Holding(person, _row_of, _tell_person, _erase_person))
    phone = Terms(
        name=_("Số điện thoại"),
        purpose=_("Gửi mã xác nhận và tin nhắn cho người giữ số điện thoại."),
        keep=_("Khi còn lịch hẹn, hồ sơ, tin nhắn hoặc sự đồng ý cần đến; muộn nhất 180 ngày sau đó."),
        legal=LEGAL,
        correct=_("Đăng ký bằng số mới; số là của người giữ máy, không phải của người được khai."),
    )
    register_personal_data(
        "notifications.ContactPoint", Holding(phone, _phones_of, _tell_phone, _keep_phones)
    )


def _declare_parts() -> None:
    for label, of, reason in (
        ("citizens.PersonNameWord", "citizens.Person", "Keyed hashes of the name; deleted with the person."),
        (
            "citizens.CitizenSession",
            "notifications.ContactPoint",
            "A device of its holder, 120 days.",
        ),
        ("citizens.CitizenToken", "notifications.ContactPoint", "An app of its holder, 120 days."),
        (
            "notifications.OutboxMessage",
            "notifications.ContactPoint",
            "Sealed uids; its text is not kept; 180 days.",
        ),
        ("citizens.LinkCode", "notifications.ContactPoint", "A code of its holder, for minutes."),
        ("notifications.CallTask", "notifications.ContactPoint", "Sealed uids of what the call is about."),
        (
            "zalo.ZaloUser",
            "notifications.ContactPoint",
            "A Zalo id of one account; leads to a phone only while its holder has it linked.",
        ),
    ):
        register_personal_data(label, Part(of, reason))


def _declare_unlinked() -> None:
    for label, purpose, keep, reason in (
        (
            "citizens.WaitingRequest",
            "What somebody typed while he waits for a code.",
            "Minutes; deleted when the turn is over.",
            "Found only by the cookie of the browser that typed it.",
        ),
        (
            "citizens.Organisation",
            "Says in whose name members act.",
            "While it is enrolled; afterwards as a record of who acted for it.",
            "About a business, not about a person; its members are contacts.",
        ),
        (
            "notifications.MassEntry",
            "Says why officers started, held or stopped a message to many people.",
            "As long as the message it is about, which is kept for its figures.",
            "An officer's reason about a message, not about a person.",
        ),
        (
            "citizens.LinkInvitation",
            "Brings somebody from Zalo to the page where he proves his phone; the phone he named himself.",
            "Works for 30 minutes, deleted after 14 days.",
            "Names a Zalo user and a phone nobody has proved.",
        ),
        (
            "citizens.ZaloAnswer",
            "Answers a word that somebody sent to an account, once.",
            "14 days, as long as the event it answers.",
            "A hash of an event's id.",
        ),
        (
            "requests.IdempotencyRecord",
            "Answers a repeated request as the first one.",
            "One day.",
            "Found only by the caller's random key.",
        ),
        (
            "zalo.OfficialAccount",
            "Speaks with citizens on Zalo: secrets of an app, ids of a unit's account.",
            "As long as the unit has the account.",
            "About a unit, not about a person.",
        ),
        (
            "zalo.TokenVault",
            "Holds the token pair of an account.",
            "Until the next pair replaces it.",
            "About a unit, not about a person.",
        ),
        (
            "zalo.ConsentRequest",
            "Brings an officer back from Zalo's consent page.",
            "One day.",
            "Holds a random secret.",
        ),
        (
            "zalo.WebhookEvent",
            "Events as Zalo sent them, until each room took what it needs.",
            "14 days after it was worked off.",
            "Names a Zalo id that leads to no person until somebody links it.",
        ),
        (
            "files.StoredFile",
            "Files that were sent to a row of another room, and what became of them.",
            "As the room they belong to says; refused ones 7 days, abandoned uploads one day.",
            "Told and erased by the room they belong to, which names them by its key and the row's uid.",
        ),
        (
            "files.Blob",
            "The key of a file's bytes.",
            "With the file.",
            "A random key; its bytes are told and erased with the file.",
        ),
        (
            "files.FileEntry",
            "Why an officer released or refused a file.",
            "With the file.",
            "An officer's words about a file; goes with it.",
        ),
        (
            "officers.Officer",
            "Shows colleagues who works where.",
            "As long as the journal names the account.",
            "An officer, not a citizen; kept by the unit's own rules on staff.",
        ),
    ):
        register_personal_data(label, Unlinked(purpose, keep, reason))


def _row_of(person: Person) -> list[Person]:
    return [person]


def _tell_person(person: Person) -> dict[str, Any]:
    columns = (
        "full_name",
        "birth_date",
        "identity_number",
        "gender",
        "occupation",
        "permanent_address",
        "current_address",
    )
    consents = person.consents.order_by("given_at")
    return {
        **{name: getattr(person, name) for name in columns},
        "declared_at": person.created_at.isoformat(),
        "declared_as": [link.role for link in person.contact_links.order_by("pk")],
        "consents": [
            {
                "purpose": row.purpose,
                "text": f"{row.text_key}@{row.text_version}",
                "channel": row.channel,
                "given_at": row.given_at.isoformat(),
                "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
            }
            for row in consents
        ],
    }


def _erase_person(*, person: Person, reason: str, by: Actor) -> Erased:
    if forget_person(person=person, reason=reason, by=by):
        return Erased(1)
    return Erased(kept=(Kept(1, "still_needed", _("Còn tờ khai hoặc hồ sơ cần đến, xem các mục khác.")),))


def _phones_of(person: Person) -> Any:
    return ContactPoint.objects.filter(contact__person_links__person=person).order_by("pk")


def _tell_phone(row: ContactPoint) -> dict[str, Any]:
    links = row.zalo_links.select_related("account", "zalo_user").order_by("pk")
    return {"phone": row.phone, "opt_outs": row.opt_outs, "zalo": [_tell_link(link) for link in links]}


def _tell_link(link: ZaloLink) -> dict[str, Any]:
    """The id is told while the link stands; afterwards it may be somebody else's."""
    return {
        "account": str(link.account),
        "user_id": None if link.ended_at else link.zalo_user.user_id,
        "how": link.how,
        "linked_at": link.linked_at.isoformat(),
        "ended_at": link.ended_at.isoformat() if link.ended_at else None,
    }


def _keep_phones(*, person: Person, reason: str, by: Actor) -> Erased:
    """The person is let go of by deleting the link; the number itself is somebody else's to give up."""
    held = _phones_of(person).count()
    words = _("Số điện thoại là của người giữ máy, có thể còn dùng cho người khác trong nhà.")
    return Erased(kept=(Kept(held, "phone_of_holder", words),) if held else ())


# ---- what is held on whoever holds a phone


def _terms(name: Any, purpose: Any, keep: Any, correct: Any) -> Terms:
    return Terms(name=name, purpose=purpose, keep=keep, legal=LEGAL, correct=correct)


def _declare_phones() -> None:
    own = _("Người giữ số tự đăng ký hoặc gỡ bỏ trên trang của mình.")
    told = _("Tin và cuộc gọi đã diễn ra không sửa được.")
    days = _("180 ngày sau khi kết thúc.")
    number = _terms(
        _("Số điện thoại và sự đồng ý"),
        _("Gửi mã xác nhận và tin nhắn cho người giữ số điện thoại."),
        _("Khi còn lịch hẹn, hồ sơ, tin nhắn hoặc sự đồng ý cần đến; muộn nhất 180 ngày sau đó."),
        own,
    )
    device = _terms(
        _("Thiết bị đã đăng nhập"),
        _("Nhận ra trình duyệt hoặc ứng dụng đã xác nhận số."),
        _("120 ngày sau lần đăng nhập."),
        own,
    )
    link = _terms(
        _("Liên kết Zalo"), _("Gửi tin qua Zalo thay cho SMS."), _("90 ngày sau khi gỡ liên kết."), own
    )
    message = _terms(_("Tin nhắn"), _("Báo việc của người giữ số, trả lời khi có thắc mắc."), days, told)
    call = _terms(_("Cuộc gọi"), _("Báo việc khi tin nhắn không tới."), days, told)
    for label, holding in (
        ("notifications.ContactPoint", PhoneHolding(number, _row_of_phone, _tell_number, _erase_number)),
        ("citizens.CitizenSession", PhoneHolding(device, _sessions_of, _tell_session, _erase_sessions)),
        ("citizens.CitizenToken", PhoneHolding(device, _tokens_of, _tell_token, _erase_tokens)),
        ("notifications.ZaloLink", PhoneHolding(link, _links_of, _tell_link, _erase_links)),
        (
            "notifications.OutboxMessage",
            PhoneHolding(
                message, _messages_of, _tell_message, _erase_messages, lambda point: _units_of(point.messages)
            ),
        ),
        (
            "notifications.CallTask",
            PhoneHolding(call, _calls_of, _tell_call, _erase_calls, lambda point: _units_of(point.calls)),
        ),
    ):
        register_phone_data(label, holding)


def _units_of(rows: Any) -> Any:
    return rows.order_by().values_list("unit_id", flat=True).distinct()


def _row_of_phone(point: ContactPoint) -> list[ContactPoint]:
    return [point]


def _tell_number(point: ContactPoint) -> dict[str, Any]:
    consents = Consent.objects.filter(contact__contact_point=point, person=None).order_by("given_at")
    return {
        "phone": point.phone,
        "opt_outs": point.opt_outs,
        "refused_channels": point.refused_channels,
        "consents": [
            {
                "purpose": row.purpose,
                "given_at": row.given_at.isoformat(),
                "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
            }
            for row in consents
        ],
    }


def _erase_number(*, point: ContactPoint, reason: str, by: Actor) -> Erased:
    if forget_phone(contact_point=point, by=by):
        return Erased(1)
    words = _("Còn lịch hẹn, tờ khai, tin nhắn hoặc cuộc gọi cần đến số này.")
    return Erased(kept=(Kept(1, "still_needed", words),))


def _sessions_of(point: ContactPoint) -> Any:
    return CitizenSession.objects.filter(contact__contact_point=point).order_by("pk")


def _tell_session(row: CitizenSession) -> dict[str, Any]:
    return {"device": row.device_label, "last_seen_at": row.last_seen_at.isoformat()}


def _erase_sessions(*, point: ContactPoint, reason: str, by: Actor) -> Erased:
    return Erased(forget_devices(sessions=_sessions_of(point), tokens=_tokens_of(point).none()))


def _tokens_of(point: ContactPoint) -> Any:
    return CitizenToken.objects.filter(contact__contact_point=point).order_by("pk")


def _tell_token(row: CitizenToken) -> dict[str, Any]:
    return {"device": row.device, "expires_at": row.expires_at.isoformat()}


def _erase_tokens(*, point: ContactPoint, reason: str, by: Actor) -> Erased:
    return Erased(forget_devices(sessions=_sessions_of(point).none(), tokens=_tokens_of(point)))


def _links_of(point: ContactPoint) -> Any:
    return point.zalo_links.select_related("account", "zalo_user").order_by("pk")


def _erase_links(*, point: ContactPoint, reason: str, by: Actor) -> Erased:
    return Erased(forget_links_of(contact_point=point, by=by))


def _messages_of(point: ContactPoint) -> Any:
    return point.messages.defer("context").order_by("pk")


def _tell_message(row: OutboxMessage) -> dict[str, Any]:
    return {
        "notice": row.notice,
        "channel": row.channel,
        "state": row.state,
        "at": row.created_at.isoformat(),
    }


def _erase_messages(*, point: ContactPoint, reason: str, by: Actor) -> Erased:
    gone = forget_messages_of(contact_point=point, by=by)
    words = _("Tin còn chờ gửi, chờ kết quả, hoặc chưa được tính vào số liệu; sau năm ngày xóa được.")
    left = point.messages.count()
    return Erased(gone, (Kept(left, "message_open", words),) if left else ())


def _calls_of(point: ContactPoint) -> Any:
    return point.calls.defer("context").prefetch_related("tries").order_by("pk")


def _tell_call(row: CallTask) -> dict[str, Any]:
    tries = [
        {"at": one.called_at.isoformat(), "outcome": one.outcome, "note": one.note} for one in row.tries.all()
    ]
    return {"notice": row.notice, "state": row.state, "due_at": row.due_at.isoformat(), "tries": tries}


def _erase_calls(*, point: ContactPoint, reason: str, by: Actor) -> Erased:
    gone = forget_calls_of(contact_point=point, by=by)
    left = point.calls.count()
    words = _("Cuộc gọi chưa kết thúc.")
    return Erased(gone, (Kept(left, "call_open", words),) if left else ())
