"""The page that takes files: whole by a plain form, in pieces by the script over a line that breaks."""

import io
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from portal.citizens.actions.sessions import start_session
from portal.files.actions.check_file import check_file
from portal.files.actions.open_file import open_file
from portal.files.models import StoredFile
from portal.files.storing import path_of
from portal.files.tests.conftest import WORKER
from portal.files.tests.demo_owner import KEY
from portal.files.tests.samples import picture, with_exif
from tests.journeys.checks import barriers, sideways


def page_of(folder) -> str:
    return f"/tep/gui/{KEY}/{folder.uid}/"


@pytest.fixture
def signed_in(client, citizen, settings):
    _session, secret = start_session(contact=citizen)
    client.cookies[settings.CITIZEN_COOKIE_NAME] = secret
    return client


def upload(client, folder, *files):
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    return client.post(page_of(folder), {"file": sent})


@pytest.mark.django_db
def test_a_plain_form_sends_several_files(signed_in, folder):
    answer = upload(signed_in, folder, ("giay-to.jpg", with_exif()), ("anh.png", picture("PNG")))
    assert (answer.status_code, answer["Location"]) == (302, page_of(folder))
    files = list(StoredFile.objects.order_by("pk"))
    assert [(file.name, file.kind, file.state) for file in files] == [
        ("giay-to.jpg", "jpeg", "received"),
        ("anh.png", "png", "received"),
    ]
    assert check_file(file_uid=files[0].uid, by=WORKER) == "clean"
    with translation.override("vi"):  # the client leaves the last page's language behind
        assert "Checked, can be used" in signed_in.get(f"/en{page_of(folder)}").content.decode()
    shown = signed_in.get(page_of(folder)).content.decode()
    assert "giay-to.jpg – Đã kiểm tra, dùng được" in shown
    assert "anh.png – Chờ kiểm tra" in shown


@pytest.mark.django_db
def test_a_refused_file_is_named_with_its_reason_and_leaves_no_bytes(signed_in, folder):
    told = {
        name: (answer.status_code, sentence in answer.content.decode())
        for name, answer, sentence in (
            ("program", upload(signed_in, folder, ("a.jpg", b"MZ" + bytes(500))), "chương trình máy tính"),
            ("nothing", upload(signed_in, folder), "Xin chọn tệp."),
        )
    }
    assert told == {"program": (400, True), "nothing": (400, True)}
    assert list(path_of("00" * 16).parents[1].glob("??/*")) == []


@pytest.mark.django_db
def test_nobody_else_finds_the_page(client, folder, stranger_citizen, settings):
    file = ("a.jpg", picture())
    answers = [client.get(page_of(folder)).status_code, upload(client, folder, file).status_code]
    _session, secret = start_session(contact=stranger_citizen)
    client.cookies[settings.CITIZEN_COOKIE_NAME] = secret
    answers += [client.get(page_of(folder)).status_code, upload(client, folder, file).status_code]
    assert (answers, StoredFile.objects.count()) == ([404] * 4, 0)
    assert list(path_of("00" * 16).parents[1].glob("??/*")) == []


@pytest.mark.django_db
def test_a_form_of_another_site_is_refused(citizen, folder, settings):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    _session, secret = start_session(contact=citizen)
    strict.cookies[settings.CITIZEN_COOKIE_NAME] = secret
    assert upload(strict, folder, ("a.jpg", picture())).status_code == 403
    assert StoredFile.objects.count() == 0


@pytest.mark.browser
def test_a_large_photo_goes_small_over_a_line_that_breaks(
    open_page, live_portal, folder, citizen, settings, page_problems
):
    """Twice the network is gone in the middle; the photo arrives once, small, and the page says so."""
    page = open_page()
    _session, secret = start_session(contact=citizen)
    page.context.add_cookies([{"name": settings.CITIZEN_COOKIE_NAME, "value": secret, "url": live_portal}])
    page.goto(live_portal + page_of(folder))
    assert (barriers(page), sideways(page, 320, 1280)) == ([], [])
    noise = Image.frombytes("RGB", (3000, 1000), os.urandom(9_000_000))
    out = io.BytesIO()
    noise.save(out, "PNG")
    lost = []

    def break_line(route):
        if route.request.method == "PATCH" and len(lost) < 2:
            lost.append(route.request.headers["upload-offset"])
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/api/v1/files/**", break_line)
    photo = {"name": "giay-to.png", "mimeType": "image/png", "buffer": out.getvalue()}
    page.locator("#id_file").set_input_files(photo)
    page.get_by_role("button", name="Gửi tệp").click()
    page.get_by_text("giay-to.png – Chờ kiểm tra").wait_for(timeout=60_000)
    page_problems.clear()  # the broken line is a console error of the browser
    file = StoredFile.objects.get()
    assert (len(lost), file.kind, file.size < len(out.getvalue()) / 2) == (2, "jpeg", True)
    assert check_file(file_uid=file.uid, by=WORKER) == "clean"
    with open_file(file_uid=file.uid, by=citizen).reader as reader:
        assert Image.open(io.BytesIO(reader.read())).size == (2560, 853)
