"""评单, 回访 and 归档: what closes an order."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core.calendar import now, say_half_day
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed, TooEarlyToRate
from gongyu.exchange.models import Need, Order, Party, Rating, Revisit
from gongyu.exchange.policies import settles, speaks_for_school, speaks_for_unit
from gongyu.exchange.queries.settlers import settler, settlers_of

from .moves import lock_order, move_need, move_order, take_in_hand
from .steps import note_step

LOW = 2  # stars of the school at or below which the district asks what was the matter


@transaction.atomic
def rate_order(order: Order, *, by: User, stars: int, words: str = "") -> Rating:
    """Rate the visit (评单), once a side, from the day itself on; the first closes the need.

    A rating that comes late, while the district asks or after filing away, counts as well.
    """
    order = lock_order(order)
    if speaks_for_school(by, order.need):
        side = Rating.Side.SCHOOL
    elif speaks_for_unit(by, order):
        side = Rating.Side.UNIT
    else:
        raise NotAllowed(_("只有这一单的学校和单位能评。"))
    if order.state not in Order.HOLDING:
        raise MoveNotAllowed(_("这一单没有办成，不用评。"))
    if not order.day_has_come:
        raise TooEarlyToRate(say_half_day(order.date, order.half_day))
    if not 1 <= stars <= 5:
        raise DomainError(_("请点一到五颗星。"))
    if order.ratings.filter(side=side).exists():
        raise MoveNotAllowed(_("您这边已经评过了，谢谢。"))
    rating = Rating.objects.create(
        order=order, side=side, stars=stars, words=words.strip(), by=by, at=now()
    )
    who = Party(side)
    if order.state == Order.State.ACCEPTED:
        move_order(order, Order.State.DONE, verb="order.rate", who=who)
        move_need(order.need, Need.State.DONE)
    if order.state == Order.State.DONE and order.ratings.count() == len(Rating.Side):
        move_order(order, Order.State.RATED, verb="order.rate", who=who)
    said = _("%(side)s评了 %(stars)d 颗星") % {
        "side": order.side_label(side),
        "stars": stars,
    }
    note_step(order, "order.rate", said, by=by)
    return rating


@transaction.atomic
def amend_rating(order: Order, *, by: User, stars: int, words: str = "") -> Rating:
    """Put one's own side's rating right, or add a few words, on the day on which it was given."""
    order = lock_order(order)
    sides = {
        Rating.Side.SCHOOL: speaks_for_school(by, order.need),
        Rating.Side.UNIT: speaks_for_unit(by, order),
    }
    rating = order.ratings.filter(side__in=[s for s, speaks in sides.items() if speaks]).first()
    if rating is None:
        raise NotAllowed(_("只能改自己这边评的。"))
    if not rating.may_change or order.state in (Order.State.REVISIT, Order.State.ARCHIVED):
        raise MoveNotAllowed(_("评了以后当天能改，现在已经记下了。"))
    if not 1 <= stars <= 5:
        raise DomainError(_("请点一到五颗星。"))
    rating.stars, rating.words = stars, words.strip()
    rating.save(update_fields=["stars", "words"])
    said = _("%(side)s把评分改成 %(stars)d 颗星") % {
        "side": order.side_label(rating.side),
        "stars": stars,
    }
    note_step(order, "order.amend", said, by=by, settles=False)
    return rating


def is_drawn(order: Order) -> bool:
    """Whether a well rated visit is one of those that the district asks about all the same."""
    return bool(settings.REVISIT_ONE_IN) and order.pk % settings.REVISIT_ONE_IN == 0


@transaction.atomic
def close_rated(order: Order) -> Order:
    """Ask or file away a visit whose ratings are in, or whose time to be rated is over.

    The district is asked to call back where the school rated low, where it did not rate, and for
    one visit in so many; all others are filed away.
    """
    order = lock_order(order)
    stars = order.ratings.filter(side=Rating.Side.SCHOOL).values_list("stars", flat=True).first()
    if stars is None:
        why = Revisit.Why.MISSING
    elif stars <= LOW:
        why = Revisit.Why.LOW
    elif is_drawn(order):
        why = Revisit.Why.SAMPLE
    else:
        move_order(order, Order.State.ARCHIVED, verb="order.archive", who=Party.PLATFORM)
        note_step(order, "order.archive", _("归档"), by=None)
        return order
    move_order(order, Order.State.REVISIT, verb="order.revisit", who=Party.PLATFORM, reason=why)
    Revisit.objects.create(order=order, why=why, opened_at=now())
    asked = {"who": settlers_of(order.need), "why": why.label}
    note_step(order, "order.revisit", _("请%(who)s回访：%(why)s") % asked, by=None)
    return order


@transaction.atomic
def record_revisit(order: Order, *, by: User, result: str, words: str = "") -> Order:
    """The district has asked the school; the order is filed away."""
    if not settles(by, order.need):
        raise NotAllowed(_("回访由区教委或者学校所在的镇街来做。"))
    offered = [r for r in Revisit.Result.values if r != Revisit.Result.UNREACHED]
    if result not in offered:
        raise DomainError(_("请选一下学校怎么说。"))
    order = lock_order(order)
    take_in_hand(order.need, by=by)
    _close_revisit(order, Party.DISTRICT, result, words.strip(), by=by)
    return order


@transaction.atomic
def give_up_revisit(order: Order) -> Order:
    """Nobody could be asked in time: filed away as it is."""
    order = lock_order(order)
    _close_revisit(order, Party.PLATFORM, Revisit.Result.UNREACHED, "", by=None)
    return order


def _close_revisit(order: Order, who: Party, result: str, words: str, *, by: User | None) -> None:
    move_order(order, Order.State.ARCHIVED, verb="order.revisited", who=who, reason=result)
    Revisit.objects.filter(order=order).update(result=result, words=words, by=by, closed_at=now())
    who_asked = settler(by, order.need) if by else ""
    said = _("%(who)s回访：%(result)s，归档") % {
        "who": who_asked,
        "result": Revisit.Result(result).label,
    }
    note_step(order, "order.revisited", said, by=by)
