"""What a request looks like behind ``@access``: the person and the workspace are known."""

from django.http import HttpRequest

from .models import Membership, User


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in; views behind a role rule may rely on it."""

    user: User
    workspace: Membership | None
