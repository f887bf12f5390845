"""Every way a request can be refused.

    LueurError
    ├── BadInput        the person's words, file or flag cannot be used       exit code 2
    ├── NotFound        no such session, action, payment, product (or not yours)
    ├── Refused         understood, and not done: a limit, a rule, a live key
    ├── Unavailable     a part that is needed is not there: weights, a worker, the provider
    └── OutOfRoom       the disk is full; nothing was begun

An error carries a message key and values, not a sentence: the sentence stands in `language/messages/`, once per
language, and says what happened, what is safe, and what to do next. Raise where the fact is known; `core` and `cli`
are the only places that catch.
"""

OK, FAULT, REFUSED = 0, 1, 2  # exit codes of `lueur`
NO_ROOM = (28, 122)  # errno of a full disk: ENOSPC, EDQUOT


class LueurError(Exception):
    """`key` names a sentence under `[errors]` of the message files; `values` fill it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.key}({shown})"


class BadInput(LueurError):
    pass


class NotFound(LueurError):
    pass


class Refused(LueurError):
    pass


class Unavailable(LueurError):
    pass


class OutOfRoom(LueurError):
    pass
