"""The tables of errors, and what they mean for messages of different weight."""

import pytest

from portal.notifications.channels.errors import error_rules, read_rules, rule_of, zalo_code
from portal.notifications.enums import ErrorKind
from portal.zalo.errors import error_rules as zalo_rules

TEMPLATE = "zalo_zbs_"


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
def test_the_night_of_zalo_is_waited_for_unless_somebody_waits_for_the_message(code):
    assert kinds(code) == ["reschedule", "fallback", "fallback"]


def test_a_template_that_cannot_go_by_user_id_goes_on_by_another_channel():
    """The facts' -249 is permanent for the call; the person is reached by the next channel."""
    assert kinds("zalo_oa_-249") == ["fallback"] * 3


def test_who_restricts_the_account_is_not_written_to_there_again():
    assert (kinds("zalo_oa_-244"), rule_of("zalo_oa_-244").refuses) == (["fallback"] * 3, True)


def test_every_code_of_zalo_has_the_words_of_its_one_table():
    assert {
        key: rule.text for key, rule in error_rules().items() if key.startswith("zalo_") and "_-" in key
    } == {
        zalo_code(host, code): rule.text
        for (host, code), rule in zalo_rules().items()
        if code.startswith("-")
    }


def test_a_code_nobody_wrote_down_is_tried_again_rarely():
    assert rule_of("zalo_oa_-31337").kind == ErrorKind.UNKNOWN


def test_leading_zeros_of_speedsms_are_kept():
    assert {"speedsms_007", "speedsms_008", "speedsms_009"} <= set(error_rules())


def test_no_two_files_speak_of_one_code():
    from portal.notifications.channels import errors

    files = sorted(errors._FOLDER.glob("**/*.toml"))
    assert len(files) >= 3
    assert sum(len(read_rules(path)) for path in files) + len(zalo_rules()) == len(error_rules())


def test_a_table_with_an_unknown_word_is_refused(tmp_path):
    path = tmp_path / "errors.toml"
    path.write_text(
        '[codes]\n"1" = { kind = "retry", fallback_if = "sometimes", vi = "x" }', encoding="utf-8"
    )
    with pytest.raises(ValueError, match="sometimes"):
        read_rules(path)
