"""Where the card processor and the database meet."""

from spa_pos.payments.flows.attempts import CardPayments, Recovered
from spa_pos.payments.flows.inbox import Inbox, Look
from spa_pos.payments.flows.on_file import CardsOnFile

__all__ = ["CardPayments", "CardsOnFile", "Inbox", "Look", "Recovered"]
