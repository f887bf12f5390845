"""What is said about the wallet and the payee book: "set my daily limit to 200", "add payee Zoe, IBAN FR76 ...".

Only the person's own words come here: a picture changes no limit and no payee.
"""

import re

from assistant.language import slots
from assistant.language.acts import Act, Query, Slot, State
from assistant.language.lexicon import phrases
from assistant.language.tokens import covered, extent, tokens

ACCOUNT = re.compile(r"(?<!\w)(?:[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?|acct_\w+)(?!\w)", re.ASCII)


def propose(text: str, state: State) -> tuple[Act, ...]:
    """The act of a sentence about limits, the card or the payee book; none when it is about something else."""
    words = tokens(text)
    if book := phrases("wallet.book", state.language).scan(words):
        op, _, last = book[0]
        return (Query("payees", {"op": Slot(op), **_person(text, words[last - 1].end, state)}),)
    named = phrases("wallet.limit", state.language).scan(words)
    said = named or phrases("wallet.any", state.language).scan(words)
    if not said:
        return ()
    taken = [extent(words, first, last) for _, first, last in said]
    amount = slots.amount(text, state.language, taken)
    told = {"which": Slot(named[0][0])} if named else {}
    return (Query("limits", told | ({"amount": amount} if amount else {})),)


def _person(text: str, after: int, state: State) -> dict[str, Slot]:
    """Name and account of the payee that is named behind the words that ask for it."""
    account = ACCOUNT.search(text, after)
    rest = text[after : account.start() if account else len(text)]
    words = tokens(rest)
    little = covered(words, phrases("wallet.small", state.language))
    kept = [word for i, word in enumerate(words) if i not in little and word.kind != "mark"]
    told = {"account": Slot(account[0])} if account else {}
    return told | ({"payee": Slot(rest[kept[0].start : kept[-1].end])} if kept else {})
