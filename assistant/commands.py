"""What each verb of `lueur` does, at the running server's desk or in this process. Knows how an answer is printed."""

import argparse
import base64
import json
import os
import secrets
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from assistant import folder
from assistant.clock import SystemClock
from assistant.errors import FAULT, OK, REFUSED, BadInput, LueurError, NotFound
from assistant.folder import SESSION, Neighbour, hold_or_find, prepare, write_private
from assistant.language.messages import say
from assistant.protocols.local import Desk, Here, There, language_of, packed, refusal
from assistant.request import Request, Upload
from assistant.settings import Settings
from assistant.terminal import drawn, findings, outcome
from models.fetch import Fetch
from models.weights import pinned

Args = argparse.Namespace
LARGEST_FILE = 64 * 2**20  # bytes


def run(args: Args, settings: Settings) -> int:
    """The exit code of a verb."""
    code: int = globals()[f"run_{args.verb}"](args, settings)
    return code


def refuse(error: LueurError, args: Args) -> int:
    spoken = getattr(args, "lang", None) or os.environ.get("LUEUR_LANGUAGE", "")
    return _print(refusal(error, language_of(spoken)), args.json)


def fault(args: Args, home: Path | None) -> int:
    """Something we did not foresee: an id and a safe sentence for the person, the traceback for the log."""
    number = secrets.token_hex(4)
    if home:
        with suppress(OSError):
            folder.keep_log(home).exception("fault %s in lueur %s", number, args.verb)
    refuse(LueurError("unforeseen", id=number), args)
    return FAULT


@contextmanager
def _desk(settings: Settings) -> Iterator[Desk]:
    """The owner's desk: at the running server, or in this process with the folder locked for as long as it takes."""
    taken = hold_or_find(settings.home)
    if isinstance(taken, Neighbour):
        yield There(taken)
        return
    try:
        from assistant.core import Assistant

        with closing(Assistant(settings)) as assistant:
            assistant.catch_up()
            yield Here(assistant)
    finally:
        taken.release()


def run_ask(args: Args, settings: Settings) -> int:
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
        reply = desk.call("ask", {"session": named, **packed(request)})
        if reply["error"] == "unknown_session" and not args.session:
            reply = desk.call("ask", packed(request))
    _remember(settings, reply["session"])
    return _print(reply, args.json)


def run_import(args: Args, settings: Settings) -> int:
    prepare(settings.home)
    with _desk(settings) as desk:
        reply = desk.call("ask", packed(Request(files=(_upload(args.file),))))
        buttons = [action for card in reply["cards"] for action in card["actions"] if action["style"] == "primary"]
        if args.yes and buttons:
            reply = desk.call("act", {"session": reply["session"], "action": buttons[0]["id"]})
    _remember(settings, reply["session"])
    return _print(reply, args.json)


def run_act(args: Args, settings: Settings) -> int:
    values = dict(pair.partition("=")[::2] for pair in args.set)
    if any("=" not in pair for pair in args.set):
        raise BadInput("bad_field", given=", ".join(args.set))
    session = args.session or _last_session(settings)
    if not session:
        raise NotFound("unknown_action")
    with _desk(settings) as desk:
        reply = desk.call("act", {"session": session, "action": args.action, "values": values})
    return _print(reply, args.json)


def run_serve(args: Args, settings: Settings) -> int:
    from assistant import serve

    given = {name: value for name in ("host", "port") if (value := getattr(args, name)) is not None}
    serve.run(replace(settings, **given))


def run_doctor(args: Args, settings: Settings) -> int:
    from assistant import doctor

    found = doctor.examine(settings)
    _show(args, [asdict(one) for one in found], findings(found))
    return OK if all(one.found or one.optional for one in found) else REFUSED


def run_weights(args: Args, settings: Settings) -> int:
    from assistant.senses import Senses

    if args.name not in pinned():
        raise BadInput("unknown_weights", name=args.name, known=", ".join(pinned()))
    names = pinned() if args.what == "list" else [args.name]
    chosen = [Fetch(pinned()[name], settings.offline) for name in names]
    if args.what == "get" and _fetched(chosen[0], settings):
        prepare(settings.home)
        Senses(settings).compare()
    rows = [{"name": each.wanted.name, "state": each.state, "done": each.done, "bytes": each.wanted.bytes,
             "place": str(each.place), "text": _stated(each, settings)} for each in chosen]  # fmt: skip
    _show(args, rows, (f"{row['name']:10}{row['text']}" for row in rows))
    return OK if args.what == "list" or chosen[0].state == "ready" else REFUSED


def _fetched(fetch: Fetch, settings: Settings) -> bool:
    """Whether it is here now; a line on standard error says how far it is. Ctrl+C keeps what has come."""
    fetch.start()
    while fetch.state == "fetching":
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{_stated(fetch, settings)}  ")
        time.sleep(0.2)
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    return fetch.state == "ready"


def _stated(fetch: Fetch, settings: Settings) -> str:
    from assistant.ui.weights import stated

    return stated(language_of(settings.language), fetch)


def run_selftest(args: Args, settings: Settings) -> int:
    from assistant import selftest

    passed = True
    for one in selftest.walk(settings):
        _show(args, asdict(one), [outcome(one)])
        passed = passed and not one.wrong
    return OK if passed else FAULT


def run_settings(args: Args, settings: Settings) -> int:
    shown = settings.masked()
    _show(args, shown, (f"{name:16}{value}" for name, value in shown.items()))
    return OK


def run_export(args: Args, settings: Settings) -> int:
    with _desk(settings) as desk:
        found = desk.call("export", {"form": args.form})
    if found.get("error"):
        return _print(found, args.json)
    shown = found.get("text") if not args.json else None
    print(shown or json.dumps(found, ensure_ascii=False, indent=None if args.json else 1))
    return OK


def run_sandbox(args: Args, settings: Settings) -> int:
    from assistant.payments.sandbox import alone
    from assistant.protocols.payment import words

    made = alone(prepare(settings.home) / "sandbox-alone.db", SystemClock(), args.port, words)
    with closing(made):
        told = {"url": made.url(), "key": made.key}
        _tell(settings, "payment.sandbox_alone", **told)
        threading.Event().wait()
    return OK


def run_merchant(args: Args, settings: Settings) -> int:
    from assistant.demo.catalogue import products
    from assistant.protocols.acp import runner

    home, url, clock = settings.home / "merchants" / args.shop, f"http://127.0.0.1:{args.port}", SystemClock()
    hook = args.hook or f"http://127.0.0.1:{settings.port}{runner.HOOK}"
    merchant = runner.Merchant(
        home, args.shop, url, lambda: products(clock.now()), settings.home / "sandbox.json", clock, hook
    )
    add = f'lueur shops add {url} --id {args.shop} --name "{merchant.name}" --key-file {home / runner.KEY}'
    _tell(settings, "service.merchant", name=merchant.name, url=url, add=add)
    runner.run(merchant, args.port)
    return OK


def run_shops(args: Args, settings: Settings) -> int:
    values = {"url": args.shop, "id": args.id if args.what == "add" else args.shop, "name": args.name}
    if args.what == "add":
        key = sys.stdin.read() if str(args.key_file) == "-" else args.key_file and _upload(args.key_file).data.decode()
        feed = base64.b64encode(_upload(args.feed).data).decode() if args.feed else ""
        values |= {"key": (key or "").strip(), "feed": feed}
    with _desk(settings) as desk:
        found = desk.call("shops", {"what": args.what, "values": values})
    if found["error"]:
        return _print(found, args.json)
    _show(args, found, (f"{shop['id']:16}{shop['name']:24}{shop['url']}" for shop in found["shops"]))
    return OK


def run_audit(args: Args, settings: Settings) -> int:  # noqa: ARG001
    from assistant.payments.audit import broken
    from assistant.store import Store

    taken = hold_or_find(settings.home)
    with closing(Store(settings.home / "lueur.db")) as store:
        if not isinstance(taken, Neighbour):
            store.upgrade()
            taken.release()
        with store.read() as db:
            count, place = broken(db)
    key = "audit_broken" if place else "audit_whole"
    _tell(settings, f"payment.{key}", count=count, place=place)
    return REFUSED if place else OK


def run_mandate(args: Args, settings: Settings) -> int:
    from assistant.payments.mandates import verify

    try:
        told = json.loads(_upload(args.file).data)
    except ValueError:
        raise BadInput("mandate_unreadable") from None
    for one in told["mandates"] if isinstance(told, dict) and "mandates" in told else [told]:
        terms, used, spent, key = verify(one)
        facts = {name: getattr(terms, name) for name in ("title", "seller", "quantity", "each", "most")}
        _tell(settings, "mandate.verified", **facts, until=terms.until.date(), used=used, spent=spent, key=key)
        if one.get("revoked"):
            _tell(settings, "mandate.verified_revoked")
    return OK


def run_forget(args: Args, settings: Settings) -> int:
    if not args.yes:
        raise BadInput("forget_unconfirmed", home=str(settings.home))
    with _desk(settings) as desk:
        answer = desk.call("forget", {})
    if answer.get("error"):
        return _print(answer, args.json)
    (settings.home / SESSION).unlink(missing_ok=True)
    _tell(settings, "service.forgotten", count=answer["erased"])
    return OK


def _upload(path: Path) -> Upload:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError:
        raise BadInput("file_missing", name=str(path)) from None
    if len(data) > LARGEST_FILE:
        raise BadInput("file_too_big", name=path.name, limit=LARGEST_FILE // 2**20)
    return Upload(path.name, data)


def _last_session(settings: Settings) -> str | None:
    try:
        return (settings.home / SESSION).read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _remember(settings: Settings, session: str) -> None:
    if session and session != _last_session(settings):
        write_private(settings.home / SESSION, session)


def _tell(settings: Settings, sentence: str, /, **values: object) -> None:
    print(say(language_of(settings.language), sentence, **values), flush=True)


def _show(args: Args, data: object, lines: Iterable[str]) -> None:
    print(json.dumps(data, ensure_ascii=False) if args.json else "\n".join(lines), flush=True)


def _print(reply: dict[str, Any], as_json: bool) -> int:
    """A refused request is said on standard error; its JSON, if asked for, still goes to standard output."""
    if as_json:
        print(json.dumps(reply, ensure_ascii=False))
    elif not reply["error"]:
        print("\n".join(drawn(reply)))
    if reply["error"]:
        print(reply["text"], file=sys.stderr)
    return REFUSED if reply["error"] else OK
