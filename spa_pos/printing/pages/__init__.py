"""Printers over HTTP."""
