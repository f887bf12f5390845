"""My money: a question becomes a figure with its rows and a chart; a bank file becomes a preview, then an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assistant.errors import LueurError
from assistant.handlers import Context, Handler, Tap, feeds, transfers
from assistant.handlers.figures import ROWS, again, chart, figure, named, period_text, readable, sentence
from assistant.language.acts import Do
from assistant.reply import (
    Action,
    AnyCard,
    Choice,
    Document,
    DocumentField,
    Figure,
    Notice,
    Period,
    Question,
    Reply,
    new_id,
)  # fmt: skip
from assistant.shop.feeds import matches as product_feed
from assistant.wealth import Hints, Imported, Preview

ASKED = ("metric", "period", "account", "category", "group", "currency")
SUGGESTED: tuple[dict[str, str], ...] = (
    {"metric": "net_worth"}, {"metric": "spending", "group": "category"}, {"metric": "income"},
    {"metric": "recurring"}, {"metric": "balance"},
)  # fmt: skip


def measure(do: Do, context: Context) -> Reply:
    """A figure for the slots of a question; without a metric, the question which one."""
    asked = {name: do.slots[name].value for name in ASKED if name in do.slots and do.slots[name].value}
    if "metric" in asked:
        return _answered(asked, context)
    actions = tuple(again(context, each, f"ask.{each['metric']}") for each in SUGGESTED)
    card = Question(
        text=context.say("wealth.which"), choices=tuple(Choice(a.id, a.label) for a in actions), actions=actions
    )
    return Reply(card.text, (card,), "wealth", asks="metric")


def _answered(asked: Mapping[str, Any], context: Context, every_row: bool = False, card: str = "") -> Reply:
    answer = context.rooms.wealth.ask(context.user, **asked)
    cards: list[AnyCard] = [figure(answer, asked, context, every_row, card or new_id("card"))]
    if answer.series and not every_row and (drawn := chart(answer, context)):
        cards.append(drawn)
    told = dict(asked) | {"metric": answer.metric, "period": answer.period}
    return Reply(sentence(answer, context), tuple(cards), "wealth", told=told)


def bring_in(do: Do, context: Context) -> Reply:  # noqa: ARG001  the files are in the evidence
    """A preview of every attached file; nothing is written before its button is tapped."""
    wealth = context.rooms.wealth
    cards: list[AnyCard] = []
    refusals: list[LueurError] = []
    if goods := [upload for upload in context.evidence.files if product_feed(upload.data)]:
        return feeds.preview(goods, context)
    for upload in context.evidence.files:
        try:
            found = wealth.preview(context.user, upload)
        except LueurError as refusal:  # one bad file says nothing about the others
            refusals.append(refusal)
            continue
        cards += _preview_cards(found, wealth.keep(context.user, upload), Hints(), context)
    if not cards and len(refusals) == 1:
        raise refusals[0]
    if not cards and not refusals:
        return Reply(context.say("wealth.attach"), (Notice(tone="info", text=context.say("wealth.attach")),), "wealth")
    text = [context.say("wealth.previewed", count=len(cards) // 2)] if cards else []
    notices = [Notice(tone="warning", text=context.say(f"errors.{e.key}", **e.values)) for e in refusals]
    return Reply(" ".join((*text, *(each.text for each in notices))), (*cards, *notices), "wealth")


def _preview_cards(found: Preview, key: str, hints: Hints, context: Context) -> list[AnyCard]:
    """How the file is read, and its first rows with the buttons that import them or read them otherwise."""
    statement = found.statement
    days = [row.day for row in statement.rows] or [context.now.date()]
    period = Period(min(days), max(days))
    facts = {"account": found.account_name, "period": period_text(period, context.language), "file": found.name}
    facts |= {
        f"column_{column.role}": f"{column.head or column.index + 1} ({column.sample})"
        for column in statement.columns
        if column.role
    }
    facts |= {"encoding": statement.encoding, "decimal": statement.decimal}
    reading = Document(kind="statement", fields={name: DocumentField(value, 1.0, {}) for name, value in facts.items()})
    rows: list[dict[str, Any]] = [
        {"date": row.day, "payee": row.payee, "memo": row.memo, "category": category, "value": row.money}
        for row, category in zip(statement.rows, found.categories, strict=True)
    ]
    first_rows = Figure(
        metric="import_preview",
        label=context.say("wealth.preview_label"),
        value=len(rows) - found.known,
        unit="count",
        period=period,
        currency=rows[0]["value"].currency if rows else statement.currency,
        price_date=None,
        method=context.say("wealth.method.import", known=found.known, file=found.name),
        rows=readable(rows, context)[:ROWS],
        row_count=len(rows),
        warnings=_doubts(found, context),
        actions=_import_actions(found, key, hints, context),
    )
    return [reading, first_rows]


def _doubts(found: Preview, context: Context) -> tuple[str, ...]:
    statement = found.statement
    texts = [
        context.say("wealth.unused", line=each.line, reason=named("reason", each.reason, context), text=each.text)
        for each in statement.problems
    ]
    texts += [named("doubt", doubt, context) for doubt in statement.doubts]
    if statement.unbalanced:
        lines = ", ".join(str(line) for line in statement.unbalanced[:ROWS])
        texts.append(context.say("wealth.unbalanced", count=len(statement.unbalanced), lines=lines))
    return tuple(texts)


def _import_actions(found: Preview, key: str, hints: Hints, context: Context) -> tuple[Action, ...]:
    account = found.account.name if found.account else ""
    read = {"upload": key, "account": account, "flip": hints.flip, "order": hints.order, "unit": hints.unit}
    fresh = len(found.statement.rows) - found.known
    verb = "wealth.import_into" if found.account else "wealth.import_new"
    label = context.say(verb, count=fresh, account=found.account_name)
    asked = "unit" in found.statement.doubts  # a hundred times too much is not offered: first the answer
    actions = [Action(label, "wealth.import", read, "primary")] if fresh and not asked else []
    for unit in ("major", "minor") if asked else ():
        actions.append(Action(context.say(f"wealth.unit_{unit}"), "wealth.preview", read | {"unit": unit}, "primary"))
    for other in found.others[:3]:
        actions.append(Action(context.say("wealth.other_account", account=other), "wealth.preview",
                              read | {"account": other}, "chip"))  # fmt: skip
    actions.append(Action(context.say("wealth.flip"), "wealth.preview", read | {"flip": not hints.flip}, "chip"))
    if "date_order" in found.statement.doubts:
        order = "mdy" if found.statement.order == "dmy" else "dmy"
        actions.append(Action(context.say("wealth.other_order"), "wealth.preview", read | {"order": order}, "chip"))
    return tuple(actions)


def preview_again(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    hints, upload = (
        Hints(target["flip"], target["order"], target["unit"]),
        context.rooms.wealth.kept(context.user, target["upload"]),
    )
    found = context.rooms.wealth.preview(context.user, upload, target["account"], hints)
    cards = _preview_cards(found, target["upload"], hints, context)
    return Reply(context.say("wealth.previewed", count=1), tuple(cards), "wealth")


def confirm_import(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    wealth, hints = context.rooms.wealth, Hints(target["flip"], target["order"], target["unit"])
    upload = wealth.kept(context.user, target["upload"])
    done = wealth.import_file(context.user, upload, target["account"], hints)
    wealth.release(context.user, target["upload"])
    text = _imported(done, context)
    days = [row.day for row in done.statement.rows]
    asked = {"metric": "spending", "group": "category", "account": done.account.name,
             "period": Period(min(days), max(days))}  # fmt: skip
    proven = context.rooms.payments.match_statement(context.user, done.statement.rows)
    if proven:
        text += " " + context.say("payment.matched", count=len(proven))
    card = Notice(tone="success", text=text, actions=(again(context, asked, "ask.spending"),))
    return Reply(text, (card, *(transfers.card(one, context) for one in proven)), "wealth")


def _imported(done: Imported, context: Context) -> str:
    posted, account = done.posted, done.account.name
    text = context.say("wealth.imported", count=posted.added, account=account, known=posted.known)
    if done.transfers:
        text += " " + context.say("wealth.paired", count=done.transfers)
    if done.refunds:
        text += " " + context.say("wealth.refunded", count=done.refunds)
    if done.statement.problems:
        text += " " + context.say("wealth.skipped", count=len(done.statement.problems))
    return text


def advice(do: Do, context: Context) -> Reply:  # noqa: ARG001  the words alone decide what is shown
    """No recommendation, in fixed words, then the neutral figures of what was named or of everything."""
    wealth = context.rooms.wealth
    asked: dict[str, Any] = {"metric": "net_worth", "group": "class"}
    if holding := wealth.mentioned(context.user, context.utterance):
        asked = {"metric": "balance", "holding": holding}
    reply = _answered(asked, context)
    card = reply.cards[0]
    if holding and isinstance(card, Figure):
        reply = replace(reply, cards=(replace(card, label=holding), *reply.cards[1:]))
    return replace(reply, text=context.say("wealth.no_advice"))


def rows(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    """Every row behind a figure, in the figure's own card."""
    return _answered(target["asked"], context, every_row=True, card=target["card"])


def ask(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    return _answered(target["asked"], context)


GOALS: dict[str, Handler] = {"measure": measure, "import": bring_in, "advice": advice}
TAPS: dict[str, Tap] = {
    "wealth.rows": rows, "wealth.ask": ask, "wealth.preview": preview_again, "wealth.import": confirm_import,
}  # fmt: skip
