"""Pictures that people send: what is refused, and that nothing but pixels comes out."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from gongyu.core import images
from gongyu.core.errors import DomainError
from gongyu.core.images import read_picture


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 600), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "orange").save(out, kind)
    return out.getvalue()


def from_a_phone(size: tuple[int, int] = (3000, 2000)) -> bytes:
    """Lying on its side, with the place, the day and a comment in it."""
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.DateTime] = "2026:11:20 09:00:00"
    exif[Base.Model] = "SecretPhone"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (39.0, 43.0, 12.0)
    out = io.BytesIO()
    Image.new("RGB", size, "orange").save(
        out, "JPEG", exif=exif, comment=b"SecretComment", xmp=b"<x:xmpmeta>SecretPlace</x:xmpmeta>"
    )
    return out.getvalue()


def test_nothing_of_where_and_when_it_was_taken_is_left() -> None:
    raw = from_a_phone()
    assert b"SecretPhone" in raw
    assert b"SecretPlace" in raw
    for made in read_picture(raw):
        assert b"Secret" not in made.content
        assert b"Exif" not in made.content
        with Image.open(io.BytesIO(made.content)) as again:
            assert dict(again.getexif()) == {}
            assert not {"comment", "xmp", "icc_profile"} & set(again.info)


def test_a_picture_stands_upright_and_is_made_small() -> None:
    whole, small = read_picture(from_a_phone())
    assert (whole.width, whole.height) == (1067, 1600)
    assert max(small.width, small.height) == 640


def test_a_small_picture_is_not_blown_up() -> None:
    whole, _small = read_picture(picture(size=(500, 400)))
    assert (whole.width, whole.height) == (500, 400)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("WEBP", "RGB"), ("PNG", "P")])
def test_other_kinds_become_jpeg(kind: str, mode: str) -> None:
    whole, _small = read_picture(picture(kind, mode=mode))
    assert whole.content.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "文件是空的"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "这不是照片"),
        (picture("GIF"), "这不是照片"),
        (picture("BMP"), "这不是照片"),
        (picture()[:2000], "照片打不开"),
        (picture(size=(900, 200)), "照片太小了"),
        (picture(size=(6100, 10_000), mode="L"), "照片的像素太多"),
    ],
)
def test_what_is_no_fit_picture_is_refused_with_a_sentence(raw: bytes, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        read_picture(raw)


def test_too_large_a_file_is_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_BYTES", 100)
    with pytest.raises(DomainError, match="超过 12 MB"):
        read_picture(picture())


@pytest.mark.parametrize("side", [9_000, 11_000, 60_000])
def test_a_picture_that_only_claims_to_be_enormous_is_refused_unread(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    raw = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    with pytest.raises(DomainError, match="像素太多"):
        read_picture(raw)
