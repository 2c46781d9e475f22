from portal.zalo.models.accounts import ConsentRequest, OfficialAccount, TokenEntry, TokenVault
from portal.zalo.models.broadcasts import Broadcast
from portal.zalo.models.events import WebhookEvent, ZaloUser
from portal.zalo.models.menus import MenuItem
from portal.zalo.models.templates import ZaloTemplate
from portal.zalo.models.uploads import Upload

__all__ = [
    "Broadcast",
    "ConsentRequest",
    "MenuItem",
    "OfficialAccount",
    "TokenEntry",
    "TokenVault",
    "Upload",
    "WebhookEvent",
    "ZaloTemplate",
    "ZaloUser",
]
