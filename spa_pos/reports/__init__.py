"""Reports: read everything in one snapshot, write nothing.

Words  net sales · business date (DESIGN.md §6).
Holds  Every report ties to the ledger to the cent, and says so on its face; a day without sales is
       shown as a day without sales.
"""
