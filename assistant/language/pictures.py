"""What a picture does to a wish: it completes a payment, names what "this" is, and starts nothing by itself."""

import re
from dataclasses import replace

from assistant.language import slots
from assistant.language.acts import Act, Amount, Query, Slot, Slots, Start, Unknown
from assistant.language.utterance import Utterance
from assistant.money import NO_CURRENCY, Money
from assistant.request import Evidence, Field, Seen

RETAIL = ("EAN", "UPC", "DataBar", "ITF")  # beginnings of zxing's names of codes that carry a GTIN


def silent(evidence: Evidence) -> tuple[Act, ...]:
    """Pictures without words are described; a barcode is looked up. Nothing else can come of a picture alone."""
    if not evidence.seen:
        return (Unknown(),)
    return tuple(_looked_up(seen) or Start("describe", {"document": Slot(i)}) for i, seen in enumerate(evidence.seen))


def _looked_up(seen: Seen) -> Act | None:
    for code in seen.codes if seen.field("total") is None else ():  # a till's code is no product's
        digits = re.sub(r"\D", "", code.text)
        if code.format.startswith(RETAIL) and len(digits) == len(code.text) and slots.checks(digits):
            return Query("lookup", {"code": Slot(digits, code.text, place=code.place)})
    return None


def about(said: Utterance, evidence: Evidence) -> tuple[Act, ...]:
    """ "Pay this" with a picture; "what is this?" with a picture."""
    if evidence.seen and said.says("what"):
        return silent(evidence)
    return (fill(Start("pay", said.payment), evidence),) if evidence.seen and said.says("this") else ()


def fill(act: Act, evidence: Evidence) -> Act:
    """A wish to pay, completed from the picture; a wish to find "this", answered by its code or its description."""
    if not evidence.seen:
        return act
    if isinstance(act, Start) and act.goal == "pay":
        return Start("pay", _filled(act.slots, evidence))
    vague = isinstance(act, Unknown) and not act.outside
    if vague or (isinstance(act, Query) and act.goal in ("find", "lookup") and not {"query", "code"} & set(act.slots)):
        return silent(evidence)[0]
    return act


def _filled(told: Slots, evidence: Evidence) -> dict[str, Slot]:
    """The words' details, then the picture's; two different amounts stay two readings, so that they are asked."""
    paper = next((seen for seen in evidence.seen if seen.field("total") or seen.field("payee")), None)
    printed = details_of(paper) if paper else {}
    said = dict(told)
    if "amount" in said and "amount" in printed and not _same(said["amount"].value, printed["amount"].value):
        said["amount"] = replace(said["amount"], readings=(*said["amount"].readings, printed["amount"].value))
    for name, slot in printed.items():
        if name not in said or (name != "amount" and said[name].confidence < 1):
            said[name] = slot
    return said


def details_of(paper: Seen) -> dict[str, Slot]:
    """What a document states of a payment, each with its place; a currency XXX was not printed."""
    found: dict[str, Slot] = {}
    if (total := paper.field("total")) and isinstance(total.value, Money):
        currency = total.value.currency if total.value.currency != NO_CURRENCY else None
        found["amount"] = _read(total, Amount(f"{total.value.decimal:f}", currency))
    if name := paper.field("payee"):
        found["payee"] = _read(name, str(name.value))
    if reference := paper.field("reference"):
        found["purpose"] = _read(reference, str(reference.value))
    if iban := paper.field("iban"):
        found["iban"] = _read(iban, str(iban.value))
    return found


def _read(field: Field, value: object) -> Slot:
    return Slot(value, field.text, place=field.place, confidence=field.confidence)


def _same(said: Amount, printed: Amount) -> bool:
    fits = not (said.currency and printed.currency) or said.currency == printed.currency
    fits = fits and (not said.candidates or printed.currency in (None, *said.candidates))
    return fits and Money.of(said.value, printed.currency or "EUR") == Money.of(
        printed.value, printed.currency or "EUR"
    )
