"""The tables of errors, and what they mean for messages of different weight."""

import pytest

from portal.notifications.channels.errors import error_rules, read_rules, rule_of
from portal.notifications.enums import ErrorKind

TEMPLATE = "zalo_template_"


def kinds(code: str) -> list[str]:
    """For an ordinary, an urgent, and a must-reach message."""
    rule = rule_of(code)
    weights = [(False, False), (True, False), (True, True)]
    return [rule.kind_for(urgent=urgent, must_reach=must).value for urgent, must in weights]


@pytest.mark.parametrize("code", ["-110", "-114", "-118", "-119", "-140"])
def test_who_cannot_be_reached_by_zalo_gets_an_sms(code):
    assert kinds(TEMPLATE + code) == ["fallback"] * 3


@pytest.mark.parametrize(
    ("code", "otherwise"),
    [("-115", "config"), ("-137", "config"), ("-144", "reschedule"), ("-147", "reschedule")],
)
def test_an_empty_account_is_bypassed_for_urgent_messages(code, otherwise):
    assert kinds(TEMPLATE + code) == [otherwise, "fallback", "fallback"]


@pytest.mark.parametrize("code", ["-139", "-141"])
def test_who_refused_zalo_gets_by_sms_only_what_he_must_know(code):
    assert kinds(TEMPLATE + code) == ["permanent", "permanent", "fallback"]
    assert rule_of(TEMPLATE + code).refuses


@pytest.mark.parametrize("code", ["-108", "-111", "-112", "-1121", "-1122", "-1124", "-131"])
def test_our_own_mistakes_never_go_on_by_sms(code):
    assert "fallback" not in kinds(TEMPLATE + code)


@pytest.mark.parametrize("code", ["zalo_oa_-216", "zalo_oa_-220", TEMPLATE + "-124"])
def test_an_old_token_is_renewed(code):
    assert kinds(code) == ["refresh"] * 3


@pytest.mark.parametrize("code", ["zalo_oa_-234", TEMPLATE + "-133"])
def test_the_night_of_zalo_is_waited_for(code):
    assert kinds(code) == ["reschedule"] * 3


def test_a_code_nobody_wrote_down_is_tried_again_rarely():
    assert rule_of("zalo_oa_-31337").kind == ErrorKind.UNKNOWN


def test_leading_zeros_of_speedsms_are_kept():
    assert {"speedsms_007", "speedsms_008", "speedsms_009"} <= set(error_rules())


def test_no_two_files_speak_of_one_code():
    from portal.notifications.channels import errors

    files = sorted(errors._FOLDER.glob("**/*.toml"))
    assert len(files) >= 5
    assert sum(len(read_rules(path)) for path in files) == len(error_rules())


def test_a_table_with_an_unknown_word_is_refused(tmp_path):
    path = tmp_path / "errors.toml"
    path.write_text(
        '[codes]\n"1" = { kind = "retry", fallback_if = "sometimes", vi = "x" }', encoding="utf-8"
    )
    with pytest.raises(ValueError, match="sometimes"):
        read_rules(path)
