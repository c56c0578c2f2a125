"""What guests see who give a card: for a time that is held for them, or by the link to their visit."""

from dataclasses import dataclass

from spa_pos.booking.pages.online_views import Choice, Held
from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class BookPayPage:
    """`checkout/book_pay.html` at `GET /book/pay`: a deposit to pay, or a card to keep (`pays` is false).

    `word` is on the button that gives the card.
    `step` is `card` while one is asked for, `again` when another one can be, `asking` while nobody knows.
    Posts go to `check`, `sample` (token), `attempts` and `cancellation` below it.
    """

    step: str
    pays: bool
    title: str
    word: str
    choices: tuple[Choice, ...]
    held: Held
    due_words: str
    consent: str
    publishable_key: str | None
    secret: str
    samples: tuple[tuple[str, str], ...]
    phone: str
    phone_href: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class VisitPayPage:
    """`checkout/visit_pay.html` at `GET /visits/{token}/payment`: what is due for a visit, by its link.

    `step` is `again` before a card is asked for, and after one that did not pay: `action` takes `expected`,
    the amount that was seen; `paid` is the answer to a card that did.
    Other posts go to `check`, `sample` (token) and `cancellation` below it.
    """

    step: str
    title: str
    words: str
    action: str
    back_href: str
    phone: str
    phone_href: str
    due_words: str = ""
    word: str = ""
    expected_cents: int = 0
    publishable_key: str | None = None
    secret: str = ""
    samples: tuple[tuple[str, str], ...] = ()
    problem: Problem | None = None
