"""Names that look like other names. Knows scripts and confusable letters; does not know who anybody is.

The skeleton follows the idea of Unicode TR 39 with a table of the letters that matter for European and Chinese names.
It finds Аpple (Cyrillic А), PaypaI, Arnazon, Mart1n and full-width forms; 李雷 and 李雪 stay two people.
"""

import unicodedata

from assistant.errors import Refused

HIDDEN = {"Cf", "Cc", "Co", "Cn"}  # format (bidi, zero width), control, private, unassigned
ALIKE = str.maketrans(
    "IоОаАеЕсСрРхХуУіІјЈѕЅкКмМтТвВнНοΟαΑρΡνιΙκΚτΤβΒηΗμΜχΧ0135|",
    "looaaeeccppxxyyiijjsskkmmttbbhhooaappviikkttbbhhmmxxolesl",
)
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("i", "l"))


def folded(name: str) -> str:
    """What two spellings of one name share: 'Zoé  LEFÈVRE' and 'zoe lefevre'."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(letters.casefold().split())


def skeleton(name: str) -> str:
    """The shape of a name to a hasty eye; two names with one skeleton look alike."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name))
    shape = "".join(char for char in plain.translate(ALIKE) if not unicodedata.combining(char)).casefold()
    for pair, letter in PAIRS:
        shape = shape.replace(pair, letter)
    return " ".join(shape.split())


def check(name: str) -> None:
    """Raise `Refused` for a name with invisible characters or with two alphabets in one word."""
    if any(unicodedata.category(char) in HIDDEN for char in name):
        raise Refused("payee_hidden_characters")
    for word in name.split():
        if len({script for char in word if (script := _script(char))}) > 1:
            raise Refused("payee_mixed_script", name=name)


def _script(char: str) -> str:
    """'LATIN', 'CYRILLIC', 'GREEK', ... of a letter; empty for digits, punctuation and Chinese with Japanese."""
    if not char.isalpha():
        return ""
    script = unicodedata.name(char, "").split(" ")[0]
    return "" if script in ("CJK", "HIRAGANA", "KATAKANA", "FULLWIDTH") else script
