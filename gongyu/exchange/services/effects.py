"""有没有用: one question to the school, a term after a visit."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import now
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import Effect, Order
from gongyu.exchange.policies import speaks_for_school

from .moves import lock_order


@transaction.atomic
def answer_effect(order: Order, *, by: User, answer: str, words: str = "") -> Effect:
    """Say whether the visit was of use; once, by whoever speaks for the school."""
    order = lock_order(order)
    if not speaks_for_school(by, order.need):
        raise NotAllowed(_("只有提出的老师和学校管理员能答。"))
    if order.state not in Order.HAPPENED:
        raise MoveNotAllowed(_("这一次没有办成，不用答有没有用。"))
    if answer not in Effect.Answer.values:
        raise DomainError(_("请从三个里选一个。"))
    try:
        with transaction.atomic():
            effect = Effect.objects.create(
                order=order, answer=answer, words=words.strip(), by=by, at=now()
            )
    except IntegrityError as twice:
        raise MoveNotAllowed(_("这个问题已经答过了，谢谢。")) from twice
    said = _("过了一段时间再看：%(answer)s") % {"answer": effect.get_answer_display()}
    for target in (order, order.need):
        timeline.record(target, "order.effect", said, by=by)
    return effect
