"""The day itself: the group, the safety sheet, what was done, photographs.

The arrival stands in ``arrivals``. Nothing here is a condition for anything else: a visit takes
place with an empty sheet as well.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Sequence
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import SPEAKING, people_with
from gongyu.core import timeline
from gongyu.core.calendar import now, say_half_day, today
from gongyu.core.errors import DomainError
from gongyu.core.images import Picture, read_picture
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Order, RollMark, SafetyTick, Visit, VisitPhoto
from gongyu.exchange.models.visits import MOST_VISIT_PHOTOS, MOST_WORDS, Side
from gongyu.exchange.policies import goes_along, speaks_for_school, speaks_for_unit, teaches_class
from gongyu.exchange.safety import Line, lines_for
from gongyu.families.models import Student
from gongyu.families.wording import other_child_in
from gongyu.notices.services import settle, tell

from .arrivals import happen, side_of, visit_of
from .moves import lock_order
from .steps import note_step

# Beforehand


@transaction.atomic
def describe_group(
    order: Order,
    *,
    by: User,
    escorts: str = "",
    escort_phone: str = "",
    allergic: int = 0,
    diet: int = 0,
    mobility: int = 0,
    watch: int = 0,
) -> Visit:
    """The school says who comes along and how many need which care; the unit is told."""
    order = lock_order(order)
    if not goes_along(by, order):
        raise NotAllowed(_("只有这一单的老师和学校管理员能填来的人。"))
    visit = visit_of(order)
    if max(allergic, diet, mobility, watch) > order.headcount:
        raise DomainError(_("一共来 %(n)d 人，请再看看这几个数。") % {"n": order.headcount})
    visit.escorts, visit.escort_phone = escorts.strip(), escort_phone.strip()
    visit.allergic, visit.diet, visit.mobility, visit.watch = allergic, diet, mobility, watch
    visit.save()
    timeline.record(order, "visit.group", _("填了带队老师和要留意的人数"), by=by)
    sentence = _("%(school)s填了带队老师和要留意的人数，%(when)s") % {
        "school": order.need.school,
        "when": say_half_day(order.date, order.half_day),
    }
    unit = people_with(order.session.resource.unit, Role.UNIT)
    tell(unit, visit, "visit.group", sentence, url=visit.get_absolute_url(), but=by)
    return visit


def _own_line(order: Order, code: str, side: Side) -> Line:
    for line in lines_for(order.session.resource.form):
        if line.code == code:
            if line.side != side:
                raise NotAllowed(_("这一项由对方来查，等对方勾。"))
            return line
    raise DomainError(_("安全单上没有这一项了，请刷新看看。"))


@transaction.atomic
def tick_safety(order: Order, code: str, *, by: User) -> SafetyTick:
    """Tick a line of one's own side, with name and time; ticked again, the first one stands."""
    order = lock_order(order)
    side = side_of(by, order)
    line = _own_line(order, code, side)
    visit = visit_of(order)
    if order.date < today():
        raise MoveNotAllowed(_("那天已经过了，安全单不再改。"))
    tick, made = SafetyTick.objects.get_or_create(
        visit=visit, line=code, defaults={"by": by, "at": now()}
    )
    if made:
        timeline.record(visit, "safety.tick", _("查过：%(what)s") % {"what": line.words}, by=by)
        _say_if_all_checked(order, visit, side, by)
    return tick


def _say_if_all_checked(order: Order, visit: Visit, side: Side, by: User) -> None:
    """The line that completes what a side checks beforehand is news for the other one."""
    own = {line.code for line in lines_for(order.session.resource.form, side=side, when="before")}
    if own - set(visit.ticks.values_list("line", flat=True)):
        return
    said = _("安全单上行前的%(n)d 项，%(side)s都查过了") % {
        "n": len(own),
        "side": order.side_label(side),
    }
    timeline.record(order, "safety.all", said, by=by)
    people = (
        _school_people(order)
        if side == Side.UNIT
        else people_with(order.session.resource.unit, Role.UNIT)
    )
    words = f"{said}，{say_half_day(order.date, order.half_day)}"
    tell(people, visit, "safety.all", words, url=visit.get_absolute_url(), but=by)


@transaction.atomic
def untick_safety(order: Order, code: str, *, by: User) -> None:
    """Take a tick of one's own side back: it is open again."""
    order = lock_order(order)
    line = _own_line(order, code, side_of(by, order))
    visit = visit_of(order)
    if order.date < today():
        raise MoveNotAllowed(_("那天已经过了，安全单不再改。"))
    gone, _kinds = visit.ticks.filter(line=code).delete()
    if gone:
        timeline.record(visit, "safety.untick", _("重新查：%(what)s") % {"what": line.words}, by=by)


@transaction.atomic
def call_roll(order: Order, pupils: Collection[int], *, by: User) -> int:
    """Keep who of the class is there, until the day is over; only its teachers see the names.

    ``pupils`` are keys of the class's pupils; others are left out. Returns how many are there.
    """
    order = lock_order(order)
    if not teaches_class(by, order):
        raise NotAllowed(_("名单只给这个班的任课老师看。"))
    visit = visit_of(order)
    if order.date != today():
        raise MoveNotAllowed(_("点名只在当天用：%(when)s。") % {"when": order.when})
    there = Student.objects.filter(school_class=order.school_class_id, pk__in=pupils)
    visit.roll.all().delete()
    RollMark.objects.bulk_create(RollMark(visit=visit, student=pupil) for pupil in there)
    number = visit.roll.count()
    timeline.record(visit, "visit.roll", _("点名：到了 %(n)d 人") % {"n": number}, by=by)
    return number


def forget_rolls() -> int:
    """Who was there is nobody's business on the next day; returns how many marks went."""
    gone, _kinds = RollMark.objects.filter(visit__order__date__lt=today()).delete()
    return gone


# Afterwards


@transaction.atomic
def tell_what_was_done(order: Order, words: str, *, by: User) -> Visit:
    """做了什么, in two lines; the school may put the unit's words right, not the reverse."""
    order = lock_order(order)
    side = side_of(by, order)
    visit = visit_of(order)
    if not order.day_has_come:
        raise MoveNotAllowed(_("还没到日子：%(when)s，办的那天再写。") % {"when": order.when})
    words = " ".join(words.split())
    if not words:
        raise DomainError(_("请写一两句孩子做了什么。"))
    if len(words) > MOST_WORDS:
        raise DomainError(
            _("这里有 %(has)d 个字，最多 %(most)d 个，请删短一点。")
            % {"has": len(words), "most": MOST_WORDS}
        )
    if side == Side.UNIT and visit.words_side == Side.SCHOOL:
        raise NotAllowed(_("学校已经写了，要改请学校改。"))
    if side == Side.SCHOOL:  # a unit must not learn by trying which names the class has
        _check_no_name(order, words)
    happen(order, side)
    visit.words, visit.words_side, visit.words_at = words, side, now()
    visit.save()
    note_step(order, "visit.words", _("写了做了什么"), by=by)
    return visit


def _check_no_name(order: Order, words: str) -> None:
    if order.school_class_id is None:
        return
    pupils = Student.objects.filter(school_class=order.school_class_id)
    name = other_child_in(words, about=(), classmates=list(pupils.values_list("name", flat=True)))
    if name:
        raise DomainError(
            _("里面写到了“%(name)s”。单位和别的家长也看得到，请换成“孩子们”。") % {"name": name}
        )


def add_visit_photos(
    order: Order, sent: Sequence[tuple[str, bytes]], *, by: User
) -> tuple[list[VisitPhoto], list[str]]:
    """Keep photographs of the day; ``sent`` are names of files and what is in them.

    Nobody but the own side (and the school, to look) sees them yet. Returns the kept ones, and a
    sentence for each file that is refused. The same photograph again is the one that is there.
    Pictures are read before the transaction: it takes seconds, during which others write.
    """
    if len(sent) > MOST_VISIT_PHOTOS:
        raise DomainError(_("一次活动最多放 %(n)d 张照片，请挑一挑。") % {"n": MOST_VISIT_PHOTOS})
    read: list[tuple[str, Picture, Picture]] = []
    refused: list[str] = []
    for name, raw in sent:
        try:
            read.append((hashlib.sha256(raw).hexdigest(), *read_picture(raw)))
        except DomainError as refusal:
            refused.append(f"{name}：{refusal.sentence}")
    return (_keep_photos(order, read, by) if read else []), refused


@transaction.atomic
def _keep_photos(
    order: Order, read: Sequence[tuple[str, Picture, Picture]], by: User
) -> list[VisitPhoto]:
    order = lock_order(order)
    side = side_of(by, order)
    visit = visit_of(order)
    if not order.day_has_come:
        raise MoveNotAllowed(_("还没到日子：%(when)s，办的那天再传。") % {"when": order.when})
    there = {photo.digest: photo for photo in visit.photos.all()}
    new = {digest: pictures for digest, *pictures in read if digest not in there}
    if len(there) + len(new) > MOST_VISIT_PHOTOS:
        raise DomainError(
            _("一次活动最多放 %(n)d 张照片，已经有 %(there)d 张。先删掉几张再传。")
            % {"n": MOST_VISIT_PHOTOS, "there": len(there)}
        )
    for digest, (whole, small) in new.items():
        photo = VisitPhoto(
            key=uuid.uuid4(),
            visit=visit,
            side=side,
            digest=digest,
            width=whole.width,
            height=whole.height,
            added_by=by,
            added_at=now(),
        )
        photo.file.save(f"{photo.key.hex}.jpg", ContentFile(whole.content), save=False)
        photo.small.save(f"{photo.key.hex}-small.jpg", ContentFile(small.content), save=False)
        photo.save()
        there[digest] = photo
    if new:
        timeline.record(order, "visit.photo", _("传了 %(n)d 张照片") % {"n": len(new)}, by=by)
        asked = _("有 %(n)d 张活动照片等您看一眼，能不能给家长看：%(what)s") % {
            "n": len(new),
            "what": order.session.resource.title,
        }
        url = f"{visit.get_absolute_url()}#photos"
        tell(_school_people(order), visit, "visit.photo", asked, url=url, asks=True, but=by)
    return [there[digest] for digest, *_pictures in read]


def _lock_photo(photo: VisitPhoto) -> VisitPhoto:
    locked = VisitPhoto.objects.select_for_update(of=("self",)).filter(pk=photo.pk).first()
    if locked is None:
        raise MoveNotAllowed(_("这张照片已经删掉了。"))
    locked.visit.order = lock_order(locked.visit.order)
    return locked


@transaction.atomic
def clear_photo(photo: VisitPhoto, consent: str, *, by: User) -> VisitPhoto:
    """The school says why it may be shown: every family agreed, or no child's face is in it."""
    photo = _lock_photo(photo)
    order = photo.visit.order
    if not speaks_for_school(by, order.need):
        raise NotAllowed(_("照片能不能给人看，由提出的老师或学校管理员说。"))
    if consent not in VisitPhoto.Consent.values:
        raise DomainError(_("请选一条：家长都同意了，还是没有孩子正脸。"))
    if photo.consent == consent:
        return photo
    photo.consent, photo.consent_by, photo.consent_at = consent, by, now()
    photo.save()
    label = VisitPhoto.Consent(consent).label
    timeline.record(
        order, "visit.photo.clear", _("一张照片可以看了：%(why)s") % {"why": label}, by=by
    )
    _settle_if_all_cleared(photo.visit)
    return photo


def _settle_if_all_cleared(visit: Visit) -> None:
    if not visit.photos.filter(consent="").exists():
        settle(visit)


@transaction.atomic
def remove_visit_photo(photo: VisitPhoto, *, by: User) -> None:
    """Take it back, at any time: by the side that sent it, or by the school for its children."""
    photo = _lock_photo(photo)
    order = photo.visit.order
    is_own = photo.side == Side.UNIT and speaks_for_unit(by, order)
    if not is_own and not goes_along(by, order):
        raise NotAllowed(_("只有传照片的一方和学校能删掉它。"))
    storage, names = photo.file.storage, [photo.file.name, photo.small.name]
    timeline.record(order, "visit.photo.remove", _("删掉了一张照片"), by=by)
    visit = photo.visit
    photo.delete()
    _settle_if_all_cleared(visit)
    for name in filter(None, names):
        transaction.on_commit(partial(storage.delete, name))


def _school_people(order: Order) -> list[User]:
    return [order.need.filed_by, *people_with(order.need.school, *SPEAKING)]
