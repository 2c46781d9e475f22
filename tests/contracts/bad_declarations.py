"""Wrong declarations and what is said about each: the table behind test_same_errors.py.

`BAD` is {name: (what differs from a right declaration, {field: codes})}.
"""

import datetime as dt
import unicodedata

from portal.common.clock import local_today
from tests.people import visit_data

Codes = dict[str, list[str]]
NFD_GARBAGE = unicodedata.normalize("NFD", "Nguyễn Ánh") + "\u0323☃"
LONG = "Nguyễn Văn An " * 715  # 10,010 characters
NO_NUMBER = {"identity_number": ["identity_number_invalid"]}
TOMORROW = f"{local_today() + dt.timedelta(days=2):%d/%m/%Y}"
SOON = f"{local_today() + dt.timedelta(days=1):%d/%m/%Y}"
FIVE_YEARS_OLD = f"{local_today() - dt.timedelta(days=5 * 365):%d/%m/%Y}"
NFD_MARKUP = unicodedata.normalize("NFD", "Đường <b>Trần Phú</b>")
EXCHANGE = {"request_kind": "exchange"}

# name: (what differs from a right declaration, expected codes per field)
BAD: dict[str, tuple[dict[str, str], Codes]] = {
    "nothing": (
        dict.fromkeys(visit_data(), ""),
        {name: ["required"] for name in ("full_name", "birth_date", "phone", "request_kind")},
    ),
    "name empty": ({"full_name": ""}, {"full_name": ["required"]}),
    "name of spaces": ({"full_name": "   "}, {"full_name": ["required"]}),
    "name of control characters": ({"full_name": "\x07\x1b\u200b"}, {"full_name": ["name_required"]}),
    "name of one letter": ({"full_name": "A"}, {"full_name": ["name_letters"]}),
    "name with digits": ({"full_name": "Nguyễn Văn 3"}, {"full_name": ["name_letters"]}),
    "name with markup": ({"full_name": "<b>Nguyễn Văn An</b>"}, {"full_name": ["name_letters"]}),
    "name with script": ({"full_name": "An<script>alert(1)</script>"}, {"full_name": ["name_letters"]}),
    "name with SQL": ({"full_name": "An'; DROP TABLE x; --"}, {"full_name": ["name_letters"]}),
    "name of NFD garbage": ({"full_name": NFD_GARBAGE}, {"full_name": ["name_letters"]}),
    "name of 10,000 characters": ({"full_name": LONG}, {"full_name": ["name_too_long"]}),
    "name of 101 letters": ({"full_name": "A" * 101}, {"full_name": ["name_too_long"]}),
    "name of emoji": ({"full_name": "😀😀"}, {"full_name": ["name_letters"]}),
    "birth date empty": ({"birth_date": ""}, {"birth_date": ["required"]}),
    "birth date of words": ({"birth_date": "năm ngoái"}, {"birth_date": ["date_invalid"]}),
    "30 February": ({"birth_date": "30/02/1990"}, {"birth_date": ["date_invalid"]}),
    "29 February of a common year": ({"birth_date": "29/02/2023"}, {"birth_date": ["date_invalid"]}),
    "month 13": ({"birth_date": "05/13/1990"}, {"birth_date": ["date_invalid"]}),
    "two-digit year": ({"birth_date": "05/09/90"}, {"birth_date": ["date_invalid"]}),
    "day zero": ({"birth_date": "00/09/1990"}, {"birth_date": ["date_invalid"]}),
    "birth in the future": ({"birth_date": TOMORROW}, {"birth_date": ["birth_date_future"]}),
    "birth year in the future": ({"birth_date": "2999"}, {"birth_date": ["birth_date_future"]}),
    "birth before 1900": ({"birth_date": "31/12/1899"}, {"birth_date": ["birth_date_too_old"]}),
    "birth year before 1900": ({"birth_date": "1899"}, {"birth_date": ["birth_date_too_old"]}),
    "birth date of 10,000 digits": ({"birth_date": "1" * 10_000}, {"birth_date": ["date_invalid"]}),
    "phone empty": ({"phone": ""}, {"phone": ["required"]}),
    "phone too short": ({"phone": "075 123"}, {"phone": ["phone_invalid"]}),
    "phone too long": ({"phone": "0751234567890"}, {"phone": ["phone_invalid"]}),
    "landline": ({"phone": "0236 3822 113"}, {"phone": ["phone_invalid"]}),
    "emergency number": ({"phone": "113"}, {"phone": ["phone_invalid"]}),
    "foreign phone": ({"phone": "+1 202 555 0123"}, {"phone": ["phone_invalid"]}),
    "phone with letters": ({"phone": "07512O4567"}, {"phone": ["phone_invalid"]}),
    "phone in Arabic digits": ({"phone": "٠٧٥١٢٣٤٥٦٧"}, {"phone": ["phone_invalid"]}),
    "phone of 10,000 digits": ({"phone": "0" * 10_000}, {"phone": ["phone_invalid"]}),
    "request missing": ({"request_kind": ""}, {"request_kind": ["required"]}),
    "request unknown": ({"request_kind": "passport"}, {"request_kind": ["invalid_choice"]}),
    "request of 10,000 letters": ({"request_kind": "x" * 10_000}, {"request_kind": ["invalid_choice"]}),
    "gender unknown": ({"gender": "x"}, {"gender": ["invalid_choice"]}),
    "identity number of 9 digits": ({"identity_number": "123456789"}, NO_NUMBER),
    "identity number with a letter": ({"identity_number": "04819000012A"}, NO_NUMBER),
    "identity number of one digit": ({"identity_number": "0" * 12}, NO_NUMBER),
    "identity number of another year": (
        {"identity_number": "048090000123", "birth_date": "05/09/1950"},
        {"identity_number": ["identity_number_doubtful"]},
    ),
    "old number of 8 digits": ({"old_number": "12345678"}, {"old_number": ["old_number_invalid"]}),
    "occupation with markup": ({"occupation": "<i>nông dân</i>"}, {"occupation": ["text_markup"]}),
    "address of 10,000 characters": ({"permanent_address": LONG}, {"permanent_address": ["text_too_long"]}),
    "note of 301 characters": ({"note": "a" * 301}, {"note": ["text_too_long"]}),
    "digits for a parent": ({"representative_name": "Bố 1"}, {"representative_name": ["name_letters"]}),
    "everything at once": (
        {"full_name": "1", "birth_date": "x", "phone": "x", "request_kind": "x", "old_number": "x",
         "note": "<"},
        {
            "full_name": ["name_letters"],
            "birth_date": ["date_invalid"],
            "phone": ["phone_invalid"],
            "request_kind": ["invalid_choice"],
            "old_number": ["old_number_invalid"],
            "note": ["text_markup"],
        },
    ),
    # ---- request and card
    "reason unknown": ({"reason": "x"}, {"reason": ["invalid_choice"]}),
    "reason of 10,000 letters": ({"reason": "x" * 10_000}, {"reason": ["invalid_choice"]}),
    "lost card to be exchanged": (
        {**EXCHANGE, "reason": "lost"}, {"reason": ["reason_of_other_request"]},
    ),
    "age as the reason of a reissue": (
        {"request_kind": "reissue", "reason": "age"}, {"reason": ["reason_of_other_request"]},
    ),
    "reason of a first card": (
        {"request_kind": "first_issue", "reason": "wish"}, {"reason": ["reason_of_other_request"]},
    ),
    "relation unknown": ({"relation": "uncle"}, {"relation": ["invalid_choice"]}),
    "issued tomorrow": ({"card_issued_on": SOON}, {"card_issued_on": ["issue_date_future"]}),
    "issued before birth": (
        {"birth_date": "05/09/1990", "card_issued_on": "04/09/1990"},
        {"card_issued_on": ["issue_before_birth"]},
    ),
    "issued before the birth year": (
        {"birth_date": "1990", "card_issued_on": "31/12/1989"}, {"card_issued_on": ["issue_before_birth"]},
    ),
    "issued on 31 June": ({"card_issued_on": "31/06/2021"}, {"card_issued_on": ["date_invalid"]}),
    "issued in words": ({"card_issued_on": "năm kia"}, {"card_issued_on": ["date_invalid"]}),
    "issued in a year alone": ({"card_issued_on": "2021"}, {"card_issued_on": ["date_invalid"]}),
    "issue date of 10,000 digits": ({"card_issued_on": "1" * 10_000}, {"card_issued_on": ["date_invalid"]}),
    "expired before it was issued": (
        {"card_issued_on": "01/06/2021", "card_expires_on": "31/05/2021"},
        {"card_expires_on": ["expiry_before_issue"]},
    ),
    "expired on the day of issue": (
        {"card_issued_on": "01/06/2021", "card_expires_on": "01/06/2021"},
        {"card_expires_on": ["expiry_before_issue"]},
    ),
    "expiry with markup": ({"card_expires_on": "<b>"}, {"card_expires_on": ["date_invalid"]}),
    "renewal before its age": (
        {**EXCHANGE, "reason": "age", "birth_date": "05/09/1990", "card_issued_on": "01/06/2021"},
        {"reason": ["renewal_too_early"]},
    ),
    # ---- numbers
    "identity number of another gender": (
        {"identity_number": "048090000123", "birth_date": "05/09/1990", "gender": "female"},
        {"identity_number": ["identity_number_gender"]},
    ),
    "identity number of no province": (
        {"identity_number": "003090000123", "birth_date": "05/09/1990"},
        {"identity_number": ["identity_number_place"]},
    ),
    "identity number of 13 digits": ({"identity_number": "0480900001234"}, NO_NUMBER),
    "identity number with full-width digits": ({"identity_number": "０４８０９００００１２３"}, NO_NUMBER),
    "identity number of 10,000 digits": ({"identity_number": "1" * 10_000}, NO_NUMBER),
    "identity number with markup": ({"identity_number": "<048090000123>"}, NO_NUMBER),
    "old number with letters": ({"old_number": "12345678A"}, {"old_number": ["old_number_invalid"]}),
    "old number of 12 digits": ({"old_number": "048090000123"}, {"old_number": ["old_number_invalid"]}),
    # ---- child
    "child under six": ({"birth_date": FIVE_YEARS_OLD}, {"birth_date": ["child_need_not_come"]}),
    "representative's number of 11 digits": (
        {"representative_number": "04809000012"}, {"representative_number": ["identity_number_invalid"]},
    ),
    "representative of 10,000 characters": (
        {"representative_name": LONG}, {"representative_name": ["name_too_long"]},
    ),
    "representative of no kind": (
        {"representative_relation": "friend"}, {"representative_relation": ["invalid_choice"]},
    ),
    # ---- addresses and wishes
    "address with markup": ({"permanent_address": "<script>"}, {"permanent_address": ["text_markup"]}),
    "address of NFD markup": ({"current_address": NFD_MARKUP}, {"current_address": ["text_markup"]}),
    "address of 301 letters": ({"current_address": "ạ" * 301}, {"current_address": ["text_too_long"]}),
    "old address of 10,000 characters": ({"old_address": LONG}, {"old_address": ["text_too_long"]}),
    "commune in words": (
        {"permanent_commune_code": "Hải Vân"}, {"permanent_commune_code": ["unit_code_invalid"]},
    ),
    "commune of three digits": (
        {"current_commune_code": "123"}, {"current_commune_code": ["unit_code_invalid"]},
    ),
    "commune that is not in the list": (
        {"permanent_commune_code": "99999"}, {"permanent_commune_code": ["commune_unknown"]},
    ),
    "province that is not in the list": (
        {"current_province_code": "98"}, {"current_province_code": ["province_unknown"]},
    ),
    "delivery by pigeon": ({"delivery": "pigeon"}, {"delivery": ["invalid_choice"]}),
    "delivery address with markup": ({"delivery_address": "<p>"}, {"delivery_address": ["text_markup"]}),
    "note with markup": ({"note": "<img src=x>"}, {"note": ["text_markup"]}),
    "note of 10,000 characters": ({"note": "a" * 10_000}, {"note": ["text_too_long"]}),
    "occupation of 10,000 characters": ({"occupation": LONG}, {"occupation": ["text_too_long"]}),
    "several doubts at once": (
        {**EXCHANGE, "reason": "age", "birth_date": "05/09/1990", "card_issued_on": "01/06/2021",
         "identity_number": "048091000123"},
        {"reason": ["renewal_too_early"], "identity_number": ["identity_number_doubtful"]},
    ),
}  # fmt: skip
