"""Every endpoint of the client against the imitated Zalo, and what its refusals become."""

import datetime as dt

import pytest
from django.utils import timezone

from portal.zalo.actions.check_account import check_accounts
from portal.zalo.actions.upload_file import ensure_upload, forget_uploads
from portal.zalo.client import directory
from portal.zalo.client.messages import (
    ask_for_info_message,
    button_message,
    file_message,
    gif_message,
    image_message,
    phone_button,
    query_button,
    react,
    send_consultation,
    send_template_to_phone,
    send_template_to_user,
    text_message,
    url_button,
)
from portal.zalo.enums import ErrorKind
from portal.zalo.errors import ZaloError
from portal.zalo.models import OfficialAccount, Upload
from tests.people import BY
from tests.zalo.conftest import PHONE

VALUES = {"ma_ho_so": "CC-0042", "ngay_hen": "25/11/2026"}
TEMPLATE = {"template_id": "345678", "values": VALUES}
PNG = b"\x89PNG...."


def last_message(zalo) -> dict:
    return zalo.world.messages(PHONE)[0]


def by_phone(phone: str = "+84750123456", **changes) -> dict:
    return {"phone": phone, "tracking_id": "appt-42", **TEMPLATE, **changes}


def refused(call, function, **arguments) -> tuple[str, str]:
    with pytest.raises(ZaloError) as caught:
        call(function, **arguments)
    return caught.value.key, caught.value.kind


# ---- messages to followers


@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        (text_message("Hồ sơ đã được tiếp nhận."), "text", "Hồ sơ đã được tiếp nhận."),
        (text_message("Trả lời", quote="m1"), "text", "Trả lời"),
        (image_message(url="https://portal.example.vn/m/so-do.png", text="Sơ đồ"), "image", "Sơ đồ"),
        (ask_for_info_message(title="Xin họ tên", subtitle="-", image_url="https://a.vn/b.png"),
         "request_user_info", "Xin họ tên"),
    ],
)  # fmt: skip
def test_messages_reach_the_phone(call, user_id, zalo, message, kind, text):
    sent = call(send_consultation, user_id=user_id, message=message)
    shown = last_message(zalo)
    assert (sent.message_id, shown["kind"], shown["text"]) == (shown["msg_id"], kind, text)


def test_buttons_reach_the_phone(call, user_id, zalo):
    buttons = [
        url_button("Đặt lịch", "https://a.vn"),
        query_button("Tra cứu", "#tracuu"),
        phone_button("Gọi", "113"),
    ]
    call(send_consultation, user_id=user_id, message=button_message("Cần gì?", buttons))
    assert [one["title"] for one in last_message(zalo)["buttons"]] == ["Đặt lịch", "Tra cứu", "Gọi"]


def test_uploads_are_given_once_a_week_and_sent(call, connected, user_id, zalo):
    def give(kind: str = "image", name: str = "a.png", content: bytes = PNG, **more) -> str:
        return ensure_upload(account=connected, kind=kind, name=name, content=content, by=BY, **more)

    picture = give()
    assert (give(), len(zalo.world.state["uploads"])) == (picture, 1)
    assert give(anew=True) != picture
    call(send_consultation, user_id=user_id, message=image_message(attachment_id=give()))
    paper = give("file", "a.pdf", b"%PDF-1.7")
    call(send_consultation, user_id=user_id, message=file_message(paper))
    assert (last_message(zalo)["kind"], last_message(zalo)["text"]) == ("file", "a.pdf")
    moving = give("gif", "a.gif", b"GIF89a")
    call(send_consultation, user_id=user_id, message=gif_message(attachment_id=moving, width=9, height=9))
    assert last_message(zalo)["kind"] == "gif"
    Upload.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert give() != picture
    assert forget_uploads(by=BY) == 3


def test_an_upload_that_zalo_forgot_says_so(call, user_id):
    gone = refused(call, send_consultation, user_id=user_id, message=file_message("gone"))
    assert gone == ("oa_-100", ErrorKind.REUPLOAD)


@pytest.mark.parametrize("text", ["", "  ", "á" * 2001])
def test_texts_that_never_fit_are_not_sent(text):
    with pytest.raises(ZaloError) as caught:
        text_message(text)
    assert caught.value.permanent


def test_text_is_counted_composed():
    import unicodedata

    assert text_message(unicodedata.normalize("NFD", "ệ" * 2000)) == {"text": "ệ" * 2000}


@pytest.mark.parametrize("count", [0, 6])
def test_one_to_five_buttons(count):
    with pytest.raises(ZaloError):
        button_message("Cần gì?", [url_button("Đặt lịch", "https://a.vn")] * count)


def test_a_template_and_a_reaction_to_a_follower(call, user_id, zalo):
    sent = call(send_template_to_user, user_id=user_id, **TEMPLATE)
    assert (last_message(zalo)["text"], sent.remaining) == ("Mã hồ sơ CC-0042, hẹn ngày 25/11/2026.", 499)
    call(react, user_id=user_id, message_id=sent.message_id)


# ---- templates by phone


@pytest.mark.parametrize("hashed", [False, True])
def test_templates_by_phone_and_by_its_hash(call, user_id, zalo, hashed):
    sent = call(send_template_to_phone, **by_phone(hashed=hashed))
    assert (last_message(zalo)["kind"], sent.remaining) == ("zbs", 499)
    assert call(directory.message_status, message_id=sent.message_id) == 1


@pytest.mark.parametrize(
    ("last", "kind"),
    [("110", "fallback"), ("114", "fallback"), ("118", "fallback"), ("119", "fallback"), ("140", "fallback"),
     ("139", "permanent"), ("141", "permanent"), ("108", "permanent")],
)  # fmt: skip
def test_phones_zalo_does_not_reach(call, last, kind):
    assert refused(call, send_template_to_phone, **by_phone(f"+84750000{last}")) == (f"zbs_-{last}", kind)


@pytest.mark.parametrize(
    ("changes", "code", "kind"),
    [
        ({"template_id": "1"}, "-109", "permanent"),
        ({"template_id": "345680"}, "-131", "config"),
        ({"template_id": "345681"}, "-146", "config"),
        ({"values": {}}, "-111", "permanent"),
        ({"values": {"ma_ho_so": "x"}}, "-1122", "permanent"),
        ({"values": VALUES | {"ma_ho_so": "x" * 31}}, "-1121", "permanent"),
        ({"tracking_id": "x" * 49}, "-1124", "permanent"),
    ],
)
def test_templates_that_do_not_fit(call, changes, code, kind):
    assert refused(call, send_template_to_phone, **by_phone(**changes)) == (f"zbs_{code}", kind)


def test_quota_and_money_run_out(call, user_id, zalo):
    zalo.world.switches.quota = 1
    assert call(send_template_to_phone, **by_phone()).remaining == 0
    assert refused(call, send_template_to_phone, **by_phone()) == ("zbs_-144", "reschedule")
    assert refused(call, send_template_to_user, user_id=user_id, **TEMPLATE) == ("oa_-211", "reschedule")
    zalo.world.switches.no_money = True
    assert refused(call, send_template_to_phone, **by_phone()) == ("zbs_-137", "config")


def test_imaginary_and_real_phones_never_meet(call, settings):
    assert refused(call, send_template_to_phone, **by_phone("0912345678"))[0] == "way_real_phone_local_zalo"
    settings.LOCAL_PROVIDER_URL = ""
    assert refused(call, send_template_to_phone, **by_phone())[0] == "way_test_phone_real_zalo"


# ---- who cannot be written to


@pytest.mark.parametrize(("days", "code"), [(6, None), (7.1, "oa_-230"), (46, "oa_-227")])
def test_the_window_as_zalo_sees_it(call, user_id, zalo, days, code):
    zalo.world.switches.access_seconds = 10_000_000
    zalo.world.state["members"][user_id]["last_interaction"] -= days * 86400
    message = text_message("Chào ông/bà")
    if code is None:
        assert call(send_consultation, user_id=user_id, message=message).message_id
    else:
        assert refused(call, send_consultation, user_id=user_id, message=message) == (code, "fallback")


def test_people_who_left_or_never_spoke(call, connected, user_id, zalo):
    silent = zalo.world.member(connected.oa_id, "0750000001")["user_id"]
    message = text_message("Chào")
    assert refused(call, send_consultation, user_id=silent, message=message)[0] == "oa_-232"
    zalo.people.act(oa_id=connected.oa_id, phone=PHONE, act="unfollow")
    assert refused(call, send_consultation, user_id=user_id, message=message)[0] == "oa_-213"
    assert refused(call, send_consultation, user_id="31", message=message)[0] == "oa_-201"


@pytest.mark.parametrize(("last", "kind"), [("227", "fallback"), ("244", "fallback"), ("218", "fallback")])
def test_people_who_refuse(call, connected, zalo, last, kind):
    phone = f"0750000{last}"
    zalo.people.act(oa_id=connected.oa_id, phone=phone, act="follow")
    user = zalo.world.member(connected.oa_id, phone)["user_id"]
    assert refused(call, send_consultation, user_id=user, message=text_message("Chào")) == (
        f"oa_-{last}",
        kind,
    )


# ---- reading and publishing


def test_followers_tags_and_details(call, connected, user_id, zalo):
    for number in range(54):
        zalo.people.act(oa_id=connected.oa_id, phone=f"07500010{number:02d}", act="follow")
    first, total = call(directory.follower_ids)
    rest, _total = call(directory.follower_ids, offset=50)
    assert (total, len(first), len(rest), len({*first, *rest})) == (55, 50, 5, 55)
    call(directory.add_tag, user_id=user_id, tag="to-12")
    assert (call(directory.tag_names), call(directory.follower_ids, tag="to-12")) == (
        ["to-12"],
        ([user_id], 1),
    )
    call(directory.remove_tag, user_id=user_id, tag="to-12")
    assert call(directory.tag_names) == []
    assert call(directory.user_detail, user_id=user_id)["user_is_follower"] is True
    zalo.world.switches.personal_data_limited = True
    assert refused(call, directory.user_detail, user_id=user_id) == ("oa_-501", "config")


def test_an_article_is_waited_for_and_broadcast(call, user_id, zalo):
    token = call(directory.create_article, article={"title": "Lịch tiếp dân"})
    assert refused(call, directory.article_id, token=token) == ("oa_-214", "retry")
    zalo.world.switches.clock_offset = 2
    call(directory.broadcast_article, article=call(directory.article_id, token=token))
    assert last_message(zalo)["text"] == "Lịch tiếp dân"


def test_templates_as_zalo_has_them(call):
    assert [one["templateId"] for one in call(directory.template_list, limit=2)] == ["345678", "345679"]
    assert call(directory.template_facts, template_id="345678")["status"] == "ENABLE"


def test_figures_are_read_and_errors_kept_for_officers(connected, user_id, zalo):
    assert check_accounts(by=BY) == 1
    account = OfficialAccount.objects.get(pk=connected.pk)
    assert (account.followers, account.daily_quota, account.remaining_quota) == (1, 500, 500)
    zalo.world.switches.error_next, zalo.world.switches.error_code = 1, -204
    assert check_accounts(by=BY) == 0
    assert OfficialAccount.objects.get(pk=connected.pk).check_error == "oa_-204"


# ---- the way


def test_rate_limits_and_broken_lines_are_tried_again(call, zalo):
    zalo.world.switches.rate_limit_next = 1
    assert refused(call, directory.account_facts) == ("oa_-32", "retry")
    zalo.world.switches.html_502_next = 1
    assert refused(call, directory.account_facts) == ("way_http_5xx", "retry")
    zalo.world.switches.reset_next = 1
    assert refused(call, directory.account_facts) == ("way_connection_lost", "retry")


def test_a_wrong_app_secret_is_seen_by_the_proof(call, connected):
    connected.app_secret = "wrong"
    connected.save()
    assert refused(call, directory.account_facts) == ("oa_-242", "config")


def test_nobody_listens_or_nothing_is_configured(call, settings):
    settings.ZALO_OA_URL = "http://127.0.0.1:9"
    assert refused(call, directory.account_facts) == ("way_connect_failed", "retry")
    settings.ZALO_OA_URL = ""
    assert refused(call, directory.account_facts) == ("way_not_configured", "config")


def test_sessions_and_errors_show_no_secret(call):
    def look(session):
        return repr(session), session.access_token

    shown, token = call(look)
    assert token not in shown
