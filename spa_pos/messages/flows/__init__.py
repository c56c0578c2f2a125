"""Sending: take what is due, hand it over outside any transaction, write down what became of it."""

from spa_pos.messages.flows.sending import Outbox
from spa_pos.messages.flows.writing import (
    TimeLine,
    Words,
    Writer,
    held_words,
    mail_words,
    text_words,
    times_of,
    visit_title,
)

__all__ = [
    "Outbox",
    "TimeLine",
    "Words",
    "Writer",
    "held_words",
    "mail_words",
    "text_words",
    "times_of",
    "visit_title",
]
