"""What the sign-in and enrolment pages show."""

from dataclasses import dataclass

from spa_pos.web.shell import Face, Problem


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`people/sign_in.html` at `GET /sign-in`: everybody who can sign in here, as tiles.

    `next` is the local path to return to; it is passed on to the PIN page.
    """

    faces: tuple[Face, ...]
    next: str = "/board"
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class PinPage:
    """`people/pin.html` at `GET /sign-in/{staff_id}`: the PIN pad of one person.

    Posts `staff`, `pin`, `next` to `/sessions`. `tries_left` is shown once it is below five;
    `locked_until` is a local clock face such as `2:35 PM` and takes the pad away. The PIN typed
    is never sent back.
    """

    face: Face
    next: str = "/board"
    problem: Problem | None = None
    tries_left: int | None = None
    locked_until: str | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentPage:
    """`people/enrolment.html` at `GET /enrolment`: this browser is not a known device yet.

    Posts `code` to `/devices`. `demo_device` is the name offered in one tap in demo mode.
    """

    code: str = ""
    demo_device: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ResumePage:
    """`people/resume.html` at `GET /resume`: what was typed when the session ended, nothing sent yet.

    `action` is where the form was going, `fields` what it carried; `back_href` leaves it.
    """

    action: str
    fields: tuple[tuple[str, str], ...]
    back_href: str


@dataclass(frozen=True, slots=True)
class ApprovalPanel:
    """`people/_approval.html`: the same form once more, with who approves and their PIN.

    `fields` are what the form sent; the panel adds `approver`, `pin` and `approval_cents`. The first of
    the approvers is chosen already. `path` is where it goes, `back_href` where nothing is done.
    """

    path: str
    fields: tuple[tuple[str, str], ...]
    sentence: str
    amount_cents: int | None
    approvers: tuple[Face, ...]
    back_href: str
    problem: Problem | None = None
