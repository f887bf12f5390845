"""Card numbers and secret keys are taken out of what comes in before anything shows, stores or logs it.

Knows how they are written: in groups, one digit at a time, in words, in other digits. Does not know whose they are.
A number of 14 to 19 digits counts as a card's when an issuer's range begins it and its check digit fits (ISO/IEC
7812-1, Luhn); a valid IBAN is left alone.
"""

import re
import unicodedata
from dataclasses import replace
from itertools import accumulate
from typing import Literal

from stdnum import luhn

from assistant.request import Field, Heard, Request, Seen, Upload

Found = Literal["", "card_number", "secret_key"]
HIDDEN = "••••"
LONGEST = 19  # digits
KEY = re.compile(r"(?<![^\W_])(?:[sr]k_(?:live|test)_\w{6,}|whsec_[\w+/=]{6,})", re.IGNORECASE)
WORDS = {
    word: str(digit)
    for digit, words in enumerate(
        ("zero oh zéro 零 〇", "one un une 一", "two deux 二", "three trois 三", "four quatre 四", "five cinq 五",
         "six 六", "seven sept 七", "eight huit 八", "nine neuf 九")
    )
    for word in words.split()
}  # fmt: skip
SPELT = "|".join(word for word in WORDS if len(word) > 1)
GROUP = rf"(?:[\d⁰¹²³⁴-⁹₀-₉]+|[零〇一二三四五六七八九]|\b(?:{SPELT})\b)"
GROUPS = re.compile(GROUP, re.IGNORECASE)
RUN = re.compile(GROUP + r"(?:[\s.·–—\-\u00ad\u200b-\u200f\u2060\ufeff]{0,3}" + GROUP + ")*", re.IGNORECASE)
ISSUED = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|35\d{14}|3(?:0[0-59]|[689]\d)\d{11}"
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14}(?:\d{3})?"
)  # Visa, Mastercard, American Express, JCB, Diners, Discover, UnionPay
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")


def hide(text: str) -> tuple[str, Found]:
    """The text with every card number and secret key replaced, and what was found."""
    shown = KEY.sub(HIDDEN, text)
    found: Found = "secret_key" if shown != text else ""
    while card := _card(shown):
        shown, found = shown[: card[0]] + HIDDEN + shown[card[1] :], "card_number"
    return shown, found


def hide_in_request(request: Request) -> tuple[Request, Found]:
    """The typed words and the names of the files; what the files hold is read by whoever opens them."""
    text, found = hide(request.text)

    def named(file: Upload) -> Upload:
        return replace(file, name=hide(file.name)[0])

    audio = named(request.audio) if request.audio else None
    images, files = tuple(map(named, request.images)), tuple(map(named, request.files))
    return replace(request, text=text, audio=audio, images=images, files=files), found


def hide_in_heard(heard: Heard) -> tuple[Heard, Found]:
    text, found = hide(heard.text)
    return (replace(heard, text=text, spans=(), alternatives=()) if found else heard), found


def hide_in_seen(seen: Seen) -> tuple[Seen, Found]:
    """A number may stand on one line or be spread over several: then every line of digits is hidden."""
    found = hide(" ".join(line.text for line in seen.lines))[1]
    if not found and not any(hide(field.text)[1] for field in seen.fields):
        return seen, hide(" ".join(code.text for code in seen.codes))[1]
    lines = tuple(replace(line, text=_line(line.text)) for line in seen.lines)
    codes = tuple(replace(code, text=hide(code.text)[0]) for code in seen.codes)
    return replace(seen, lines=lines, codes=codes, fields=tuple(map(_field, seen.fields))), found or "card_number"


def _line(text: str) -> str:
    shown, found = hide(text)
    return shown if found or not RUN.fullmatch(text.strip()) else HIDDEN


def _field(field: Field) -> Field:
    text, found = hide(field.text)
    if not found:
        return field
    value = hide(field.value)[0] if isinstance(field.value, str) else field.value
    return replace(field, text=text, value=value, place=replace(field.place, crop=""))


def _card(text: str) -> tuple[int, int] | None:
    """Where the first card number stands."""
    kept = [found.span() for found in IBAN.finditer(text) if _iban(found[0])]
    for run in RUN.finditer(text):
        groups = [] if any(start <= run.start() < end for start, end in kept) else [*GROUPS.finditer(run[0])]
        for first in range(len(groups)):
            for last, number in enumerate(accumulate(_digits(group[0]) for group in groups[first:]), first):
                if ISSUED.fullmatch(number) and luhn.is_valid(number):
                    return run.start() + groups[first].start(), run.start() + groups[last].end()
                if len(number) > LONGEST:
                    break
    return None


def _digits(group: str) -> str:
    return WORDS.get(group.casefold()) or "".join(str(unicodedata.digit(char)) for char in group)


def _iban(text: str) -> bool:
    plain = text.replace(" ", "")
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1
