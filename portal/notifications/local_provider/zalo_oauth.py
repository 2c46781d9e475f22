"""OAuth v4 of an OA: consent, code for tokens, rotation.

Consent address, header `secret_key`, form fields, seconds as a string, HTTP 200 for errors: [2].
-14002, -14014: [2]. -14003, -14004, -14005, -14018: [1]. An empty body for a spent refresh token: [1].
A wrong PKCE verifier answered -14005: no source, assumed.
"""

import html
import secrets
from typing import Any
from urllib.parse import urlencode

from portal.notifications.local_provider.zalo_wire import (
    Call,
    Refusal,
    Reply,
    answer,
    challenge_of,
    redirect,
)
from portal.notifications.local_provider.zalo_world import World

CONSENT, ALLOW, TOKEN = "/v4/oa/permission", "/v4/oa/permission/cho-phep", "/v4/oa/access_token"
_NAMES = {-14002: "INVALID_APP_ID", -14003: "INVALID_REDIRECT_URI", -14004: "INVALID_SECRET_KEY",
          -14005: "INVALID_CODE", -14014: "INVALID_REFRESH_TOKEN", -14018: "INVALID_GRANT_TYPE"}  # fmt: skip


def oauth_error(world: World, refusal: Refusal) -> Reply:
    code = str(refusal.code) if world.switches.quoted_errors else refusal.code
    name = _NAMES.get(refusal.code, "ERROR")
    return answer(
        {
            "error": code,
            "error_name": name,
            "error_description": name.replace("_", " ").capitalize(),
            "error_reason": name.replace("_", " ").capitalize(),
            "ref_doc": "https://developers.zalo.me/docs/official-account",
        }
    )


def consent_page(world: World, call: Call) -> Reply:
    """Which OA of the app shall be granted? Links: a form may not lead to another host."""
    accounts = _asked_accounts(world, call)
    items = "".join(
        f'<li><a href="{ALLOW}?{html.escape(urlencode({**call.query, "oa_id": one["oa_id"]}))}">'
        f"<b>Cho phép: {html.escape(one['name'])}</b><span>OA {one['oa_id']}</span></a></li>"
        for one in accounts
    )
    page = (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        "<title>Cấp quyền Zalo OA (mô phỏng)</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/_style.css"></head><body><header>'
        '<p class="where">Zalo mô phỏng · không có gì ra khỏi máy tính này</p>'
        "<h1>Ứng dụng xin quyền quản lý Official Account</h1></header>"
        f'<main><ul class="phones">{items}</ul></main></body></html>'
    )
    return Reply(page.encode(), kind="text/html; charset=utf-8")


def _asked_accounts(world: World, call: Call) -> list[dict[str, Any]]:
    accounts = world.accounts_of(call.query.get("app_id", ""))
    if not accounts:
        raise Refusal(-14002)
    wanted = call.query.get("redirect_uri", "")
    if any(one["redirect_uri"] not in ("", wanted) for one in accounts) or not wanted.startswith("http"):
        raise Refusal(-14003)
    return accounts


def allow(world: World, call: Call) -> Reply:
    """The admin pressed the button: a code, valid ten minutes, once."""
    accounts = {one["oa_id"]: one for one in _asked_accounts(world, call)}
    account = accounts.get(call.query.get("oa_id", ""))
    if account is None:
        raise Refusal(-14002)
    code = secrets.token_urlsafe(24)
    with world.changing() as state:
        until = world.switches.now() + world.switches.code_seconds
        state["codes"][code] = {
            "oa_id": account["oa_id"],
            "challenge": call.query.get("code_challenge", ""),
            "until": until,
        }
    back = {"code": code, "oa_id": account["oa_id"]}
    back |= {"state": call.query["state"]} if "state" in call.query else {}
    address = call.query["redirect_uri"]
    return redirect(f"{address}{'&' if '?' in address else '?'}{urlencode(back)}")


def token(world: World, call: Call) -> Reply:
    """A code or a refresh token for a new pair."""
    fields = call.form()
    accounts = world.accounts_of(fields.get("app_id", ""))
    if not accounts:
        raise Refusal(-14002)
    if call.headers.get("secret_key") != accounts[0]["app_secret"]:
        raise Refusal(-14004)
    grants = {"authorization_code": _by_code, "refresh_token": _by_refresh}
    if fields.get("grant_type") not in grants:
        raise Refusal(-14018)
    return grants[fields["grant_type"]](world, fields)


def _by_code(world: World, fields: dict[str, str]) -> Reply:
    with world.changing() as state:
        code = state["codes"].pop(fields.get("code", ""), None)
        good = code and code["until"] >= world.switches.now()
        if not good or code["challenge"] != challenge_of(fields.get("code_verifier", "")):
            raise Refusal(-14005)
        return answer(_new_pair(world, code["oa_id"]))


def _by_refresh(world: World, fields: dict[str, str]) -> Reply:
    """Single use: the old access and refresh token die at once. [2]"""
    with world.changing() as state:
        held = state["refresh"].get(fields.get("refresh_token", ""))
        if held is None:
            raise Refusal(-14014)
        if held["spent"]:
            state["spent_again"] += 1
            return Reply(b"")
        keeps = world.switches.without_refresh_token
        held["spent"] = not keeps
        state["refreshed"] += 1
        pair = _new_pair(world, held["oa_id"], keeps_refresh=keeps)
    if world.switches.take("reset_after_rotation_next"):
        return Reply(reset=True)
    return answer(pair)


def _new_pair(world: World, oa_id: str, *, keeps_refresh: bool = False) -> dict[str, str]:
    state, seconds = world.state, world.switches.access_seconds
    state["access"] = {name: one for name, one in state["access"].items() if one["oa_id"] != oa_id}
    access = f"A{secrets.token_urlsafe(90)}"
    state["access"][access] = {"oa_id": oa_id, "until": world.switches.now() + seconds}
    pair = {"access_token": access, "expires_in": str(seconds)}
    if not keeps_refresh:
        pair["refresh_token"] = f"R{secrets.token_urlsafe(90)}"
        state["refresh"][pair["refresh_token"]] = {"oa_id": oa_id, "spent": False}
    return pair
