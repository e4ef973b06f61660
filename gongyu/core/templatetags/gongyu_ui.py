"""Tags that draw: icons, form widgets, headings, figures. ``docs/design.md`` shows each in use."""

from decimal import Decimal
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from ._glyphs import GLYPHS

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", **attrs: str) -> SafeString:
    """One Lucide icon of the sprite; ``class`` adds classes, ``label`` makes it speak."""
    classes = f"ico {attrs.get('class', '')}".rstrip()
    href = f"{static('icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>',
            classes,
            label,
            href,
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, href)


@register.simple_tag(takes_context=True)
def nav_link(context: Context, url: str, text: str, **attrs: str) -> SafeString | str:
    """A link of a navigation, marked when the reader is there; nothing without an address."""
    if not url:
        return ""
    request = context.get("request")
    here = request is not None and request.path.startswith(url)
    return format_html(
        '<a href="{}" class="{}"{}>{}</a>',
        url,
        attrs.get("class", ""),
        SafeString(' aria-current="page"') if here else "",
        text,
    )


@register.simple_tag(takes_context=True)
def page_query(context: Context, number: int, param: str = "page") -> str:
    """The address of another page of the same list: every filter stays."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query[param] = str(number)
    return f"?{query.urlencode()}"


# ---- Forms -----------------------------------------------------------------------------------


@register.filter
def widget_kind(field: BoundField) -> str:
    """Which frame the field needs: ``hidden``, ``group``, ``checkbox``, ``file`` or ``line``."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.ClearableFileInput | forms.FileInput):
        return "file"
    return "line"


@register.filter
def widget_class(widget: forms.Widget) -> str:
    """The daisyUI class of a Django widget."""
    match widget:
        case forms.CheckboxSelectMultiple() | forms.CheckboxInput():
            return "checkbox checkbox-primary"
        case forms.RadioSelect():
            return "radio radio-primary"
        case forms.SelectMultiple():
            return "select select-many"
        case forms.Select():
            return "select"
        case forms.Textarea():
            return "textarea"
        case forms.FileInput():
            return "file-input"
        case forms.NumberInput() if widget.input_type == "range":  # taken out of its attributes
            return "range range-primary w-full"
        case forms.NumberInput() | forms.DateInput() | forms.DateTimeInput() | forms.TimeInput():
            return "input input-short"
        case _:
            return "input"


@register.filter
def described_by(field: BoundField, help_text: str = "") -> str:
    """The ids that ``aria-describedby`` of this field names."""
    ids = []
    if help_text or field.help_text:
        ids.append(f"{field.auto_id}_help")
    if field.errors:
        ids.append(f"{field.auto_id}_errors")
    return " ".join(ids)


@register.simple_tag
def widget(field: BoundField, help_text: str = "", **extra: str) -> SafeString:
    """The field's widget with our classes and its description for screen readers."""
    own = field.field.widget.attrs.get("class", "")
    attrs: dict[str, Any] = {key.replace("_", "-"): value for key, value in extra.items() if value}
    attrs["class"] = f"{widget_class(field.field.widget)} {own}".rstrip()
    if ids := described_by(field, help_text):
        attrs["aria-describedby"] = ids
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.simple_tag
def choice_input(choice: Any) -> SafeString:
    """One radio button or checkbox of a group, without Django's own label round it."""
    kind = "checkbox" if choice.data["type"] == "checkbox" else "radio"
    choice.data["attrs"]["class"] = f"{kind} {kind}-primary"
    return SafeString(choice.tag(wrap_label=False))


@register.simple_tag
def star_words() -> list[tuple[int, str]]:
    """Five stars and what each says."""
    return [
        (1, gettext("很不满意")),
        (2, gettext("不太满意")),
        (3, gettext("一般")),
        (4, gettext("满意")),
        (5, gettext("很满意")),
    ]


# ---- Words and figures -----------------------------------------------------------------------


@register.filter
def heading_font(text: object) -> str:
    """``font-display`` when our font has every character, else ``font-title``: never two faces."""
    return "font-display" if all(c in GLYPHS for c in str(text)) else "font-title"


@register.filter
def wan(value: float | None) -> str:
    """Large numbers as people say them: 9,860, then 1.2 万."""
    if value is None:
        return ""
    if abs(value) < 10_000:
        return f"{value:,.0f}"
    return f"{value / 10_000:.1f}".removesuffix(".0") + " 万"


@register.filter
def share_of(value: float | Decimal | str | None, whole: float | Decimal | str | None) -> str:
    """Percent of the whole between 0 and 100, for an SVG attribute or a meter."""
    try:
        part, total = float(value or 0), float(whole or 0)
    except ValueError:
        return "0"
    return f"{min(100.0, max(0.0, 100 * part / total)):.4g}" if total else "0"
