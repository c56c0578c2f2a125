"""Every route for guests is read in a language that does not exist, by a case of the files named here."""

from tests.integration.messages import (
    test_nothing_escapes,
    test_nothing_escapes_papers,
    test_nothing_escapes_paying,
)
from tests.integration.messages.foreign import READ
from tests.integration.messages.test_isolation import guest_routes

READING = (test_nothing_escapes, test_nothing_escapes_papers, test_nothing_escapes_paying)
"""The files with the cases; each says in `READ` what it reads when it is loaded."""

NOT_READ = {
    "GET /language/{language:str}": "it leads on and says nothing",
    "GET /me/data.zip": "tables for programs, whose columns are called the same in every language",
}


def test_every_route_for_guests_is_read_by_a_case() -> None:
    assert not READ & set(NOT_READ)
    routes = {f"{method} {path}" for method, path in guest_routes()}
    assert routes - READ - set(NOT_READ) == set(), "write a case that reads them"
    assert (READ | set(NOT_READ)) - routes == set(), "they are routes no longer"
