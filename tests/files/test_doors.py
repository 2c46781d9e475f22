"""The doors: pieces over REST, and bytes that leave as attachments only, for whom they belong to."""

import io
import json
import uuid

import pytest
from django.urls import reverse
from PIL import Image

from portal.citizens.actions.sessions import start_session
from portal.files.actions.check_file import check_file
from portal.files.limits import CHUNK_LEAST
from portal.files.models import StoredFile
from portal.files.pages import asked_range, disposition
from portal.files.tests.conftest import WORKER
from portal.files.tests.demo_owner import KEY
from portal.files.tests.hostile import HOSTILE
from portal.files.tests.samples import film, picture, with_exif

pytestmark = pytest.mark.django_db
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def log_in(client, contact, settings) -> None:
    _session, secret = start_session(contact=contact)
    client.cookies[settings.CITIZEN_COOKIE_NAME] = secret


@pytest.fixture
def browser_of_citizen(client, citizen, settings):
    log_in(client, citizen, settings)
    return client


def begin(client, folder, size, name="anh.jpg", key="k" * 20):
    body = {"owner": KEY, "owner_uid": str(folder.uid), "name": name, "size": size}
    return client.post(
        reverse("files_api:begin"), body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key
    )


def patch(client, begun, offset, data, **headers):
    address = reverse("files_api:upload", args=[begun["uid"]])
    named = {"Upload-Key": begun["upload_key"], "Upload-Offset": str(offset)} | headers
    return client.patch(address, data, content_type="application/octet-stream", headers=named)


def test_a_photo_in_pieces_and_back(browser_of_citizen, folder):
    """Begun twice with one key is one upload; an offset that is not right is told; the file comes back
    clean."""
    data = with_exif() + bytes(2 * CHUNK_LEAST)
    begun = begin(browser_of_citizen, folder, len(data))
    again = begin(browser_of_citizen, folder, len(data))
    assert (begun.status_code, again.json(), StoredFile.objects.count()) == (201, begun.json(), 1)
    told = begun.json()
    assert patch(browser_of_citizen, told, 0, data[:CHUNK_LEAST]).json()["offset"] == CHUNK_LEAST
    wrong = patch(browser_of_citizen, told, 0, data[:CHUNK_LEAST])
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["offset"]) == (
        409,
        "upload_offset",
        CHUNK_LEAST,
    )
    address = reverse("files_api:upload", args=[told["uid"]])
    state = browser_of_citizen.get(address, headers={"Upload-Key": told["upload_key"]}).json()
    assert (state["state"], state["offset"]) == ("receiving", CHUNK_LEAST)
    assert patch(browser_of_citizen, told, CHUNK_LEAST, data[CHUNK_LEAST:]).json()["state"] == "received"
    early = browser_of_citizen.get(reverse("files:content", args=[told["uid"]]))
    assert early.status_code == 409
    check_file(file_uid=uuid.UUID(told["uid"]), by=WORKER)
    for name in ("files:content", "files_api:content"):
        answer = browser_of_citizen.get(reverse(name, args=[told["uid"]]))
        assert {header: answer[header] for header in HEADERS} == HEADERS
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Content-Disposition"] == "attachment; filename=\"anh.jpg\"; filename*=UTF-8''anh.jpg"
        whole = b"".join(answer.streaming_content)
        assert len(whole) == int(answer["Content-Length"])
        assert dict(Image.open(io.BytesIO(whole)).getexif()) == {}


def test_refusals_have_codes_and_sentences(browser_of_citizen, client, folder):
    begun = begin(browser_of_citizen, folder, 300).json()
    address = reverse("files_api:upload", args=[begun["uid"]])
    found = {
        "no key": client.get(address).json()["code"],
        "no offset": patch(client, begun, "", bytes(300)).json()["errors"][0]["code"],
        "json": client.patch(
            address,
            json.dumps({}),
            content_type="application/json",
            headers={"Upload-Key": begun["upload_key"], "Upload-Offset": "0"},
        ).json()["errors"][0]["code"],
        "program": patch(client, begun, 0, b"MZ" + bytes(298)).json()["errors"][0]["code"],
        "afterwards": patch(client, begun, 0, b"MZ" + bytes(298)).json()["code"],
        "empty": begin(client, folder, 0, key="e" * 20).json()["errors"][0]["code"],
        "no idempotency": client.post(reverse("files_api:begin"), {}, content_type="application/json").json()[
            "code"
        ],
    }
    assert found == {
        "no key": "file_not_found",
        "no offset": "offset_invalid",
        "json": "chunk_incomplete",
        "program": "program",
        "afterwards": "upload_over",
        "empty": "file_empty",
        "no idempotency": "idempotency_key_required",
    }
    state = client.get(address, headers={"Upload-Key": begun["upload_key"]}).json()
    assert (state["state"], state["code"]) == ("refused", "program")
    assert state["message"] == "Đây là chương trình máy tính nên không được nhận."


def test_taking_a_file_back(browser_of_citizen, folder):
    begun = begin(browser_of_citizen, folder, 300).json()
    address = reverse("files_api:upload", args=[begun["uid"]])
    assert browser_of_citizen.delete(address, headers={"Upload-Key": "x"}).status_code == 404
    assert browser_of_citizen.delete(address, headers={"Upload-Key": begun["upload_key"]}).status_code == 204
    assert StoredFile.objects.count() == 0


def test_owner_colleague_and_stranger_at_every_door(put, people, client, settings, folder):
    file = put("anh.jpg", picture())
    told = {}
    for name in ("owner", "colleague", "stranger"):
        client.force_login(getattr(people, name))
        told[name] = [
            client.get(reverse(page, args=args)).status_code
            for page, args in (
                ("files:officers_content", [file.uid]),
                ("files:thumbnail", [file.uid]),
                ("admin:files_storedfile_change", [file.pk]),
            )
        ]
    client.logout()
    for name in ("citizen", "stranger_citizen"):
        log_in(client, getattr(people, name), settings)
        told[name] = [
            client.get(reverse(page, args=[file.uid])).status_code
            for page in ("files:content", "files_api:content")
        ]
    assert told == {
        "owner": [200, 200, 200],
        "colleague": [404, 404, 403],
        "stranger": [404, 404, 404],
        "citizen": [200, 200],
        "stranger_citizen": [404, 404],
    }


def test_only_our_own_small_picture_is_shown_inline(put, people, client):
    file = put("anh.html", picture(size=(900, 600)))
    client.force_login(people.owner)
    small = client.get(reverse("files:thumbnail", args=[file.uid]))
    whole = client.get(reverse("files:officers_content", args=[file.uid]))
    assert small["Content-Disposition"].startswith('inline; filename="anh-nho.jpg"')
    assert Image.open(io.BytesIO(b"".join(small.streaming_content))).size == (320, 213)
    assert whole["Content-Disposition"].startswith('attachment; filename="anh.html.jpg"')
    for answer in (small, whole):
        assert {header: answer[header] for header in HEADERS} == HEADERS


def test_a_player_may_jump(put, people, client):
    file = put("quay.mp4", film())
    client.force_login(people.owner)
    address = reverse("files:officers_content", args=[file.uid])
    whole = b"".join(client.get(address).streaming_content)
    part = client.get(address, headers={"Range": "bytes=4-11"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, whole[4:12])
    assert part["Content-Range"] == f"bytes 4-11/{len(whole)}"
    assert client.get(address, headers={"Range": "bytes=999999-"}).status_code == 416


def test_ranges_that_make_no_sense_ask_for_everything():
    asked = ("", "bytes=5-2", "bytes=-5", "items=1-2", "bytes=1-2,4-5", "bytes=0-", "bytes=3-500")
    assert [asked_range(text, 10) for text in asked] == [(0, 10)] * 6 + [(3, 10)]


@pytest.mark.parametrize("name", [case[0] for key, case in HOSTILE.items() if key.startswith("name_")])
def test_no_name_breaks_out_of_its_header(name):
    from portal.files.validators import served_name

    header = disposition(served_name(name, "jpg"))
    assert (
        header.isascii() and header.count('"') == 2 and "\n" not in header and "/" not in header.split(";")[1]
    )


def test_the_list_costs_the_same_with_one_and_three_files(put, people, client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(people.owner)
    address = reverse("admin:files_storedfile_changelist")
    counts = []
    for more in (1, 2):
        for _number in range(more):
            put("anh.jpg", picture())
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(address).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    client.force_login(people.stranger)
    assert list(client.get(address).context["cl"].queryset) == []


def test_quarantine_is_judged_on_the_desk(put, people, client):
    file = put("anh.jpg", picture())
    StoredFile.objects.filter(pk=file.pk).update(state="quarantined", code="malware")
    client.force_login(people.owner)
    address = reverse("admin:files_storedfile_move", args=[file.pk, "clean"])
    client.post(address, {"reason": ""})
    assert StoredFile.objects.get().state == "quarantined"
    client.post(address, {"reason": "báo nhầm"})
    assert StoredFile.objects.get().state == "clean"
