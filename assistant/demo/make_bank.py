"""Makes `files/bank.csv`, a made-up bank file as French banks write them: preamble, `;`, decimal commas, cp1252.

    python -m assistant.demo.make_bank

Amounts stand in a debit and a credit column; a running balance closes each row, a total closes the file.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

TARGET = Path(__file__).parent / "files" / "bank.csv"
OPENING = Decimal("1842.17")
# day of November 2026 (negative: of October), text, amount
ROWS = (
    (-28, "VIR SALAIRE BRIGHTWATER STUDIO", "3420.00"),
    (-30, "CB HALLE VERTE 29/10", "-54.38"),
    (2, "PRLV RESIDENCE LILAS LOYER", "-980.00"),
    (3, "CB BOULANGERIE PAPILLON 02/11", "-6.40"),
    (3, "CB BOULANGERIE PAPILLON 02/11", "-6.40"),
    (5, "PRLV VOLTA ENERGY REF 8841", "-86.12"),
    (6, "CB BISTRO LUNE 05/11", "-48.60"),
    (9, "PRLV NORTHWIND TELECOM", "-29.99"),
    (12, "CB PHARMACIE DU PONT 10/11", "-17.85"),
    (13, "REMBOURSEMENT MAISON FIL", "79.90"),
    (16, "CB MARCHE SOLEIL 14/11", "-112.07"),
    (18, "FRAIS TENUE DE COMPTE", "-2.50"),
    (20, "RETRAIT DAB 19/11", "-60.00"),
)


def text() -> str:
    lines = ["Banque de démonstration (données inventées)", "Compte;Compte chèques n° 0000 4242", "Devise;EUR", "",
             "Date opération;Date valeur;Libellé;Débit;Crédit;Solde"]  # fmt: skip
    balance, totals = OPENING, [Decimal(0), Decimal(0)]
    for day, label, amount in ROWS:
        value = Decimal(amount)
        balance += value
        totals[value > 0] += abs(value)
        when = f"{abs(day):02}/{10 if day < 0 else 11}/2026"
        debit, credit = ("", _print(value)) if value > 0 else (_print(-value), "")
        lines.append(f"{when};{when};{label};{debit};{credit};{_print(balance)}")
    lines.append(f"Total;;;{_print(totals[0])};{_print(totals[1])};")
    return "\r\n".join(lines) + "\r\n"


def _print(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", " ").replace(".", ",")


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(text().encode("cp1252"))
