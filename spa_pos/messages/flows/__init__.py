"""Sending: take what is due, hand it over outside any transaction, write down what became of it."""

from spa_pos.messages.flows.sending import Outbox
from spa_pos.messages.flows.writing import Words, Writer, mail_words, text_words

__all__ = ["Outbox", "Words", "Writer", "mail_words", "text_words"]
