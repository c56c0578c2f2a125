"""What the pages that belong to no capability show: the error page and the style page."""

from dataclasses import dataclass

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`web/error.html`: any refusal without a page of its own, 404 and 500.

    The title is two or three words ("Page not found"); the problem always carries the next
    step; the request id is what a person reads out when they ask for help.
    """

    status: int
    title: str
    problem: Problem
    request_id: str


@dataclass(frozen=True, slots=True)
class GuestWord:
    """`web/guest_word.html`: a title and a sentence for a guest, and at most one thing to do about it."""

    title: str
    sentence: str
    action: str | None = None
    button: str | None = None


@dataclass(frozen=True, slots=True)
class StylePage:
    """`web/style.html` at `GET /style`: every component once."""

    problem: Problem


STYLE_PAGE = StylePage(
    Problem("slot-taken", "Ana was booked for that time a moment ago.", "/style", "Choose another time")
)
"""What the style page is rendered with."""
