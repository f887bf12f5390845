"""`lueur`: the same turns as the page, on the command line. Answers `--help` before anything heavy is imported.

Exit codes: 0 done, 1 a fault of ours (its id is printed, its details stand in the log), 2 the request was refused.
`cli.toml` says what each verb takes, `commands.py` does it.
"""

import argparse
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from assistant import __version__, errors
from assistant.errors import OK, REFUSED

KINDS = {"path": Path, "int": int}


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(REFUSED, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    args = parser().parse_args(argv)
    try:
        return _run(args)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output went away
        sys.stderr.close()
        return OK


def parser() -> Parser:
    top = Parser(prog="lueur", description="The assistant you may hand your money to, on your own machine.")
    top.add_argument("--version", action="version", version=f"lueur {__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="COMMAND", parser_class=Parser)
    listed = tomllib.loads(Path(__file__).with_name("cli.toml").read_text(encoding="utf-8"))
    for name, told in listed.items():
        verb = verbs.add_parser(name, help=told["help"], description=told["help"])
        verb.set_defaults(json=False)
        for option, how in told["takes"].items():
            kind: Any = {"type": KINDS[how.pop("kind")]} if "kind" in how else {}
            verb.add_argument(option, **kind, **how)
    return top


def _run(args: argparse.Namespace) -> int:
    from assistant import commands, settings

    home: Path | None = None
    try:
        chosen = settings.load()
        home = chosen.home
        return commands.run(args, chosen)
    except errors.LueurError as error:
        return commands.refuse(error, args)
    except OSError as error:
        if error.errno in errors.NO_ROOM:
            return commands.refuse(errors.OutOfRoom("disk_full"), args)
        return commands.fault(args, home)
    except Exception:
        return commands.fault(args, home)


if __name__ == "__main__":
    sys.exit(main())
