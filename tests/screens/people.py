"""Sign-in, enrolment and picking up again."""

from dataclasses import replace

from spa_pos.people.pages import views as people
from spa_pos.web.shell import Problem
from tests.screens.frame import MAYA, OMAR, PROVIDERS, RUTH, face

SIGN_IN = people.SignInPage(
    (MAYA, OMAR, RUTH, *(face(name, hue) for name, _, hue in PROVIDERS)), next="/board?date=2026-11-24"
)
PIN = people.PinPage(MAYA, next="/board?date=2026-11-24&view=list")
PIN_WRONG = replace(PIN, problem=Problem("pin-wrong", "That PIN is not right; 2 tries left."), tries_left=2)
PIN_LOCKED = replace(
    PIN, problem=Problem("pin-locked", "Too many wrong PINs for this name."), locked_until="12:58 PM"
)
ENROLMENT = people.EnrolmentPage(demo_device="Desk 1")
ENROLMENT_WRONG = people.EnrolmentPage(
    code="QF7-22A", problem=Problem("code-unknown", "That code is not known here, or was used.", field="code")
)
RESUME = people.ResumePage("/guests", (("given_name", "Ingrid"), ("family_name", "Halvorsen")), "/board")
