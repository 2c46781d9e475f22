from portal.zalo.admin.accounts import OfficialAccountAdmin, TokenEntryAdmin
from portal.zalo.admin.events import WebhookEventAdmin
from portal.zalo.admin.menus import MenuItemAdmin

__all__ = ["MenuItemAdmin", "OfficialAccountAdmin", "TokenEntryAdmin", "WebhookEventAdmin"]
