"""The family of errors that carry a sentence for the person who met them."""


class DomainError(Exception):
    """A refusal by a rule of the product.

    ``sentence`` is what the user reads: what is wrong and what to do next. Views show it; nothing
    else catches it.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotAllowed(DomainError):
    """The person may not do this; answered with 403 and the sentence."""


class MoveNotAllowed(DomainError):
    """The object is no longer in a state from which this can be done (a stale page)."""
