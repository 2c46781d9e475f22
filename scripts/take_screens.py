"""Walk a running portal (`make run`) as a fictitious citizen and officer, and save each page as a picture.

    .venv/bin/python scripts/take_screens.py --password <one-time password that make run printed>

Options: --address (http://127.0.0.1:8000), --provider (one port above), --width 360, --out docs/screens.
The officer's one-time password is replaced by --new-password; a second run is given that one.
Every person, phone and unit on the pictures is made up. Exit code 1 when a picture is over 150 KB.
"""

import argparse
import io
import random
import re
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 150 * 1024
WARD = "Công an phường Hải Vân Đông"
PERSON = {"full_name": "Nguyễn Thị Ánh", "birth_date": "05/09/1954"}
CARD = "001154123456||Nguyễn Thị Ánh|05091954|Nữ|25 đường Hoa Sữa, Phường Hải Vân Đông|01062021"
# So that the officers' list is one; nobody here exists.
OTHERS = (("Lò Văn Mây", "02/03/1971"), ("Trần Ngọc Bích Thủy", "19/11/2009"), ("Y Khương Niê", "1948"))


def new_phone() -> str:
    """A number no operator has."""
    return f"075{random.randint(2_000_000, 8_999_999)}"  # noqa: S311


class Walk:
    """One browser, one citizen; `shoot` saves what is on the screen."""

    def __init__(self, page: Page, options: argparse.Namespace) -> None:
        self.page = page
        self.options = options
        self.phone = new_phone()
        self.too_big: list[str] = []

    def shoot(self, name: str, *, whole: bool = True) -> None:
        path = self.options.out / f"{name}.png"
        self.page.wait_for_load_state("networkidle")
        picture = self.page.screenshot(full_page=whole, animations="disabled", timeout=90_000)
        # 128 colours are enough for flat pages and make the file a third as big.
        Image.open(io.BytesIO(picture)).convert("RGB").quantize(128).save(path, optimize=True)
        print(f"{path.name:28} {path.stat().st_size:>7,} bytes")
        if path.stat().st_size > MOST_BYTES:
            self.too_big.append(name)

    def open(self, path: str) -> None:
        self.page.goto(self.options.address + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def code(self) -> str:
        """The six digits that the imaginary phone received."""
        address = f"{self.options.provider}/phones/{self.phone}"
        for _attempt in range(60):
            with urllib.request.urlopen(address, timeout=5) as answer:
                found = re.search(r"\b(\d{6})\b", re.sub(r"<header>.*</header>", "", answer.read().decode()))
            if found:
                return found[1]
            time.sleep(0.5)
        raise SystemExit(f"No code arrived at {address}")


def front_pages(walk: Walk) -> None:
    walk.open("/")
    walk.shoot("start")
    walk.page.get_by_label("Tên xã, phường").fill("quan ben dong")
    walk.press("Tìm")
    walk.shoot("start-old-name")
    walk.open("/?q=khong+co+dau")
    walk.shoot("start-nothing-found")
    walk.open("/")
    walk.page.get_by_role("link", name=WARD).click()
    walk.shoot("unit")
    walk.page.get_by_role("link", name=re.compile("Báo tin cho công an")).click()
    walk.shoot("report")


def to_declaration(walk: Walk) -> None:
    walk.open("/")
    walk.page.get_by_role("link", name=WARD).click()
    walk.page.get_by_role("link", name=re.compile("Đặt lịch làm")).click()
    walk.page.locator("#gio ~ .tiles a.tile").nth(1).click()


def declaration(walk: Walk) -> None:
    to_declaration(walk)
    walk.page.go_back()
    walk.shoot("choose")
    walk.page.go_forward()
    walk.shoot("declaration")
    submit = "Giữ chỗ và nhận mã xác nhận"
    walk.press(submit)
    walk.shoot("declaration-empty")
    walk.page.get_by_label("Cấp đổi").check()
    for name, value in {**PERSON, "phone": "0912"}.items():
        walk.page.locator(f"#id_{name}").fill(value)
    if not walk.page.locator("#id_identity_number").is_visible():
        walk.page.locator("[data-fold=more] summary").click()
    walk.page.locator("#id_identity_number").fill("001090012345")
    walk.press(submit)
    walk.shoot("declaration-doubtful")
    filled_by_themselves(walk)
    walk.page.get_by_label("Cấp đổi").check()
    for name, value in {**PERSON, "phone": walk.phone}.items():
        walk.page.locator(f"#id_{name}").fill(value)
    walk.page.clock.install()  # the code's page counts down; nobody waits for it
    walk.press(submit)


def filled_by_themselves(walk: Walk) -> None:
    """What age opens and what the card's QR fills in; ends on an empty declaration."""
    walk.page.goto(walk.page.url)
    walk.page.locator("#id_birth_date").fill("05/09/2016")
    walk.shoot("declaration-child")
    walk.page.locator("#id_birth_date").fill("")
    walk.press("Quét mã QR trên thẻ")
    walk.page.locator("[data-scan-text]").fill(CARD)
    walk.page.locator("[data-scan-text]").press("Enter")
    walk.page.locator("[data-scan-done]").wait_for()
    walk.shoot("declaration-scanned")
    walk.page.goto(walk.page.url)


def code_and_ticket(walk: Walk) -> None:
    walk.page.locator("#id_code").wait_for()
    walk.shoot("code")
    walk.page.clock.fast_forward(61_000)
    walk.page.get_by_role("button", name=re.compile("^Gửi lại mã")).wait_for()
    walk.shoot("code-later")
    walk.page.locator("#id_code").fill("000000")
    walk.press("Xác nhận lịch hẹn")
    walk.shoot("code-wrong")
    walk.page.locator("#id_code").fill(walk.code())
    walk.press("Xác nhận lịch hẹn")
    walk.page.locator(".ticket-number").wait_for()
    walk.shoot("ticket")
    walk.page.get_by_role("link", name="Hủy lịch hẹn").click()
    walk.shoot("cancel")
    walk.open("/tra-cuu/")
    walk.shoot("lookup")


def more_citizens(walk: Walk) -> None:
    for name, birth in OTHERS:
        walk.phone = new_phone()
        to_declaration(walk)
        walk.page.get_by_label("Cấp đổi").check()
        for field, value in (("full_name", name), ("birth_date", birth), ("phone", walk.phone)):
            walk.page.locator(f"#id_{field}").fill(value)
        walk.press("Giữ chỗ và nhận mã xác nhận")
        walk.page.locator("#id_code").fill(walk.code())
        walk.press("Xác nhận lịch hẹn")
        walk.page.locator(".ticket-number").wait_for()


def officers_list(walk: Walk) -> None:
    if not walk.options.password:
        return
    walk.page.set_viewport_size({"width": 1280, "height": 800})
    walk.open("/quan-tri/login/")
    walk.page.locator("#id_username").fill("canbo")
    walk.page.locator("#id_password").fill(walk.options.password)
    walk.page.locator("main button[type=submit], #main button[type=submit]").first.click()
    walk.page.wait_for_load_state()
    if walk.page.locator("#id_new_password1").count():
        for name in ("new_password1", "new_password2"):
            walk.page.locator(f"#id_{name}").fill(walk.options.new_password)
        if walk.page.locator("#id_old_password").count():
            walk.page.locator("#id_old_password").fill(walk.options.password)
        walk.press("Đổi mật khẩu")
        walk.page.wait_for_load_state()
    walk.open("/quan-tri/")
    walk.shoot("officers-start", whole=False)
    walk.open("/quan-tri/appointments/booking/")
    walk.shoot("officers-list", whole=False)
    officers_visit(walk)
    officers_campaign(walk)


def as_tall_as_the_page(walk: Walk, width: int) -> None:
    """The theme's bar at the bottom of the window would otherwise lie over the middle of a long picture."""
    walk.page.set_viewport_size({"width": width, "height": 740})
    height = walk.page.evaluate("document.documentElement.scrollHeight")
    walk.page.set_viewport_size({"width": width, "height": height + 80})


def officers_visit(walk: Walk) -> None:
    """The first of the list comes to the desk; the officer holds a phone."""
    walk.page.locator("#result_list tbody a").first.click()
    walk.page.get_by_role("link", name="Xác nhận đã đến", exact=True).click()
    walk.press("Xác nhận đã đến")
    walk.page.wait_for_load_state()
    walk.page.goto(walk.page.url)  # once more, without the message
    as_tall_as_the_page(walk, 360)
    walk.shoot("officers-booking-360")


def officers_campaign(walk: Walk) -> None:
    walk.open("/quan-tri/appointments/campaign/add/")
    as_tall_as_the_page(walk, 1280)
    walk.shoot("officers-campaign")


def on_both(walk: Walk, name: str, *widths: int) -> None:
    """The open page of an officer as a phone and as a desk show it."""
    for width in widths or (360, 1280):
        as_tall_as_the_page(walk, width)
        walk.shoot(f"{name}-360" if width == 360 else name)


def officers_changes(walk: Walk) -> None:
    """What an officer does when plans change: move a visit, call a day off, call, book for somebody."""
    if not walk.options.password:
        return
    desk = "/quan-tri/appointments/"
    walk.open(f"{desk}booking/")
    walk.page.locator("#result_list tbody a").first.click()
    walk.page.get_by_role("link", name="Đổi lịch", exact=True).click()
    on_both(walk, "officers-move")
    walk.open("/quan-tri/dat-lich/")
    on_both(walk, "officers-counter", 360)
    walk.page.locator(".floor-session").first.click()
    on_both(walk, "officers-counter-book", 360)
    others = {"arrived": f"{desk}card/the-da-ve/", "helper": f"{desk}helper/add/"}
    for name, path in (others | {"calls": "/quan-tri/notifications/calltask/"}).items():
        walk.open(path)
        on_both(walk, f"officers-{name}", 360)
    officers_close(walk)


def officers_close(walk: Walk) -> None:
    """A day is called off: the form, what would happen, what happened. Last, for its people move."""
    walk.open("/quan-tri/appointments/session/")
    walk.page.locator("#result_list tbody a").first.click()
    walk.page.get_by_role("link", name="Hủy buổi này", exact=True).click()
    walk.page.locator("#close-reason").fill("Mất điện cả phường")
    walk.page.locator("input[name=target]").nth(1).check()
    walk.press("Xem trước")
    walk.page.locator("#close-preview").wait_for()
    on_both(walk, "officers-close")
    walk.press("Hủy buổi và báo cho mọi người")
    walk.page.wait_for_load_state()
    on_both(walk, "officers-closed", 360)


ROADS: tuple[Callable[[Walk], None], ...] = (
    front_pages,
    declaration,
    code_and_ticket,
    more_citizens,
    officers_list,
    officers_changes,
)


def read_options() -> argparse.Namespace:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    reader.add_argument("--address", default="http://127.0.0.1:8000")
    reader.add_argument("--provider", default="http://127.0.0.1:8001")
    reader.add_argument("--width", type=int, default=360)
    reader.add_argument("--out", type=Path, default=ROOT / "docs" / "screens")
    reader.add_argument("--password", default="", help="of the officer canbo; without it no officers' page")
    reader.add_argument("--new-password", default="hoa-sua-thang-muoi-mot-2026")
    return reader.parse_args()


def main() -> int:
    """Take all pictures; 1 when one is too big for the repository."""
    sys.path.insert(0, str(ROOT))
    from scripts.browser import find_named, find_on_path

    options = read_options()
    options.out.mkdir(parents=True, exist_ok=True)
    size = {"width": options.width, "height": 740 if options.width < 700 else 800}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_named() or find_on_path(), args=["--no-sandbox"]
        )
        page = browser.new_context(viewport=size, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh").new_page()
        walk = Walk(page, options)
        for road in ROADS:
            road(walk)
        browser.close()
    print("too big: " + ", ".join(walk.too_big) if walk.too_big else "every picture is small enough")
    return 1 if walk.too_big else 0


if __name__ == "__main__":
    sys.exit(main())
