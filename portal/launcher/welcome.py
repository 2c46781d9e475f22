"""The lines a person reads when the portal is ready."""

from portal.launcher.plan import Plan


def welcome_lines(plan: Plan, seed_text: str) -> list[str]:
    """Return the addresses of `plan` and the demo officer.

    `seed_text` is what `seed_demo` wrote: its last line reads "USER PASSWORD", or "USER" alone once the
    officer has replaced the one-time password. It is empty where no demo data belongs.
    """
    rows = [
        ("Trang người dân", f"{plan.base_url}/"),
        ("Trang cán bộ", f"{plan.base_url}/quan-tri/"),
        ("Tài liệu API", f"{plan.base_url}/api/v1/docs/"),
        ("Tin nhắn giả lập", f"{plan.provider_url}/"),
        *_officer_rows(seed_text),
    ]
    lines = [f"  {label:<22} {text}" for label, text in rows]
    return ["Cổng dịch vụ đã sẵn sàng. Nhấn Ctrl-C để dừng.", *lines]


def _officer_rows(seed_text: str) -> list[tuple[str, str]]:
    words = seed_text.splitlines()[-1].split() if seed_text else []
    password = words[1] if len(words) > 1 else "(Ông/Bà đã đặt mật khẩu riêng)"
    return [("Tài khoản cán bộ", words[0]), ("Mật khẩu dùng một lần", password)] if words else []
