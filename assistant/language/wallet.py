"""What is said about the wallet and the payee book: "set my daily limit to 200", "add payee Zoe, IBAN FR76 ...".

Only the person's own words come here: a picture changes no limit and no payee.
"""

import re

from assistant.language import slots
from assistant.language.acts import Act, Query, Slot
from assistant.language.lexicon import Words
from assistant.language.tokens import extent
from assistant.language.utterance import Utterance
from assistant.request import Language

ACCOUNT = re.compile(r"(?<!\w)(?:[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?|acct_\w+)(?!\w)", re.ASCII)


def propose(said: Utterance) -> tuple[Act, ...]:
    """The act of a sentence about limits, the card or the payee book; none when it is about something else."""
    if book := said.find("wallet.book"):
        op, _, last = book[0]
        return (Query("payees", {"op": Slot(op), **_person(said.text, said.tokens[last - 1].end, said.language)}),)
    named = said.find("wallet.limit")
    spoken = named or said.find("wallet.any")
    if not spoken:
        return ()
    amount = slots.amount(said.text, said.language, [extent(said.tokens, *hit[1:]) for hit in spoken])
    told = {"which": Slot(named[0][0])} if named else {}
    return (Query("limits", told | ({"amount": amount} if amount else {})),)


def _person(text: str, after: int, language: Language) -> dict[str, Slot]:
    """Name and account of the payee that is named behind the words that ask for it."""
    account = ACCOUNT.search(text, after)
    rest = text[after : account.start() if account else len(text)]
    words = Words.of(rest, language)
    little = words.covered("wallet.small")
    kept = [word for i, word in enumerate(words) if i not in little and word.kind != "mark"]
    told = {"account": Slot(account[0])} if account else {}
    return told | ({"payee": Slot(rest[kept[0].start : kept[-1].end])} if kept else {})
