"""What looks like a card number; no such thing may be stored or logged (RELIABILITY.md §1.4)."""


def passes_luhn(text: str) -> bool:
    """True when the last digit of a text is the check digit of the others (ISO/IEC 7812-1)."""
    digits = [int(sign) for sign in reversed(text) if sign.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[0::2]) + sum(doubled)) % 10 == 0


def gtin_is_right(digits: str) -> bool:
    """True when the last digit of a barcode checks the others: weights 3 and 1, modulus 10 (GS1)."""
    return sum(int(one) * (3 if place % 2 else 1) for place, one in enumerate(reversed(digits))) % 10 == 0
