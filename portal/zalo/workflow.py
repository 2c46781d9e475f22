"""Allowed moves of an account, of a received event and of an article to all followers."""

from django.utils.translation import gettext_lazy as _

from portal.common.workflow import Move, Workflow
from portal.zalo.enums import AccountState, BroadcastState, EventState
from portal.zalo.rules import anybody_above, can_connect, can_replay, connects, is_system

ACCOUNT_WORKFLOW = Workflow(
    [
        Move(AccountState.NEEDS_CONSENT, AccountState.CONNECTED, "connect", _("Kết nối"), connects),
        # Consent given again before it ran out.
        Move(
            AccountState.CONNECTED,
            AccountState.CONNECTED,
            "connect",
            _("Cấp quyền lại"),
            connects,
        ),
        Move(AccountState.CONNECTED, AccountState.NEEDS_CONSENT, "lose", _("Mất quyền"), is_system),
        Move(AccountState.CONNECTED, AccountState.DISABLED, "disable", _("Tắt kết nối"), can_connect),
        Move(AccountState.NEEDS_CONSENT, AccountState.DISABLED, "disable", _("Tắt kết nối"), can_connect),
        Move(AccountState.DISABLED, AccountState.NEEDS_CONSENT, "enable", _("Dùng lại"), can_connect),
    ]
)
EVENT_WORKFLOW = Workflow(
    [
        Move(EventState.WAITING, EventState.CLAIMED, "claim", _("Bắt đầu xử lý"), is_system),
        Move(EventState.CLAIMED, EventState.CLAIMED, "claim", _("Xử lý lại sau khi đứt quãng"), is_system),
        Move(EventState.CLAIMED, EventState.DONE, "finish", _("Xong"), is_system),
        Move(EventState.CLAIMED, EventState.WAITING, "retry", _("Thử lại sau"), is_system),
        Move(EventState.CLAIMED, EventState.FAILED, "fail", _("Không xử lý được"), is_system),
        Move(EventState.FAILED, EventState.WAITING, "replay", _("Xử lý lại"), can_replay),
        Move(EventState.DONE, EventState.WAITING, "replay", _("Xử lý lại"), can_replay),
    ]
)
BROADCAST_WORKFLOW = Workflow(
    [
        Move(BroadcastState.WAITING, BroadcastState.CALLING, "claim", _("Bắt đầu gọi"), is_system),
        Move(BroadcastState.CALLING, BroadcastState.CALLING, "claim", _("Gọi lại"), is_system),
        Move(BroadcastState.CALLING, BroadcastState.WAITING, "go_on", _("Chờ bước tiếp"), is_system),
        Move(BroadcastState.CALLING, BroadcastState.SENT, "send", _("Đã gửi"), is_system),
        Move(BroadcastState.CALLING, BroadcastState.FAILED, "fail", _("Không gửi được"), is_system),
        Move(BroadcastState.WAITING, BroadcastState.FAILED, "fail", _("Quá giờ"), is_system),
        Move(BroadcastState.CALLING, BroadcastState.UNCLEAR, "lose", _("Mất câu trả lời"), is_system),
        Move(BroadcastState.WAITING, BroadcastState.CANCELLED, "cancel", _("Hủy"), anybody_above),
    ]
)
