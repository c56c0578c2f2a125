"""What goes back to the caller: a status and a body, good or bad."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, before it is written to the wire."""

    status: int
    body: dict[str, Any]


class Refused(Exception):
    """Becomes an error answer in Stripe's shape."""

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", **facts: object
    ) -> None:
        super().__init__(message)
        known = {name: value for name, value in facts.items() if value is not None}
        self.answer = Answer(status, {"error": {"type": kind, "message": message, **known}})


def missing(what: str, identifier: str) -> Refused:
    """The refusal for an object that is not there."""
    return Refused(404, f"No such {what}: '{identifier}'", code="resource_missing", param="id")
