"""What a card processor must be able to do for us, whoever it is."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import Charged, Outcome, RefundOutcome, Returned, SetupOutcome


class ProcessorLists(Protocol):
    """What a card processor tells of what it did. No call is made inside a transaction."""

    async def charges_between(self, since: datetime, until: datetime) -> list[Charged]:
        """Every charge that took money in [since, until).

        Raises:
            Unavailable: it was refused, or nobody answered; then nothing is known of that time.
        """

    async def charges_of(self, payment_id: str) -> list[Charged]:
        """The charges of one payment that took money; none when it is not known. As `charges_between`."""

    async def refunds_between(self, since: datetime, until: datetime) -> list[Returned]:
        """Every refund that was made in [since, until), also those returned to us. As `charges_between`."""

    async def refund_of(self, processor_id: str) -> Returned | None:
        """One refund; None when it is not known. As `charges_between`."""


class CardGateway(ProcessorLists, Protocol):
    """One card processor with readers it drives itself. No call is made inside a transaction.

    Asking twice is safe: what an attempt sends carries a key made of the attempt and the step.
    A refusal is always certain: the step did not happen and nothing was charged by it.
    """

    async def create(self, attempt_id: UUID, amount_cents: Cents) -> str:
        """Announce an attempt and get the processor's id for it; no money moves.

        Raises:
            Unavailable: it was refused, or nobody answered; either way nothing can be charged.
        """

    async def present(self, attempt_id: UUID, processor_id: str, reader_processor_id: str) -> Outcome:
        """Ask for the card on a reader; from now on money can move.

        In progress when the reader asks, unknown when nobody answered.

        Raises:
            Conflict, Unavailable: the reader is busy, offline or broken; it does not ask.
        """

    async def create_on_file(self, attempt_id: UUID, amount_cents: Cents, customer: str, method: str) -> str:
        """Announce an attempt that a kept card is to pay; no money moves. As `create`."""

    async def create_online(self, attempt_id: UUID, amount_cents: Cents) -> str:
        """Announce an attempt whose card its guest types into the processor's page element. As `create`."""

    async def payment_secret(self, processor_id: str) -> str:
        """What that element needs; for the page of whoever pays, and no other.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """

    async def sample_payment(self, attempt_id: UUID, processor_id: str, token: str) -> Outcome:
        """Pay an announced attempt with a test token, with a pretended processor alone.

        Raises:
            Conflict: `processor-is-real`.
        """

    async def charge(self, attempt_id: UUID, processor_id: str) -> Outcome:
        """Charge the kept card of an announced attempt; the guest need not be there.

        Raises:
            Unavailable: it was refused for a reason of ours; nothing was charged.
        """

    async def customer(self, guest_id: UUID) -> str:
        """The processor's id for a guest: made once, without a name.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """

    async def set_up(self, setup_id: UUID, customer: str) -> str:
        """Begin to keep a card of a customer; gives the processor's id of the setup.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """

    async def setup_secret(self, processor_id: str) -> str:
        """What the processor's own page element needs to take the card; for that guest's page alone.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """

    async def read_setup(self, processor_id: str) -> SetupOutcome:
        """How keeping a card stands: the only truth. Never raises; no answer is unknown."""

    async def cancel_setup(self, processor_id: str) -> None:
        """Make a setup impossible to finish; one that has ended stays as it is. Never raises."""

    async def sample_card(self, processor_id: str, token: str) -> SetupOutcome:
        """Finish a setup with a test token, with a pretended processor alone.

        Raises:
            Conflict: `processor-is-real`.
        """

    async def forget(self, method: str) -> bool:
        """Take a kept card away at the processor; True once it is gone. Never raises."""

    async def read(self, processor_id: str) -> Outcome:
        """How an attempt stands: the only source of truth. Never raises; no answer is unknown."""

    async def give_back(self, refund_id: UUID, processor_id: str, amount_cents: Cents) -> RefundOutcome:
        """Send money of a paid attempt back to its card. Asked again, it is done once and told again.

        Never raises; no answer is unknown.
        """

    async def cancel_on_reader(self, processor_id: str, reader_processor_id: str) -> None:
        """Stop asking for the card, if the reader still asks for this attempt's.

        Raises:
            Conflict, Unavailable: it could not be stopped, or nobody answered.
        """

    async def cancel(self, processor_id: str) -> None:
        """Make an attempt impossible to pay; read it afterwards, for the guest may have been quicker.

        Raises:
            Unavailable: it was refused, or nobody answered.
        """

    async def simulate_tap(self, reader_processor_id: str, card_number: str) -> None:
        """Hold a test card to a simulated reader.

        Raises:
            Conflict, Unavailable: the reader is not asking for a card, or nobody answered.
        """

    async def simulate_silence(self) -> None:
        """Let the pretended processor's next answers get lost, to rehearse what the desk does then.

        Raises:
            Conflict: this is no pretended processor.
            Unavailable: nobody answered.
        """
