"""Photographs of the day: bare, refused by content, shown with consent, gone when taken back."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core import timeline
from gongyu.core.errors import DomainError, NotAllowed
from gongyu.core.images import MOST_BYTES
from gongyu.exchange import services
from gongyu.exchange.models import Order, VisitPhoto
from gongyu.notices.models import Notice
from tests import factories as make
from tests.core.test_images import from_a_phone, picture

from .conftest import Scene
from .test_order_pages import text_of
from .test_visits import order_of

SignIn = Callable[[User], Client]


def photo_of(order: Order, by: User, raw: bytes | None = None) -> VisitPhoto:
    raw = picture() if raw is None else raw
    (photo,), refused = services.add_visit_photos(order, [("a.jpg", raw)], by=by)
    assert refused == []
    return photo


def upload(client: Client, order: Order, *files: tuple[str, bytes]) -> str:
    sent = [SimpleUploadedFile(name, raw) for name, raw in files]
    address = reverse("exchange:visit_photos_add", args=[order.pk])
    return text_of(client.post(address, {"photos": sent}, follow=True))


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are an enormous picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        whole = kind + content
        return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def reaches(client: Client, photo: VisitPhoto) -> bool:
    answers = {client.get(photo.url).status_code, client.get(photo.small_url).status_code}
    assert len(answers) == 1
    return answers == {200}


def test_what_is_kept_says_nothing_of_place_time_and_phone(scene: Scene, sign_in: SignIn) -> None:
    order, raw = order_of(scene), from_a_phone()
    assert b"SecretPhone" in raw
    page = upload(sign_in(scene.staff), order, ("IMG_1.HEIC", raw))
    assert "收到 1 张" in page
    photo = VisitPhoto.objects.get()
    assert (photo.width, photo.height) == (1067, 1600)
    for field in (photo.file, photo.small):
        with field.open("rb") as kept:
            content = kept.read()
        assert content.startswith(b"\xff\xd8")
        assert b"Secret" not in content
        assert b"Exif" not in content
        assert b"GPS" not in content
        assert "IMG_1" not in str(field.name)


@pytest.mark.parametrize(
    ("name", "raw", "sentence"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "这不是照片"),
        ("a.jpg", b"<html><script>alert(1)</script></html>", "这不是照片"),
        ("a.jpg", b"GIF89a<script>alert(1)</script>", "这不是照片"),
        ("a.jpg", b"\xff\xd8\xff\xe0<html><script>alert(1)</script>", "这不是照片|照片打不开"),
        ("bomb.png", png_that_claims(60_000, 60_000), "照片的像素太多"),
        ("nothing.jpg", b"", "文件是空的|请先选照片"),
        ("cut.jpg", picture()[:400], "照片打不开"),
        ("tiny.jpg", picture(size=(40, 40)), "照片太小了"),
        ("large.jpg", b"\xff\xd8" + b"x" * MOST_BYTES, "照片超过 12 MB"),
    ],
    ids=["svg", "html", "polyglot", "html in jpeg", "bomb", "empty", "cut", "tiny", "large"],
)
def test_what_is_no_photograph_is_refused_by_its_content(
    scene: Scene, sign_in: SignIn, name: str, raw: bytes, sentence: str
) -> None:
    page = upload(sign_in(scene.teacher), order_of(scene), (name, raw))
    assert any(words in page for words in sentence.split("|"))
    assert not VisitPhoto.objects.exists()


def test_a_page_hidden_behind_a_picture_does_not_survive(scene: Scene) -> None:
    photo = photo_of(order_of(scene), scene.teacher, picture() + b"<script>alert(1)</script>")
    with photo.file.open("rb") as kept:
        assert b"<script" not in kept.read()


def test_the_wrong_name_does_not_matter_the_content_does(scene: Scene, sign_in: SignIn) -> None:
    page = upload(
        sign_in(scene.teacher), order_of(scene), ("a.exe", picture("PNG")), ("b.jpg", b"<svg/>")
    )
    assert "收到 1 张" in page
    assert "b.jpg：这不是照片" in page
    assert VisitPhoto.objects.count() == 1


def test_six_at_most_and_the_same_one_once(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    client = sign_in(scene.teacher)
    several = [(f"{n}.jpg", picture(size=(400 + n, 400))) for n in range(6)]
    upload(client, order, *several)
    upload(client, order, *several)  # sent twice
    assert VisitPhoto.objects.count() == 6
    assert "已经有 6 张" in upload(client, order, ("7.jpg", picture(size=(500, 500))))
    seven = [(f"{n}.jpg", b"") for n in range(7)]
    with pytest.raises(DomainError, match="最多放 6 张"):
        services.add_visit_photos(order, seven, by=scene.teacher)


def test_before_consent_only_the_own_side_sees_it_and_who_has_to_look(
    scene: Scene, sign_in: SignIn
) -> None:
    order = order_of(scene)
    colleague = make.person(Role.TEACHER, scene.school)
    guardian = make.GuardianshipFactory(student=scene.school_class.students.earliest("pk")).guardian
    outsiders = [
        make.person(Role.COMMISSION),
        make.person(Role.UNIT),
        make.person(Role.TEACHER),
        make.GuardianshipFactory().guardian,
    ]
    of_unit = photo_of(order, scene.staff)
    of_school = photo_of(order, scene.teacher, picture(size=(500, 500)))
    seen = {
        person: (reaches(sign_in(person), of_unit), reaches(sign_in(person), of_school))
        for person in (scene.staff, scene.teacher, scene.head, colleague, guardian, *outsiders)
    }
    assert seen == {
        scene.staff: (True, False),
        scene.teacher: (True, True),  # has to say whether it may be shown
        scene.head: (True, True),
        colleague: (False, True),
        guardian: (False, False),
        **dict.fromkeys(outsiders, (False, False)),
    }
    assert Client().get(of_unit.url).status_code == 302
    for photo in (of_unit, of_school):
        services.clear_photo(photo, VisitPhoto.Consent.AGREED, by=scene.teacher)
    everybody = (scene.staff, scene.teacher, colleague, guardian, *outsiders)
    reached = [p for p in everybody if reaches(sign_in(p), of_unit)]
    assert reached == [scene.staff, scene.teacher, colleague, guardian]
    page = text_of(sign_in(guardian).get(reverse("exchange:visits")))
    assert "孩子的班还没有去过哪儿" in page  # the order is not carried out yet
    services.arrive(order, by=scene.staff, heads=38)
    page = text_of(sign_in(guardian).get(reverse("exchange:visits")))
    assert of_unit.small_url in page
    assert of_school.small_url in page


def test_the_school_says_so_photograph_by_photograph(scene: Scene, sign_in: SignIn) -> None:
    order = order_of(scene)
    first, second = (photo_of(order, scene.staff, picture(size=(500 + n, 500))) for n in range(2))
    asked = Notice.objects.filter(to=scene.teacher, verb="visit.photo", asks=True)
    assert asked.filter(read_at__isnull=True).exists()
    page = text_of(sign_in(scene.teacher).get(reverse("exchange:visit", args=[order.pk])))
    assert page.count("能给家长看吗") == 2
    for wrong in ("", "perhaps"):
        with pytest.raises(DomainError, match="请选一条"):
            services.clear_photo(first, wrong, by=scene.teacher)
    for person in (scene.staff, make.person(Role.TEACHER, scene.school)):
        with pytest.raises(NotAllowed):
            services.clear_photo(first, VisitPhoto.Consent.FACELESS, by=person)
    client = sign_in(scene.teacher)
    page = client.post(
        reverse("exchange:visit_photo_clear", args=[first.key]),
        {"consent": VisitPhoto.Consent.FACELESS},
        follow=True,
    )
    assert "没有孩子正脸" in text_of(page)
    first.refresh_from_db()
    assert first.consent_by == scene.teacher
    assert timeline.entries_of(order).filter(verb="visit.photo.clear").count() == 1
    assert asked.filter(read_at__isnull=True).exists()  # the second one still waits
    services.clear_photo(second, VisitPhoto.Consent.AGREED, by=scene.head)
    assert not asked.filter(read_at__isnull=True).exists()


@pytest.mark.parametrize("who", ["staff", "teacher", "head"])
def test_taken_back_at_any_time_it_is_gone_from_the_disk(
    scene: Scene, sign_in: SignIn, who: str, django_capture_on_commit_callbacks: Any
) -> None:
    photo = photo_of(order_of(scene), scene.staff)
    services.clear_photo(photo, VisitPhoto.Consent.AGREED, by=scene.teacher)
    storage, names = photo.file.storage, (photo.file.name, photo.small.name)
    assert all(storage.exists(str(name)) for name in names)
    client = sign_in(getattr(scene, who))
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(reverse("exchange:visit_photo_remove", args=[photo.key]), follow=True)
    assert "删掉了，文件也没有了" in text_of(page)
    assert not any(storage.exists(str(name)) for name in names)
    assert client.get(photo.url).status_code == 404


def test_the_unit_does_not_take_back_what_is_the_schools(scene: Scene) -> None:
    photo = photo_of(order_of(scene), scene.teacher)
    services.clear_photo(photo, VisitPhoto.Consent.FACELESS, by=scene.teacher)
    for person in (scene.staff, make.person(Role.UNIT), make.person(Role.TEACHER)):
        with pytest.raises(NotAllowed):
            services.remove_visit_photo(photo, by=person)


def test_it_is_handed_out_as_nothing_but_a_picture(scene: Scene, sign_in: SignIn) -> None:
    photo = photo_of(order_of(scene), scene.teacher)
    client = sign_in(scene.teacher)
    for address in (photo.url, photo.small_url):
        answer = client.get(address)
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cache-Control"] == "private, no-store"
        theirs = client.get(address, HTTP_SEC_FETCH_SITE="cross-site")
        assert theirs.status_code == 403
    for guess in ("/media/", f"/media/{photo.file.name}", "/exchange/visit-photos/1/"):
        assert client.get(guess).status_code == 404
    assert str(photo.pk) not in photo.url.replace(str(photo.key), "")
    assert io.BytesIO(b"".join(client.get(photo.url).streaming_content)).read(2) == b"\xff\xd8"
