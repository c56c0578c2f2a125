"""HTML by audience: parse, call, render."""
