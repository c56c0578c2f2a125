"""How HTTP is spoken here: routes, forms, pages, sessions, errors, headers."""
