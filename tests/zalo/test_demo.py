"""The demonstration's account: connected to the imitated Zalo of this machine, and to nothing else."""

from portal.zalo.actions.call_zalo import call_zalo
from portal.zalo.actions.load_demo_account import load_demo_account
from portal.zalo.actions.refresh_tokens import refresh_tokens
from portal.zalo.client.directory import account_facts
from portal.zalo.demo import DEMO_ACCESS, DEMO_OA, DEMO_REFRESH
from portal.zalo.models import OfficialAccount
from portal.zalo.queries import webhook_url
from tests.people import BY
from tests.zalo.conftest import vault


def test_the_seeded_account_speaks_and_is_refreshed_like_any_other(ward, zalo):
    account = load_demo_account(unit=ward, by=BY)
    zalo.world.begin_demo(access=DEMO_ACCESS, refresh=DEMO_REFRESH, webhook_url=webhook_url(account))
    assert zalo.world.state["accounts"][account.oa_id]["webhook_url"] == webhook_url(account)
    assert call_zalo(account=account, call=account_facts, by=BY).oa_id == DEMO_OA["oa_id"]
    refresh_tokens(account=account, seen=vault(account).generation, by=BY)
    zalo.world.begin_demo(access=DEMO_ACCESS, refresh=DEMO_REFRESH, webhook_url="http://elsewhere.test/")
    assert call_zalo(account=account, call=account_facts, by=BY).oa_id == DEMO_OA["oa_id"]
    assert zalo.world.state["accounts"][account.oa_id]["webhook_url"] == webhook_url(account)


def test_seeding_twice_makes_one_account(ward, provider):
    assert load_demo_account(unit=ward, by=BY) == load_demo_account(unit=ward, by=BY)
    assert OfficialAccount.objects.count() == 1


def test_nothing_is_seeded_where_zalo_is_not_the_imitated_one(ward, settings):
    settings.ZALO_OA_URL, settings.LOCAL_PROVIDER_URL = "https://openapi.zalo.me", "http://127.0.0.1:1"
    assert load_demo_account(unit=ward, by=BY) is None
    assert OfficialAccount.objects.count() == 0
