"""Who comes: names of all kinds, both Unicode forms, every way to write a phone, children, typing errors."""

import random
import unicodedata
from dataclasses import dataclass, field

FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Huỳnh",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đoàn",
)
MIDDLE = (
    "Thị",
    "Văn",
    "Hữu",
    "Đức",
    "Ngọc",
    "Thị Thuỳ",
    "Minh",
    "Quốc",
    "Thị Mỹ",
    "Hoàng",
    "",
    "Xuân",
    "Bích",
)
GIVEN = (
    "Ánh",
    "Hoà",
    "Phượng",
    "Tuấn",
    "Đạt",
    "Uyên",
    "Nghĩa",
    "Quỳnh",
    "Lộc",
    "Yến",
    "Ngữ",
    "Khuê",
    "Thuỷ",
    "Ưng",
)
OTHER = (
    "H'Hen Niê",
    "Y Moan Êban",
    "Giàng A Páo",
    "Ksor Hờ Bê",
    "Tôn Nữ Thị Ngọc Hạnh",
    "Lò Thị Hải",
    "Công Tằng Tôn Nữ Diệu Huyền",
    "Thạch Sa Rương",
    "Âu Dương Quân",
    "K'Bril",
    "Rơ Châm H'Yéo",
)
STREETS = ("Hoa Sữa", "Bình Minh", "Cầu Tàu", "Chợ Mới", "Gò Mây")
REQUESTS = ("swap", "swap", "swap", "exchange", "reissue", "first_issue")
CHILD_SHARE, OPTIONAL_SHARE, ERROR_SHARE, GIVE_UP_SHARE, GATEWAY_SHARE = 0.12, 0.4, 0.08, 0.15, 0.1


@dataclass
class Registrant:
    """One citizen: what they type first, what they mean, and whether they correct an error."""

    number: int
    phone: str
    right: dict[str, str]
    typed: dict[str, str] = field(default_factory=dict)
    gives_up: bool = False
    by_page: bool = True
    address: str = "127.0.0.1"


def registrants(count: int, *, seed: int, first_phone: int) -> list[Registrant]:
    """`count` people; equal seeds give equal people. Phones are 075 and a running number."""
    chance = random.Random(seed)  # noqa: S311 - a play, not a secret
    return [_registrant(number, chance, first_phone) for number in range(count)]


def _registrant(number: int, chance: random.Random, first_phone: int) -> Registrant:
    digits = f"075{first_phone + number:07d}"
    child = chance.random() < CHILD_SHARE
    year = chance.randint(2013, 2024) if child else chance.randint(1938, 2012)
    day, month = chance.randint(1, 28), chance.randint(1, 12)
    right = {
        "full_name": _name(chance),
        "birth_date": _birth_date(day, month, year, chance),
        "phone": _phone(digits, chance),
        "request_kind": "first_issue" if child else chance.choice(REQUESTS),
    }
    if child:
        right["representative_name"] = _name(chance)
        right["accept_warnings"] = "on"  # read that a child under six need not come, and comes all the same
    if chance.random() < OPTIONAL_SHARE:
        right["permanent_address"] = f"{chance.randint(1, 400)} đường {chance.choice(STREETS)}"
        right["occupation"] = chance.choice(("Công nhân", "Nội trợ", "Học sinh", "Nông dân", "Buôn bán"))
    person = Registrant(number, digits, right, dict(right), by_page=chance.random() < 0.5)
    person.address = _address(chance)
    if chance.random() < ERROR_SHARE:
        _mistype(person, chance)
    return person


def _address(chance: random.Random) -> str:
    """Most people have a line of their own; some share one mobile gateway and meet the gate.

    The whole of 127/8 is this machine, so that nothing but the portal under play ever hears of it.
    """
    gateway = chance.random() < GATEWAY_SHARE
    middle = "80.80" if gateway else f"{chance.randint(1, 79)}.{chance.randint(1, 250)}"
    return f"127.{middle}.{chance.randint(1, 250)}"


def _name(chance: random.Random) -> str:
    if chance.random() < 0.1:
        name = chance.choice(OTHER)
    else:
        name = " ".join(filter(None, (chance.choice(FAMILY), chance.choice(MIDDLE), chance.choice(GIVEN))))
    style = chance.random()
    if style < 0.2:
        name = unicodedata.normalize("NFD", name)
    elif style < 0.35:
        name = name.upper()
    elif style < 0.45:
        name = f"  {name.lower()} "
    return name


def _birth_date(day: int, month: int, year: int, chance: random.Random) -> str:
    forms = (
        f"{day:02d}/{month:02d}/{year}",
        f"{day}-{month}-{year}",
        f"{day:02d}{month:02d}{year}",
        str(year),
    )
    return chance.choices(forms, weights=(70, 12, 12, 6))[0]


def _phone(digits: str, chance: random.Random) -> str:
    spaced = f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    forms = (
        digits,
        spaced,
        spaced.replace(" ", "."),
        f"+84{digits[1:]}",
        f"84 {digits[1:]}",
        f"(+84) {digits[1:]}",
    )
    return chance.choice(forms)


def _mistype(person: Registrant, chance: random.Random) -> None:
    """One slip of the finger; some people stop there."""
    slips = {
        "phone": person.phone[:-1],
        "birth_date": "31/02/1990",
        "full_name": "0901234567",
        "request_kind": "",
    }
    name = chance.choice(list(slips))
    person.typed[name] = slips[name]
    person.gives_up = chance.random() < GIVE_UP_SHARE
