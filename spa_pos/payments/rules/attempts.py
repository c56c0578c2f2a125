"""What an attempt may become, when to look again, and the words for a declined card."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import LARGEST_CENTS, Cents, format_usd

LEAST_CENTS = 50
"""The processor takes no smaller amount in US dollars."""

STEP_TIME = timedelta(minutes=2)
"""A step that was begun this long ago died: its calls, repeats included, time out in half of it."""

LONGEST_WAIT = timedelta(minutes=5)
"""Nobody holds a card to a reader for longer; then recovery cancels, so that no late tap surprises anyone."""

KEY_LIFE = timedelta(hours=20)
"""The processor forgets a request's key after a day; earlier than that we only read (PAYMENTS.md §6.4)."""

ONLINE_WAIT = timedelta(minutes=30)
"""A guest may look for a card for so long on their own device; then the payment is cancelled."""

WAITING_CHECK = timedelta(seconds=15)
FIRST_UNKNOWN_CHECK = timedelta(seconds=5)
SLOWEST_CHECK = timedelta(minutes=5)


class State(StrEnum):
    """Where an attempt stands."""

    NEW = "new"
    CREATED = "created"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    @property
    def live(self) -> bool:
        """True while money may still move."""
        return self in LIVE


LIVE = frozenset({State.NEW, State.CREATED, State.SUBMITTED, State.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Paid:
    """Money moved: what was received, which need not be what was asked for."""

    received_cents: Cents
    brand: str | None = None
    last4: str | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """The card was refused and nothing was charged. The code is for the record, the sentence for the desk."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class InProgress:
    """Nothing was charged so far; the card is awaited or looked at."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nothing was charged and nothing can be any more."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The processor did not say. Never to be taken for a decline."""

    reason: str


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Money goes back to the card; `settled` once the processor is done with it."""

    processor_id: str
    settled: bool


@dataclass(frozen=True, slots=True)
class NotGivenBack:
    """The processor refused: nothing goes back this way."""

    sentence: str


RefundOutcome = GivenBack | NotGivenBack | Unknown
"""What became of money that was to go back to a card."""


Outcome = Paid | Declined | InProgress | Cancelled | Unknown


@dataclass(frozen=True, slots=True)
class PaidAttempt:
    """What whoever the money is for gets told, in the transaction that records it."""

    attempt_id: UUID
    location_id: UUID
    purpose: str
    subject: UUID
    amount_cents: Cents
    received_cents: Cents
    brand: str | None
    last4: str | None
    paid_at: datetime
    on_file: bool = False
    """True when a card on file was charged."""
    online: bool = False
    """True when the guest typed the card on their own device."""


@dataclass(frozen=True, slots=True)
class ProcessorEvent:
    """Something the processor told us by itself. A hint: the truth is read from the processor."""

    id: str
    type: str
    live: bool
    api_version: str | None
    object_id: str
    object_kind: str
    payment_id: str | None
    """The payment the event is about, by the processor's id, if it is about one."""
    body: str


LATER = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""Waits before an event is looked at again; then a person has to look."""


def look_again_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries in vain; None when it is enough."""
    return LATER[tries] if tries < len(LATER) else None


class SimulatedCard(StrEnum):
    """What the card does that is held to a simulated reader."""

    APPROVED = "approved"
    DECLINED = "declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    NO_ANSWER = "no_answer"

    @property
    def number(self) -> str:
        """The processor's published test number for it."""
        return SIMULATED_NUMBERS.get(self, "4242424242424242")


SIMULATED_NUMBERS = {
    SimulatedCard.DECLINED: "4000000000000002",
    SimulatedCard.INSUFFICIENT_FUNDS: "4000000000009995",
}


def next_state(state: State, outcome: Outcome) -> State:
    """Where an attempt stands after the processor spoke; an ended attempt stays as it is.

    An attempt without an id at the processor can only be cancelled: nobody could be asked of it.

    Raises:
        ValueError: a new attempt was said to be paid or declined.
    """
    if not state.live:
        return state
    match outcome:
        case Cancelled():
            return State.CANCELLED
        case Paid() | Declined() if state is State.NEW:
            raise ValueError("an attempt the processor does not know cannot have been paid or declined")
        case Paid():
            return State.PAID
        case Declined():
            return State.DECLINED
        case Unknown() if state is not State.NEW:
            return State.UNKNOWN
        case _:
            return state


def check_after(state: State, tries: int) -> timedelta:
    """How long until recovery looks at a live attempt again.

    `tries` counts the looks that found no answer: the wait doubles up to five minutes.
    """
    if state in (State.NEW, State.CREATED):
        return STEP_TIME
    if state is State.SUBMITTED and tries == 0:
        return WAITING_CHECK
    doubled = FIRST_UNKNOWN_CHECK * (1 << min(tries, 10))
    return min(doubled, SLOWEST_CHECK)


def is_abandoned(state: State, made_at: datetime, now: datetime, *, online: bool = False) -> bool:
    """True when recovery must cancel instead of wait: a step died half-way, or nobody pays any more."""
    waited = now - made_at
    if state in (State.NEW, State.CREATED):
        return waited >= STEP_TIME
    return state.live and waited >= (ONLINE_WAIT if online else LONGEST_WAIT)


def check_amount(amount_cents: Cents) -> None:
    """Refuse what no card can pay.

    Raises:
        Invalid: `card-amount-too-small`, `amount-too-large`.
    """
    if amount_cents < LEAST_CENTS:
        raise Invalid("card-amount-too-small", f"A card pays {format_usd(LEAST_CENTS)} or more.")
    if amount_cents > LARGEST_CENTS:
        raise Invalid("amount-too-large", f"The largest amount is {format_usd(LARGEST_CENTS)}.")


GENERIC_DECLINE = "The card was declined. Please try another card or pay another way."

DECLINE_SENTENCES = {
    "insufficient_funds": "The card does not have enough funds. Please try another card.",
    "withdrawal_count_limit_exceeded": "The card has reached its limit. Please try another card.",
    "card_velocity_exceeded": "The card has reached its limit. Please try another card.",
    "expired_card": "The card has expired. Please try another card.",
    "incorrect_pin": "The PIN was not right. Please try again or use another card.",
    "invalid_pin": "The PIN was not right. Please try again or use another card.",
    "pin_try_exceeded": "The PIN was typed wrong too often. Please try another card.",
    "offline_pin_required": "This card needs its PIN. Please insert the card and try again.",
    "online_or_offline_pin_required": "This card needs its PIN. Please insert the card and try again.",
    "card_not_supported": "This card cannot be used for this purchase. Please try another card.",
    "currency_not_supported": "This card does not pay in US dollars. Please try another card.",
    "processing_error": "The card could not be read this time. Nothing was charged; please try again.",
    "try_again_later": "The bank could not answer. Nothing was charged; please try again.",
    "issuer_not_available": "The bank could not be reached. Nothing was charged; please try again.",
    "reenter_transaction": "The bank could not answer. Nothing was charged; please try again.",
    "approve_with_id": "The bank could not answer. Nothing was charged; please try again.",
    "authentication_required": "The bank wants the guest to confirm, so nothing was charged."
    " Please ask for the card on the reader, or take another tender.",
    "testmode_decline": "This is a test card, and no test is running. Please use a real card.",
}
"""What may be said aloud at the desk.

Codes that hint at fraud, loss or theft are not here on purpose: the guest hears the same as for
any other decline (Stripe, "Decline codes": never report more specific reasons to the customer).
"""


def decline_sentence(code: str) -> str:
    """What the desk may say about a decline; one sentence for all codes that should not be explained."""
    return DECLINE_SENTENCES.get(code, GENERIC_DECLINE)


def simulated_card(word: str) -> SimulatedCard:
    """The simulated card of a name.

    Raises:
        Invalid: `simulated-card-unknown`.
    """
    try:
        return SimulatedCard(word)
    except ValueError:
        raise Invalid("simulated-card-unknown", "Choose one of the cards shown.") from None
