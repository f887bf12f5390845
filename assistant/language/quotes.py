"""Somebody else's words inside a sentence: a quotation longer than a name, a quoted line, a stretch of code.

They are evidence like print: a proposer sees a blind spot of the same length in their place, so they choose no action,
payee, amount or limit. What a payment is for may be a quotation. A message that is nothing else is the person's own.
"""

import re
from dataclasses import replace

from assistant.language.acts import Proposal, Query, Set, Slots, Start
from assistant.language.lexicon import phrases
from assistant.language.tokens import tokens
from assistant.request import LANGUAGES

PAIRS = (("“", "”"), ("«", "»"), ("「", "」"), ("『", "』"))
NESTED = "|".join(f"{a}(?:[^{a}{b}]|{a}[^{a}{b}]*{b})+{b}" for a, b in PAIRS)
QUOTED = re.compile(
    rf'```.*?(?:```|\Z)|^[ \t]*>[^\n]*|\{{.*\}}|<[A-Za-z!/|].*>|(?<!\w)"[^"]+"(?!\w)|{NESTED}', re.DOTALL | re.MULTILINE
)
NAME = 3  # words that a name or a title may have; a Han character counts half
VERBS = ("list.verb", "list.transfer", "list.halt", "cart.add", "cart.remove", "cart.empty", "cart.checkout")
COVER = "\ua66e"  # a letter of no word in any language here


def apart(text: str) -> tuple[str, tuple[str, ...]]:
    """The sentence with its quotations covered, and what they say."""
    found = [match for match in QUOTED.finditer(text) if _is_speech(match[0])]
    own = text
    for match in found:
        own = own[: match.start()] + COVER * len(match[0]) + own[match.end() :]
    said = any(word.kind != "mark" and COVER not in word.text for word in tokens(own))
    return (own, tuple(match[0] for match in found)) if said else (text, ())


def _is_speech(quoted: str) -> bool:
    """Longer than a name or a title, a whole sentence, or words that begin with a verb of asking."""
    words = tokens(quoted)
    said = [word for word in words if word.kind != "mark"]
    asks = any(phrases(verbs, language).at(said, 0) for verbs in VERBS for language in LANGUAGES)
    ends = len(said) > 1 and any(word.text in ".!?。！？" for word in words[-2:])
    return sum(0.5 if word.kind == "han" else 1 for word in said) > NAME or asks or ends


def uncovered(proposal: Proposal, text: str) -> Proposal:
    """Acts of the covered sentence: a purpose gets its words back, a detail that would be a quotation is left out."""
    acts = (
        replace(act, slots=_own(act.slots, text)) if isinstance(act, (Start, Set, Query)) else act for act in proposal
    )
    return Proposal(acts, proposal.by)


def _own(slots: Slots, text: str) -> Slots:
    kept = {}
    for name, slot in slots.items():
        if COVER in slot.text or COVER in str(slot.value):
            said = text[slice(*slot.span)] if slot.span else ""
            rest = " ".join(str(slot.value).replace(COVER, " ").split())
            slot = replace(slot, text=said, value=said) if name == "purpose" else replace(slot, text=rest, value=rest)
            if name not in ("purpose", "query") or not slot.value:
                continue
        kept[name] = slot
    return kept
