"""Language: from a sentence to acts, and from acts to effects. `detect` says in which language a sentence is.

Chinese by its script; English and French by their small words and letters. A text that gives no hint ("12,50", "ok",
a name) stays in the conversation's language.
"""

from __future__ import annotations

import functools

from assistant.language.tokens import tokens
from assistant.request import Language

# The commonest words that belong to one of the two languages only, and what its letters and endings give away.
ENGLISH = frozenset(
    "the is are was were what how much many did does do my your you i i'm me and to of for on in it this that with under "
    "than show find pay send give tell please yes no not can could should would have has had want need a an all by per "
    "last month year week spend spent net worth balance help hello thanks thank buy from who which their cancel make "
    "over about some any get where when why compare second first one hi hey stop good morning never mind".split()
)
FRENCH = frozenset(
    "le la les un une des du de et est sont quel quelle quels quelles combien mon ma mes ton ta tes son sa ses je tu il "
    "elle nous vous ils que qui quoi dans en au aux avec pour par sur sous pas ne plus moins cette ce cet ces c'est mois "
    "annee semaine dernier derniere paie paye payer envoie envoyer vire virer verse montre trouve cherche achete acheter "
    "depense ai merci bonjour salut bonsoir oui non annule aide facture loyer courses patrimoine solde d l j qu euros a "
    "mets plutot dois veux voudrais ca moi toi compare commande donne fais il te plait importe et peux rouge".split()
)
BOTH = {"a", "on", "me", "plus", "euros", "compare", "second", "son", "sale", "or", "an", "pour", "rouge", "do", "did"}


@functools.cache
def _weights() -> dict[str, tuple[float, float]]:
    words = ENGLISH | FRENCH
    return {w: ((0.3 if w in BOTH else 1.0) * (w in ENGLISH), (0.3 if w in BOTH else 1.0) * (w in FRENCH)) for w in words}


def detect(text: str, default: Language) -> Language:
    """The language of `text`; `default` where nothing speaks for another."""
    found = tokens(text)
    han = sum(token.kind == "han" for token in found)
    words = [token for token in found if token.kind == "word"]
    if han and han >= len(words) / 2:
        return "zh"
    english = french = 0.0
    for word in words:
        en, fr = _weights().get(word.text, (0.0, 0.0))
        english, french = english + en, french + fr
        said = text[word.start : word.end].lower()
        french += 0.8 * any(letter in said for letter in "éèêàùçôîâœ") + 0.2 * said.endswith(("ez", "tion", "eur", "aux"))
        english += 0.2 * said.endswith(("ing", "ed", "ght")) + 0.3 * ("w" in said or "k" in said)
    if default == "zh" and not han:  # words in Latin letters are no Chinese sentence unless they are few
        default = "zh" if len(words) < 3 and max(english, french) < 1 else "en"
    if abs(english - french) < 0.5:
        return default
    return "en" if english > french else "fr"
