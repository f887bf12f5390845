"""`lueur`: the same turns as the page, on the command line. Answers `--help` before anything heavy is imported.

Exit codes: 0 done, 1 a fault of ours (its id is printed, its details stand in the log), 2 the request was refused.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from assistant import __version__

if TYPE_CHECKING:
    from assistant.errors import LueurError
    from assistant.protocols.local import Desk
    from assistant.request import Upload
    from assistant.settings import Settings
    from models.fetch import Fetch

LARGEST_FILE = 64 * 2**20  # bytes
OK, FAULT, REFUSED = 0, 1, 2


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
    _ask(verbs.add_parser("ask", help="say, show or hand in something; a payment is only drafted"))
    _act(verbs.add_parser("act", help="tap a button of a card: the one gesture that moves money"))
    bring = _verb(verbs, "import", run_import, "preview a bank file or a product feed; with --yes, import it")
    bring.add_argument(
        "file", type=Path, metavar="FILE", help="CSV, TSV, OFX, QIF, CAMT.053, MT940, XML, JSON lines ..."
    )
    bring.add_argument("--yes", action="store_true", help="also tap the button of the preview")
    bring.add_argument("--json", action="store_true", help="one line of JSON, as in docs/json.md")
    serve = _verb(verbs, "serve", run_serve, "open the page on this machine")
    serve.add_argument("--host", help="address to listen on (LUEUR_HOST, default 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (LUEUR_PORT, default 7860)")
    for name, run, text in (
        ("doctor", run_doctor, "what is found, what is missing, and how to mend it"),
        ("selftest", run_selftest, "the seven main paths, in a folder of their own"),
        ("settings", run_settings, "every setting, secrets masked"),
    ):
        _verb(verbs, name, run, text).add_argument("--json", action="store_true", help="one line of JSON")
    weights = _verb(verbs, "weights", run_weights, "which recognisers can be fetched, and fetch one")
    weights.add_argument("what", choices=("list", "get"))
    weights.add_argument("name", nargs="?", default="base", metavar="NAME", help="as the list says (default: base)")
    weights.add_argument("--json", action="store_true", help="one line of JSON")
    export = _verb(verbs, "export", run_export, "all your rows as JSON, or your money as a ledger, on standard output")
    export.add_argument("--json", action="store_true", help="one line of JSON")
    export.add_argument(
        "--form", choices=("json", "beancount", "csv", "mandates"), default="json", help="default: json"
    )
    sandbox = _verb(verbs, "sandbox", run_sandbox, "only the Stripe-compatible sandbox, for other programs' tests")
    sandbox.add_argument("--port", type=int, default=12111, help="port on this machine (default 12111)")
    merchant = _verb(verbs, "merchant", run_merchant, "a sample shop that speaks ACP, alone on a port of this machine")
    merchant.add_argument("--shop", default="tablee", help="which of the sample shops (default tablee)")
    merchant.add_argument("--port", type=int, default=8181, help="port on this machine (default 8181)")
    merchant.add_argument("--hook", help="where its orders are told (default: the page of this folder)")
    shops = _verb(verbs, "shops", run_shops, "shops you trade with by their URL (ACP)")
    shops.add_argument("what", choices=("list", "add", "remove"))
    shops.add_argument(
        "shop", nargs="?", default="", metavar="URL or ID", help="the address to add, or the id to remove"
    )
    shops.add_argument("--id", default="", help="its short name; that of an embedded shop takes its place")
    shops.add_argument("--name", default="", help="as you want to read it on a sheet (default: its host)")
    shops.add_argument("--key-file", type=Path, metavar="FILE", help="what the shop gave you; - reads standard input")
    shops.add_argument("--feed", type=Path, metavar="FILE", help="its products: any feed that `lueur import` reads")
    shops.add_argument("--json", action="store_true", help="one line of JSON")
    audit = _verb(verbs, "audit", run_audit, "check the chain of the payment log")
    audit.add_argument("what", choices=("verify",), help="verify: find the first entry that was edited or left out")
    mandate = _verb(verbs, "mandate", run_mandate, "check a mandate that somebody signed, by its own text alone")
    mandate.add_argument("what", choices=("verify",), help="verify: signatures, bounds, and every payment under it")
    mandate.add_argument("file", type=Path, metavar="FILE", help="what `lueur export --form mandates` wrote")
    forget = _verb(verbs, "forget", run_forget, "erase everything of yours in this folder")
    forget.add_argument("--yes", action="store_true", help="really erase it; there is no undo")
    return top


def _verb(verbs: Any, name: str, run: Callable[..., int], text: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    made.set_defaults(run=run, json=False)
    return made


def _ask(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("text", nargs="?", default="", metavar="TEXT", help="your words; - reads standard input")
    ask.add_argument("--image", type=Path, action="append", default=[], metavar="FILE", help="a photo; may be repeated")
    ask.add_argument("--audio", type=Path, metavar="FILE", help="a recording of your words")
    ask.add_argument("--file", type=Path, action="append", default=[], metavar="FILE", help="a bank file to import")
    ask.add_argument("--lang", choices=("en", "fr", "zh"), help="language of the answer (default: that of the words)")
    ask.add_argument("--session", metavar="S", help="a session id, or 'new' (default: the last one)")
    ask.add_argument("--json", action="store_true", help="one line of JSON, as in docs/json.md")
    ask.set_defaults(run=run_ask)


def _act(act: argparse.ArgumentParser) -> None:
    act.add_argument("action", metavar="ACTION_ID", help="the id of a button of a card")
    act.add_argument("--session", metavar="S", help="the session of the card (default: the last one)")
    act.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="a changed field")
    act.add_argument("--json", action="store_true", help="one line of JSON, as in docs/json.md")
    act.set_defaults(run=run_act)


def _run(args: argparse.Namespace) -> int:
    from assistant import errors, settings

    home: Path | None = None
    try:
        chosen = settings.load()
        home = chosen.home
        code: int = args.run(args, chosen)
        return code
    except errors.LueurError as error:
        return _refuse(error, args)
    except OSError as error:
        if error.errno in errors.NO_ROOM:
            return _refuse(errors.OutOfRoom("disk_full"), args)
        return _fault(args, home)
    except Exception:
        return _fault(args, home)


def _refuse(error: LueurError, args: argparse.Namespace) -> int:
    import os

    from assistant.protocols.local import language_of, refusal

    spoken = getattr(args, "lang", None) or os.environ.get("LUEUR_LANGUAGE", "")
    return _print(refusal(error, language_of(spoken)), args.json)


def _fault(args: argparse.Namespace, home: Path | None) -> int:
    """Something we did not foresee: an id and a safe sentence for the person, the traceback for the log."""
    import secrets
    from contextlib import suppress

    from assistant import errors, folder

    number = secrets.token_hex(4)
    if home:
        with suppress(OSError):
            folder.keep_log(home).exception("fault %s in lueur %s", number, args.verb)
    _refuse(errors.LueurError("unforeseen", id=number), args)
    return FAULT


@contextmanager
def _desk(settings: Settings) -> Iterator[Desk]:
    """The owner's desk: at the running server, or in this process with the folder locked for as long as it takes."""
    from assistant import folder
    from assistant.protocols.local import Here, There

    taken = folder.hold_or_find(settings.home)
    if isinstance(taken, folder.Neighbour):
        yield There(taken)
        return
    try:
        from assistant.core import Assistant

        with closing(Assistant(settings)) as assistant:
            assistant.catch_up()
            yield Here(assistant)
    finally:
        taken.release()


def run_ask(args: argparse.Namespace, settings: Settings) -> int:
    from assistant.folder import prepare
    from assistant.request import Request

    request = Request(
        text=sys.stdin.buffer.read(LARGEST_FILE).decode("utf-8", "replace") if args.text == "-" else args.text,
        audio=_upload(args.audio) if args.audio else None,
        images=tuple(map(_upload, args.image)),
        files=tuple(map(_upload, args.file)),
        language=args.lang,
    )
    prepare(settings.home)
    named = None if args.session == "new" else args.session or _last_session(settings)
    with _desk(settings) as desk:
        reply = desk.ask(named, request)
        if reply["error"] == "unknown_session" and not args.session:
            reply = desk.ask(None, request)
    _remember(settings, reply["session"])
    return _print(reply, args.json)


def run_import(args: argparse.Namespace, settings: Settings) -> int:
    from assistant.folder import prepare
    from assistant.request import Request

    prepare(settings.home)
    with _desk(settings) as desk:
        reply = desk.ask(None, Request(files=(_upload(args.file),)))
        buttons = [action for card in reply["cards"] for action in card["actions"] if action["style"] == "primary"]
        if args.yes and buttons:
            reply = desk.act(reply["session"], buttons[0]["id"], {})
    _remember(settings, reply["session"])
    return _print(reply, args.json)


def run_act(args: argparse.Namespace, settings: Settings) -> int:
    from assistant.errors import BadInput, NotFound

    values = dict(pair.partition("=")[::2] for pair in args.set)
    if any("=" not in pair for pair in args.set):
        raise BadInput("bad_field", given=", ".join(args.set))
    session = args.session or _last_session(settings)
    if not session:
        raise NotFound("unknown_action")
    with _desk(settings) as desk:
        return _print(desk.act(session, args.action, values), args.json)


def run_serve(args: argparse.Namespace, settings: Settings) -> int:
    from dataclasses import replace

    from assistant import serve

    given = {name: value for name in ("host", "port") if (value := getattr(args, name)) is not None}
    serve.run(replace(settings, **given))


def run_doctor(args: argparse.Namespace, settings: Settings) -> int:
    import json
    from dataclasses import asdict

    from assistant import doctor, terminal

    found = doctor.examine(settings)
    print(json.dumps([asdict(one) for one in found]) if args.json else "\n".join(terminal.findings(found)))
    return OK if all(one.found or one.optional for one in found) else REFUSED


def run_weights(args: argparse.Namespace, settings: Settings) -> int:
    import json

    from assistant.errors import BadInput
    from assistant.folder import prepare
    from assistant.senses import Senses
    from models.fetch import Fetch
    from models.weights import pinned

    if args.name not in pinned():
        raise BadInput("unknown_weights", name=args.name, known=", ".join(pinned()))
    names = pinned() if args.what == "list" else [args.name]
    chosen = [Fetch(pinned()[name], settings.offline) for name in names]
    if args.what == "get" and _fetched(chosen[0], settings):
        prepare(settings.home)
        Senses(settings).compare()
    rows = [{"name": each.wanted.name, "state": each.state, "done": each.done, "bytes": each.wanted.bytes,
             "place": str(each.place), "text": _stated(each, settings)} for each in chosen]  # fmt: skip
    print(json.dumps(rows) if args.json else "\n".join(f"{row['name']:10}{row['text']}" for row in rows))
    return OK if args.what == "list" or chosen[0].state == "ready" else REFUSED


def _fetched(fetch: Fetch, settings: Settings) -> bool:
    """Whether it is here now; a line on standard error says how far it is. Ctrl+C keeps what has come."""
    import time

    fetch.start()
    while fetch.state == "fetching":
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{_stated(fetch, settings)}  ")
        time.sleep(0.2)
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    return fetch.state == "ready"


def _stated(fetch: Fetch, settings: Settings) -> str:
    from assistant.protocols.local import language_of
    from assistant.ui.weights import stated

    return stated(language_of(settings.language), fetch)


def run_selftest(args: argparse.Namespace, settings: Settings) -> int:
    import json
    from dataclasses import asdict

    from assistant import selftest, terminal

    passed = True
    for one in selftest.walk(settings):
        print(json.dumps(asdict(one)) if args.json else terminal.outcome(one), flush=True)
        passed = passed and not one.wrong
    return OK if passed else FAULT


def run_settings(args: argparse.Namespace, settings: Settings) -> int:
    import json

    shown = settings.masked()
    print(json.dumps(shown) if args.json else "\n".join(f"{name:16}{value}" for name, value in shown.items()))
    return OK


def run_export(args: argparse.Namespace, settings: Settings) -> int:
    import json

    with _desk(settings) as desk:
        found = desk.export(args.form)
        shown = found.get("text") if not args.json else None
        print(shown or json.dumps(found, ensure_ascii=False, indent=None if args.json else 1))
    return OK


def run_sandbox(args: argparse.Namespace, settings: Settings) -> int:
    import threading

    from assistant.clock import SystemClock
    from assistant.folder import prepare
    from assistant.language.messages import say
    from assistant.payments.sandbox import alone
    from assistant.protocols.local import language_of
    from assistant.protocols.payment import words

    made = alone(prepare(settings.home) / "sandbox-alone.db", SystemClock(), args.port, words)
    with closing(made):
        told = {"url": made.url(), "key": made.key}
        print(say(language_of(settings.language), "payment.sandbox_alone", **told), flush=True)
        threading.Event().wait()
    return OK


def run_merchant(args: argparse.Namespace, settings: Settings) -> int:
    from assistant.clock import SystemClock
    from assistant.demo.catalogue import products
    from assistant.language.messages import say
    from assistant.protocols.acp import runner
    from assistant.protocols.local import language_of

    home, url, clock = settings.home / "merchants" / args.shop, f"http://127.0.0.1:{args.port}", SystemClock()
    hook = args.hook or f"http://127.0.0.1:{settings.port}{runner.HOOK}"
    merchant = runner.Merchant(
        home, args.shop, url, lambda: products(clock.now()), settings.home / "sandbox.json", clock, hook
    )
    add = f'lueur shops add {url} --id {args.shop} --name "{merchant.name}" --key-file {home / runner.KEY}'
    print(say(language_of(settings.language), "service.merchant", name=merchant.name, url=url, add=add), flush=True)
    runner.run(merchant, args.port)
    return OK


def run_shops(args: argparse.Namespace, settings: Settings) -> int:
    import base64
    import json

    values = {"url": args.shop, "id": args.id if args.what == "add" else args.shop, "name": args.name}
    if args.what == "add":
        key = sys.stdin.read() if str(args.key_file) == "-" else args.key_file and _upload(args.key_file).data.decode()
        feed = base64.b64encode(_upload(args.feed).data).decode() if args.feed else ""
        values |= {"key": (key or "").strip(), "feed": feed}
    with _desk(settings) as desk:
        found = desk.shops(args.what, values)
    if found["error"]:
        return _print(found, args.json)
    lines = [f"{shop['id']:16}{shop['name']:24}{shop['url']}" for shop in found["shops"]]
    print(json.dumps(found, ensure_ascii=False) if args.json else "\n".join(lines))
    return OK


def run_audit(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    from assistant.folder import Neighbour, hold_or_find
    from assistant.language.messages import say
    from assistant.payments.audit import broken
    from assistant.protocols.local import language_of
    from assistant.store import Store

    taken = hold_or_find(settings.home)
    with closing(Store(settings.home / "lueur.db")) as store:
        if not isinstance(taken, Neighbour):
            store.upgrade()
            taken.release()
        with store.read() as db:
            count, place = broken(db)
    key = "audit_broken" if place else "audit_whole"
    print(say(language_of(settings.language), f"payment.{key}", count=count, place=place))
    return REFUSED if place else OK


def run_mandate(args: argparse.Namespace, settings: Settings) -> int:
    import json

    from assistant.errors import BadInput
    from assistant.language.messages import say
    from assistant.payments.mandates import verify
    from assistant.protocols.local import language_of

    try:
        told = json.loads(_upload(args.file).data)
    except ValueError:
        raise BadInput("mandate_unreadable") from None
    for one in told["mandates"] if isinstance(told, dict) and "mandates" in told else [told]:
        terms, used, spent, key = verify(one)
        facts = {name: getattr(terms, name) for name in ("title", "seller", "quantity", "each", "most")}
        language, until = language_of(settings.language), terms.until.date()
        print(say(language, "mandate.verified", **facts, until=until, used=used, spent=spent, key=key))
        if one.get("revoked"):
            print(say(language, "mandate.verified_revoked"))
    return OK


def run_forget(args: argparse.Namespace, settings: Settings) -> int:
    from assistant.errors import BadInput
    from assistant.folder import SESSION
    from assistant.language.messages import say
    from assistant.protocols.local import language_of

    if not args.yes:
        raise BadInput("forget_unconfirmed", home=str(settings.home))
    with _desk(settings) as desk:
        answer = desk.forget()
    if answer.get("error"):
        return _print(answer, args.json)
    (settings.home / SESSION).unlink(missing_ok=True)
    print(say(language_of(settings.language), "service.forgotten", count=answer["erased"]))
    return OK


def _upload(path: Path) -> Upload:
    from assistant.errors import BadInput
    from assistant.request import Upload

    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError:
        raise BadInput("file_missing", name=str(path)) from None
    if len(data) > LARGEST_FILE:
        raise BadInput("file_too_big", name=path.name, limit=LARGEST_FILE // 2**20)
    return Upload(path.name, data)


def _last_session(settings: Settings) -> str | None:
    from assistant.folder import SESSION

    try:
        return (settings.home / SESSION).read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _remember(settings: Settings, session: str) -> None:
    from assistant.folder import SESSION, write_private

    if session and session != _last_session(settings):
        write_private(settings.home / SESSION, session)


def _print(reply: dict[str, Any], as_json: bool) -> int:
    """A refused request is said on standard error; its JSON, if asked for, still goes to standard output."""
    import json

    from assistant.terminal import drawn

    if as_json:
        print(json.dumps(reply, ensure_ascii=False))
    elif not reply["error"]:
        print("\n".join(drawn(reply)))
    if reply["error"]:
        print(reply["text"], file=sys.stderr)
    return REFUSED if reply["error"] else OK


if __name__ == "__main__":
    sys.exit(main())
