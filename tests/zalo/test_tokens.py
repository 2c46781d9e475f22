"""Consent and tokens against the imitated Zalo: one live pair, never spent twice, never lost in silence."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from portal.common.errors import Conflict, NotAllowed
from portal.zalo.actions.call_zalo import call_zalo
from portal.zalo.actions.consent import complete_consent, forget_consents, start_consent
from portal.zalo.actions.refresh_tokens import open_session, refresh_due, refresh_tokens
from portal.zalo.actions.save_account import switch_account
from portal.zalo.client.directory import account_facts
from portal.zalo.enums import AccountState, TokenEvent
from portal.zalo.errors import ZaloError
from portal.zalo.models import ConsentRequest, OfficialAccount, TokenEntry
from portal.zalo.queries import alerts, attention_badge
from tests.people import BY, make_officer
from tests.zalo.conftest import page, say_yes, vault

HOUR = dt.timedelta(hours=1)


def journal(account) -> list[str]:
    return list(account.token_entries.order_by("pk").values_list("event", flat=True))


def state_of(account) -> str:
    return OfficialAccount.objects.get(pk=account.pk).state


def refusal(account, seen: int | None = None) -> str:
    with pytest.raises(ZaloError) as caught:
        refresh_tokens(account=account, seen=vault(account).generation if seen is None else seen, by=BY)
    return caught.value.key


# ---- consent


def test_consent_stores_an_encrypted_pair_and_reads_the_account(connected, zalo):
    kept = vault(connected)
    assert (connected.state, connected.oa_id, connected.name) == (
        "connected",
        "2000000000000000002",
        "Công an phường (mô phỏng)",
    )
    assert kept.access_token in zalo.world.state["access"]
    assert kept.access_expires_at - timezone.now() > 24 * HOUR
    assert journal(connected) == ["consent_started", "consented"]
    assert (connected.remaining_quota, connected.daily_quota, connected.check_error) == (500, 500, "")


@pytest.mark.parametrize("wrong", ["state", "officer", "late", "twice"])
def test_only_the_officer_who_asked_comes_back_once_and_in_time(account, owner, ward, wrong):
    back, by = say_yes(start_consent(account=account, by=owner)), owner
    if wrong == "state":
        back["state"] = "x" * 43
    if wrong == "officer":
        by = make_officer("khac", ward, "unit_chief")
    if wrong == "late":
        ConsentRequest.objects.update(expires_at=timezone.now())
    if wrong == "twice":
        complete_consent(**back, by=by)
    with pytest.raises(Conflict) as caught:
        complete_consent(**back, by=by)
    assert caught.value.code == "consent_unknown"
    assert state_of(account) == ("connected" if wrong == "twice" else "needs_consent")


def test_a_code_of_somebody_elses_verifier_connects_nothing(account, owner):
    """PKCE: a code that was caught elsewhere is worth nothing here."""
    back = say_yes(start_consent(account=account, by=owner))
    ConsentRequest.objects.get().delete()
    second = say_yes(start_consent(account=account, by=owner))
    with pytest.raises(Conflict) as caught:
        complete_consent(state=second["state"], code=back["code"], oa_id=second["oa_id"], by=owner)
    assert (caught.value.code, state_of(account)) == ("consent_refused", "needs_consent")


def test_consent_for_another_oa_is_refused(connected, owner, zalo):
    zalo.world.add_account({**zalo.world.state["accounts"][connected.oa_id], "oa_id": "2000000000000000077"})
    back = say_yes(start_consent(account=connected, by=owner), oa_id="2000000000000000077")
    with pytest.raises(Conflict) as caught:
        complete_consent(**back, by=owner)
    assert caught.value.code == "consent_other_account"


def test_colleague_and_stranger_may_not_connect(account, colleague, stranger):
    for officer in (colleague, stranger):
        with pytest.raises(NotAllowed):
            start_consent(account=account, by=officer)


def test_consent_over_the_pages(account, owner, colleague, stranger, desk):
    address = page("officialaccount_connect", account.pk)
    told = desk.get(address).content.decode()
    assert account.webhook_token in told and "Lấy liên kết cấp quyền" in told
    answer = desk.post(address)
    back = say_yes(answer.context["consent_address"])
    landed = desk.get(page("officialaccount_callback"), back, follow=True)
    assert landed.redirect_chain[-1][0] == page("officialaccount_change", account.pk)
    assert state_of(account) == "connected"
    for officer in (colleague, stranger):
        other = Client()
        other.force_login(officer)
        assert other.get(address).status_code in (403, 404)
        assert other.post(address).status_code in (403, 404)


def test_a_callback_nobody_asked_for_says_so(account, desk):
    answer = desk.get(
        page("officialaccount_callback"), {"state": "x", "code": "y", "oa_id": "1"}, follow=True
    )
    assert "không còn hiệu lực" in answer.content.decode()
    assert state_of(account) == "needs_consent"


def test_old_requests_are_forgotten_and_fresh_ones_kept(account, owner):
    start_consent(account=account, by=owner)
    assert forget_consents(by=BY) == 0
    ConsentRequest.objects.update(expires_at=timezone.now() - 25 * HOUR)
    assert (forget_consents(by=BY), ConsentRequest.objects.count()) == (1, 0)


def test_consent_given_again_begins_the_three_months_anew(connected, owner, connect):
    account = OfficialAccount.objects.get(pk=connected.pk)
    kept = vault(account)
    kept.granted_at -= dt.timedelta(days=80)
    kept.save()
    assert [text[:14] for text in alerts(OfficialAccount.objects.get(pk=account.pk))] == ["Cần quản trị v"]
    connect(account, owner)
    assert alerts(OfficialAccount.objects.get(pk=account.pk)) == []


# ---- refreshing


def test_a_new_pair_is_written_before_it_is_used(connected, zalo):
    before = vault(connected)
    session = refresh_tokens(account=connected, seen=before.generation, by=BY)
    after = vault(connected)
    assert (after.generation, after.access_token) == (before.generation + 1, session.access_token)
    assert after.refresh_token != before.refresh_token
    assert (zalo.world.stats()["refreshed"], zalo.world.stats()["spent_again"]) == (1, 0)
    assert after.granted_at == before.granted_at


def test_who_saw_an_older_pair_gets_the_one_that_is_there(connected, zalo):
    seen = vault(connected).generation
    first = refresh_tokens(account=connected, seen=seen, by=BY)
    assert refresh_tokens(account=connected, seen=seen, by=BY) == first
    assert zalo.world.stats()["refreshed"] == 1


def test_a_token_that_is_about_to_end_is_refreshed_first(connected, zalo):
    kept = vault(connected)
    kept.access_expires_at = timezone.now() + dt.timedelta(seconds=90)
    kept.save()
    open_session(account=connected, by=BY)
    open_session(account=connected, by=BY)
    assert zalo.world.stats()["refreshed"] == 1


def test_the_clock_refreshes_five_hours_before_the_end(connected, zalo):
    assert refresh_due(by=BY) == 0
    with time_machine.travel(timezone.now() + 21 * HOUR, tick=True):
        assert (refresh_due(by=BY), refresh_due(by=BY)) == (1, 0)
    assert zalo.world.stats()["refreshed"] == 1


def test_a_refused_token_is_refreshed_once_though_it_should_be_good(connected, zalo):
    """-216 with an expiry in the future, as pasted tokens have it."""
    zalo.world.switches.expired_next = 1
    assert call_zalo(account=connected, call=account_facts, by=BY).oa_id == connected.oa_id
    assert zalo.world.stats()["refreshed"] == 1


def test_a_token_refused_again_is_no_loop(connected, zalo):
    zalo.world.switches.expired_next = 99
    with pytest.raises(ZaloError) as caught:
        call_zalo(account=connected, call=account_facts, by=BY)
    assert (caught.value.key, zalo.world.switches.expired_next) == ("way_refused_again", 97)
    assert zalo.world.stats()["refreshed"] == 1


def test_a_lost_answer_ends_in_consent_and_an_alert_after_one_more_try(connected, zalo, rf, owner, caplog):
    zalo.world.switches.reset_after_rotation_next = 1
    assert refusal(connected) == "way_connection_lost"
    assert state_of(connected) == AccountState.CONNECTED
    assert refusal(connected) == "way_refresh_waits"
    with time_machine.travel(timezone.now() + HOUR, tick=True):
        assert refusal(connected) == "way_needs_consent"
        assert [refusal(connected) for _turn in "ab"] == ["way_needs_consent"] * 2
        assert refresh_due(by=BY) == 0
    assert zalo.world.stats()["spent_again"] == 1
    assert journal(connected)[2:] == ["refresh_failed", "lost"]
    lost = OfficialAccount.objects.get(pk=connected.pk)
    assert alerts(lost)[0].startswith("Đã mất quyền.")
    request = rf.get("/")
    request.user = owner
    assert attention_badge(request) == "1"
    assert [one.levelname for one in caplog.records if ": lost " in one.getMessage()] == ["ERROR"]


def test_an_unknown_refresh_token_needs_consent(connected, zalo):
    zalo.world.state["refresh"].clear()
    assert refusal(connected) == "way_needs_consent"
    assert TokenEntry.objects.filter(event=TokenEvent.LOST).get().error == "oauth_-14014"


def test_quoted_error_numbers_mean_the_same(connected, zalo):
    zalo.world.state["refresh"].clear()
    zalo.world.switches.quoted_errors = True
    assert refusal(connected) == "way_needs_consent"


@pytest.mark.parametrize(
    ("switch", "key"), [("html_502_next", "way_http_5xx"), ("reset_next", "way_connection_lost")]
)
def test_a_bad_line_is_tried_again_later_and_heals(connected, zalo, switch, key):
    setattr(zalo.world.switches, switch, 1)
    assert refusal(connected) == key
    assert refusal(connected) == "way_refresh_waits"
    with time_machine.travel(timezone.now() + HOUR, tick=True):
        refresh_tokens(account=connected, seen=vault(connected).generation, by=BY)
    assert (state_of(connected), vault(connected).attempts) == ("connected", 0)


def test_an_answer_without_the_next_token_keeps_the_old_one_and_warns(connected, zalo):
    before = vault(connected)
    zalo.world.switches.without_refresh_token = True
    refresh_tokens(account=connected, seen=before.generation, by=BY)
    after = vault(connected)
    assert (after.refresh_token, after.rotation_unclear) == (before.refresh_token, True)
    assert journal(connected)[-1] == "rotation_unclear"
    assert len(alerts(OfficialAccount.objects.get(pk=connected.pk))) == 1


def test_a_wrong_secret_is_a_matter_of_configuration(connected):
    connected.app_secret = "wrong"
    connected.save()
    assert refusal(connected) == "oauth_-14004"
    assert state_of(connected) == AccountState.CONNECTED


def test_an_account_switched_off_makes_no_call(connected, owner, zalo):
    switch_account(obj=connected, to=AccountState.DISABLED, by=owner)
    calls = len(zalo.world.transcript)
    assert refusal(connected) == "way_disabled"
    with pytest.raises(ZaloError):
        call_zalo(account=connected, call=account_facts, by=BY)
    assert len(zalo.world.transcript) == calls


def test_no_button_connects_without_consent(account, owner):
    with pytest.raises(Conflict) as caught:
        switch_account(obj=account, to=AccountState.CONNECTED, by=owner)
    assert caught.value.code == "consent_needed"


def test_tokens_and_secrets_are_ciphertext_in_the_database(connected):
    from django.db import connection

    kept = vault(connected)
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM zalo_tokenvault")
        stored = b"".join(bytes(one) for one in cursor.fetchone())
        cursor.execute("SELECT app_secret, webhook_key FROM zalo_officialaccount")
        stored += b"".join(bytes(one) for one in cursor.fetchone())
    for secret in (kept.access_token, kept.refresh_token, connected.app_secret, connected.webhook_key):
        assert secret.encode() not in stored
