"""An answer of the wealth room as cards and a sentence, in the reader's language. Computes no figure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from assistant import charts
from assistant.handlers import Context, said
from assistant.language.acts import Slot
from assistant.language.messages import catalogue, shown
from assistant.money import LOCALES, Money, total
from assistant.reply import Action, Chart, Figure, Period
from assistant.wealth import METRICS, Answer, Note

NAMES = 4  # parts of a split figure that the sentence names
ROWS = 20  # rows on a figure before "all rows"
MOST = {"donut": 7, "bar": 10}  # parts that are drawn; the last stands for the rest where there are more
DRAW: dict[str, Callable[[str, str, Sequence[charts.Point]], str]] = {
    "line": charts.line, "columns": charts.columns, "donut": charts.donut, "bar": charts.bars, "bridge": charts.bridge,
}  # fmt: skip
NAMED = {name: name for name in ("category", "class", "rhythm", "item", "rule", "meaning")}
CUTS = {
    "net_worth": ("class", "currency", "account"), "spending": ("category", "month", "account"),
    "income": ("month", "category"),
}  # fmt: skip


def figure(answer: Answer, asked: Mapping[str, Any], context: Context, every_row: bool, card: str) -> Figure:
    rows = readable(answer.rows, context)
    actions = _follow_ups(answer, asked, context)
    if len(rows) > ROWS and not every_row:
        target = {"asked": dict(asked) | {"period": answer.period}, "card": card}
        actions = (Action(context.say("wealth.all_rows", count=len(rows)), "wealth.rows", target), *actions)
    return Figure(
        id=card, metric=answer.metric, label=label(answer, context), value=answer.value, unit=answer.unit,
        period=answer.period, currency=answer.currency, price_date=answer.price_date, method=method(answer, context),
        rows=rows if every_row else rows[:ROWS], row_count=len(rows), change=change(answer, context),
        lines=beside(answer, context),        warnings=notes(answer, context), actions=actions,
    )  # fmt: skip


def method(answer: Answer, context: Context) -> str:
    """How the figure was computed, in sentences; made-up data is named as such."""
    sentences = [_note(answer.method, context)]
    sentences += [context.say("wealth.method.rates")] if answer.price_date else []
    sentences += [context.say("wealth.method.made_up")] if answer.made_up else []
    return context.join(sentences)


def notes(answer: Answer, context: Context) -> tuple[str, ...]:
    return tuple(_note(each, context) for each in answer.warnings)


def beside(answer: Answer, context: Context, kind: type = object) -> tuple[tuple[str, str], ...]:
    """The other figures of a kind, each by its name."""
    return tuple(
        (named("item", name, context),
         each.text(context.language) if isinstance(each, Money) else f"{printed(each, context)} %")
        for name, each in answer.beside.items() if isinstance(each, kind)
    )  # fmt: skip


def _follow_ups(answer: Answer, asked: Mapping[str, Any], context: Context) -> tuple[Action, ...]:
    """The next questions one tap away: the same figure, cut otherwise."""
    if answer.beside:
        return (again(context.say("wealth.ask.gains"), {**asked, "metric": "gains", "period": answer.period}),)
    return tuple(
        again(context.say(f"wealth.by.{group}"), {**asked, "metric": answer.metric, "group": group})
        for group in CUTS.get(answer.metric, ())
        if group != answer.query.group and not (group == "category" and answer.query.category)
    )


def again(label: str, asked: Mapping[str, Any]) -> Action:
    """A question one tap away, as if it had been said: what is said next goes on from it."""
    return said(label, "measure", {name: Slot(each) for name, each in asked.items()})


# -- words


def sentence(answer: Answer, context: Context) -> str:
    """The answer in words: the variant that says most of what was asked, then what else it was narrowed to."""
    says = catalogue(context.language)["wealth"]["say"]
    scope = _scope(answer, context)
    variants = [answer.metric + ending for ending in (*_endings(answer), *(f"_{name}" for name in scope), "")]
    chosen = next(name for name in variants if name in says)
    first = answer.rows[0] if answer.rows else {}
    told = {"count": 1, "payee": first.get("payee", ""), "day": first.get("date", "")} | scope | dict(answer.facts)
    told |= {"value": answer.value, "period": answer.period}
    told |= {name: -told[name] for name in ("value", "gain") if name in told and chosen.endswith("_down")}
    facts = {name: printed(each, context) for name, each in told.items()}
    said = [context.say(f"wealth.say.{name}", **facts) for name in (chosen, *_more(answer, says))]
    if answer.query.group and answer.series:
        pairs = [(point_label(str(each["label"]), answer, context), each["value"]) for each in answer.series[:NAMES]]
        said.append(" · ".join(f"{name} {value.text(context.language)}" for name, value in pairs))
    left = [words for name, words in scope.items() if not chosen.endswith(f"_{name}")]
    if left:
        said.append(context.say("wealth.only", what=" · ".join(left)))
    return context.join(said)


def _endings(answer: Answer) -> list[str]:
    """Endings of the sentence's key that the figure itself asks for."""
    endings = ["_none"] if not answer.facts.get("count", 1) else []
    told = answer.facts.get("gain", answer.value)
    endings += ["_down"] if (told.minor if isinstance(told, Money) else told) < 0 else []
    return endings + (["_alone"] if "rate" not in answer.facts else [])


def _more(answer: Answer, says: Mapping[str, Any]) -> list[str]:
    """A second sentence, where the answer names something for it, or what came in beside what was spent."""
    more = ["more"] * ("name" in answer.facts) + ["income"] * ("income" in answer.facts and not answer.query.category)
    return [name for each in more if (name := f"{answer.metric}_{each}") in says]


def _scope(answer: Answer, context: Context) -> dict[str, str]:
    """What the figure was narrowed to, each part named for the reader; the first parts are said first."""
    query = answer.query
    names = ("exactly",) if query.least and query.least == query.most else ("over", "least", "under", "most")
    sums = {"exactly": query.most, "over": query.over, "least": query.least, "under": query.under, "most": query.most}
    bounds = [context.say(f"wealth.{name}", amount=sums[name]) for name in names if sums[name]]
    parts = {
        "payee": query.payee, "category": named("category", query.category, context) if query.category else "",
        "holding": query.holding, "held": query.held, "account": query.account,
        "class": named("class", query.asset_class, context) if query.asset_class else "", "amount": " ".join(bounds),
    }  # fmt: skip
    return {name: words for name, words in parts.items() if words}


def label(answer: Answer, context: Context) -> str:
    return " · ".join((context.say(f"wealth.metric.{answer.metric}"), *_scope(answer, context).values()))


def change(answer: Answer, context: Context) -> str:
    since = answer.change
    if since is None:
        return ""
    arrow = "▼" if since.value.minor < 0 else "▲"
    size = -since.value if since.value.minor < 0 else since.value
    percent = f" ({printed(abs(since.percent), context)} %)" if since.percent is not None else ""
    return f"{arrow} {size.text(context.language)}{percent} " + context.say("wealth.since", day=since.start)


def _note(note: Note, context: Context) -> str:
    return context.say(f"wealth.{note.key}", **{name: printed(value, context) for name, value in note.values.items()})


def named(kind: str, key: str, context: Context) -> str:
    return context.say(f"wealth.{kind}.{key}")


def printed(value: Any, context: Context) -> Any:
    """A number or a period as the reader writes it; the catalogue prints money and days itself."""
    if isinstance(value, Period):
        return period_text(value, context.language)
    return shown_number(value, context.language) if isinstance(value, Decimal) else value


def shown_number(value: Decimal, language: str, exact: bool = False) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=LOCALES[language], decimal_quantization=not exact))


def readable(rows: Sequence[Mapping[str, Any]], context: Context) -> tuple[dict[str, Any], ...]:
    """Rows for a reader: ids by their names, columns that say nothing left out."""
    if not rows:
        return ()
    silent = {key for key in rows[0] if all(row[key] in ("", None) for row in rows)}
    if all(row.get("amount") == row.get("value") for row in rows):
        silent.add("amount")
    return tuple(
        {
            key: named(NAMED[key], value, context) if key in NAMED and value else printed(value, context)
            for key, value in row.items()
            if key not in silent
        }
        for row in rows
    )


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


def near(day: date, context: Context) -> str:
    """The weekday within the coming week, else the date."""
    from babel.dates import format_date

    if timedelta(0) <= day - context.now.date() < timedelta(7):
        return str(format_date(day, "EEEE", locale=LOCALES[context.language]))
    return str(shown(day, context.language))


# -- drawings


def chart(answer: Answer, context: Context) -> Chart | None:
    """A line for days, columns for months, a ring for parts of a whole, bars for the rest."""
    kind = _kind(answer)
    if not kind or (kind == "line" and len(answer.series) < 2):
        return None
    pairs = [(point_label(str(each["label"]), answer, context), each["value"]) for each in answer.series]
    title, period = label(answer, context), period_text(answer.period, context.language)
    about = context.say("wealth.chart_about", label=title, period=period, currency=answer.currency)
    return plotted(kind, title, about, pairs, [each["label"] for each in answer.series], context)


def plotted(
    kind: Any, title: str, about: str, pairs: Sequence[tuple[str, Money]], labels: Sequence[object], context: Context
) -> Chart:
    """Names with their amounts as a picture and as a table; `labels` are what the names stand for."""
    head = (context.say("wealth.when" if kind == "line" else "wealth.what"), context.say("wealth.value"))
    shown = [pair for pair in pairs if kind != "donut" or pair[1].minor > 0]
    shown = _largest(shown, MOST[kind], context) if kind in MOST else shown
    return Chart(
        kind="bar" if kind == "columns" else kind, title=title,
        series=tuple(
            {"label": of, "name": name, "value": value} for of, (name, value) in zip(labels, pairs, strict=True)
        ),
        table=(head, *((name, value.text(context.language)) for name, value in pairs)),
        svg=DRAW[kind](title, about, [point(name, amount, context) for name, amount in shown]),
    )  # fmt: skip


def point(name: str, amount: Money, context: Context) -> charts.Point:
    return charts.Point(name, float(amount.decimal), amount.text(context.language))


def _kind(answer: Answer) -> Any:
    if not answer.series:
        return ""
    first = str(answer.series[0]["label"])
    if re.fullmatch(r"\d{4}-\d\d-\d\d", first):
        return "line"
    if re.fullmatch(r"\d{4}-\d\d", first):
        return "columns"
    return METRICS[answer.metric].chart


def _largest(pairs: Sequence[tuple[str, Money]], most: int, context: Context) -> list[tuple[str, Money]]:
    """The first parts (they come largest first) and the sum of the rest, where that leaves out more than one."""
    if len(pairs) <= most:
        return list(pairs)
    rest = [amount for _, amount in pairs[most - 1 :]]
    return [*pairs[: most - 1], (context.say("wealth.the_rest"), total(rest, rest[0].currency))]


def month_name(month: str, language: str) -> str:
    """2026-10 as a reader writes it."""
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMM", date.fromisoformat(month + "-01"), locale=LOCALES[language]))


def point_label(text: str, answer: Answer, context: Context) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return str(shown(date.fromisoformat(text), context.language))
    if re.fullmatch(r"\d{4}-\d\d", text):
        return month_name(text, context.language)
    words = catalogue(context.language)["wealth"]
    kind = {"net_worth": "class", "exposure": "class", "performance": "item"}.get(answer.metric, "category")
    return str(words[kind].get(text, text))
