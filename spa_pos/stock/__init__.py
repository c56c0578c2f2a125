"""Stock: how many pieces of each product lie at a location, told by what moved them.

Owns   StockMovement, StockTerms.
Words  received · sold · returned · adjusted: by hand, with a reason · counted: the difference a count found ·
       on hand: the sum of the movements, counted in pieces and never stored · reorder point.
Holds  Movements are never changed; a settled product line has exactly one, of its quantity (the database
       refuses to settle without it), and comes back once at most.
"""
