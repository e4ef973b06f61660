"""Who may do what in this room, by name. Which child somebody reaches: ``visible_to``."""

from typing import Any

from rules.predicates import Predicate

from gongyu.accounts.policies import is_parent, is_teacher
from gongyu.core.access import signed_in

from .models import GrowthNote, Guardianship, SchoolClass, Teaching

# A page about one child is open to anybody signed in, and then answers with one and the same
# sentence to everybody who is neither its guardian nor its teacher: a role tells nothing either.
can_ask_about_a_child = signed_in
can_have_children_here = is_parent
can_have_classes = is_teacher


def _teaches(user: Any, school_class: SchoolClass) -> bool:
    return Teaching.objects.of(user).filter(school_class=school_class).exists()


def _guards(user: Any, student_id: int) -> bool:
    return Guardianship.objects.filter(guardian=user, student=student_id).exists()


def _wrote(user: Any, note: GrowthNote) -> bool:
    return bool(note.author_id == user.pk)


can_write_notes_on = Predicate(_teaches, name="can_write_notes_on")
can_see_readers_of = Predicate(_guards, name="can_see_readers_of")
can_withdraw_note = Predicate(_wrote, name="can_withdraw_note")
