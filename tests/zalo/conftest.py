"""The portal's Zalo room against the imitated Zalo: real sockets, no shared code."""

import threading
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from django.test import Client
from django.urls import reverse

from portal.notifications.local_provider.server import Provider
from portal.notifications.local_provider.zalo import Zalo
from portal.notifications.local_provider.zalo_world import FIRST_OA
from portal.officers.models import Officer
from portal.zalo.actions.call_zalo import call_zalo
from portal.zalo.actions.consent import complete_consent, start_consent
from portal.zalo.models import OfficialAccount, TokenVault
from tests.people import BY

PHONE = "0750123456"


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    running = Provider(host="127.0.0.1", port=0)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{running.server_address[1]}"
    settings.ZALO_OAUTH_URL = settings.ZALO_OA_URL = settings.ZALO_ZBS_URL = address
    settings.LOCAL_PROVIDER_URL = address
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def zalo(provider: Provider) -> Zalo:
    return provider.zalo


@pytest.fixture
def account(ward, provider) -> OfficialAccount:
    """Entered, not yet connected."""
    return OfficialAccount.objects.create(
        unit=ward,
        app_id=FIRST_OA["app_id"],
        app_secret=FIRST_OA["app_secret"],
        webhook_key=FIRST_OA["oa_secret"],
    )


def say_yes(address: str, oa_id: str = FIRST_OA["oa_id"]) -> dict[str, str]:
    """What the OA's administrator does at Zalo; returns what the browser brings back."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    base = address.split("/v4/")[0]
    answer = httpx2.get(
        f"{base}/v4/oa/permission/cho-phep", params={**asked, "oa_id": oa_id}, trust_env=False
    )
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in back.items()}


@pytest.fixture
def connect() -> Callable[[OfficialAccount, Officer], OfficialAccount]:
    def run(account: OfficialAccount, officer: Officer) -> OfficialAccount:
        return complete_consent(**say_yes(start_consent(account=account, by=officer)), by=officer)

    return run


@pytest.fixture
def connected(account, owner, connect) -> OfficialAccount:
    return connect(account, owner)


@pytest.fixture
def call(connected) -> Callable:
    """`call(function, **arguments)`: as the connected account."""

    def run(function: Callable, **arguments):
        return call_zalo(account=connected, call=lambda session: function(session, **arguments), by=BY)

    return run


@pytest.fixture
def user_id(connected, zalo) -> str:
    """A follower who just wrote."""
    oa_id = FIRST_OA["oa_id"]
    zalo.people.act(oa_id=oa_id, phone=PHONE, act="follow")
    return zalo.world.member(oa_id, PHONE)["user_id"]


@pytest.fixture
def desk(owner) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def page(name: str, *args) -> str:
    return reverse(f"admin:zalo_{name}", args=args)


def vault(account: OfficialAccount) -> TokenVault:
    return TokenVault.objects.get(account=account)


@pytest.fixture
def desk_of() -> Callable[[Officer], Client]:
    """A browser of its own for each officer."""

    def log_in(officer: Officer) -> Client:
        client = Client()
        client.force_login(officer)
        return client

    return log_in
