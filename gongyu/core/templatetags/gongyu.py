"""Tags and filters of every page."""

import re
from datetime import date, datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from gongyu.core import calendar, once
from gongyu.core.html import paragraphs as to_paragraphs

register = template.Library()
_CLAUSE = re.compile(r"(?<=[，、：；])")


@register.simple_tag
def form_key() -> SafeString:
    """A hidden field that makes a form count once, however often it is sent."""
    return format_html('<input type="hidden" name="{}" value="{}">', once.FIELD, once.new_key())


@register.filter
def say_day(day: date) -> str:
    """A day as people say it; of a moment, its day in Beijing."""
    return calendar.say_day(localtime(day).date() if isinstance(day, datetime) else day)


@register.filter
def weekday(day: date) -> str:
    """周六."""
    return calendar.WEEKDAYS[day.weekday()]


@register.filter
def half_day(value: int) -> str:
    return str(calendar.HalfDay(value).label)


@register.filter
def paragraphs(text: str) -> SafeString:
    return to_paragraphs(text or "")


@register.filter
def clauses(sentence: str) -> SafeString:
    """A heading that breaks between its clauses: each one stays in one piece where it can."""
    parts = [part for part in _CLAUSE.split(str(sentence)) if part]
    if len(parts) < 2:
        return format_html("{}", sentence)
    return format_html_join("", '<span class="inline-block">{}</span>', ((part,) for part in parts))


@register.filter
def km(value: float | None) -> str:
    """Kilometres as people say them: 600 米, 3.1 公里, 26 公里."""
    if value is None:
        return ""
    if value < 1:
        return f"{max(1, round(value * 10)) * 100} 米"
    return f"{value:.1f} 公里" if value < 10 else f"{value:.0f} 公里"
