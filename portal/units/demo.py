"""Fictitious units for demonstrations and tests: no place of these names exists.

They are shaped like real ones: before July 2025 a centrally run city with an urban district and a ward,
a province with a town and a mountain commune; today one province with wards, a commune and a special
zone. Telephones are of the range 075, which no Vietnamese operator has.
"""

import datetime as dt
from dataclasses import dataclass, field

from portal.units.enums import ContactKind, HamletKind
from portal.units.official import LAST_OLD_DAY, TWO_TIERS_SINCE
from portal.units.working_time import Spans

MORNING, AFTERNOON = (420, 690), (810, 1020)
WEEK: dict[int, Spans] = dict.fromkeys(range(5), (MORNING, AFTERNOON))
WITH_SATURDAY: dict[int, Spans] = WEEK | {5: (MORNING,)}


@dataclass(frozen=True)
class DemoUnit:
    """`parent` is a display name of the list; `heirs` close the unit on 1 July 2025, the main one first."""

    kind: str
    name: str
    parent: str | None
    heirs: tuple[str, ...] = ()
    shares_records: bool = True
    address: str = ""
    duty_phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    hamlets: tuple[tuple[str, str], ...] = ()
    hours: dict[int, Spans] = field(default_factory=dict)
    contacts: tuple[tuple[str, str, str, bool], ...] = ()

    @property
    def ends(self) -> dt.date | None:
        return LAST_OLD_DAY if self.heirs else None

    @property
    def starts(self) -> dt.date | None:
        return None if self.heirs else TWO_TIERS_SINCE


def _contacts(number: str) -> tuple[tuple[str, str, str, bool], ...]:
    """Kind, label, test telephone, public; the area officer's own number stays inside."""
    return (
        (ContactKind.DUTY, "Trực ban 24/7", f"0750{number}01", True),
        (ContactKind.CHIEF, "Chỉ huy đơn vị", f"0750{number}02", True),
        (ContactKind.TEAM, "Tổ Cấp căn cước và Cư trú", f"0750{number}03", True),
        (ContactKind.TEAM, "Tổ Phòng chống tội phạm", f"0750{number}04", True),
        (ContactKind.AREA, "Cảnh sát khu vực", f"0750{number}05", False),
        (ContactKind.PARENT, "Công an tỉnh Sơn Hải", "0750100001", True),
    )


def _numbered(kind: str, count: int) -> tuple[tuple[str, str], ...]:
    return tuple((kind, str(number)) for number in range(1, count + 1))


CURRENT = (
    DemoUnit(
        "province",
        "Sơn Hải",
        None,
        address="Số 1 đường Bình Minh, Phường Hải Vân Đông",
        duty_phone="0750100001",
        latitude=16.05,
        longitude=108.45,
        hours=WEEK,
        contacts=((ContactKind.DUTY, "Trực ban 24/7", "0750100001", True),),
    ),
    DemoUnit(
        "ward",
        "Hải Vân Đông",
        "Tỉnh Sơn Hải",
        address="Số 25 đường Hoa Sữa, Phường Hải Vân Đông",
        duty_phone="0750110001",
        latitude=16.0712,
        longitude=108.4701,
        hamlets=_numbered(HamletKind.TO_DAN_PHO, 12),
        hours=WITH_SATURDAY,
        contacts=_contacts("1100"),
    ),
    DemoUnit(
        "ward",
        "Bến Đông Hạ",
        "Tỉnh Sơn Hải",
        address="Số 8 đường Cầu Tàu, Phường Bến Đông Hạ",
        duty_phone="0750120001",
        latitude=16.0433,
        longitude=108.4822,
        hamlets=_numbered(HamletKind.KHU_PHO, 6),
        hours=WITH_SATURDAY,
        contacts=_contacts("1200"),
    ),
    DemoUnit(
        "ward",
        "Bến Lành Trung",
        "Tỉnh Sơn Hải",
        address="Số 40 đường Chợ Mới, Phường Bến Lành Trung",
        duty_phone="0750130001",
        latitude=15.9204,
        longitude=108.3904,
        hamlets=_numbered(HamletKind.KHU_PHO, 5),
        hours=WEEK,
        contacts=_contacts("1300"),
    ),
    DemoUnit(
        "commune",
        "Đồng Lúa",
        "Tỉnh Sơn Hải",
        address="Thôn Gò Mây, Xã Đồng Lúa",
        duty_phone="0750140001",
        latitude=15.8605,
        longitude=108.1207,
        hamlets=tuple(
            (HamletKind.THON, name)
            for name in (
                "Gò Mây", "Suối Trắng", "Bãi Dâu", "Đá Chồng", "Hố Mít",
                "Cây Bàng", "Bến Đò", "Đồi Chè", "Ruộng Sâu", "Nà Mận",
            )
        ),
        hours=WEEK,
        contacts=_contacts("1400"),
    ),
    DemoUnit(
        "special_zone",
        "Hòn Nhạn Trắng",
        "Tỉnh Sơn Hải",
        address="Bến cảng Hòn Nhạn Trắng",
        duty_phone="0750150001",
        latitude=15.9011,
        longitude=109.0822,
        hamlets=((HamletKind.AP, "Bãi Trước"), (HamletKind.AP, "Bãi Sau")),
        hours=WEEK,
        contacts=_contacts("1500"),
    ),
)  # fmt: skip
HISTORIC = (
    DemoUnit("city", "Sơn Hải Đông", None, ("Tỉnh Sơn Hải",)),
    DemoUnit("province", "Bến Lĩnh", None, ("Tỉnh Sơn Hải",)),
    DemoUnit(
        "urban_district",
        "Bến Đông",
        "Thành phố Sơn Hải Đông",
        ("Phường Bến Đông Hạ", "Phường Hải Vân Đông"),
        shares_records=False,
    ),
    DemoUnit("town", "Bến Lành", "Tỉnh Bến Lĩnh", ("Phường Bến Lành Trung",), shares_records=False),
    DemoUnit("rural_district", "Núi Chè", "Tỉnh Bến Lĩnh", ("Xã Đồng Lúa",), shares_records=False),
    DemoUnit("ward", "An Hoà Bắc", "Quận Bến Đông", ("Phường Hải Vân Đông",)),
    DemoUnit("ward", "Bến Đông Thượng", "Quận Bến Đông", ("Phường Bến Đông Hạ", "Phường Hải Vân Đông")),
    DemoUnit("ward", "Cầu Đá Xanh", "Thị xã Bến Lành", ("Phường Bến Lành Trung",)),
    DemoUnit("township", "Núi Chè", "Huyện Núi Chè", ("Xã Đồng Lúa",)),
    DemoUnit("commune", "Suối Mây Trắng", "Huyện Núi Chè", ("Xã Đồng Lúa",)),
)
