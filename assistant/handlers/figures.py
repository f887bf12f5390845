"""An answer of the wealth room as cards and a sentence, in the reader's language. Computes no figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assistant import charts
from assistant.handlers import Context
from assistant.language.messages import shown
from assistant.money import LOCALES, Money, total
from assistant.reply import Action, Chart, Figure, Period
from assistant.wealth import Answer, Note

ROWS = 20  # rows on a figure before "all rows"
SLICES, BARS = 7, 10  # parts of a ring or of a bar chart; the last stands for the rest where there are more
LABELS = {"category": "category", "class": "class", "rhythm": "rhythm", "item": "item"}  # rows to name in a language


def figure(answer: Answer, asked: Mapping[str, Any], context: Context, every_row: bool, card: str) -> Figure:
    rows = readable(answer.rows, context)
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
        again(context, dict(asked) | {"metric": answer.metric, "group": group}, f"by.{group}")
        for group in groups.get(answer.metric, ())
        if group != answer.group and not (group == "category" and answer.category)
    )


def again(context: Context, asked: Mapping[str, Any], label: str) -> Action:
    return Action(context.say(f"wealth.{label}"), "wealth.ask", {"asked": dict(asked)}, "chip")


def sentence(answer: Answer, context: Context) -> str:
    """The answer in words; the variant depends on what was asked and on whether there is anything."""
    variant, first = _variant(answer), answer.rows[0] if answer.rows else {}
    value = -answer.value if variant == "_down" and isinstance(answer.value, Money) else answer.value
    text = context.say(
        f"wealth.say.{_spoken(answer)}{variant}",
        value=shown_number(value, context.language) if isinstance(value, Decimal) else value,
        period=period_text(answer.period, context.language),
        account=answer.account,
        count=answer.method.values.get("count", 1),
        category=named("category", answer.category, context) if answer.category else "",
        payee=first.get("payee", ""),
        day=first.get("date", ""),
        rate=shown_number(answer.method.values.get("rate", Decimal(0)), context.language),
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
    if metric == "return":
        return "" if "rate" in answer.method.values else "_alone"
    if not answer.method.values.get("count", 1) and metric != "income":
        return "_none"
    if answer.category and metric in ("spending", "income"):
        return "_category"
    return "_account" if answer.account and metric in ("balance", "net_worth") else ""


def _label(answer: Answer, context: Context) -> str:
    parts = [context.say(f"wealth.metric.{answer.metric}"), answer.account]
    parts += [named("category", answer.category, context)] if answer.category else []
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


def named(kind: str, key: str, context: Context) -> str:
    return context.say(f"wealth.{kind}.{key}")


def readable(rows: Sequence[Mapping[str, Any]], context: Context) -> tuple[dict[str, Any], ...]:
    """Rows for a reader: ids by their names, columns that say nothing left out."""
    if not rows:
        return ()
    silent = {key for key in rows[0] if all(row[key] in ("", None) for row in rows)}
    if all(row.get("amount") == row.get("value") for row in rows):
        silent.add("amount")
    return tuple(
        {
            key: named(LABELS[key], value, context) if key in LABELS and value else value
            for key, value in row.items()
            if key not in silent
        }
        for row in rows
    )


def chart(answer: Answer, context: Context) -> Chart | None:
    """A line for days, columns for months, a ring for parts of assets or cash, bars for the rest."""
    over_time = answer.metric in ("net_worth_change", "net_worth_history", "return") or (
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
        return named("category", label, context)
    by_class = answer.metric == "net_worth" and answer.group in ("class", "category")
    return named("class", label, context) if by_class else label


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
