"""Open times, appointments and the claims behind them.

Owns   Appointment, Claim.
Words  slot · claim · appointment · turnover (DESIGN.md §6).
Holds  Claims on one resource never overlap: the database refuses it. A live appointment holds
       exactly one provider, one room or station, and each machine its service needs, from set-up
       to the end of turnover; a cancelled one holds nothing. A price once promised is kept, unless
       the group it was promised to is not proven at check-in.
"""
