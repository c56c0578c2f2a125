"""What is to be paid by the link to a visit, in words that do not say what the visit was for."""

from collections.abc import Sequence
from uuid import UUID

from spa_pos.booking.queries import visit
from spa_pos.booking.queries.cards import DueByLink, due_by_link
from spa_pos.kernel.money import format_usd
from spa_pos.ledger.queries import Place
from spa_pos.web.i18n import gettext as _


def pay_words(due: DueByLink) -> str:
    """What is to be paid."""
    words = (
        _("There is a fee of %(price)s for this visit.")
        if due.is_fee
        else _("We ask for a deposit of %(price)s for this visit.")
    )
    return words % {"price": format_usd(due.cents)}


async def due_for(appointment_ids: Sequence[UUID], where: Place) -> DueByLink | None:
    """What can be paid for the times of a visit."""
    return await due_by_link([await visit(one, where.id) for one in appointment_ids], where.zone)
