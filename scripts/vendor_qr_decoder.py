"""Write static/js/vendor/qr-scanner-worker.js from the npm package qr-scanner.

    npm pack qr-scanner@1.4.2
    python scripts/vendor_qr_decoder.py qr-scanner-1.4.2.tgz

The package starts its decoder from a blob, which our content policy forbids. The decoder itself is the text
between the two backquotes of its worker file; it is written out as a browser reads that text, under its
licence, as a file that `new Worker(address)` may load.
"""

import re
import sys
import tarfile
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "static" / "js" / "vendor" / "qr-scanner-worker.js"
HEAD = """/* Decoder of qr-scanner 1.4.2 (npm), unchanged; written by scripts/vendor_qr_decoder.py.
   jsQR: Copyright Cosmo Wolfe, Apache License 2.0.

{licence}*/
"""


def main(package: str) -> None:
    """Read licence and worker out of the package, write the decoder."""
    with tarfile.open(package) as archive:
        licence, worker = (
            archive.extractfile(f"package/{name}").read().decode()  # type: ignore[union-attr]
            for name in ("LICENSE", "qr-scanner-worker.min.js")
        )
    [decoder] = re.findall(r"^export const createWorker=\(\)=>new Worker\(.*?\[`(.*)`\]", worker, re.DOTALL)
    decoder = decoder.replace("\\`", "`").replace("\\${", "${")
    if "\\" in decoder:
        raise SystemExit("The decoder has other escapes by now: look at it before taking it.")
    TARGET.write_text(HEAD.format(licence=licence) + decoder, encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
