"""Everybody: staff, devices, sign-in, credentials; guests, their groups and the evidence; the audit trail.

Owns   Staff, Device, EnrolmentCode, StaffSession, PinAttempt, Credential, GuestGroup, Guest,
       Eligibility, AuditEvent; GuestCode, GuestSession, GuestTry: the doors for guests.
Words  guest · provider · front desk · manager · group (DESIGN.md §6).
Holds  A PIN works only on an enrolled device; five misses lock that person there for half an hour.
       A session belongs to one person at one device and ends when another signs in there.
       A group is a claim that needs evidence with an end date. Every write is in the audit trail,
       which is append-only. Secrets are stored hashed and never logged.
"""
