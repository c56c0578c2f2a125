"""How payments speak HTTP."""
