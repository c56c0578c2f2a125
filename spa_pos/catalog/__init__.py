"""What is sold: services, products, prices by group and date, tax classes and rates.

Owns   TaxClass, TaxRate, Category, Service, Price, Standby, Product, OnePrice.
Words  service · product · group · standby price (DESIGN.md §6).
Holds  A price has a list price and at most one reduction, which has a name; the guest is offered
       the lowest price that their group and the hour allow. Tax is computed once per ticket at the
       combined rate, half up, then split over lines and jurisdictions so that the parts add up.
"""
