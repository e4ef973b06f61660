"""What people type into the exchange."""

from .aftermath import AbsentForm, ConferForm, HeadcountForm, ObjectForm, RevisitForm
from .answers import AmendForm, CancelForm, DeclineForm, ProposeForm, RateForm, SplitForm
from .filters import NeedFilter
from .need import NeedForm, with_change
from .runs import RuleForm, RunForm
from .sessions import SessionsForm

__all__ = [
    "AbsentForm",
    "AmendForm",
    "CancelForm",
    "ConferForm",
    "DeclineForm",
    "HeadcountForm",
    "NeedFilter",
    "NeedForm",
    "ObjectForm",
    "ProposeForm",
    "RateForm",
    "RevisitForm",
    "RuleForm",
    "RunForm",
    "SessionsForm",
    "SplitForm",
    "with_change",
]
