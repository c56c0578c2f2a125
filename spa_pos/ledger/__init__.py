"""The books: locations, accounts, entries and postings.

Owns   Location, Account, Entry, Posting, DayBalance.
Words  account · entry · posting · reversal · business date · closed day (DESIGN.md §6).
Holds  An entry has at least two postings and they sum to zero; nothing is ever changed or
       deleted, a correction is a new entry that names what it reverses; a balance is a sum; a day
       that is closed takes no entry any more.
"""
