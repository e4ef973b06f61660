"""Who may do what, route by route: the permission matrix, to be read as a table.

A new route needs a line here, or ``test_matrix.py`` fails. A second address of the same name is
told apart by what stands in it: ``room:name <argument>``. ``may`` names the roles that are let in;
``of`` is the object of the world (``world.py``) that stands in the address and belongs to them;
``others`` is the same kind of object of another party, which they are refused, except ``reach``.
"""

from dataclasses import dataclass

from gongyu.accounts.models import Role

from .world import ROLES, TOWN_OFFICE, VISITOR

P, T, A = str(Role.PARENT), str(Role.TEACHER), str(Role.SCHOOL_ADMIN)
C, D, S, U = str(Role.COMMISSION), str(Role.DEPARTMENT), str(Role.COMMUNITY), str(Role.UNIT)
TW = TOWN_OFFICE

EVERYONE = frozenset(ROLES)
SIGNED_IN = EVERYONE - {VISITOR}
WRITERS = frozenset({P, T, A, C, D, S, U, TW})


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the matrix."""

    may: frozenset[str]
    of: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    reach: frozenset[str] = frozenset()


def may(*roles: str, of: str = "", others: str = "", reach: str = "") -> Route:
    return Route(
        frozenset(roles), tuple(of.split()), tuple(others.split()), frozenset(reach.split())
    )


def everyone(of: str = "", others: str = "") -> Route:
    return may(*EVERYONE, of=of, others=others)


EXPECTED: dict[str, Route] = {
    # The front, and each role's first page
    "home:front": everyone(),
    "home:today": may(*SIGNED_IN),
    # Pages of no room
    "core:preferences": everyone(),
    "core:about_privacy": everyone(),
    "core:gallery": may(),  # nobody, as debug pages are off
    "core:offline": everyone(),
    "core:service_worker": everyone(),
    "core:health": everyone(),
    # Accounts
    "accounts:sign_in": everyone(),
    "accounts:sign_out": everyone(),
    "accounts:switch": may(*SIGNED_IN),
    "demo:sign_in": everyone(),
    # Places: public, as the statutory columns of an organisation are
    "places:search": everyone(),
    "places:map": everyone(),
    "places:points": everyone(),
    "places:division": everyone(of="division"),
    "places:organization": everyone(of="organization"),
    # Notices: everybody reads the own
    "notices:inbox": may(*SIGNED_IN),
    "notices:read_all": may(*SIGNED_IN),
    "notices:open": may(U, of="inbox_notice", others="other_inbox_notice"),
    # Families: a child's guardians and teachers, nobody else
    "families:classes": may(T),
    "families:note_new": may(T, of="class", others="other_class"),
    "families:children": may(P),
    "families:child": may(P, T, of="child", others="other_child"),
    "families:note": may(P, T, of="note", others="other_note"),
    "families:readers": may(P, of="child", others="other_child"),
    "families:note_withdraw": may(T, of="note", others="other_note"),
    # Publishing: everybody reads; who writes for whom, and the commission's review
    "publishing:channel": everyone(of="school_channel"),
    "publishing:article": everyone(of="article", others="withdrawn_article"),
    "publishing:activities": everyone(),
    "publishing:policies": everyone(),
    "publishing:policy": everyone(of="policy"),
    "publishing:write": may(*WRITERS),
    "publishing:mine": may(*WRITERS),
    "publishing:edit": may(P, of="experience", others="other_experience"),
    "publishing:withdraw": may(P, of="experience", others="other_experience"),
    "publishing:review": may(C),
    "publishing:publish": may(C, of="experience"),
    "publishing:return": may(C, of="experience"),
    # Exchange: a school's needs, a unit's orders, the commission's view of the whole
    "exchange:calendar": everyone(of="feed"),
    "exchange:calendars": may(T, A, S, U),
    "exchange:calendar_propose": may(U, of="order", others="other_order"),
    "exchange:session_move": may(U, of="session", others="other_session"),
    "exchange:calendar_page": may(T, A, S, U),
    "exchange:calendar_renew": may(T, A, S, U),
    "exchange:desk": may(C, TW),
    "exchange:desk_classes": may(C, TW),
    "exchange:desk_unmet": may(C, TW),
    "exchange:desk_people": may(C, TW),
    "exchange:desk_export": may(C, TW, of="desk_kind"),
    "exchange:rates": may(C, TW),
    "exchange:rate_rows": may(C, TW, of="rate"),
    "exchange:desk_orders": may(C, TW, of="desk_kind"),
    "exchange:figures": everyone(),
    "exchange:problems": everyone(),
    "exchange:problem_new": may(C),
    "exchange:problem": everyone(of="problem"),
    "exchange:evidence_add": may(C, of="problem"),
    "exchange:measure_add": may(C, of="problem"),
    "exchange:problem_move": may(C, of="problem"),
    "exchange:problem_edit": may(C, of="problem"),
    "exchange:evidence_edit": may(C, of="evidence"),
    "exchange:measure_close": may(C, of="measure"),
    "exchange:needs": may(T, A, S, C, TW),
    "exchange:need_new": may(T, A, S),
    "exchange:need_suggest": may(T, A, S),
    "exchange:need_fit": may(T, A, S),
    "exchange:need": may(T, A, U, C, TW, of="ordered_need", others="other_need", reach=C),
    "exchange:order_place": may(T, A, of="need", others="other_need"),
    "exchange:need_repeat": may(T, A, of="need", others="other_need"),
    "exchange:need_join": may(T, A, of="need", others="other_need"),
    "exchange:join_agree": may(T, A, of="joining", others="other_joining"),
    "exchange:join_leave": may(T, A, of="joining", others="other_joining"),
    "exchange:need_withdraw": may(T, A, of="need", others="other_need"),
    "exchange:orders": may(T, A, S, U, C, TW),
    "exchange:liaison_own": may(A, U),
    "exchange:liaison_of": may(C, of="organization"),
    "exchange:liaison_end": may(A, C, of="vice", others="other_vice", reach=C),
    "exchange:deed_note": may(A, C, of="vice", others="other_vice", reach=C),
    "exchange:posts": everyone(of="organization"),
    "exchange:ledger": may(T, A, S, U, C, TW),
    "exchange:ledger_export": may(T, A, S, U, C, TW),
    "exchange:order": may(T, A, U, C, TW, of="order", others="other_order", reach=C),
    "exchange:order_accept": may(U, of="order", others="other_order"),
    "exchange:order_accept_all": may(U),
    "exchange:order_propose": may(U, of="order", others="other_order"),
    "exchange:order_split": may(U, of="order", others="other_order"),
    "exchange:order_decline": may(U, of="order", others="other_order"),
    "exchange:order_agree": may(T, A, of="proposed_order", others="other_order"),
    "exchange:order_refuse": may(T, A, of="proposed_order", others="other_order"),
    "exchange:order_cancel": may(T, A, U, of="accepted_order", others="other_order"),
    "exchange:order_amend": may(T, A, U, of="done_order", others="other_order"),
    "exchange:order_rate": may(T, A, U, of="done_order", others="other_order"),
    "exchange:queue_leave": may(T, A, of="queue_entry", others="other_queue_entry"),
    "exchange:order_effect": may(T, A, of="done_order", others="other_order"),
    "exchange:order_object": may(T, A, U, of="order", others="other_order"),
    "exchange:order_confer": may(C, TW, of="disputed_order"),
    "exchange:order_heads": may(T, A, of="order", others="other_order"),
    "exchange:order_absent": may(T, A, U, of="accepted_order", others="other_order"),
    "exchange:absent_undo": may(T, A, U, of="accepted_order", others="other_order"),
    "exchange:order_revisit": may(C, TW, of="revisit_order"),
    "exchange:visit": may(T, A, U, of="accepted_order", others="other_accepted_order"),
    "exchange:visit_group": may(T, A, of="accepted_order", others="other_accepted_order"),
    "exchange:visit_roll": may(T, of="class_order", others="other_accepted_order"),
    # a line of the unit's: the school ticks its own ones only
    "exchange:safety_tick": may(
        U, of="accepted_order safety_line", others="other_accepted_order safety_line"
    ),
    "exchange:visit_arrive": may(T, A, U, of="accepted_order", others="other_accepted_order"),
    "exchange:visit_recount": may(T, A, U, of="done_order", others="other_accepted_order"),
    "exchange:visit_words": may(T, A, U, of="done_order", others="other_accepted_order"),
    "exchange:visit_photos_add": may(T, A, U, of="done_order", others="other_accepted_order"),
    "exchange:visit_photo": may(P, T, A, U, of="class_photo", others="other_class_photo"),
    "exchange:visit_photo_small": may(P, T, A, U, of="class_photo", others="other_class_photo"),
    "exchange:visit_photo_clear": may(T, A, of="class_photo", others="other_class_photo"),
    "exchange:visit_photo_remove": may(T, A, of="class_photo", others="other_class_photo"),
    "exchange:arrive": may(T, A, of="arrival_token", others="other_arrival_token"),
    "exchange:unit_day": may(U),
    "exchange:visits": may(P, T, A, S, U),
    "exchange:resources": may(U),
    "exchange:resource_new": may(U),
    "exchange:entries_confirm": may(U),
    "exchange:resource_edit": may(U, of="resource", others="other_resource"),
    "exchange:opening": may(U, of="resource", others="other_resource"),
    "exchange:opening_apply": may(U, of="resource", others="other_resource"),
    "exchange:rule_remove": may(U, of="opening_rule", others="other_opening_rule"),
    "exchange:exception_remove": may(U, of="opening_exception", others="other_opening_exception"),
    "exchange:photos": may(U, of="resource", others="other_resource"),
    "exchange:photo_up": may(U, of="photo", others="other_photo"),
    "exchange:photo_remove": may(U, of="photo", others="other_photo"),
    "exchange:photo": may(*EVERYONE, of="photo_key", others="hidden_photo_key", reach=C),
    "exchange:photo_small": may(*EVERYONE, of="photo_key", others="hidden_photo_key", reach=C),
    "exchange:census": may(C),
    "exchange:census_records": may(C),
    "exchange:census_invite": may(C),
    "exchange:census_remind": may(C),
    "exchange:duplicates": may(C),
    "exchange:duplicate_pair": may(C, of="unit other_unit"),
    "exchange:merge": may(C, of="merge"),
    "exchange:merge_undo": may(C, of="merge"),
    "exchange:resource_pair": may(
        U, C, of="resource twin_resource", others="other_resource other_twin_resource", reach=C
    ),
    "exchange:resource_merge": may(
        U, C, of="resource_merge", others="other_resource_merge", reach=C
    ),
    "exchange:resource_merge_undo": may(
        U, C, of="resource_merge", others="other_resource_merge", reach=C
    ),
    "exchange:census_export": may(C),
    "exchange:census_import_new": may(C),
    "exchange:census_template": may(C),
    "exchange:census_import": may(C, of="census_import", others="other_census_import"),
    "exchange:census_marked": may(C, of="census_import", others="other_census_import"),
    "exchange:census_apply": may(C, of="census_import", others="other_census_import"),
    "exchange:census_undo": may(C, of="census_import", others="other_census_import"),
    "exchange:whitelist": may(A, C, D, S, U, TW),
    "exchange:matter_unlist": may(C, of="matter"),
    "exchange:push_cancel": may(A, U, of="push", others="other_push"),
    "exchange:admissions": may(C),
    "exchange:admission_apply": may(U),
    "exchange:admission": may(C, of="admission"),
    "exchange:suspensions": may(C),
    "exchange:suspension_remove": may(C, of="suspension"),
    "exchange:session_withdraw": may(U, of="session", others="other_session"),
    "exchange:offers": everyone(of="unit"),
    "exchange:runs": may(C, TW),
    "exchange:run_returned": may(C, TW),
    "exchange:rules": may(C, TW),
    "exchange:rule_undo": may(C, TW, of="rule", others="other_rule", reach=C),
    "exchange:run_again": may(C, TW, of="run", others="other_run", reach=C),
    "exchange:run_compare": may(C, TW, of="solved_run", others="other_run", reach=C),
    "exchange:run_rows": may(C, TW, of="solved_run", others="other_run", reach=C),
    "exchange:run_export": may(C, TW, of="solved_run", others="other_run", reach=C),
    "exchange:match_rule": may(C, TW, of="solved_run match", others="other_run match"),
    "exchange:run": may(C, TW, of="run", others="other_run", reach=C),
    "exchange:run_progress": may(C, TW, of="run", others="other_run", reach=C),
    "exchange:run_cancel": may(C, TW, of="run", others="other_run", reach=C),
    "exchange:run_dispatch": may(C, TW, of="run", others="other_run", reach=C),
    "exchange:run_revoke": may(C, TW, of="run", others="other_run", reach=C),
    # Governance: proposals and their replies are public
    "governance:proposal": everyone(),
    "governance:proposal <number>": everyone(of="proposal"),
}
