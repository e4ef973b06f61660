"""Every change of state in the exchange: one verb each, one transaction, one timeline entry."""

from .admission import admit_unit, apply_for_admission, stop_unit
from .arrivals import arrive, correct_arrival
from .census import confirm_entries, invite_units, remind_units, save_entry
from .conferences import object_to_order, settle_objection
from .contacts import record_contact_reads, record_liaison_read
from .deadlines import mind_deadlines
from .dispatch import dispatch_run, revoke_run
from .effects import answer_effect
from .endings import (
    cancel_order,
    change_headcount,
    is_short_notice,
    record_absence,
    take_absence_back,
)
from .feeds import renew_feed
from .imports import apply_import, undo_import, upload_census
from .joined import agree_together, ask_together, leave_together, order_together
from .ledger import book_visits
from .liaisons import end_liaison, name_liaison, note_deed
from .merges import keep_apart, merge_units, undo_merge
from .needs import file_and_order, file_and_queue, file_need, withdraw_need
from .offers import add_resource, add_sessions, withdraw_session
from .opening import (
    add_opening_exception,
    add_opening_rule,
    add_suspension,
    generate_sessions,
    remove_opening_exception,
    remove_opening_rule,
    remove_suspension,
)
from .orders import accept_all, accept_order, decline_order, place_order
from .photos import add_photo, move_photo_up, remove_photo
from .problem_edits import edit_evidence, edit_problem
from .problems import add_evidence, add_measure, close_measure, move_problem, record_problem
from .proposals import agree_to_proposal, propose_session, refuse_proposal
from .queues import join_queue, leave_queue, offer_all_places, offer_places
from .ranks import too_few
from .ratings import amend_rating, rate_order, record_revisit
from .resource_merges import keep_resources_apart, merge_resources, undo_resource_merge
from .rules import set_rule, undo_rule
from .runs import cancel_run, close_interrupted, is_interrupted, run_again, start_run
from .session_moves import move_session
from .splits import propose_split
from .visits import (
    add_visit_photos,
    call_roll,
    clear_photo,
    describe_group,
    forget_rolls,
    remove_visit_photo,
    tell_what_was_done,
    tick_safety,
    untick_safety,
)
from .whitelist import cancel_push, list_matter, plan_push, set_push_cap, unlist_matter

__all__ = [
    "accept_all",
    "accept_order",
    "add_evidence",
    "add_measure",
    "add_opening_exception",
    "add_opening_rule",
    "add_photo",
    "add_resource",
    "add_sessions",
    "add_suspension",
    "add_visit_photos",
    "admit_unit",
    "agree_to_proposal",
    "agree_together",
    "amend_rating",
    "answer_effect",
    "apply_for_admission",
    "apply_import",
    "arrive",
    "ask_together",
    "book_visits",
    "call_roll",
    "cancel_order",
    "cancel_push",
    "cancel_run",
    "change_headcount",
    "clear_photo",
    "close_interrupted",
    "close_measure",
    "confirm_entries",
    "correct_arrival",
    "decline_order",
    "describe_group",
    "dispatch_run",
    "edit_evidence",
    "edit_problem",
    "end_liaison",
    "file_and_order",
    "file_and_queue",
    "file_need",
    "forget_rolls",
    "generate_sessions",
    "invite_units",
    "is_interrupted",
    "is_short_notice",
    "join_queue",
    "keep_apart",
    "keep_resources_apart",
    "leave_queue",
    "leave_together",
    "list_matter",
    "merge_resources",
    "merge_units",
    "mind_deadlines",
    "move_photo_up",
    "move_problem",
    "move_session",
    "name_liaison",
    "note_deed",
    "object_to_order",
    "offer_all_places",
    "offer_places",
    "order_together",
    "place_order",
    "plan_push",
    "propose_session",
    "propose_split",
    "rate_order",
    "record_absence",
    "record_contact_reads",
    "record_liaison_read",
    "record_problem",
    "record_revisit",
    "refuse_proposal",
    "remind_units",
    "remove_opening_exception",
    "remove_opening_rule",
    "remove_photo",
    "remove_suspension",
    "remove_visit_photo",
    "renew_feed",
    "revoke_run",
    "run_again",
    "save_entry",
    "set_push_cap",
    "set_rule",
    "settle_objection",
    "start_run",
    "stop_unit",
    "take_absence_back",
    "tell_what_was_done",
    "tick_safety",
    "too_few",
    "undo_import",
    "undo_merge",
    "undo_resource_merge",
    "undo_rule",
    "unlist_matter",
    "untick_safety",
    "upload_census",
    "withdraw_need",
    "withdraw_session",
]
