"""Pictures that people send: looked at by content, turned upright, made small, stripped bare.

What comes out is a new JPEG that holds pixels and nothing else. A photograph from a phone says
where and when it was taken and by which device; none of that leaves this module.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from .errors import DomainError

MOST_BYTES = 12_000_000  # a photograph as a good phone takes it
MOST_PIXELS = 60_000_000
LEAST_SIDE = 320
KINDS = ("JPEG", "PNG", "WEBP")
WHOLE, SMALL = 1600, 640  # longest side in pixels
QUALITY = 82


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG without any metadata."""

    content: bytes
    width: int
    height: int


def read_picture(raw: bytes) -> tuple[Picture, Picture]:
    """The picture as it is shown, and a small one for lists.

    Raises DomainError with the sentence for whoever sent it: too large, no picture, broken, too
    small to be made out.
    """
    if not raw:
        raise DomainError(_("文件是空的，请重新选。"))
    if len(raw) > MOST_BYTES:
        raise DomainError(_("照片超过 12 MB，请换一张小一点的。"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=KINDS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise DomainError(_("照片的像素太多，请换一张小一点的。"))
                if min(opened.size) < LEAST_SIDE:
                    raise DomainError(
                        _("照片太小了，看不清。短的一边至少 %(n)d 像素。") % {"n": LEAST_SIDE}
                    )
                upright = _flat(ImageOps.exif_transpose(opened))
    except UnidentifiedImageError:
        raise DomainError(_("这不是照片。请传 JPG、PNG 或 WebP。")) from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise DomainError(_("照片的像素太多，请换一张小一点的。")) from None
    except (OSError, SyntaxError, ValueError):
        raise DomainError(_("照片打不开，可能没传完。请重新保存一次再传。")) from None
    return _written(upright, WHOLE), _written(upright, SMALL)


def _flat(image: Image.Image) -> Image.Image:
    """RGB in the web's own colours, transparent parts on white."""
    profile = image.info.get("icc_profile")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        clear = image.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(ground, clear).convert("RGB")
    if profile and image.mode == "RGB":
        try:
            ours = ImageCms.createProfile("sRGB")
            theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, theirs, ours)
        except (ImageCms.PyCMSError, OSError):
            turned = None  # a broken profile: the numbers as they are
        if turned is not None:
            return turned
    return image.convert("RGB")


def _written(image: Image.Image, longest: int) -> Picture:
    small = image.copy()
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    bare = Image.new("RGB", small.size)
    bare.paste(small)  # pixels only: what hung on the original (EXIF, XMP, comments) stays behind
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(out.getvalue(), *bare.size)
