"""A census workbook of two thousand rows with sixty faults, until it is taken over."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from gongyu.accounts.models import Role
from gongyu.core.errors import DomainError
from gongyu.exchange import services
from gongyu.exchange.census_columns import COLUMNS
from gongyu.exchange.models import CensusImport, Resource
from tests import factories as make

from .conftest import Scene
from .test_census_import import NEW, SignIn, row, workbook
from .test_offer_pages import text_of

ROWS, TIMES = 2000, 3
LETTERS = {column.name: chr(ord("A") + n) for n, column in enumerate(COLUMNS[:26])}
PLANTED: list[tuple[dict[str, Any], str, str]] = [
    ({"单位": "没有这家馆"}, "单位", "平台上没有这家单位"),
    ({"单位": None}, "单位", "这一格要填"),
    ({"名称": "字" * 61}, "名称", "最多 60 个"),
    ({"种类": "轮船"}, "种类", "请写这几个里的一个"),
    ({"主题": "炒菜"}, "主题", "没有“炒菜”这个主题"),
    ({"最低年级": "大二"}, "最低年级", "请写年级"),
    ({"最低年级": "初三", "最高年级": "三年级"}, "最高年级", "比最低年级还低"),
    ({"形式": "飞过去"}, "形式", "走出去、请进来、线上"),
    ({"形式": "请进来"}, "上门公里数", "最远去多少公里外"),
    ({"一次最多人数": "若干"}, "一次最多人数", "不是数"),
    ({"一次最多人数": "30-40"}, "一次最多人数", "这是一个范围"),
    ({"最少人数": 41}, "最少人数", "比一次最多人数还多"),
    ({"时长": "2.5 天"}, "时长", "认不出“天”"),
    ({"每人费用": -5}, "每人费用", "太小了"),
    ({"一次最多人数": "=20*2"}, "一次最多人数", "这一格是公式"),
    ({"责任险到期": "2027-02-30"}, "责任险到期", "没有这一天"),
    ({"联系岗位": "王老师 13800001234"}, "联系岗位", "写岗位，不写电话"),
    ({"开放月份": date(2026, 3, 6)}, "开放月份", "成了日期"),
    ({"怎么来": "路" * 201}, "怎么来", "最多 200 个"),
    ({"名称": "第0项"}, "名称", "和第 2 行是同一项"),
]


def rows_everywhere() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in {"sessions", "contenttypes"}
    }


def test_two_thousand_rows_from_sixty_faults_to_nothing_new(scene: Scene, sign_in: SignIn) -> None:
    commission = make.person(Role.COMMISSION)
    client = sign_in(commission)
    rows = [row(scene, 名称=f"第{n}项") for n in range(ROWS)]
    planted: dict[str, str] = {}
    for n in range(TIMES * len(PLANTED)):
        changes, column, sentence = PLANTED[n % len(PLANTED)]
        number = 7 + 33 * n
        rows[number] = row(scene, **({"名称": f"第{number}项"} | changes))
        planted[f"{LETTERS[column]}{number + 2}"] = sentence
    assert len(planted) == 60

    page, upload = _sent(client, workbook(*rows))
    assert "有 60 处要改" in page
    marked = client.get(reverse("exchange:census_marked", args=[upload.pk])).content
    book = load_workbook(io.BytesIO(marked))
    comments = {c.coordinate: c.comment.text for r in book["摸底"] for c in r if c.comment}
    assert comments.keys() == planted.keys()
    assert [at for at, sentence in planted.items() if sentence not in comments[at]] == []
    assert book["问题清单"].max_row == 61
    with pytest.raises(DomainError, match="什么也没有导入"):
        services.apply_import(upload, by=commission)
    assert Resource.objects.count() == 1

    for n in range(TIMES * len(PLANTED)):  # mended in the marked copy itself
        number = 7 + 33 * n
        for column, value in enumerate(row(scene, 名称=f"第{number}项"), start=1):
            book["摸底"].cell(number + 2, column).value = value
    mended = io.BytesIO()
    book.save(mended)
    page, upload = _sent(client, mended.getvalue())
    assert f"{ROWS} 项可以导入" in page
    client.post(reverse("exchange:census_apply", args=[upload.pk]))
    assert Resource.objects.count() == ROWS + 1

    before, said = rows_everywhere(), list(Resource.objects.order_by("pk").values())
    page, again = _sent(client, mended.getvalue())
    assert "都登记过了" in page
    assert f"另有 {ROWS} 项本来就有，不会动。" in page
    assert reverse("exchange:census_apply", args=[again.pk]) not in page
    assert services.apply_import(again, by=commission) == 0
    assert list(Resource.objects.order_by("pk").values()) == said
    grown = {
        label: n - before[label] for label, n in rows_everywhere().items() if n != before[label]
    }
    assert grown == {"exchange.CensusImport": 1, "core.TimelineEntry": 2}  # that it was tried


def _sent(client: Client, raw: bytes) -> tuple[str, CensusImport]:
    answer = client.post(NEW, {"file": SimpleUploadedFile("摸底.xlsx", raw)}, follow=True)
    return text_of(answer), CensusImport.objects.latest("pk")
