"""Make static/fonts/*.woff2: one small file per weight of Be Vietnam Pro (SIL OFL 1.1).

Why our own subset: the package of record splits every weight into three files (latin, latin-ext,
vietnamese), so a Vietnamese page loads about 46 KB per weight in three requests. A citizen's page
needs some 240 glyphs; merged and subset they are one request of less than 15 KB.

How to run it again (only when the font itself changes; the results are kept in the repository):

    npm pack @fontsource/be-vietnam-pro@5.3.0 && tar xzf fontsource-be-vietnam-pro-5.3.0.tgz
    python scripts/build_font.py package/

The family name is kept: the OFL allows it here because the authors reserve no font name.
"""

import argparse
import shutil
import sys
import tempfile
import unicodedata
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont

WEIGHTS = (400, 600)
SUBSETS = ("latin", "latin-ext", "vietnamese")
OUT = Path(__file__).resolve().parent.parent / "static" / "fonts"

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
COMBINING = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"
PUNCTUATION = "\u00a0–—‘’“”„…•·×÷°±§©«»‹›†₫€−→←↑↓✓"
# Letters of neighbours' names that stand in foreigners' declarations now and then.
LATIN_NAMES = "ñçüöäßøåæ"


def vietnamese_letters() -> str:
    """Return every Vietnamese letter, both cases, as one composed (NFC) code point each."""
    small = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES]
    return "".join(small).upper() + "".join(small) + "Đđ"


def wanted_characters() -> set[int]:
    """Return the code points a page may need: ASCII, Vietnamese, punctuation, a few foreign names."""
    ascii_printable = "".join(chr(point) for point in range(0x20, 0x7F))
    names = LATIN_NAMES + "ÑÇÜÖÄØÅÆ"
    return {ord(char) for char in ascii_printable + vietnamese_letters() + COMBINING + PUNCTUATION + names}


def unpack(source: Path, weight: int, folder: Path) -> list[str]:
    """Turn the three woff2 files of one weight into plain TTF files, which the merger reads."""
    paths = []
    for name in SUBSETS:
        font = TTFont(source / "files" / f"be-vietnam-pro-{name}-{weight}-normal.woff2")
        font.flavor = None
        path = folder / f"{weight}-{name}.ttf"
        font.save(path)
        paths.append(str(path))
    return paths


def subset_options() -> subset.Options:
    """Return what stays in the file: kerning, marks, composed forms; no hints."""
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.desubroutinize = True
    options.layout_features = ["ccmp", "locl", "mark", "mkmk", "kern"]
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.notdef_outline = True
    options.ignore_missing_unicodes = True
    return options


def build(source: Path, weight: int) -> Path:
    """Write one woff2 file for a weight and return its path."""
    with tempfile.TemporaryDirectory() as folder:
        font = merge.Merger().merge(unpack(source, weight, Path(folder)))
    options = subset_options()
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted_characters())
    subsetter.subset(font)
    target = OUT / f"be-vietnam-pro-{weight}.woff2"
    subset.save_font(font, str(target), options)
    return target


def report(path: Path) -> None:
    """Print size, glyph count and the wanted characters that the source does not draw."""
    font = TTFont(path)
    missing = sorted(wanted_characters() - set(font.getBestCmap()))
    absent = " ".join(f"U+{point:04X}" for point in missing) or "none"
    size, glyphs = path.stat().st_size, len(font.getGlyphOrder())
    print(f"{path.name}: {size} bytes, {glyphs} glyphs, not drawn: {absent}")


def main() -> int:
    """Build all weights and copy the licence; the only argument is the unpacked package folder."""
    parser = argparse.ArgumentParser(description="Build the font subset of the portal.")
    parser.add_argument("package", type=Path, help="unpacked @fontsource/be-vietnam-pro folder")
    source = parser.parse_args().package
    OUT.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        report(build(source, weight))
    shutil.copyfile(source / "LICENSE", OUT / "OFL.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
