"""The list of problems: only the commission writes, anybody reads, needs are counted by topic."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongyu.accounts.models import Role, User
from gongyu.core import timeline
from gongyu.core.calendar import today
from gongyu.core.errors import DomainError, MoveNotAllowed, NotAllowed
from gongyu.exchange import services
from gongyu.exchange.models import Evidence, Measure, Need, Order, Problem
from gongyu.exchange.queries.problems import ProblemVisits, problems, visits_of_problem
from gongyu.notices.models import Notice
from tests import factories as make

from .conftest import Scene
from .test_offer_pages import queries_of, text_of

SignIn = Callable[[User], Client]
LIST, NEW = reverse("exchange:problems"), reverse("exchange:problem_new")


@pytest.fixture
def commission(db: None) -> User:
    return make.person(Role.COMMISSION)


@pytest.fixture
def problem(scene: Scene) -> Problem:
    assert scene.topic.parent is not None
    found: Problem = make.ProblemFactory(title="近视的孩子越来越多", topics=[scene.topic.parent])
    return found


def _evidence(**changes: str) -> dict[str, str]:
    return {
        "kind": "figure",
        "statement": "三成",
        "source": "体检",
        "certainty": "read",
        "source_url": "",
        "dated": "",
    } | changes


def test_a_problem_is_recorded_with_its_timeline(scene: Scene, commission: User) -> None:
    lead = make.DepartmentFactory()
    problem = services.record_problem(
        "近视的孩子越来越多",
        topics=[scene.topic.parent],
        summary="都看到了",
        lead=lead,
        supporting=[lead],
        by=commission,
    )
    assert (problem.state, list(problem.supporting.all())) == ("working", [])
    assert str(lead) in timeline.entries_of(problem)[0].sentence


def test_a_second_level_topic_or_a_school_is_refused(scene: Scene, commission: User) -> None:
    lead = make.DepartmentFactory()
    about = {"summary": "说明", "by": commission}
    with pytest.raises(DomainError, match="一级主题"):
        services.record_problem("甲", topics=[scene.topic], lead=lead, **about)
    with pytest.raises(DomainError, match="不点出学校"):
        services.record_problem("甲", topics=[scene.topic.parent], lead=scene.school, **about)


def test_nobody_but_the_commission_writes(scene: Scene, problem: Problem) -> None:
    measure = make.MeasureFactory(problem=problem)
    for attempt in (
        lambda: services.move_problem(problem, "eased", by=scene.head),
        lambda: services.close_measure(measure, by=scene.staff),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_problem_moves_and_a_stale_page_is_told(problem: Problem, commission: User) -> None:
    services.move_problem(problem, "eased", by=commission)
    with pytest.raises(MoveNotAllowed, match="缓解"):
        services.move_problem(problem, "eased", by=commission)


def test_a_measure_is_closed_once(problem: Problem, commission: User) -> None:
    measure = services.add_measure(
        problem, what="筛查", who=problem.lead, due=today(), by=commission
    )
    assert services.close_measure(measure, by=commission).done_on == today()
    with pytest.raises(MoveNotAllowed, match="已经做完"):
        services.close_measure(measure, by=commission)


def test_needs_are_counted_once_and_withdrawn_ones_not(scene: Scene, problem: Problem) -> None:
    second = make.TopicFactory(code="T0102", parent=scene.topic.parent)
    scene.need(topics=[scene.topic, second])
    scene.need(state=Need.State.DONE)
    scene.need(state=Need.State.WITHDRAWN)
    row = problems().get()
    assert (row.asked, row.arranged, row.done, row.waiting) == (2, 1, 1, 1)


def test_the_list_keeps_its_order(scene: Scene, problem: Problem) -> None:
    Problem.objects.filter(pk=problem.pk).update(order=500)
    first = make.ProblemFactory(order=400, topics=[scene.topic.parent])
    assert list(problems()) == [first, problem]


def test_stars_are_shown_from_five_ratings_on(scene: Scene, problem: Problem) -> None:
    second = make.TopicFactory(code="T0102", parent=scene.topic.parent)
    given = [(5, [scene.topic, second]), *[(2, [scene.topic])] * 3, (4, [second])]
    for days, (stars, topics) in enumerate(given, start=1):
        assert problems().get().stars is None
        session = make.SessionFactory(date=today() - timedelta(days=days))
        order = scene.order(Order.State.RATED, session=session, topics=topics)
        make.RatingFactory(order=order, side="school", stars=stars)
    assert problems().get().stars == 3.0


def test_visits_that_happened_are_counted_once(
    client: Client, scene: Scene, problem: Problem
) -> None:
    assert "还没有办成的" in text_of(client.get(problem.get_absolute_url()))
    second = make.TopicFactory(code="T0102", parent=scene.topic.parent)
    other = make.TopicFactory(code="T0901", parent=make.TopicFactory(code="T09"))
    for days, (state, topics) in enumerate(
        [
            (Order.State.DONE, [scene.topic, second]),
            (Order.State.RATED, [second]),
            (Order.State.MISSED, [second]),
            (Order.State.DONE, [other]),
        ],
        start=1,
    ):
        session = make.SessionFactory(date=today() - timedelta(days=days))
        scene.order(state, session=session, topics=topics)
    scene.order(Order.State.ACCEPTED)
    heads = Order.objects.first().headcount
    assert visits_of_problem(problem) == ProblemVisits(2, 2 * heads)
    page = text_of(client.get(problem.get_absolute_url()))
    assert "去了多少次，有没有用" in page
    assert "满 5 次回话写在这里" in page
    assert str(scene.school) not in page


def test_a_visitor_reads_everything_but_a_school(
    client: Client, scene: Scene, problem: Problem, commission: User
) -> None:
    scene.need()
    services.add_evidence(
        problem,
        kind="figure",
        statement="三成",
        source="体检",
        certainty="unchecked",
        by=commission,
    )
    make.MeasureFactory(problem=problem, what="筛查一遍")
    page = text_of(client.get(problem.get_absolute_url()))
    for words in ("三成", "体检", "还没有核对", "筛查一遍", str(problem.lead)):
        assert words in page
    assert problem.title in text_of(client.get(LIST))
    assert str(scene.school) not in page
    assert '<form method="post" action="/exchange' not in page


def test_the_empty_list_teaches(client: Client, db: None) -> None:
    assert "清单还是空的" in text_of(client.get(LIST))


def test_school_staff_ask_from_a_problem(sign_in: SignIn, scene: Scene, problem: Problem) -> None:
    page = text_of(sign_in(scene.teacher).get(problem.get_absolute_url()))
    begun = re.search(
        rf'href="({reverse("exchange:need_new")}\?topic=T0101&amp;words=[^"]+)"', page
    )
    assert begun is not None
    form = sign_in(scene.teacher).get(html.unescape(begun[1])).context["form"]
    assert str(form.initial["words"]).startswith(problem.title)
    assert not Need.objects.exists()  # a draft, nothing is filed


def test_the_commission_goes_on_to_the_needs(
    sign_in: SignIn, problem: Problem, commission: User
) -> None:
    page = text_of(sign_in(commission).get(problem.get_absolute_url()))
    assert f"{reverse('exchange:needs')}?topic=T01" in page


def test_the_commission_writes_through_the_pages(
    sign_in: SignIn, scene: Scene, commission: User
) -> None:
    client, lead = sign_in(commission), make.DepartmentFactory()
    assert client.get(NEW).status_code == 200
    topic = scene.topic.parent_id
    sent = {"title": "近视", "summary": "说明", "topics": [topic], "lead": lead.pk}
    client.post(NEW, sent)
    problem = Problem.objects.get()
    client.post(reverse("exchange:evidence_add", args=[problem.pk]), _evidence())
    due = (today() + timedelta(days=9)).isoformat()
    to_measure = reverse("exchange:measure_add", args=[problem.pk])
    client.post(to_measure, {"what": "筛查", "who": lead.pk, "due": due})
    client.post(reverse("exchange:measure_close", args=[Measure.objects.get().pk]))
    client.post(reverse("exchange:problem_move", args=[problem.pk]), {"to": "watched"})
    problem.refresh_from_db()
    assert (problem.state, problem.evidence.count()) == ("watched", 1)
    assert Measure.objects.get().done_on == today()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"source": ""}, "没有出处的不能当依据"),
        ({"source_url": "javascript:alert(1)"}, "网址要完整"),
        ({"source_url": "ftp://example.org/a"}, "网址要完整"),
        ({"dated": "2090-01-01"}, "在今天以后"),
        ({"dated": "昨天"}, "请写一个日子"),
        ({"kind": "rumour"}, "请从列出的几项里选"),
        ({"statement": "长" * 201}, "请删短一点"),
    ],
)
def test_wrong_evidence_is_told_at_its_field(
    sign_in: SignIn, problem: Problem, commission: User, changes: dict[str, str], sentence: str
) -> None:
    address = reverse("exchange:evidence_add", args=[problem.pk])
    page = text_of(sign_in(commission).post(address, _evidence(**changes)))
    assert sentence in page
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"due": "2020-01-01"}, "已经过去了"),
        ({"who": "x"}, "请从列出的几项里选"),
        ({"what": ""}, "请写要做什么"),
    ],
)
def test_a_wrong_measure_is_told_at_its_field(
    sign_in: SignIn, problem: Problem, commission: User, changes: dict[str, str], sentence: str
) -> None:
    sent = {"what": "筛查", "who": str(problem.lead_id), "due": today().isoformat()} | changes
    address = reverse("exchange:measure_add", args=[problem.pk])
    assert sentence in text_of(sign_in(commission).post(address, sent))
    assert not Measure.objects.exists()


def test_the_same_problem_twice_is_told(
    sign_in: SignIn, problem: Problem, commission: User
) -> None:
    sent = {"title": problem.title, "topics": ["x"], "lead": "999999"}
    page = text_of(sign_in(commission).post(NEW, sent))
    assert "已经有这个问题" in page
    assert "请从列出的几项里选" in page
    assert Problem.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 9])
def test_queries_do_not_grow_with_rows(
    client: Client,
    scene: Scene,
    problem: Problem,
    rows: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(rows):
        scene.need()
        make.ProblemFactory(topics=[scene.topic.parent])
        make.MeasureFactory(problem=problem)
    with django_assert_max_num_queries(3):
        client.get(LIST)
    with django_assert_max_num_queries(9):
        client.get(problem.get_absolute_url())


def test_whoever_is_to_act_reads_it_in_the_inbox(
    scene: Scene, problem: Problem, commission: User
) -> None:
    lead, helper = make.DepartmentFactory(), make.DepartmentFactory()
    officer, other = make.person(Role.DEPARTMENT, lead), make.person(Role.DEPARTMENT, helper)
    listed = services.record_problem(
        "体质在下降",
        topics=[scene.topic.parent],
        summary="说明",
        lead=lead,
        supporting=[helper],
        by=commission,
    )
    services.add_measure(
        listed, what="开体能课", who=helper, due=today() + timedelta(days=9), by=commission
    )
    said = [notice.sentence for notice in Notice.objects.filter(to=officer).order_by("pk")]
    assert ["牵头" in said[0], "开体能课" in said[1], len(said)] == [True, True, 2]
    assert [n.url for n in Notice.objects.filter(to=other)] == [listed.get_absolute_url()] * 2


def test_a_problem_is_put_right_and_its_course_keeps_what_stood_there(
    scene: Scene, problem: Problem, commission: User, sign_in: SignIn
) -> None:
    client, helper = sign_in(commission), make.DepartmentFactory()
    officer = make.person(Role.DEPARTMENT, helper)
    address = reverse("exchange:problem_edit", args=[problem.pk])
    assert "近视的孩子越来越多" in text_of(client.get(address))
    assert scene.topic.parent is not None
    form = {
        "title": "近视来得更早了",
        "summary": problem.summary,
        "topics": [scene.topic.parent.pk],
        "lead": problem.lead_id,
        "supporting": [helper.pk],
    }
    page = text_of(client.post(address, form, follow=True))
    assert "近视来得更早了" in page
    assert "标题从“近视的孩子越来越多”改成“近视来得更早了”" in page
    assert Notice.objects.get(to=officer).url == problem.get_absolute_url()
    make.ProblemFactory(title="另一个问题")
    assert "清单上已经有这个问题了" in text_of(client.post(address, form | {"title": "另一个问题"}))
    with pytest.raises(NotAllowed):
        services.edit_problem(problem, title="x", topics=[], summary="x", lead=helper, by=officer)


def test_evidence_is_put_right_with_history(
    problem: Problem, commission: User, sign_in: SignIn
) -> None:
    evidence = make.EvidenceFactory(problem=problem, statement="三成")
    client = sign_in(commission)
    address = reverse("exchange:evidence_edit", args=[evidence.pk])
    assert "三成" in text_of(client.get(address))
    page = text_of(client.post(address, _evidence(statement="两成八"), follow=True))
    assert "两成八" in page
    assert "原来是：三成（某份报告，还没有核对，先当作线索）" in page
    make.EvidenceFactory(problem=problem, statement="四成")
    again = client.post(address, _evidence(statement="四成"))
    assert "这一条依据已经记过了" in text_of(again)


def test_the_commission_reads_the_list_at_its_own_desk(
    problem: Problem, commission: User, sign_in: SignIn, client: Client
) -> None:
    for address in (LIST, problem.get_absolute_url()):
        assert "app.html" in {t.name for t in sign_in(commission).get(address).templates}
        assert "site.html" in {t.name for t in client.get(address).templates}


def test_the_pages_for_putting_right_ask_no_more_with_more_rows(
    scene: Scene, problem: Problem, commission: User, sign_in: SignIn
) -> None:
    client, evidence = sign_in(commission), make.EvidenceFactory(problem=problem)
    pages = [
        NEW,
        reverse("exchange:problem_edit", args=[problem.pk]),
        reverse("exchange:evidence_edit", args=[evidence.pk]),
    ]
    for page in pages:
        client.get(page)
    before = [queries_of(client, page) for page in pages]
    for _ in range(12):
        make.EvidenceFactory(problem=problem)
        make.MeasureFactory(problem=problem)
        problem.supporting.add(make.DepartmentFactory())
        problem.topics.add(make.TopicFactory())
    assert [queries_of(client, page) for page in pages] == before
    assert max(before) <= 14
