"""The lines a person reads when the portal is ready."""

import json

from portal.launcher.plan import Plan

LABELS = {"officer": "Tài khoản cán bộ", "one_time_password": "Mật khẩu dùng một lần"}


def welcome_lines(plan: Plan, seed_text: str) -> list[str]:
    """Return the addresses of `plan` and what `seed_demo` said (a JSON object, or text shown as it is)."""
    rows = [
        ("Trang người dân", f"{plan.base_url}/"),
        ("Trang cán bộ", f"{plan.base_url}/quan-tri/"),
        ("Tài liệu API", f"{plan.base_url}/api/v1/docs/"),
        ("Tin nhắn giả lập", f"{plan.provider_url}/"),
    ]
    facts = _read_facts(seed_text)
    rows += [(LABELS.get(name, name), str(value)) for name, value in facts.items() if value]
    lines = [
        "Cổng dịch vụ đã sẵn sàng. Nhấn Ctrl-C để dừng.",
        *(f"  {label:<22} {text}" for label, text in rows),
    ]
    return lines if facts else [*lines, *(f"  {line}" for line in seed_text.splitlines())]


def _read_facts(seed_text: str) -> dict:
    try:
        facts = json.loads(seed_text)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
