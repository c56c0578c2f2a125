"""Cash drawers: from the opening float to the count, and everything that goes in or out between.

Owns   Drawer, DrawerEntry, DrawerMove, DrawerCount, DrawerTerms.
Words  drawer: one cash drawer at one device, from opening float to close · paid in · paid out · drop: to
       the safe · no sale: opened without money · count: what lay in it, by denomination · over/short:
       counted less expected (DESIGN.md §6).
Holds  Every posting of cash lies in exactly one drawer that was not closed then: the database refuses any
       other. A device has one open drawer at most. What a drawer should hold is the sum of its cash
       postings; when it closes, that sum is zero and the difference stands in the books.
"""
