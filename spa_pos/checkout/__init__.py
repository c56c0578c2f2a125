"""The register: tickets, lines, tax, tenders, settlement, receipts.

Owns   Ticket, TicketLine, TicketTax, Tender, ReceiptLink.
Words  ticket · line · tender · void (DESIGN.md §6).
Holds  A ticket settles only when its tenders equal its total, to the cent. Money is in the ledger
       the moment it is tendered, as a debt to the guest; settling turns that debt into sales and
       tax. A settled or voided ticket never changes: the database refuses it.
"""
