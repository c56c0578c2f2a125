"""A refusal is an expected *no*: a code, a status, a sentence for the person, and facts."""

from typing import ClassVar


class Refusal(Exception):
    """Base of every expected no. Anything that is not one of these is a bug."""

    status: ClassVar[int] = 409

    def __init__(self, code: str, sentence: str, **facts: object) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.facts = facts


class Invalid(Refusal):
    """What was sent cannot be meant."""

    status = 422


class SignedOut(Refusal):
    """Nobody is signed in, or the session has ended or is locked."""

    status = 401


class NotFound(Refusal):
    """There is no such thing, or it is somebody else's."""

    status = 404


class NotAllowed(Refusal):
    """This person may not do this."""

    status = 403


class NeedsApproval(NotAllowed):
    """This person may do it with a second person's PIN; the facts say what exactly is to be approved."""

    problem: Refusal | None = None


class Conflict(Refusal):
    """It was possible a moment ago, or never in this state."""

    status = 409


class Gone(Refusal):
    """It existed and has ended."""

    status = 410


class PaymentDeclined(Refusal):
    """The card was refused."""

    status = 402


class TooMany(Refusal):
    """Too many tries; wait."""

    status = 429


class Unavailable(Refusal):
    """Something we depend on did not answer; nothing was changed."""

    status = 503
