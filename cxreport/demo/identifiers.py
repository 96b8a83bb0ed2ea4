"""Invented personal data with valid check digits: for testing that they are taken out of text.

Banks, places and lines do not exist; only the arithmetic is true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Value of 0-9 (and of A-J) in odd places, then of K-Z: the table both Italian codes use.
ODD_VALUES = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25,
              24, 23)  # fmt: skip
MONTH_LETTERS = "ABCDEHLMPRST"
FIRST_NAMES = ("anna", "bruno", "carla", "dario", "elisa", "fabio", "giulia", "ivano", "luisa",
               "marco")  # fmt: skip
LAST_NAMES = ("bellandi", "corvetti", "dalmasi", "farneti", "gorlani", "lusardi", "morganti",
              "pellizza", "rovatti", "serlupi")  # fmt: skip


def check_letter(text: str) -> str:
    """Return the letter that guards a tax code (15 characters) or an Italian account (22).

    Examples
    --------
    >>> check_letter("MRTMTT25D09F205")
    'Z'
    """
    values = [int(sign) if sign.isdigit() else LETTERS.index(sign) for sign in text]
    odd, even = values[::2], values[1::2]
    return LETTERS[(sum(ODD_VALUES[value] for value in odd) + sum(even)) % 26]


def italian_iban(account: str) -> str:
    """Return the IBAN of a bank (5 digits), branch (5) and account (12): letter, then mod 97.

    Examples
    --------
    >>> italian_iban("0542811101000000123456")
    'IT60X0542811101000000123456'
    """
    national = check_letter(account) + account
    number = "".join(str(int(sign, 36)) for sign in national + "IT00")
    return f"IT{98 - int(number) % 97:02d}{national}"


def tax_code(first_name: str, last_name: str, birth: tuple[int, int, int], place: str) -> str:
    """Return the tax code of a man: year, month and day of birth, and the code of the place.

    Examples
    --------
    >>> tax_code("mario", "rossi", (1980, 1, 1), "H501")
    'RSSMRA80A01H501U'
    """
    year, month, day = birth
    start = name_part(last_name) + name_part(first_name, first=True)
    body = f"{start}{year % 100:02d}{MONTH_LETTERS[month - 1]}{day:02d}{place}"
    return body + check_letter(body)


def name_part(name: str, *, first: bool = False) -> str:
    """Return three letters of a name: consonants, then vowels; a first name skips one of four."""
    consonants = [sign for sign in name.upper() if sign not in "AEIOU"]
    vowels = [sign for sign in name.upper() if sign in "AEIOU"]
    if first and len(consonants) >= 4:
        del consonants[1]
    return "".join([*consonants, *vowels, *"XXX"][:3])


def invent(kind: str, rng: np.random.Generator) -> str:
    """Return one invented `email`, `phone`, `iban` or `tax_code`."""
    first, last = str(rng.choice(FIRST_NAMES)), str(rng.choice(LAST_NAMES))
    digits = "".join(str(digit) for digit in rng.integers(0, 10, 12))
    if kind == "email":
        separator, domain = rng.choice((".", "_", "")), rng.choice(("example.com", "example.it"))
        return f"{first}{separator}{last}{digits[:2]}@{domain}"
    if kind == "phone":
        patterns = ("+39 31{} 555 {}", "31{}555{}", "0039 31{} 555{}", "02 000{} {}")
        return str(rng.choice(patterns)).format(digits[0], digits[1:5])
    if kind == "iban":
        iban = italian_iban(f"99{digits[:3]}99{digits[3:6]}{digits}")
        grouped = " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
        return str(rng.choice((iban, grouped)))
    birth = (int(rng.integers(1945, 2006)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
    return tax_code(first, last, birth, f"Z99{digits[0]}")
