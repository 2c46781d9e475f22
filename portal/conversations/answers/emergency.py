"""Words of somebody in danger. They get the numbers to call at once; a person reads them as well.

A miss costs more than a false hit, so a hit only adds an answer and never takes a message away from officers.
Written with accents, only the accented word counts: "cháy" is fire, "chạy" is to run. Written without, single
words that mean something else ("chay", "no") need company. "Căn cước", "phòng cháy chữa cháy" and "cấp lại"
are no emergencies.
"""

import re

from django.utils.translation import gettext as _

from portal.common.text import clean_text, fold
from portal.conversations.answers.registry import Answer
from portal.conversations.answers.texts import call_button, chat_answer, spoken
from portal.units.models import Unit

POLICE, FIRE, AMBULANCE, CHILDREN = "113", "114", "115", "111"
# Numbers: facts on emergency lines, the same in the whole country (reports/emergency.py shows them on pages).
_ACCENTED = {
    FIRE: r"cháy|hỏa hoạn|hoả hoạn|bốc khói|nổ (?:bình )?ga|đuối nước|mắc kẹt|sập nhà|kẹt thang máy",
    AMBULANCE: r"cấp cứu|ngất xỉu|bất tỉnh|đột quỵ|co giật|ngừng thở|uống thuốc sâu|tự tử|tự sát",
    POLICE: (
        r"cướp|đánh nhau|đâm chém|chém nhau|đâm người|chém người|giết người|dọa giết|doạ giết|bắt cóc"
        r"|hiếp dâm|nổ súng|có súng|cầm dao|đột nhập|bạo hành|bị đánh|đang đánh|cứu tôi|cứu với|cứu em"
        r"|kêu cứu|khống chế|tai nạn"
    ),
}
_BARE = {
    FIRE: r"chay nha|chay rung|chay lon|chay chung cu|bi chay|hoa hoan|boc khoi|duoi nuoc|no binh ga|sap nha",
    AMBULANCE: r"cap cuu|ngat xiu|bat tinh|dot quy|co giat|ngung tho|uong thuoc sau|tu tu o|tu sat",
    POLICE: (
        r"cuop|danh nhau|dam chem|chem nhau|dam nguoi|chem nguoi|giet nguoi|doa giet|bat coc|hiep dam|no sung"
        r"|co sung|cam dao|dot nhap|bao hanh|bi danh|cuu toi|cuu voi|keu cuu|tai nan giao thong"
    ),
}
# Fire safety as a subject, the words of papers and of trade: taken out before looking.
_HARMLESS = re.compile(
    r"phòng cháy(?:,? (?:và )?chữa cháy)?|chữa cháy|cháy hàng|cháy túi|cháy vé"
    r"|phong chay(?:,? chua chay)?|chua chay|giấy (?:ra viện|cấp cứu)"
    r"|bảo hiểm tai nạn|bao hiem tai nan|phòng chống (?:bạo hành|đuối nước)"
)
_CHILD = re.compile(r"\b(?:trẻ em|tre em|cháu bé|chau be|em bé|em be)\b")
_HARM = re.compile(r"\b(?:bạo hành|bao hanh|xâm hại|xam hai|bị đánh|bi danh|bắt cóc|bat coc)\b")


def emergency_lines(text: str) -> list[str]:
    """Numbers to call for what somebody wrote, the fitting one first; [] for ordinary words."""
    written = _HARMLESS.sub(" ", clean_text(text).lower())
    patterns = _BARE if fold(written) == written else _ACCENTED
    found = [number for number, words in patterns.items() if re.search(rf"(?<!\w)(?:{words})(?!\w)", written)]
    if _CHILD.search(written) and _HARM.search(written):
        found += [CHILDREN] if POLICE in found else [POLICE, CHILDREN]
    return found


def emergency_answer(unit: Unit, numbers: list[str]) -> Answer:
    """Whom to call now; the button dials the fitting number, a second one the unit's duty phone."""
    first = numbers[0]
    buttons = call_button(_("Gọi %(number)s") % {"number": first}, first)
    buttons += call_button(_("Gọi trực ban"), unit.duty_phone)
    return chat_answer(
        "emergency",
        buttons=buttons,
        complete=False,
        first=first,
        children=CHILDREN if CHILDREN in numbers else "",
        duty_phone=spoken(unit.duty_phone),
        unit=unit.police_name,
    )
