"""Photos: decoded to pixels and encoded anew. What is not a pixel (EXIF with its GPS, comments, colour
profiles, anything before, between and behind the picture) has no way into the result.
"""

import warnings
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from .kinds import Refused

MAX_PIXELS = 64_000_000
LONGEST_SIDE = 4096
THUMBNAIL_SIDE = 320
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
_SAVED_AS = {
    "JPEG": {"quality": 88, "optimize": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 88, "method": 2},
}


def clean_image(source: BinaryIO, kind: str, out: BinaryIO, thumbnail: BinaryIO) -> None:
    """Write the picture and its small copy. Refused `too_many_pixels`, `file_unreadable`."""
    pixels = _decode(source, _FORMATS[kind])
    _save(pixels, _FORMATS[kind], out)
    pixels.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    _save(_on_white(pixels), "JPEG", thumbnail)


def _decode(source: BinaryIO, name: str) -> Image.Image:
    """Width times height is asked before a single pixel is unpacked."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        picture = Image.open(source, formats=[name])
        if picture.width * picture.height > MAX_PIXELS:
            raise Refused("too_many_pixels")
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
        turned = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("too_many_pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused("file_unreadable") from error
    has_alpha = name != "JPEG" and (turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info)
    pixels = turned.convert("RGBA" if has_alpha else "RGB")
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return pixels


def _on_white(pixels: Image.Image) -> Image.Image:
    if pixels.mode != "RGBA":
        return pixels
    ground = Image.new("RGB", pixels.size, "white")
    ground.paste(pixels, mask=pixels)
    return ground


def _save(pixels: Image.Image, name: str, out: BinaryIO) -> None:
    """Into a new picture: `info`, where Pillow keeps what it read beside the pixels, stays behind."""
    fresh = Image.new(pixels.mode, pixels.size)
    fresh.paste(pixels)
    fresh.save(out, name, **_SAVED_AS[name])
