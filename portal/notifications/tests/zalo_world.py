"""What tests of Zalo's roads share: an account at the imitated Zalo, people there, bound templates."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from portal.common.actors import SystemActor
from portal.notifications.actions.link_zalo_user import link_zalo_user
from portal.notifications.actions.templates import create_template
from portal.notifications.local_provider.server import Provider
from portal.notifications.local_provider.zalo_world import FIRST_OA, TEMPLATES
from portal.notifications.models import ContactPoint, MessageTemplate
from portal.notifications.tests.imitated_zalo import Client
from portal.units.models import Unit
from portal.zalo.enums import AccountState
from portal.zalo.models import OfficialAccount, TokenVault, ZaloTemplate, ZaloUser
from portal.zalo.models.events import user_id_hash

BY = SystemActor("tests")
REMINDER = "345678"  # approved at the imitated Zalo, by user id and by phone
BODY = "ma_ho_so: {so}\nngay_hen: {ngay}"


@contextmanager
def running_provider(settings: Any) -> Iterator[Provider]:
    """The local provider, and the portal's settings pointing at it."""
    with Provider(host="127.0.0.1", port=0) as running:
        threading.Thread(target=running.serve_forever, args=[0.02], daemon=True).start()
        address = f"http://127.0.0.1:{running.server_address[1]}"
        settings.ESMS_BASE_URL = settings.SPEEDSMS_BASE_URL = settings.LOCAL_PROVIDER_URL = address
        settings.ZALO_OAUTH_URL = settings.ZALO_OA_URL = settings.ZALO_ZBS_URL = address
        settings.PROVIDER_RATES = {}
        running.switches.lose_callbacks = True
        yield running
        running.shutdown()


def connect(provider: Provider, unit: Unit) -> OfficialAccount:
    """An account of the unit with a live token pair."""
    pair = Client(f"http://127.0.0.1:{provider.server_address[1]}").connect()
    account = OfficialAccount.objects.create(
        unit=unit,
        oa_id=FIRST_OA["oa_id"],
        app_id=FIRST_OA["app_id"],
        app_secret=FIRST_OA["app_secret"],
        webhook_key=FIRST_OA["oa_secret"],
        state=AccountState.CONNECTED,
    )
    now = timezone.now()
    TokenVault.objects.create(
        account=account,
        access_token=pair["access_token"],
        refresh_token=pair["refresh_token"],
        access_expires_at=now + dt.timedelta(hours=25),
        granted_at=now,
        refreshed_at=now,
        next_try_at=now,
    )
    return account


def follow(provider: Provider, account: OfficialAccount, point: ContactPoint) -> ZaloUser:
    """The holder of a phone follows the account and is linked."""
    phone = "0" + point.phone.removeprefix("+84")
    provider.zalo.people.act(oa_id=FIRST_OA["oa_id"], phone=phone, act="follow")
    user_id = provider.zalo.world.member(FIRST_OA["oa_id"], phone)["user_id"]
    now = timezone.now()
    user = ZaloUser.objects.create(
        account=account,
        user_id=user_id,
        user_id_hash=user_id_hash(user_id),
        followed_at=now,
        last_interaction_at=now,
    )
    link_zalo_user(contact_point=point, zalo_user=user, how="code", by=BY)
    return user


def know_template(account: OfficialAccount, number: str = REMINDER, **changes: Any) -> ZaloTemplate:
    """What a sync would have kept."""
    facts = {
        "name": "Nhắc lịch hẹn",
        "state": "ENABLE",
        "tag": "TRANSACTION",
        "params": TEMPLATES[number]["params"],
        "price_phone": 300,
        "price_user": 165,
    }
    return ZaloTemplate.objects.create(account=account, template_id=number, **{**facts, **changes})


def bind(
    unit: Unit | None, notice: str, *channels: str, body: str = BODY, number: str = REMINDER
) -> list[MessageTemplate]:
    return [
        create_template(channel=channel, notice=notice, body=body, provider_id=number, unit=unit, by=BY)
        for channel in channels or ("zalo_user", "zalo_phone")
    ]


def zalo_messages(provider: Provider, local: str) -> list[tuple[str, str]]:
    """(kind, text) of what lies on the phone `075…`, the newest first."""
    return [(one["kind"], one["text"]) for one in provider.zalo.world.messages(local)]
