"""Where the card processor and the database meet."""

from spa_pos.payments.flows.attempts import CardPayments, Recovered
from spa_pos.payments.flows.inbox import Inbox

__all__ = ["CardPayments", "Inbox", "Recovered"]
