"""What people type into the exchange."""

from .answers import CancelForm, DeclineForm, ProposeForm, RateForm
from .filters import NeedFilter
from .need import NeedForm, with_change
from .runs import RunForm
from .sessions import SessionsForm

__all__ = [
    "CancelForm",
    "DeclineForm",
    "NeedFilter",
    "NeedForm",
    "ProposeForm",
    "RateForm",
    "RunForm",
    "SessionsForm",
    "with_change",
]
