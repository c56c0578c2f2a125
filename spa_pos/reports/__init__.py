"""Reports: read everything in one snapshot, write nothing.

Words  net sales · business date (DESIGN.md §6) · bridge: from what was sold to the money and where it
       lies · books: the whole ledger as files for accounting programs.
Holds  Every report ties to the ledger to the cent, and says so on its face; a day without sales is
       shown as a day without sales. The bridge closes to zero, and tickets, tenders, tips and refunds
       say of each of its terms what the ledger says.
"""
