"""Every kind of personal data is found in free text, and what only looks like one is not."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from cxreport.inputs.personal_data import IN_TEXT, own, pieces_in
from cxreport.inputs.phone_numbers import is_phone
from cxreport.inputs.redaction import redact

# check digits: published samples of the ISO 13616 registry, of card networks, and of the Agenzia
# delle Entrate; the others are invented
PERSONAL = {
    # forms that slipped through once
    "RSS.MRA.85T10.A562S": "[tax code]",
    "AE07 0331 2345 6789 0123 456": "[IBAN]",
    "TR33 0006 1005 1978 6457 8413 26": "[IBAN]",
    "p.i. IT 00743 110 157": "p.i. [VAT number]",
    "targa MI 4R5678": "targa [plate]",
    "targa TO A12345": "targa [plate]",
    "targata roma 12345B": "targata [plate]",
    "passaporto YA1234567": "passaporto [identity number]",
    "carta d'identità n. CA12345AB": "carta d'identità n. [identity number]",
    "my NI number is QQ 12 34 56 C": "my NI number is [identity number]",
    "instagram: anna.rossi88, ciao": "instagram: [handle], ciao",
    "ordine a nome di Bianchi, grazie": "ordine a nome di [name], grazie",
    "prenotato a nome Marco Bianchi": "prenotato a nome [name]",
    "intestato a Giulia Neri": "intestato a [name]",
    "booked under the name of Sarah Connor": "booked under the name of [name]",
    "Hi, this is Tom Baker from Leeds": "Hi, this is [name] from Leeds",
    "on behalf of John Smith": "on behalf of [name]",
    "Cordialmente, Paolo Ferri": "Cordialmente, [name]",
    "Regards, Peter Jones": "Regards, [name]",
    "Saluti, Mario Verdi": "Saluti, [name]",
    # mail
    "scrivetemi a anna.rossi+x@mail.example.it, grazie": "scrivetemi a [email], grazie",
    "la mia mail:anna@example.it.": "la mia mail:[email].",
    "ANNA@EXAMPLE.ORG": "[email]",
    "anna@example scusate": "[email] scusate",
    "write to anna (at) example dot org please": "write to [email] please",
    "anna [at] example [dot] org": "[email]",
    "anna.rossi chiocciola example punto it": "[email]",
    "anna at example dot org": "[email]",
    "anna @ example.it": "[email]",
    "anna . rossi @ example . it": "[email]",
    # phones
    "call +39 333 123 4567 now": "call [phone] now",
    "333 1234567": "[phone]",
    "tel.3331234567": "tel.[phone]",
    "tel:333/123.45.67": "tel:[phone]",
    "cell 333-123-45-67, di sera": "cell [phone], di sera",
    "(+39) 333 1234567": "[phone]",
    "393331234567": "[phone]",
    "0039 06 69881234": "[phone]",
    "06 69881234": "[phone]",
    "0669881234": "[phone]",
    "02/69881234": "[phone]",
    "fisso 011.5612345": "fisso [phone]",
    "+44 20 7946 0958": "[phone]",
    "07700 900123": "[phone]",
    "+1 (212) 555-0123": "[phone]",
    "(212) 555-0123": "[phone]",
    "0033 1 42 68 53 00": "[phone]",
    "numero verde 800 123456": "numero verde [phone]",
    "ordine 12 333 1234567 10 euro": "ordine 12 [phone] 10 euro",
    "chiamatemi al 3331234567 o al 3337654321": "chiamatemi al [phone] o al [phone]",
    "telefono 5612345": "telefono [phone]",
    # tax codes, the third with the letters that tell twins apart
    "cf RSSMRA85T10A562S": "cf [tax code]",
    "rssmra85t10a562s": "[tax code]",
    "il codice fiscale RSSMRA85T10A562T": "il codice fiscale [tax code]",
    "RSS MRA 85T10 A562S": "[tax code]",
    # partita IVA
    "P.IVA 00743110157": "P.IVA [VAT number]",
    "IT00743110157": "[VAT number]",
    "partita iva: 00743110158": "partita iva: [VAT number]",
    # IBAN
    "IT60 X054 2811 1010 0000 0123 456": "[IBAN]",
    "bonifico su IT60X0542811101000000123456 grazie": "bonifico su [IBAN] grazie",
    "it60x0542811101000000123456": "[IBAN]",
    "IT-60-X-05428-11101-000000123456": "[IBAN]",
    "DE89370400440532013000": "[IBAN]",
    "GB29 NWBK 6016 1331 9268 19": "[IBAN]",
    "IBAN IT61X0542811101000000123456": "IBAN [IBAN]",
    # cards
    "carta 4111 1111 1111 1111": "carta [card]",
    "5555-5555-5555-4444": "[card]",
    "378282246310005": "[card]",
    # dates of birth
    "nato il 12/03/1980": "nato il [date of birth]",
    "sono nata a Forlì il 3 marzo 1975, e": "sono nata a Forlì il [date of birth], e",
    "born on 3rd of May 1970": "born on [date of birth]",
    "born 03-05-70": "born [date of birth]",
    "Date of birth: 1970-05-03": "Date of birth: [date of birth]",
    "data di nascita 12.03.1980": "data di nascita [date of birth]",
    "D.O.B. May 3, 1970": "D.O.B. [date of birth]",
    # addresses
    "abito in via Roma 12, Milano": "abito in [address]",
    "Via Giuseppe Garibaldi, 12/B": "[address]",
    "viale dei Mille n. 5, 20121 Milano (MI)": "[address]",
    "in piazza san marco 3": "in [address]",
    "in via Mazzini, al numero 4": "in [address]",
    "C.so XX Settembre 14 bis": "[address]",
    "Largo Treves 1": "[address]",
    "via dell'Indipendenza 8": "[address]",
    "via delle rose, 4": "[address]",
    "spedito a 20121 Milano (MI)": "spedito a [address]",
    "CAP 20121 Milano": "[address]",
    "I live at 12 High Street": "I live at [address]",
    "221b Baker Street, London NW1 6XE": "[address]",
    "postcode SW1A 1AA": "postcode [address]",
    # plates
    "la mia auto AB123CD": "la mia auto [plate]",
    "targa ab 123 cd": "targa [plate]",
    "reg number AB12 CDE": "reg number [plate]",
    "scooter targato X1ABCD": "scooter targato [plate]",
    # links and handles
    "www.example.org/o?mail=a@example.org": "[link]",
    "vedi https://example.org/u?id=7.": "vedi [link].",
    "www.example.org": "[link]",
    "su example.it/anna trovate": "su [link] trovate",
    "seguitemi: @anna_rossi": "seguitemi: [handle]",
    # names
    "Sono Anna e ho atteso": "Sono [name] e ho atteso",
    "ciao, sono Anna Rossi.": "ciao, sono [name].",
    "sono la Maria": "sono la [name]",
    "mi chiamo Xiadoro De Luca": "mi chiamo [name]",
    "Il mio nome è Anna": "Il mio nome è [name]",
    "MI CHIAMO ANNA ROSSI E ASPETTO": "MI CHIAMO [name] E ASPETTO",
    "la sig.ra Rossi": "la sig.ra [name]",
    "Signor Direttore Rossi": "Signor Direttore [name]",
    "sig. Rossi e sig.ra Bianchi": "sig. [name] e sig.ra [name]",
    "Signora D'Angelo": "Signora [name]",
    "il signor Rossi": "il signor [name]",
    "dott.ssa Anna Bianchi": "dott.ssa [name]",
    "il dott. Bianchi": "il dott. [name]",
    "My name is Anna": "My name is [name]",
    "I'm Anna Smith from": "I'm [name] from",
    "Hi, I am Anna": "Hi, I am [name]",
    "Mr Smith, Mrs O'Neill and Ms Jones": "Mr [name], Mrs [name] and Ms [name]",
    "Dr. J. Patel": "Dr. [name]",
    # hidden from patterns that look for the letters only
    "anna\u200b@exam\u200bple.org": "[email]",
    "IT60X05428\u200b11101000\u2060000123456": "[IBAN]",
    "333\u00a0123\u202f4567": "[phone]",
    "３３３１２３４５６７": "[phone]",
    "3️⃣3️⃣3️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣": "[phone]\ufe0f\u20e3",
    "\u200f333\u200e 1234567": "\u200f[phone]",
    "anna&#64;example&period;org": "[email]",
    "anna&amp;#64;example.org": "[email]",
    "anna＠example．org": "[email]",
    "333–123–4567": "[phone]",
    "٣٣٣١٢٣٤٥٦٧": "[phone]",
    "4111\u00ad1111\u00ad1111\u00ad1111": "[card]",
}
HARMLESS = [
    "this is Amazing service",
    "this is Leeds at its best",
    "on behalf of the team",
    "Regards to the team",
    "Saluti da Milano",
    "in the name of Comfort",
    "a nome di tutti grazie",
    "intestato a me",
    "instagram: bella pagina",
    "telegram: 3 messaggi al giorno",
    "passaporto scaduto da 3 mesi",
    "carta d'identità elettronica",
    "EAN 4006381333931",
    "ISBN 978-88-04-12345",
    "v2.10.3 (build 20261007)",
    "lotto 20261007-33",
    "targa di merito 2026",
    "12 High Quality products",
    "Tr33 di Natale",
    "SE 24 ore non bastano 12 mesi",
    # amounts, counts, days, hours
    "costa 1.234,56 euro", "3.200 ordini", "1.234.567 visite", "12,50 €", "il 12/10/2026",
    "dal 03/10/2026 al 04/10/2026", "03/10/2026 - 04/10/2026", "2026-10-31", "ore 10:30",
    "dalle 09.00-18.00", "09:30 - 12:30", "art. 12", "10/10", "voto 9/10", "24/7", "24 ore su 24",
    "nel 2024-2025", "tra il 2019 e il 2026", "0.123 0.456", "50.000 euro", "333.123.456 euro",
    "+20% di sconto", "3 + 2 gratis", "+30 punti", "sconto 10-20-30", "10 000 000", "100%",
    "ordine arrivato il 3 10 2026", "2 3 4 5 6 7 8", "il 5 e il 6 12 2026", "19,99 29,99 39,99",
    # products
    "modello XR-2000", "codice 8001234567890", "taglia 42/44", "iPhone 15 Pro Max", "RTX 4090",
    "B07XJ8C8F5", "SKU 12345-678", "EAN 4006381333931", "USB 3.0", "A4", "KB5034441",
    "M2 2GB", "ISBN 978-3-16-148410-0", "modello AB-123-CD", "HP 302 XL", "SN 359881030314356",
    "192.168.1.1", "16 GB RAM", "1TB", "4111 1111 1111 1112", "RSSMRA85T10A562T",
    "IT61X0542811101000000123456",
    # ways and courses
    "via mail", "via Internet", "via e-mail 2 volte", "via Internet 24 ore", "via app, 3 volte",
    "corso di nuoto", "corso di Inglese 2", "largo 20 cm", "nel corso di 3 settimane",
    "in via definitiva", "strada facendo", "via via", "per via telefonica 2 volte",
    "piazza affollata", "in corso 3 ordini", "vai via 5 minuti prima", "Corso Base 2 ore",
    "corso Inglese 3 livelli",
    # people who are not named
    "sono contenta", "sono Contento", "Sono molto felice", "sono Italiano", "ci sono Problemi",
    "non sono Cliente", "Sono arrivate", "SONO MOLTO CONTENTA", "Sono Stata bene", "sono 3 giorni",
    "come sono. Anna", "I am happy", "I am Happy", "I'm British", "I am 45", "I AM VERY HAPPY",
    "I'm Not sure", "I'm sorry", "I am NHS staff", "Signori", "Gentile signora",
    "Signor Direttore", "il signore era",
    "le sigarette", "SIGARETTE", "Drive", "Dr.", "dottore bravo", "MS Office", "Miss you",
    "mi chiamo fuori", "my name is on the list", "il mio nome è sbagliato", "sono Soddisfattissima",
    # others
    "e/o", "ci vediamo @ casa", "amazon.it", "3@5", "@ 5 euro", "A&E", "S&P 500", "R&D;",
    "look at this dot", "e.g. this", "nato un problema il 12/10/2026", "born ready",
    "12 Hours Way too long", "1 Bed Close to a window", "10 Star hotel", "high street",
    "consegna.com", "ok...grazie",
    "punto vendita", "targa ricordo", "plate of food", "reg office", "la targhetta",
    "numero 3 in classifica", "chiamato 3 volte in 10 giorni", "numero 12", "chiamo dal 2019",
    "perché è più caro, però va così", "👍👩‍👩‍👧 ottimo", "1️⃣ primo", "50m²", "½ ora",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PERSONAL.items())
def test_a_piece_and_nothing_else_is_taken_out(text: str, expected: str) -> None:
    assert redact(pd.Series([text])).item() == expected


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_person_stays(text: str) -> None:
    assert redact(pd.Series([text])).item() == text


@pytest.mark.parametrize("kind", IN_TEXT, ids=lambda kind: f"{kind.name} {kind.hint[:12]}")
def test_each_kind_has_a_case(kind: object) -> None:
    assert any([*kind.spans(text)] for text in PERSONAL)  # type: ignore[attr-defined]


def test_own_numbers_and_addresses_stay() -> None:
    ours = own(["+39 800 123456", "info@example.it", "Via Roma 1, 20121 Milano"])
    kept = ["800.123.456", "0039 800 123 456", "INFO@example.it", "via Roma, 1 - 20121 MILANO"]
    assert [pieces_in(text, keep=ours) for text in kept] == [[]] * 4
    others = [
        "800 123457",
        "+39 800 1234567",
        "xinfo@example.it",
        "via Roma 12",
        "info@example.it.cn",
    ]
    assert all(pieces_in(text, keep=ours) for text in others)


def test_a_number_of_another_country_is_taken_for_none_without_its_sign() -> None:
    assert not is_phone("1234567890")
    assert is_phone("+33 1 42 68 53 00")


WORDS = ["x", "1", "x@", "@x", "x.", "AA11", "3 ", "+3", "0 ", "a@b.", "via a ", "sono A", "Mr A ",
         "IT60", "nato a ", "www.", "a.it/", "12 A ", "(at)", "a dot ", "&#6", "&amp;", "12/1",
         "\u200b3", "20121 A", "targa a", "RSSMRA", "4111 ", "e.", "'", "I am A"]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_text_of_a_hundred_thousand_signs_takes_no_time(word: str) -> None:
    text = pd.Series([word * (100_000 // len(word))])
    start = time.perf_counter()
    redact(text)
    assert time.perf_counter() - start < 10  # quadratic: minutes
