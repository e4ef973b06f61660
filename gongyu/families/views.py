"""Pages about children: for their guardians and their teachers, and nobody else.

A page that shows the words of a note records the read before it answers. None of these pages may
be kept by a browser or a proxy.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.errors import NotAllowed
from gongyu.core.once import once

from . import queries, services
from .errors import NoteRefused
from .forms import AspectFilter, NoteForm
from .models import GrowthNote
from .policies import (
    can_ask_about_a_child,
    can_have_children_here,
    can_have_classes,
    can_see_readers_of,
    can_withdraw_note,
)

PAGE = 20


@access(can_have_classes)
@never_cache
@require_GET
def classes(request: PersonRequest) -> HttpResponse:
    """A teacher's classes and their pupils."""
    return render(request, "families/classes.html", {"classes": queries.classes_of(request.user)})


@access(can_have_classes)
@never_cache
@require_http_methods(["GET", "POST"])
@once
def note_new(request: PersonRequest, class_id: int) -> HttpResponse:
    """Write one note to one or several pupils."""
    school_class = queries.class_for(request.user, class_id)
    pupils = list(queries.pupils_of(school_class))
    first = {
        "students": [pk for pk in request.GET.getlist("pupil") if pk.isdigit()],
        "aspect": queries.usual_aspect_of(request.user) or GrowthNote.Aspect.VIRTUE,
    }
    form = NoteForm(request.POST or None, school_class=school_class, pupils=pupils, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            notes = services.write_note(
                school_class, form.chosen(), by=request.user, **form.words()
            )
        except NoteRefused as refusal:
            form.add_error(refusal.field, refusal.sentence)
        else:
            messages.success(
                request, _("写好了，%d 个孩子的家长现在能看到，各看各的。") % len(notes)
            )
            return redirect("families:classes")
    context = {"form": form, "school_class": school_class}
    return render(request, "families/note_new.html", context)


@access(can_have_children_here)
@never_cache
@require_GET
def children(request: PersonRequest) -> HttpResponse:
    """A guardian's children with what was last written about them."""
    mine = queries.children_with_latest_notes(request.user)
    services.record_reads([note for child in mine for note in child.notes], request.user)
    return render(request, "families/children.html", {"children": mine})


@access(can_ask_about_a_child)
@never_cache
@require_GET
def child(request: PersonRequest, pk: int) -> HttpResponse:
    """Everything written about one child."""
    student = queries.child_for(request.user, pk)
    form = AspectFilter(request.GET)
    notes = Paginator(queries.notes_about(student, aspect=form.chosen()), PAGE)
    page_obj = notes.get_page(request.GET.get("page"))
    services.record_reads(page_obj, request.user)
    context = {
        "student": student,
        "relation": queries.relation_to(student, request.user),
        "aspect": form.chosen(),
        "aspects": GrowthNote.Aspect,
        "page_obj": page_obj,
    }
    return render(request, "families/child.html", context)


@access(can_ask_about_a_child)
@never_cache
@require_GET
def note(request: PersonRequest, pk: int) -> HttpResponse:
    """One note."""
    found = queries.note_for(request.user, pk)
    services.record_reads([found], request.user)
    context = {
        "note": found,
        "student": found.student,
        "relation": queries.relation_to(found.student, request.user),
        "can_withdraw": found.withdrawn_at is None and can_withdraw_note.test(request.user, found),
    }
    return render(request, "families/note.html", context)


@access(can_ask_about_a_child)
@never_cache
@require_GET
def readers(request: PersonRequest, pk: int) -> HttpResponse:
    """谁看过: for guardians."""
    student = queries.child_for(request.user, pk)
    if not can_see_readers_of.test(request.user, student.pk):
        raise NotAllowed(_("谁看过，只给孩子的监护人看。"))
    page_obj = Paginator(queries.reads_about(student), PAGE).get_page(request.GET.get("page"))
    context = {
        "student": student,
        "page_obj": page_obj,
        "readers": queries.as_readers(page_obj, request.user),
    }
    return render(request, "families/readers.html", context)


@access(can_ask_about_a_child)
@require_POST
def note_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    found = services.withdraw_note(queries.note_for(request.user, pk), by=request.user)
    messages.success(request, _("撤回了。家长会看到“老师撤回了这条”，看不到内容。"))
    return redirect("families:child", found.student_id)
