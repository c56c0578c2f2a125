"""What the pages show where gift cards are bought online."""

from dataclasses import dataclass

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class TypedGift:
    """What was typed so far, as it was typed."""

    amount: str = ""
    other: str = ""
    recipient: str = ""
    email: str = ""
    send_on: str = ""
    message: str = ""
    giver: str = ""
    buyer_email: str = ""


@dataclass(frozen=True, slots=True)
class GivePage:
    """`checkout/give.html` at `/give`: the gift card somebody wants to buy. Days are ISO dates."""

    amounts: tuple[int, ...]
    limit_words: str
    today: str
    last_day: str
    typed: TypedGift
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class GiveOrderPage:
    """`checkout/give_order.html` at `/give/{token}`: pay for it, or what became of it.

    `step` is `card` (type one, or choose a sample), `asking` (nobody knows yet), `again` or `paid`.
    """

    step: str
    title: str
    amount_cents: int
    recipient: str
    sent_words: str
    action: str
    publishable_key: str | None = None
    secret: str = ""
    samples: tuple[tuple[str, str], ...] = ()
    gift_href: str | None = None
    receipt_href: str | None = None
    problem: Problem | None = None
