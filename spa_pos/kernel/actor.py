"""Who asks: carried into every action, written into the audit trail."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo


class Role(StrEnum):
    """What a person of the staff may do here."""

    FRONT_DESK = "front_desk"
    PROVIDER = "provider"
    MANAGER = "manager"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Actor:
    """One person at one device of one location; a job has no person and no device."""

    name: str
    role: Role
    location_id: UUID
    zone: ZoneInfo
    staff_id: UUID | None = None
    device_id: UUID | None = None
    request_id: str = ""
