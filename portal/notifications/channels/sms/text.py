"""The alphabet of SMS and what it costs.

GSM 03.38 holds 160 characters in one part and 153 in each of several; one letter outside it turns the whole
text into UCS-2 with 70 and 67 (3GPP TS 23.038). Of the Vietnamese letters only à è é ì ò ù are inside.
"""

import unicodedata

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€")  # an escape and a letter: two places each
_GSM = GSM_BASIC | GSM_EXTENDED
GSM_SINGLE, GSM_MULTI = 160, 153
UCS2_SINGLE, UCS2_MULTI = 70, 67
_TO_ASCII = str.maketrans(
    {
        "đ": "d",
        "Đ": "D",
        "–": "-",
        "—": "-",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "…": "...",
        "•": "-",
        "\u00a0": " ",
    }
)


def strip_accents(text: str) -> str:
    """`text` in ASCII letters; what has no ASCII form becomes `?`, so that the part count always holds."""
    mapped = unicodedata.normalize("NFC", text).translate(_TO_ASCII)
    if mapped.isascii():
        return mapped if _GSM.issuperset(mapped) else "".join(one if one in _GSM else "?" for one in mapped)
    plain = "".join(one for one in unicodedata.normalize("NFD", mapped) if not unicodedata.combining(one))
    return plain if _GSM.issuperset(plain) else "".join(one if one in _GSM else "?" for one in plain)


def is_gsm(text: str) -> bool:
    """True when every letter is in the GSM alphabet."""
    return _GSM.issuperset(text)


def count_parts(text: str) -> int:
    """How many parts a carrier bills for `text`; 1 for an empty text."""
    if is_gsm(text):
        places, single, multi = len(text) + sum(one in GSM_EXTENDED for one in text), GSM_SINGLE, GSM_MULTI
    else:  # UCS-2 counts 16-bit units: an emoji is two
        places, single, multi = len(text.encode("utf-16-be")) // 2, UCS2_SINGLE, UCS2_MULTI
    return 1 if places <= single else -(-places // multi)
