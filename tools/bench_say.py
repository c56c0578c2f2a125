"""How a figure is printed."""


def say(what: str, measured: str, goal: str, limit: str) -> None:
    """One figure."""
    print(f"{what:<58} {measured:<26} {goal:<22} {limit}", flush=True)


def ms(value: float) -> str:
    """Milliseconds, a digit after the point."""
    return f"{value:.1f} ms"
