"""Writing people: sign-in, devices, guests, evidence, approvals, and the audit trail."""

from spa_pos.people.actions.approvals import (
    APPROVERS,
    Approved,
    approval_given,
    check_approver,
    give_approval,
    use_approval,
)
from spa_pos.people.actions.audit import need_role, next_number, record
from spa_pos.people.actions.guests import (
    add_guest,
    add_stand_in,
    declare_group,
    guest_who_books,
    known_group,
    record_evidence,
)
from spa_pos.people.actions.sign_in import (
    SEEN_STEP,
    NewSession,
    add_device,
    begin_pin_try,
    begin_session,
    end_session,
    enrol_device,
    make_enrolment_code,
    note_miss,
    touch_session,
)
from spa_pos.people.actions.staff import set_credential, set_gender

__all__ = [
    "APPROVERS",
    "SEEN_STEP",
    "Approved",
    "NewSession",
    "add_device",
    "add_guest",
    "add_stand_in",
    "approval_given",
    "begin_pin_try",
    "begin_session",
    "check_approver",
    "declare_group",
    "end_session",
    "enrol_device",
    "give_approval",
    "guest_who_books",
    "known_group",
    "make_enrolment_code",
    "need_role",
    "next_number",
    "note_miss",
    "record",
    "record_evidence",
    "set_credential",
    "set_gender",
    "touch_session",
    "use_approval",
]
