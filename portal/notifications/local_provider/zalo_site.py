"""The doors of the imitated Zalo that no vendor has: its pages, and the switches of tests and drills."""

import json
from typing import Any
from urllib.parse import urlsplit

from portal.notifications.local_provider import zalo_pages
from portal.notifications.local_provider.zalo import Zalo
from portal.notifications.local_provider.zalo_people import ACTS
from portal.notifications.local_provider.zalo_wire import Call, Reply, answer, redirect

_HTML = "text/html; charset=utf-8"


def site_reply(zalo: Zalo, call: Call) -> Reply | None:
    """None for a path that is none of these."""
    parts = [part for part in call.path.split("/") if part]
    if parts[:1] == ["_zalo"] and len(parts) == 2:
        return _control(zalo, call, parts[1])
    if parts[:1] == ["zalo"]:
        return _console(zalo, call, parts[1:])
    if len(parts) == 4 and parts[0] == "phones" and parts[2] == "zalo" and parts[1].isdigit():
        return _chat(zalo, call, parts[1], parts[3])
    return None


def _foreign(call: Call) -> bool:
    """A form of another site: browsers name the origin of every POST."""
    origin = call.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != call.headers.get("host")


def _page(content: str) -> Reply:
    return Reply(content.encode(), kind=_HTML)


def _missing() -> Reply:
    return Reply(b'{"error": "not found"}', 404)


def _chat(zalo: Zalo, call: Call, phone: str, oa_id: str) -> Reply:
    account = zalo.world.state["accounts"].get(oa_id)
    if account is None or len(phone) != 10 or not phone.startswith("075") or _foreign(call):
        return _missing()
    if call.method == "POST":
        fields = call.form()
        act = fields.get("act", "text")
        if act in ACTS and (act != "text" or fields.get("text", "").strip()):
            zalo.people.act(oa_id=oa_id, phone=phone, act=act, text=fields.get("text", "").strip())
        return redirect(f"/phones/{phone}/zalo/{oa_id}")
    accounts = zalo.world.state["accounts"]
    rows = [zalo_pages.bubble(one, accounts) for one in zalo.world.messages(phone, oa_id)]
    return _page(zalo_pages.chat_page(phone, account, zalo.world.member(oa_id, phone), rows))


def _console(zalo: Zalo, call: Call, parts: list[str]) -> Reply:
    if call.method == "GET":
        accounts = list(zalo.world.state["accounts"].values())
        return _page(zalo_pages.console_page(accounts, list(zalo.world.transcript)))
    if _foreign(call) or len(parts) != 1:
        return _missing()
    if parts == ["them"]:
        zalo.world.add_account(_next_account(zalo))
        return redirect("/zalo")
    account = zalo.world.state["accounts"].get(parts[0])
    if account is None:
        return _missing()
    _set_account(zalo, account, call.form())
    return redirect("/zalo")


def _next_account(zalo: Zalo) -> dict[str, str]:
    number = 100 + len(zalo.world.state["accounts"])  # the first account has its ids from the worked example
    return {
        "oa_id": f"20000000000000{number:05d}",
        "app_id": f"10000000000000{number:05d}",
        "app_secret": f"app-secret-demo-{number:02d}",
        "oa_secret": f"oa-secret-key-demo-{number:02d}",
        "name": f"Công an xã số {number} (mô phỏng)",
    }


def _set_account(zalo: Zalo, account: dict[str, Any], given: dict[str, Any]) -> None:
    """Saving in the console also turns a webhook on again that had been given up."""
    with zalo.world.changing():
        for name in ("webhook_url", "redirect_uri"):
            if name in given:
                account[name] = str(given[name]).strip()
        account["webhook_on"] = True


def _control(zalo: Zalo, call: Call, what: str) -> Reply:
    """JSON for tests: switches, accounts, acts, figures."""
    world, body = zalo.world, call.json()
    if call.method == "GET":
        told: dict[str, Any] = {
            "control": world.switches.as_dict(),
            "stats": {**world.stats(), "posted": zalo.webhooks.posted, "refused": zalo.webhooks.refused},
            "transcript": list(world.transcript),
            "accounts": list(world.state["accounts"].values()),
            "members": list(world.state["members"].values()),
        }
        return answer(told[what]) if what in told else _missing()
    if not call.headers.get("content-type", "").startswith("application/json"):
        return Reply(b'{"error": "a JSON object is expected"}', 400)
    try:
        return answer(_change(zalo, what, body))
    except (KeyError, TypeError) as error:
        return Reply(json.dumps({"error": f"unknown or wrong: {error}"}).encode(), 400)


def _change(zalo: Zalo, what: str, body: dict[str, Any]) -> Any:
    world = zalo.world
    if what == "control":
        world.switches.update(body)
        return world.switches.as_dict()
    if what == "accounts":
        account = world.state["accounts"].get(body["oa_id"])
        if account is None:
            return world.add_account(body)
        _set_account(zalo, account, body)
        return account
    if what == "act":
        return {"msg_id": zalo.people.act(**body)}
    if what == "forget":
        world.forget()
        return {}
    raise KeyError(what)
