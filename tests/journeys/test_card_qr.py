"""The QR of the card fills the declaration in the browser; its text goes nowhere."""

import io
import unicodedata
from pathlib import Path

import pytest
import qrcode
from PIL import Image

from procedures.models import Declaration
from tests.journeys.checks import assert_good
from tests.journeys.steps import HOLD, PHONE, choose_hour, press

pytestmark = [pytest.mark.browser]
NAME = "Nguyễn Thị Ánh"
HOME = "25 đường Hoa Sữa, Phường Hải Vân Đông"
PARTS = ["001190123456", "012345678", NAME, "05091990", "Nữ", HOME, "01062021"]
CARD = "|".join(PARTS)
READ = {
    "identity_number": "001190123456",
    "old_number": "012345678",
    "full_name": NAME,
    "birth_date": "05/09/1990",
    "birth_precision": "day",
    "gender": "female",
    "permanent_address": HOME,
    "card_issued_on": "01/06/2021",
}


def with_part(place: int, text: str) -> str:
    return "|".join([*PARTS[:place], text, *PARTS[place + 1 :]])


# What is read: the whole card, or what differs from it.
READABLE = {
    "seven fields": (CARD, {}),
    "no old number": (with_part(1, ""), {"old_number": ""}),
    "twelve-digit CMND": (with_part(1, "012345678901"), {"old_number": ""}),
    "parents and spouse behind": (f"{CARD}|Trần Văn A|Lê Thị B|079123456", {}),
    "an empty field behind": (f"{CARD}|", {}),
    "NFD": (unicodedata.normalize("NFD", CARD), {}),
    "spaces and a line end": (f"  {CARD.replace('|', ' | ')}\r\n", {}),
    "byte order mark": (f"\ufeff{CARD}", {}),
    "zeros and a year": (with_part(3, "00001948"), {"birth_date": "1948", "birth_precision": "year"}),
    "a year alone": (with_part(3, "1948"), {"birth_date": "1948", "birth_precision": "year"}),
    "29 February": (with_part(3, "29022004"), {"birth_date": "29/02/2004"}),
    "a man": (with_part(4, "Nam"), {"gender": "male"}),
    "gender unknown": (with_part(4, "N?"), {"gender": ""}),
    "no day of issue": (with_part(6, ""), {"card_issued_on": ""}),
    "impossible day of issue": (with_part(6, "31022021"), {"card_issued_on": ""}),
    "name with question marks": (with_part(2, "Nguy?n Th? Ánh"), {"full_name": ""}),
    "name with replacement marks": (with_part(2, "Nguy\ufffdn"), {"full_name": ""}),
    "name with Telex digits": (with_part(2, "Nguye6n Thi5 Anh1"), {"full_name": ""}),
    "name with markup": (with_part(2, "<b>An</b>"), {"full_name": ""}),
    "minority name": (with_part(2, "Rơ Châm H'Yéo"), {"full_name": "Rơ Châm H'Yéo"}),
    "address with question marks": (with_part(5, "25 Hoa S?a"), {"permanent_address": ""}),
    "endless address": (with_part(5, "a" * 10_000), {"permanent_address": "a" * 300}),
}
REFUSED = {
    "nothing": "",
    "six fields": "|".join([PARTS[0], *PARTS[2:]]),
    "birth with slashes": with_part(3, "05/09/1990"),
    "31 February": with_part(3, "31021990"),
    "month 13": with_part(3, "05131990"),
    "29 February of a common year": with_part(3, "29022003"),
    "no birth date": with_part(3, ""),
    "eleven digits": with_part(0, "00119012345"),
    "letters in the number": with_part(0, "00119012345O"),
    "old number of eight digits": with_part(1, "01234567"),
    "an address of the web": "https://example.com/|1|2|3|4|5|6",
    "bars alone": "||||||",
    "semicolons": CARD.replace("|", ";"),
    "10,000 characters": "x" * 10_000,
}


@pytest.fixture
def form(page, live_portal, campaign):
    """The empty declaration on a phone."""
    choose_hour(page, live_portal)
    page.wait_for_load_state("networkidle")
    return page


@pytest.fixture
def sent(form) -> list[str]:
    """Addresses and bodies of everything the browser sends from now on."""
    found: list[str] = []
    form.on("request", lambda request: found.append(f"{request.url} {request.post_data or ''}"))
    return found


def value(page, name: str) -> str:
    return page.locator(f"#id_{name}").input_value()


def picture_of(text: str, folder: Path) -> Path:
    """A photo-like picture: the code is a small part of it."""
    code = qrcode.make(text, box_size=5).convert("RGB")
    photo = Image.new("RGB", (1500, 1100), (200, 205, 190))
    photo.paste(code, (850, 120))
    path = folder / "card.png"
    photo.save(path)
    return path


def test_parser_reads_exactly_this(form) -> None:
    read = form.evaluate(
        "cases => Object.fromEntries(cases.map(([name, text]) => [name, readCardText(text)]))",
        [[name, text] for name, (text, _different) in READABLE.items()],
    )
    assert read == {name: READ | different for name, (_text, different) in READABLE.items()}


def test_parser_refuses_what_is_no_card(form) -> None:
    read = form.evaluate(
        "cases => Object.fromEntries(cases.map(([name, text]) => [name, readCardText(text)]))",
        [list(case) for case in REFUSED.items()],
    )
    assert read == dict.fromkeys(REFUSED)


def test_picture_fills_the_form_and_stays_on_the_phone(form, sent, tmp_path) -> None:
    press(form, "Quét mã QR trên thẻ")
    form.locator("[data-scan-file]").set_input_files(picture_of(f"{CARD}|Trần Văn Bố", tmp_path))
    form.locator("[data-scan-done]").wait_for()
    assert "Xin kiểm tra lại họ tên" in form.locator("[data-scan-done]").inner_text()
    filled = {name: value(form, name) for name in READ if name != "birth_precision"}
    assert filled == {name: text for name, text in READ.items() if name != "birth_precision"}
    assert [line for line in sent if "qr-scanner-worker" not in line] == []
    assert_good(form)
    form.get_by_label("Cấp đổi").check()
    form.locator("#id_phone").fill(PHONE)
    press(form, HOLD)
    form.locator("#id_code").wait_for()
    assert [line for line in sent if "|" in line or "%7C" in line or "B%E1%BB%91" in line] == []
    details = Declaration.objects.get().details
    assert (details["full_name"], details["birth_date"]) == (NAME, "1990-09-05")
    assert "Bố" not in str(details)


def test_old_phone_reads_the_picture_too(open_page, live_portal, campaign, tmp_path) -> None:
    page = open_page()
    page.add_init_script(
        "delete window.createImageBitmap; delete window.BarcodeDetector;"
        "delete Navigator.prototype.mediaDevices;"
    )
    choose_hour(page, live_portal)
    press(page, "Điền từ ảnh mã QR trên thẻ")
    page.locator("[data-scan-file]").set_input_files(picture_of(CARD, tmp_path))
    page.locator("[data-scan-done]").wait_for()
    assert value(page, "full_name") == NAME


def test_decoder_is_loaded_at_the_first_picture_only(form, sent, tmp_path) -> None:
    press(form, "Quét mã QR trên thẻ")
    form.locator("[data-scan-status]").filter(has_text="Máy chưa cho dùng máy ảnh").wait_for()
    assert sent == []
    form.locator("[data-scan-file]").set_input_files(picture_of(CARD, tmp_path))
    form.locator("[data-scan-done]").wait_for()
    assert [line.split("/")[-1].strip() for line in sent] == ["qr-scanner-worker.js"]


def test_picture_without_a_code_and_code_of_something_else(form, tmp_path) -> None:
    press(form, "Quét mã QR trên thẻ")
    Image.new("RGB", (400, 300), "white").save(tmp_path / "empty.png")
    form.locator("[data-scan-file]").set_input_files(tmp_path / "empty.png")
    form.get_by_text("Chưa thấy mã QR trong ảnh").wait_for()
    (tmp_path / "text.png").write_text("no picture")
    form.locator("[data-scan-file]").set_input_files(tmp_path / "text.png")
    form.get_by_text("Chưa thấy mã QR trong ảnh").wait_for()
    form.locator("[data-scan-file]").set_input_files(picture_of("https://example.com", tmp_path))
    form.get_by_text("không phải mã trên thẻ").wait_for()
    assert value(form, "full_name") == ""


@pytest.mark.parametrize("hand", ["scanner", "paste"])
def test_desk_scanner_types_or_pastes(form, hand: str) -> None:
    press(form, "Quét mã QR trên thẻ")
    box = form.locator("[data-scan-text]")
    if hand == "scanner":
        box.fill(CARD)
        box.press("Enter")
    else:
        box.fill(CARD)
        box.dispatch_event("paste")
    form.locator("[data-scan-done]").wait_for()
    assert (value(form, "full_name"), value(form, "identity_number")) == (NAME, "001190123456")
    assert box.input_value() == ""
    assert box.get_attribute("name") is None


def test_mangled_name_is_left_to_the_person(form) -> None:
    form.locator("#id_full_name").fill("Tên cũ")
    press(form, "Quét mã QR trên thẻ")
    form.locator("[data-scan-text]").fill(with_part(2, "Nguy?n Th? Ánh"))
    form.locator("[data-scan-text]").press("Enter")
    assert "gõ lại mục còn trống" in form.locator("[data-scan-done]").inner_text()
    assert (value(form, "full_name"), value(form, "birth_date")) == ("", "05/09/1990")


def test_camera_denied_is_said_kindly_and_typing_still_works(form) -> None:
    press(form, "Quét mã QR trên thẻ")
    said = form.locator("[data-scan-status]")
    said.filter(has_text="Máy chưa cho dùng máy ảnh").wait_for()
    assert_good(form)
    press(form, "Đóng")
    assert form.evaluate("document.activeElement.textContent") == "Quét mã QR trên thẻ"
    form.locator("#id_full_name").fill(NAME)
    assert value(form, "full_name") == NAME


@pytest.fixture
def camera_page(browser, chromium, tmp_path):
    """A page of a browser in front of whose camera the card is held (Chromium's fake device)."""
    film = tmp_path / "card.mjpeg"
    frame = io.BytesIO()
    Image.open(picture_of(CARD, tmp_path)).resize((1280, 940)).save(frame, "JPEG", quality=92)
    film.write_bytes(frame.getvalue() * 10)
    seeing = browser.browser_type.launch(
        executable_path=chromium,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    yield seeing.new_page(viewport={"width": 360, "height": 740}, locale="vi-VN")
    seeing.close()


def test_camera_reads_the_card_and_is_switched_off(camera_page, live_portal, campaign) -> None:
    choose_hour(camera_page, live_portal)
    press(camera_page, "Quét mã QR trên thẻ")
    camera_page.locator("[data-scan-done]").wait_for(timeout=15_000)
    assert value(camera_page, "full_name") == NAME
    video = camera_page.locator("[data-scan-video]")
    assert video.is_visible() is False
    assert video.evaluate("video => video.srcObject") is None


def test_without_scripts_there_is_no_button(page_without_scripts, live_portal, campaign) -> None:
    choose_hour(page_without_scripts, live_portal)
    assert page_without_scripts.locator("[data-card-scan]").is_visible() is False
    assert page_without_scripts.locator("#id_full_name").is_visible() is True
