"""The table of codes against the list of facts it was made from, copied by hand."""

import pytest
from django.utils import translation

from portal.zalo.enums import ErrorKind
from portal.zalo.errors import OA, ZBS, ZaloError, error_of, error_rules, rule_of

# code: kind, as the documents and threads say what each means.
OA_CODES = {
    "retry": "-32 -214",
    "reupload": "-100",
    "refresh": "-216 -220",
    "reschedule": "-211 -234",
    "fallback": "-213 -217 -218 -227 -230 -232 -244 -249",
    "permanent": "-200 -201 -210 -233 -235 -240 -248 -109 -111 -1121 -1122 -1124",
    "config": "-204 -205 -209 -212 -219 -221 -223 -224 -242 -320 -321 -501 -131 -146",
}
ZBS_CODES = {
    "retry": "-32 -100 -160",
    "refresh": "-124",
    "reschedule": "-133 -144 -147",
    "fallback": "-110 -114 -118 -119 -140",
    "permanent": "-108 -109 -111 -112 -1121 -1122 -1124 -139 -141 -145",
    "config": ("-101 -102 -103 -104 -105 -115 -117 -120 -1241 -125 -126 -127 -131 -135 -136 -137 -146 -1351"),
}
OAUTH_CODES = {"config": "-14002 -14003 -14004", "permanent": "-14005 -14014 -14018"}


def table(host: str) -> dict[str, str]:
    return {code: rule.kind.value for (where, code), rule in error_rules().items() if where == host}


@pytest.mark.parametrize(("host", "codes"), [("oa", OA_CODES), ("zbs", ZBS_CODES), ("oauth", OAUTH_CODES)])
def test_every_code_of_the_facts_has_its_kind_and_no_other_is_there(host, codes):
    assert table(host) == {code: kind for kind, found in codes.items() for code in found.split()}


def test_every_code_tells_officers_a_sentence():
    texts = {key: rule.text for key, rule in error_rules().items()}
    assert {key: text for key, text in texts.items() if len(text) < 15 or not text.endswith(".")} == {}


def test_one_number_means_two_things_at_two_hosts():
    assert (ZaloError(OA, "-100").kind, ZaloError(ZBS, "-100").kind) == (ErrorKind.REUPLOAD, ErrorKind.RETRY)


def test_an_unknown_code_is_tried_again_rarely_and_named():
    error = ZaloError(OA, "-98765")
    assert (error.kind, error.permanent) == (ErrorKind.UNKNOWN, False)
    assert "-98765" in error.text
    with translation.override("en"):
        assert rule_of(OA, "-98765").kind == ErrorKind.UNKNOWN


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ({"error": 0}, None),
        ({"error": "0"}, None),
        ({}, None),
        ({"error": -216}, "oa_-216"),
        ({"error": "-216"}, "oa_-216"),
        ({"error": "rm -rf"}, "way_answer_unreadable"),
        ({"error": "-123456789"}, "way_answer_unreadable"),
        ({"error": None}, "way_answer_unreadable"),
    ],
)
def test_codes_come_as_numbers_or_strings_and_nothing_else(content, key):
    error = error_of(OA, content)
    assert (error.key if error else None) == key


def test_who_refused_and_what_goes_on_all_the_same():
    rules = error_rules()
    assert {key for key, rule in rules.items() if rule.refuses} == {
        ("oa", "-244"),
        ("zbs", "-139"),
        ("zbs", "-141"),
    }
    assert {code: rule.fallback_if for (_host, code), rule in rules.items() if rule.fallback_if} == {
        **dict.fromkeys(["-115", "-137", "-144", "-147", "-133", "-211", "-234"], "urgent"),
        **dict.fromkeys(["-139", "-141"], "must_reach"),
    }
