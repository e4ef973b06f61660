"""Photographs of a resource: its unit keeps them, everybody sees them, on our pages only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongyu.accounts.models import Role, User
from gongyu.core import timeline
from gongyu.core.errors import DomainError, NotAllowed
from gongyu.exchange import services
from gongyu.exchange.models import ResourcePhoto
from gongyu.exchange.models.photos import MOST_PHOTOS
from tests import factories as make
from tests.core.test_images import from_a_phone, picture

from .conftest import Scene
from .test_offer_pages import queries_of, text_of

SignIn = Callable[[User], Client]


def sent(raw: bytes | None = None, **changes: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("IMG_1.HEIC", from_a_phone() if raw is None else raw)
    return {"file": file, "alt": "铅字架前的体验台", "no_child": "on"} | changes


def photos_of(scene: Scene) -> str:
    return reverse("exchange:photos", args=[scene.resource.pk])


def test_a_unit_puts_up_a_photograph_and_schools_see_it(scene: Scene, sign_in: SignIn) -> None:
    staff = sign_in(scene.staff)
    assert "还没有照片" in text_of(staff.get(photos_of(scene)))
    assert "照片放上了" in text_of(staff.post(photos_of(scene), sent(), follow=True))
    photo = scene.resource.photos.get()
    assert (photo.width, photo.height) == (1067, 1600)
    offers = reverse("exchange:offers", args=[scene.unit.pk])
    page = text_of(Client().get(offers))
    assert f'src="{photo.small_url}" alt="铅字架前的体验台"' in page
    assert "照片 1 张" in text_of(staff.get(reverse("exchange:resources")))
    assert timeline.entries_of(scene.resource).filter(verb="photo.add").exists()


def test_terms_are_for_schools_and_the_commission(scene: Scene, sign_in: SignIn) -> None:
    make.ResourceEntryFactory(resource=scene.resource, transport="地铁大兴线")
    type(scene.resource).objects.filter(pk=scene.resource.pk).update(price_fen=1250)
    offers = reverse("exchange:offers", args=[scene.unit.pk])
    for person in (scene.teacher, make.person(Role.COMMISSION)):
        page = text_of(sign_in(person).get(offers))
        assert "12.50 元" in page
        assert "地铁大兴线" in page
    for client in (Client(), sign_in(make.person(Role.PARENT))):
        page = text_of(client.get(offers))
        assert "12.50 元" not in page
        assert "地铁大兴线" not in page


def test_what_is_served_is_a_bare_picture_with_safe_headers(scene: Scene) -> None:
    photo = services.add_photo(scene.resource, from_a_phone(), alt="体验台", by=scene.staff)
    for address in (photo.url, photo.small_url):
        answer = Client().get(address)
        content = b"".join(answer.streaming_content)
        assert content.startswith(b"\xff\xd8")
        assert b"Secret" not in content
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_no_other_site_embeds_it(scene: Scene) -> None:
    photo = services.add_photo(scene.resource, picture(), alt="体验台", by=scene.staff)
    ours = {"HTTP_REFERER": "http://testserver/places/1/", "HTTP_SEC_FETCH_SITE": "same-origin"}
    assert Client().get(photo.url, **ours).status_code == 200
    for theirs in (
        {"HTTP_REFERER": "https://elsewhere.example/page"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
    ):
        assert Client().get(photo.url, **theirs).status_code == 403


def test_photographs_of_a_unit_that_is_not_public_are_for_its_own_people(
    scene: Scene, sign_in: SignIn
) -> None:
    photo = services.add_photo(scene.resource, picture(), alt="体验台", by=scene.staff)
    type(scene.unit).objects.filter(pk=scene.unit.pk).update(is_listed=False)
    assert Client().get(photo.url).status_code == 404
    assert sign_in(scene.teacher).get(photo.url).status_code == 404
    assert sign_in(scene.staff).get(photo.url).status_code == 200
    assert sign_in(make.person(Role.COMMISSION)).get(photo.url).status_code == 200


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"alt": ""}, "请写一句照片里是什么"),
        ({"alt": "长" * 81}, "最多 80 个，请删短一点"),
        ({"no_child": ""}, "能认出孩子的照片不能放"),
        ({"file": ""}, "请先选一张照片"),
        ({"file": SimpleUploadedFile("a.jpg", b"<svg/>")}, "这不是照片"),
    ],
)
def test_what_does_not_do_is_met_by_a_sentence(
    scene: Scene, sign_in: SignIn, changes: dict[str, Any], sentence: str
) -> None:
    page = text_of(sign_in(scene.staff).post(photos_of(scene), sent(**changes)))
    assert sentence in page
    assert not ResourcePhoto.objects.exists()


def test_order_and_number(scene: Scene, sign_in: SignIn) -> None:
    for n in range(MOST_PHOTOS):
        services.add_photo(scene.resource, picture(), alt=f"第{n}张", by=scene.staff)
    with pytest.raises(DomainError, match="最多放 6 张"):
        services.add_photo(scene.resource, picture(), alt="多了", by=scene.staff)
    last = scene.resource.photos.last()
    assert last is not None
    client = sign_in(scene.staff)
    client.post(reverse("exchange:photo_up", args=[last.pk]))
    names = [p.alt for p in scene.resource.photos.all()]
    assert names == ["第0张", "第1张", "第2张", "第3张", "第5张", "第4张"]
    first = scene.resource.photos.first()
    assert first is not None
    services.move_photo_up(first, by=scene.staff)  # nowhere to go
    assert [p.alt for p in scene.resource.photos.all()] == names


def test_a_removed_photograph_is_gone_with_its_files(
    scene: Scene, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    photo = services.add_photo(scene.resource, picture(), alt="体验台", by=scene.staff)
    storage, names = photo.file.storage, (photo.file.name, photo.small.name)
    assert all(storage.exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):
        page = sign_in(scene.staff).post(
            reverse("exchange:photo_remove", args=[photo.pk]), follow=True
        )
    assert "照片去掉了" in text_of(page)
    assert not any(storage.exists(name) for name in names)
    assert Client().get(photo.url).status_code == 404


def test_another_unit_cannot_touch_them(scene: Scene) -> None:
    photo = services.add_photo(scene.resource, picture(), alt="体验台", by=scene.staff)
    other = make.person(Role.UNIT)
    for act in (
        lambda: services.add_photo(scene.resource, picture(), alt="x", by=other),
        lambda: services.move_photo_up(photo, by=other),
        lambda: services.remove_photo(photo, by=other),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_pages_ask_no_more_with_more_photographs(scene: Scene, sign_in: SignIn) -> None:
    client, offers = sign_in(scene.staff), reverse("exchange:offers", args=[scene.unit.pk])
    pages = (photos_of(scene), reverse("exchange:resources"), offers)
    make.ResourcePhotoFactory(resource=scene.resource)
    for page in pages:
        client.get(page)
    before = [queries_of(client, page) for page in pages]
    for _ in range(5):
        make.ResourcePhotoFactory(resource=scene.resource)
        make.ResourcePhotoFactory(resource=make.ResourceFactory(unit=scene.unit))
    assert [queries_of(client, page) for page in pages] == before
