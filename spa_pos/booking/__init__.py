"""Open times, appointments and the claims behind them; the waitlist.

Owns   Appointment, Claim, Wait, OnlineBooking, CardAsk.
Words  slot · claim · appointment · turnover (DESIGN.md §6); a wait is a guest on the waitlist, an
       offer a time held for them. Whoever books online and has not said who they are has a guest
       who stands in for them.
Holds  Claims on one resource never overlap: the database refuses it. A live appointment holds
       exactly one provider, one room or station, and each machine its service needs, from set-up
       to the end of turnover; a cancelled one holds nothing. A price once promised is kept, unless
       the group it was promised to is not proven at check-in. An open offer is a held appointment,
       and a guest has one at most; no offer touches a visit that is booked. Nobody's visit is booked.
       What a visit was asked for, a card or a deposit, stays what the rules said when it was booked.
"""
