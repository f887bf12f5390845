"""My money: a question becomes a figure with its rows and a chart; a bank file becomes a preview, then an import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from assistant import charts
from assistant.handlers import Context, Handler, Tap
from assistant.language.acts import Do
from assistant.language.messages import shown
from assistant.money import LOCALES, Money, total
from assistant.reply import (
    Action,
    AnyCard,
    Chart,
    Choice,
    Document,
    DocumentField,
    Figure,
    Notice,
    Period,
    Question,
    Reply,
    new_id,
)
from assistant.wealth import Answer, Hints, Imported, Note, Preview

ROWS = 20  # rows on a figure before "all rows"
SLICES, BARS = 7, 10  # parts of a ring or of a bar chart; the last stands for the rest where there are more
ASKED = ("metric", "period", "account", "category", "group", "currency")
LABELS = {"category": "category", "class": "class", "rhythm": "rhythm", "item": "item"}  # rows to name in a language
SUGGESTED: tuple[dict[str, str], ...] = (
    {"metric": "net_worth"}, {"metric": "spending", "group": "category"}, {"metric": "income"},
    {"metric": "recurring"}, {"metric": "balance"},
)  # fmt: skip


def measure(do: Do, context: Context) -> Reply:
    """A figure for the slots of a question; without a metric, the question which one."""
    asked = {name: do.slots[name].value for name in ASKED if name in do.slots and do.slots[name].value}
    if "metric" in asked:
        return _answered(asked, context)
    actions = tuple(_again(context, each, f"ask.{each['metric']}") for each in SUGGESTED)
    card = Question(
        text=context.say("wealth.which"), choices=tuple(Choice(a.id, a.label) for a in actions), actions=actions
    )
    return Reply(card.text, (card,), "wealth", asks="metric")


def _answered(asked: Mapping[str, Any], context: Context, every_row: bool = False, card: str = "") -> Reply:
    answer = context.rooms.wealth.ask(context.user, **asked)
    cards: list[AnyCard] = [_figure(answer, asked, context, every_row, card or new_id("card"))]
    if answer.series and not every_row and (drawn := _chart(answer, context)):
        cards.append(drawn)
    told = dict(asked) | {"metric": answer.metric, "period": answer.period}
    return Reply(_sentence(answer, context), tuple(cards), "wealth", told=told)


def _figure(answer: Answer, asked: Mapping[str, Any], context: Context, every_row: bool, card: str) -> Figure:
    rows = _rows(answer.rows, context)
    actions = _follow_ups(answer, asked, context)
    if len(rows) > ROWS and not every_row:
        target = {"asked": dict(asked) | {"period": answer.period}, "card": card}
        actions = (Action(context.say("wealth.all_rows", count=len(rows)), "wealth.rows", target), *actions)
    return Figure(
        id=card,
        metric=answer.metric,
        label=_label(answer, context),
        value=answer.value,
        unit=answer.unit,
        period=answer.period,
        currency=answer.currency,
        price_date=answer.price_date,
        method=_method(answer, context),
        rows=rows if every_row else rows[:ROWS],
        row_count=len(rows),
        change=_change(answer, context),
        warnings=tuple(_note(each, context) for each in answer.warnings),
        actions=actions,
    )


def _method(answer: Answer, context: Context) -> str:
    """How the figure was computed, in sentences; made-up data is named as such."""
    sentences = [_note(answer.method, context)]
    sentences += [context.say("wealth.method.rates")] if answer.price_date else []
    sentences += [context.say("wealth.method.made_up")] if answer.made_up else []
    return (" " * (context.language != "zh")).join(sentences)


def _follow_ups(answer: Answer, asked: Mapping[str, Any], context: Context) -> tuple[Action, ...]:
    """The next questions one tap away: the same figure, cut otherwise."""
    groups = {"net_worth": ("class", "currency"), "spending": ("category", "month"), "income": ("month",)}
    return tuple(
        _again(context, dict(asked) | {"metric": answer.metric, "group": group}, f"by.{group}")
        for group in groups.get(answer.metric, ())
        if group != answer.group and not (group == "category" and answer.category)
    )


def _again(context: Context, asked: Mapping[str, Any], label: str) -> Action:
    return Action(context.say(f"wealth.{label}"), "wealth.ask", {"asked": dict(asked)}, "chip")


def _sentence(answer: Answer, context: Context) -> str:
    """The answer in words; the variant depends on what was asked and on whether there is anything."""
    variant, first = _variant(answer), answer.rows[0] if answer.rows else {}
    value = -answer.value if variant == "_down" and isinstance(answer.value, Money) else answer.value
    text = context.say(
        f"wealth.say.{_spoken(answer)}{variant}",
        value=shown_number(value, context.language) if isinstance(value, Decimal) else value,
        period=period_text(answer.period, context.language),
        account=answer.account,
        count=answer.method.values.get("count", 1),
        category=_named("category", answer.category, context) if answer.category else "",
        payee=first.get("payee", ""),
        day=first.get("date", ""),
    )
    if not answer.account or variant == "_account":
        return text
    return text + " " * (context.language != "zh") + context.say("wealth.only_account", account=answer.account)


def _spoken(answer: Answer) -> str:
    return "net_worth" if answer.metric == "net_worth_history" else answer.metric


def _variant(answer: Answer) -> str:
    metric = _spoken(answer)
    if metric == "net_worth_change":
        return "_down" if isinstance(answer.value, Money) and answer.value.minor < 0 else "_up"
    if not answer.method.values.get("count", 1) and metric != "income":
        return "_none"
    if answer.category and metric in ("spending", "income"):
        return "_category"
    return "_account" if answer.account and metric in ("balance", "net_worth") else ""


def _label(answer: Answer, context: Context) -> str:
    parts = [context.say(f"wealth.metric.{answer.metric}"), answer.account]
    parts += [_named("category", answer.category, context)] if answer.category else []
    return " · ".join(part for part in parts if part)


def _change(answer: Answer, context: Context) -> str:
    since = answer.change
    if since is None:
        return ""
    arrow = "▼" if since.value.minor < 0 else "▲"
    size = -since.value if since.value.minor < 0 else since.value
    percent = f" ({shown_number(abs(since.percent), context.language)} %)" if since.percent is not None else ""
    return f"{arrow} {size.text(context.language)}{percent} " + context.say("wealth.since", day=since.start)


def _note(note: Note, context: Context) -> str:
    return context.say(f"wealth.{note.key}", **note.values)


def _named(kind: str, key: str, context: Context) -> str:
    return context.say(f"wealth.{kind}.{key}")


def _rows(rows: Sequence[Mapping[str, Any]], context: Context) -> tuple[dict[str, Any], ...]:
    """Rows for a reader: ids by their names, columns that say nothing left out."""
    if not rows:
        return ()
    silent = {key for key in rows[0] if all(row[key] in ("", None) for row in rows)}
    if all(row.get("amount") == row.get("value") for row in rows):
        silent.add("amount")
    return tuple(
        {
            key: _named(LABELS[key], value, context) if key in LABELS and value else value
            for key, value in row.items()
            if key not in silent
        }
        for row in rows
    )


def _chart(answer: Answer, context: Context) -> Chart | None:
    """A line for days, columns for months, a ring for parts of assets or cash, bars for the rest."""
    over_time = answer.metric in ("net_worth_change", "net_worth_history") or (
        answer.metric == "net_worth" and answer.group in ("", "month")
    )
    names = [_point_label(str(each["label"]), answer, context, over_time) for each in answer.series]
    amounts: list[Money] = [each["value"] for each in answer.series]
    if over_time and len(amounts) < 2:
        return None
    kind = "line" if over_time else "donut" if answer.metric in ("net_worth", "cash_by_currency") else "bar"
    period = period_text(answer.period, context.language)
    title = _label(answer, context)
    about = context.say("wealth.chart_about", label=title, period=period, currency=answer.currency)
    pairs = list(zip(names, amounts, strict=True))
    head = (context.say("wealth.when" if over_time else "wealth.what"), context.say("wealth.value"))
    return Chart(
        kind="line" if over_time else "donut" if kind == "donut" else "bar",
        title=title,
        series=tuple({"label": each["label"], "name": name, "value": each["value"]}
                     for name, each in zip(names, answer.series, strict=True)),
        table=(head, *((name, amount.text(context.language)) for name, amount in pairs)),
        svg=_drawn(kind, answer.group == "month", title, about, pairs, context),
    )  # fmt: skip


def _drawn(
    kind: str, months: bool, title: str, about: str, pairs: Sequence[tuple[str, Money]], context: Context
) -> str:
    if kind == "line":
        return charts.line(title, about, _points(pairs, context))
    if months:
        return charts.columns(title, about, _points(pairs, context))
    if kind == "donut":
        return charts.donut(
            title, about, _points(_largest([p for p in pairs if p[1].minor > 0], SLICES, context), context)
        )
    return charts.bars(title, about, _points(_largest(pairs, BARS, context), context))


def _points(pairs: Sequence[tuple[str, Money]], context: Context) -> list[charts.Point]:
    return [charts.Point(name, float(amount.decimal), amount.text(context.language)) for name, amount in pairs]


def _largest(pairs: Sequence[tuple[str, Money]], most: int, context: Context) -> list[tuple[str, Money]]:
    """The first parts (they come largest first) and the sum of the rest, where that leaves out more than one."""
    if len(pairs) <= most:
        return list(pairs)
    rest = [amount for _, amount in pairs[most - 1 :]]
    return [*pairs[: most - 1], (context.say("wealth.the_rest"), total(rest, rest[0].currency))]


def _point_label(label: str, answer: Answer, context: Context, over_time: bool) -> str:
    from babel.dates import format_skeleton

    if over_time:
        return str(shown(date.fromisoformat(label), context.language))
    if answer.group == "month":
        return str(format_skeleton("yMMM", date.fromisoformat(label + "-01"), locale=LOCALES[context.language]))
    if answer.metric in ("spending", "income") and answer.group == "category":
        return _named("category", label, context)
    by_class = answer.metric == "net_worth" and answer.group in ("class", "category")
    return _named("class", label, context) if by_class else label


def period_text(period: Period, language: str) -> str:
    """A day, a month, a year or a range as a reader of `language` writes it."""
    from babel.dates import format_interval, format_skeleton

    start, end, locale = period.start, period.end, LOCALES[language]
    if start == end:
        return str(shown(start, language))
    whole = start.day == 1 and end.month != end.fromordinal(end.toordinal() + 1).month
    if whole and (start.year, start.month) == (end.year, end.month):
        return str(format_skeleton("yMMMM", start, locale=locale))
    if whole and start.year == end.year and (start.month, end.month) == (1, 12):
        return str(format_skeleton("y", start, locale=locale))
    return str(format_interval(start, end, "yMMMd", locale=locale))


def shown_number(value: Decimal, language: str) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=LOCALES[language]))


def bring_in(do: Do, context: Context) -> Reply:  # noqa: ARG001  the files are in the evidence
    """A preview of every attached file; nothing is written before its button is tapped."""
    wealth = context.rooms.wealth
    cards: list[AnyCard] = []
    for upload in context.evidence.files:
        found = wealth.preview(context.user, upload)
        cards += _preview_cards(found, wealth.keep(context.user, upload), Hints(), context)
    if not cards:
        return Reply(context.say("wealth.attach"), (Notice(tone="info", text=context.say("wealth.attach")),), "wealth")
    return Reply(context.say("wealth.previewed", count=len(cards) // 2), tuple(cards), "wealth")


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
    figure = Figure(
        metric="import_preview",
        label=context.say("wealth.preview_label"),
        value=len(rows) - found.known,
        unit="count",
        period=period,
        currency=rows[0]["value"].currency if rows else statement.currency,
        price_date=None,
        method=context.say("wealth.method.import", known=found.known, file=found.name),
        rows=_rows(rows, context)[:ROWS],
        row_count=len(rows),
        warnings=_doubts(found, context),
        actions=_import_actions(found, key, hints, context),
    )
    return [reading, figure]


def _doubts(found: Preview, context: Context) -> tuple[str, ...]:
    statement = found.statement
    texts = [
        context.say("wealth.unused", line=each.line, reason=_named("reason", each.reason, context), text=each.text)
        for each in statement.problems
    ]
    texts += [_named("doubt", doubt, context) for doubt in statement.doubts]
    if statement.unbalanced:
        lines = ", ".join(str(line) for line in statement.unbalanced[:ROWS])
        texts.append(context.say("wealth.unbalanced", count=len(statement.unbalanced), lines=lines))
    return tuple(texts)


def _import_actions(found: Preview, key: str, hints: Hints, context: Context) -> tuple[Action, ...]:
    account = found.account.name if found.account else ""
    read = {"upload": key, "account": account, "flip": hints.flip, "order": hints.order}
    fresh = len(found.statement.rows) - found.known
    verb = "wealth.import_into" if found.account else "wealth.import_new"
    label = context.say(verb, count=fresh, account=found.account_name)
    actions = [Action(label, "wealth.import", read, "primary")] if fresh else []
    for other in found.others[:3]:
        actions.append(Action(context.say("wealth.other_account", account=other), "wealth.preview",
                              read | {"account": other}, "chip"))  # fmt: skip
    actions.append(Action(context.say("wealth.flip"), "wealth.preview", read | {"flip": not hints.flip}, "chip"))
    if "date_order" in found.statement.doubts:
        order = "mdy" if found.statement.order == "dmy" else "dmy"
        actions.append(Action(context.say("wealth.other_order"), "wealth.preview", read | {"order": order}, "chip"))
    return tuple(actions)


def preview_again(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    hints, upload = Hints(target["flip"], target["order"]), context.rooms.wealth.kept(context.user, target["upload"])
    found = context.rooms.wealth.preview(context.user, upload, target["account"], hints)
    cards = _preview_cards(found, target["upload"], hints, context)
    return Reply(context.say("wealth.previewed", count=1), tuple(cards), "wealth")


def confirm_import(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    wealth, hints = context.rooms.wealth, Hints(target["flip"], target["order"])
    upload = wealth.kept(context.user, target["upload"])
    done = wealth.import_file(context.user, upload, target["account"], hints)
    wealth.release(context.user, target["upload"])
    text = _imported(done, context)
    days = [row.day for row in done.statement.rows]
    asked = {"metric": "spending", "group": "category", "account": done.account.name,
             "period": Period(min(days), max(days))}  # fmt: skip
    card = Notice(tone="success", text=text, actions=(_again(context, asked, "ask.spending"),))
    return Reply(text, (card,), "wealth")


def _imported(done: Imported, context: Context) -> str:
    posted, account = done.posted, done.account.name
    text = context.say("wealth.imported", count=posted.added, account=account, known=posted.known)
    if done.transfers:
        text += " " + context.say("wealth.paired", count=done.transfers)
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
    figure = reply.cards[0]
    if holding and isinstance(figure, Figure):
        reply = replace(reply, cards=(replace(figure, label=holding), *reply.cards[1:]))
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
