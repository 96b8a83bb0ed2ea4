"""Invented personal data of every kind, as people write them: what no page may hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from stdnum import luhn

from cxreport.demo.identifiers import invent

if TYPE_CHECKING:
    from collections.abc import Callable

Random = np.random.Generator


def digits(rng: Random, n: int) -> str:
    return "".join(str(digit) for digit in rng.integers(0, 10, n))


def one(rng: Random, *choices: str) -> str:
    return choices[int(rng.integers(len(choices)))]


def grouped(text: str, sign: str, size: int = 4) -> str:
    return sign.join(text[i : i + size] for i in range(0, len(text), size))


def card(rng: Random) -> str:
    start = one(rng, "4", "51", "37")
    body = start + digits(rng, (14 if start == "37" else 15) - len(start))
    return grouped(body + luhn.calc_check_digit(body), one(rng, "", " ", "-"))


def vat_number(rng: Random) -> str:
    body = digits(rng, 6) + one(rng, "1", "5") + f"{rng.integers(1, 101):03d}"
    return one(rng, "", "IT", "IT ") + body + luhn.calc_check_digit(body)


def phone(rng: Random) -> str:
    area, line, mobile = one(rng, "06", "02", "011", "055"), digits(rng, 7), "3" + digits(rng, 2)
    return one(
        rng,
        f"{mobile} {line}",
        f"+39 {mobile}{line}",
        f"0039{mobile}{line}",
        f"{mobile}-{line[:3]}-{line[3:]}",
        f"{mobile}.{line[:3]}.{line[3:]}",
        f"{area} 5{line[:6]}",
        f"{area}/5{line[:6]}",
        f"+39 {area} 5{line[:6]}",
        f"+44 20 7946 {line[:4]}",
        f"07700 9{line[:5]}",
        f"+33 1 42 {grouped('68' + line[:4], ' ', 2)}",
    )


def person(rng: Random) -> str:
    return one(rng, "Anna", "Marco Rossi", "Giulia De Santis", "John Smith", "Xiomara", "D'Amico")


WRITTEN: dict[str, Callable[[Random], str]] = {
    "email": lambda rng: invent("email", rng).replace("@", one(rng, "@", "@", " (at) ", "@\u200b")),
    "demo phone": lambda rng: invent("phone", rng),
    "phone": phone,
    "tax code": lambda rng: one(rng, "{}", "cf {}", "C.F. {}").format(invent("tax_code", rng)),
    "IBAN": lambda rng: invent("iban", rng),
    "card": card,
    "VAT number": vat_number,
    "date of birth": lambda rng: one(rng, "nato il {}", "born on {}", "data di nascita: {}").format(
        one(rng, "12/03/1980", "3 marzo 1975", "03-05-70", "1970-05-03")
    ),
    "address": lambda rng: one(
        rng, "via Garibaldi 17", "Piazza San Marco, 3", "viale dei Mille n. 5, 20121 Milano",
        "221b Baker Street", "SW1A 1AA", "corso Vittorio Emanuele II 12/B",
    ),
    "plate": lambda rng: one(rng, "AB {} CD", "EF{}GH", "targa xy{}zt").format(digits(rng, 3)),
    "name": lambda rng: one(
        rng, "mi chiamo {}", "il mio nome è {}", "la sig.ra {}", "my name is {}", "Mr {}",
    ).format(person(rng)),
    "link": lambda rng: one(rng, "https://example.org/{}", "www.example.org?u={}").format(
        digits(rng, 5)
    ),
    "handle": lambda rng: "@" + one(rng, "anna_rossi", "marco.80", "Xiomara77"),
}  # fmt: skip
BEFORE_IT = re.compile(
    r"^(?:cf|C\.F\.|nato il|born on|data di nascita:|mi chiamo|il mio nome è|la sig\.ra|"
    r"my name is|Mr|targa) "
)
"""Words that announce a piece, and say nothing of anybody."""
