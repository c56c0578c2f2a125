"""What the sheet of one appointment shows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.booking.pages.party_sheet import PartyPart
from spa_pos.booking.pages.views import Look
from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One station of a visit's life: `Booked`, `Checked in`, `Done`; `at` is None until reached."""

    word: str
    at: datetime | None
    is_now: bool


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """Who did what when, in words."""

    at: datetime
    who: str
    what: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class AddOnRow:
    """An add-on of a visit; `minutes` are in the visit's own."""

    name: str
    minutes: int
    price_cents: int
    reduction_name: str | None


@dataclass(frozen=True, slots=True)
class LateChoice:
    """How a guest who came late is checked in: end on time, or the whole time when what follows is free.

    A choice that cannot be is None; the words say from when to when.
    """

    late_words: str
    shorten_words: str | None
    whole_words: str | None


@dataclass(frozen=True, slots=True)
class EndChoice:
    """A reason for a cancellation, with what it costs: `No fee` or `Fee $60.00`."""

    name: str
    fee_words: str


@dataclass(frozen=True, slots=True)
class Endings:
    """How a visit can end without taking place; `policy_words` are read to the guest before.

    `wait_words` say until when to wait for a guest who is not there yet.
    """

    reasons: tuple[EndChoice, ...]
    policy_words: str | None
    no_show_words: str
    wait_words: str | None = None


@dataclass(frozen=True, slots=True)
class CardAskPart:
    """What a visit to come was asked for: a card to be kept (`keep_href`), or a deposit to be taken.

    `POST /appointments/{id}/deposit` (id) leads to the ticket; both are None once it is there.
    """

    words: str
    rule_words: str
    is_met: bool
    keep_href: str | None
    deposit_words: str | None


@dataclass(frozen=True, slots=True)
class FeeCard:
    """The fee of a visit, in one tap on a card on file: `POST /appointments/{id}/fee-charge` (id, `fields`).

    `agreed` are the policy the visit was booked under, and what the guest agreed to when the card was kept.
    """

    words: str
    fields: tuple[tuple[str, str], ...]
    agreed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VisitSheet:
    """`booking/_visit.html` at `GET /appointments/{id}`: one appointment and what can be done now.

    Forms, all POST with `version`: `confirmation`, `check-in` (proof = seen | not_shown | on_file,
    late = as_booked | shorten | whole_time), `check-in/undo`, `service`, `cancellation` (reason),
    `no-show`; `POST /tickets` (id, appointment). Prices of the sheet include the add-ons.
    `evidence` is what the desk asks to see. With `needs_proof` two choices are offered: seen
    keeps `price_cents`, not shown means `visitor_price_cents`. `not_yet` says why a visit of
    another day cannot be checked in. `cancelling` opens the reasons. `guest_words` are what the
    guest told us by their link. `lengths` are the minutes that `POST /appointments/{id}/length` can
    be asked for.
    """

    id: UUID
    version: int
    close_href: str
    guest_name: str
    guest_phone: str
    service_name: str
    minutes: int
    starts_at: datetime
    ends_at: datetime
    provider_id: UUID
    provider_name: str
    provider_initials: str
    provider_hue: int
    room_name: str
    room_kind: str
    look: Look
    word: str
    timeline: tuple[TimelineStep, ...]
    group_name: str
    claims_group: bool
    proven: bool
    proof_words: str
    evidence: str
    list_cents: int
    price_cents: int
    visitor_price_cents: int
    reduction_name: str | None
    needs_proof: bool
    may_check_in: bool
    may_undo_check_in: bool
    may_cancel: bool
    may_no_show: bool
    may_check_out: bool
    ticket_href: str | None
    receipt_href: str | None
    not_yet: str | None
    end_reason: str | None
    fee_words: str | None
    endings: Endings
    cancelling: bool
    history: tuple[HistoryRow, ...]
    may_confirm: bool = False
    may_start: bool = False
    add_ons: tuple[AddOnRow, ...] = ()
    wish_words: str | None = None
    override_reason: str | None = None
    late: LateChoice | None = None
    move_href: str | None = None
    party: PartyPart | None = None
    fee_due: bool = False
    may_resize: bool = False
    lengths: tuple[int, ...] = ()
    guest_words: tuple[str, ...] = ()
    card_ask: CardAskPart | None = None
    fee_card: FeeCard | None = None
    problem: Problem | None = None
