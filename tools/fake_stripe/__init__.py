"""A pretended card processor for the demo and the tests, always a process of its own on this machine.

`python -m tools.fake_stripe --port 12111` runs localstripe (GPL-3, which is why the product never
imports it) behind a thin layer that adds what it lacks and mends what it gets wrong:

- `specification`  refuses whatever the pinned Stripe library's own types would not allow
- `keys`           the same idempotency key gets the same answer, other contents are refused
- `cards`          test cards that must be declined are; replies have the fields of today's version
- `terminal`       locations, readers, and taps on simulated readers
- `faults`         lost, late and failing answers, on demand

Nothing is kept when it stops. `--bare` leaves the layer out: the control in tests of the layer.
"""
