"""Write portal/units/data/*.tsv from the PyPI package vietnamadminunits (development only).

In: the package's SQLite file and its conversion table (63 provinces -> 34 provinces), plus our own
portal/units/data/corrections.csv. Out: five UTF-8 tab-separated files, NFC, one unit per line, codes as
zero-padded text, coordinates in degrees (WGS 84) rounded to four decimals, that is about ten metres.
The running product reads only these files and never imports the package.

Run it as `.venv/bin/python scripts/extract_units.py` and read the diff before committing.
"""

import csv
import importlib.util
import json
import sqlite3
import unicodedata
from importlib.metadata import version
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "portal" / "units" / "data"
EDITION = "2026-04"
KINDS = {
    1: {"Tỉnh": "province", "Thành phố": "city"},
    2: {
        "Quận": "urban_district",
        "Huyện": "rural_district",
        "Thị xã": "town",
        "Thành phố": "provincial_city",
    },
    3: {"Phường": "ward", "Xã": "commune", "Thị trấn": "township", "Đặc khu": "special_zone"},
}
NOTICE = (
    "# {title}. Data edition {edition}, {count} rows.",
    "# Extracted from vietnamadminunits {version}, Copyright (c) 2025 Tran Ngoc Minh Hieu, MIT License,",
    "# who drew on danhmuchanhchinh.gso.gov.vn and sapnhap.bando.com.vn; corrections.csv is applied.",
)


def package_folder():
    """Folder of the installed package, found without importing it (it pulls in shapely and numpy)."""
    spec = importlib.util.find_spec("vietnamadminunits")
    return Path(spec.submodule_search_locations[0])


def read_package(folder):
    """Return (new rows, old rows, conversion table) with every string in NFC."""
    with sqlite3.connect(folder / "data" / "dataset.db") as connection:
        connection.row_factory = sqlite3.Row
        new = [nfc_row(row) for row in connection.execute("SELECT * FROM admin_units")]
        old = [nfc_row(row) for row in connection.execute("SELECT * FROM admin_units_legacy")]
    return new, old, json.loads((folder / "data" / "converter_2025.json").read_text("utf-8"))


def nfc_row(row):
    return {
        key: unicodedata.normalize("NFC", value) if isinstance(value, str) else value
        for key, value in dict(row).items()
    }


def split_name(display_name, level):
    """("Phường An Hải", 3) -> ("ward", "An Hải"). An unknown kind is an error, not a guess."""
    for word, kind in KINDS[level].items():
        # The source writes some kinds in capitals ("Thành Phố Bắc Kạn").
        if display_name.casefold().startswith(word.casefold() + " "):
            return kind, display_name[len(word) + 1 :]
    raise ValueError(f"no kind of level {level} in {display_name!r}")


def point(latitude, longitude):
    return ("", "") if latitude is None else (f"{latitude:.4f}", f"{longitude:.4f}")


def successor_codes(new, table):
    """Map each old "province_district_ward" key to today's commune codes, the main successor first."""
    codes = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    found = {}
    for province, communes in table["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, old_keys in communes.items():
            for key in old_keys:
                found.setdefault(key, []).append(codes[province, commune])
    for province, divided in table["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, parts in divided.items():
            parts = sorted(parts, key=lambda part: not part["isDefaultNewWard"])
            found.setdefault(key, []).extend(codes[province, part["newWardKey"]] for part in parts)
    return found


def province_successors(new, table):
    codes = {row["provinceKey"]: row["provinceCode"] for row in new}
    return {old: codes[key] for key, olds in table["DICT_PROVINCE"].items() for old in olds}


def provinces(new):
    rows = {}
    for row in new:
        kind, name = split_name(row["province"], 1)
        where = point(row["provinceLat"], row["provinceLon"])
        rows[row["provinceCode"]] = (row["provinceCode"], kind, name, *where)
    return rows.values()


def communes(new):
    for row in new:
        kind, name = split_name(row["ward"], 3)
        yield (row["wardCode"], row["provinceCode"], kind, name, *point(row["wardLat"], row["wardLon"]))


def old_provinces(old, successors):
    rows = {}
    for row in old:
        kind, name = split_name(row["province"], 1)
        where = point(row["provinceLat"], row["provinceLon"])
        target = successors[row["provinceKey"]]
        rows[row["provinceCode"]] = (row["provinceCode"], kind, name, *where, target)
    return rows.values()


def old_districts(old, successors):
    """Island districts had no communes: only they carry successors of their own."""
    rows = {}
    for row in old:
        kind, name = split_name(row["district"], 2)
        where = point(row["districtLat"], row["districtLon"])
        heirs = "" if row["ward"] else " ".join(successors[old_key(row)])
        rows[row["districtCode"]] = (row["districtCode"], row["provinceCode"], kind, name, *where, heirs)
    return rows.values()


def old_communes(old, successors):
    for row in old:
        if row["ward"]:
            kind, name = split_name(row["ward"], 3)
            where = point(row["wardLat"], row["wardLon"])
            heirs = " ".join(successors[old_key(row)])
            yield (row["wardCode"], row["districtCode"], kind, name, *where, heirs)


def old_key(row):
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"


def apply_corrections(new):
    """Change the package's rows as corrections.csv says; a correction that finds no row is an error."""
    with (DATA / "corrections.csv").open(encoding="utf-8", newline="") as handle:
        for line in csv.DictReader(handle):
            prefix = "province" if line["level"] == "province" else "ward"
            field = f"{prefix}Code" if line["field"] == "code" else prefix
            hits = [row for row in new if row[f"{prefix}Code"] == line["code"] and row[field] == line["was"]]
            if not hits:
                raise ValueError(f"correction finds nothing: {line}")
            for row in hits:
                row[field] = line["now"]


def write(file_name, title, columns, rows):
    rows = sorted(rows)
    heading = [
        line.format(title=title, edition=EDITION, count=len(rows), version=version("vietnamadminunits"))
        for line in NOTICE
    ]
    lines = [*heading, "\t".join(columns), *("\t".join(row) for row in rows)]
    (DATA / file_name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{file_name}: {len(rows)}")


def main():
    new, old, table = read_package(package_folder())
    apply_corrections(new)
    heirs, province_heirs = successor_codes(new, table), province_successors(new, table)
    where = ("latitude", "longitude")
    write(
        "provinces.tsv",
        "Provinces and centrally run cities in force",
        ("code", "kind", "name", *where),
        provinces(new),
    )
    write(
        "communes.tsv",
        "Communes, wards and special zones in force",
        ("code", "province", "kind", "name", *where),
        communes(new),
    )
    write(
        "old_provinces.tsv",
        "Provinces until 30 June 2025",
        ("code", "kind", "name", *where, "successor"),
        old_provinces(old, province_heirs),
    )
    write(
        "old_districts.tsv",
        "Districts until 30 June 2025",
        ("code", "province", "kind", "name", *where, "successors"),
        old_districts(old, heirs),
    )
    write(
        "old_communes.tsv",
        "Communes, wards and townships until 30 June 2025",
        ("code", "district", "kind", "name", *where, "successors"),
        old_communes(old, heirs),
    )


if __name__ == "__main__":
    main()
