"""The page "My money": one card of tiles, each a metric's answer with its drawing, its method and a way to its rows.

Chooses what is shown and where; computes no figure. A tile whose figure cannot be computed says why instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from assistant import charts
from assistant.errors import LueurError
from assistant.handlers import Context, figures
from assistant.handlers.figures import chart, label, period_text, point, point_label, printed, readable, sentence
from assistant.language.messages import shown
from assistant.money import Money
from assistant.reply import Action, Overview, Period, Reply, Tile, new_id
from assistant.wealth import Answer

LINES = 5  # rows that a tile lists
STRETCHES = {"month": 30, "quarter": 91, "year": 365, "all": 0}  # days of the period chips; 0: since the first entry


@dataclass(frozen=True, slots=True)
class Plan:
    """One tile. `dated`: it follows the page's period; `days`: it looks that far ahead. `lines`: columns of its first
    rows, the first on the left. `name`: a key under [wealth.page] for what the metric's own name does not say.
    """

    metric: str
    size: str = ""  # hero, flow or small
    group: str = ""
    dated: bool = False
    days: int = 0
    lines: tuple[str, ...] = ()
    name: str = ""


PLANS = (
    Plan("net_worth_history", "hero", dated=True, name="worth"),
    Plan("net_worth_change", dated=True, lines=("item", "value"), name="moved"),
    Plan("net_worth", group="class", name="allocation"),
    Plan("performance", dated=True),
    Plan("spending", "flow", group="month", name="flow"),
    Plan("spending_pace", lines=("category", "value")),
    Plan("upcoming", days=31, lines=("payee", "date", "value")),
    Plan("recurring", lines=("payee", "value")),
    Plan("forecast", days=31),
    Plan("exposure", name="currencies"),
    Plan("unusual", lines=("payee", "rule")),
    Plan("runway", "small"),
    Plan("savings_rate", "small"),
    Plan("data_quality", lines=("account", "last")),
)


def page(asked: Mapping[str, Any], context: Context, card: str = "") -> Reply:
    """Every tile for one period and one currency; the hero's own answer is the sentence."""
    wealth, today = context.rooms.wealth, context.now.date()
    period = asked.get("period") or Period(today - timedelta(days=STRETCHES["year"]), today)
    currency = asked.get("currency") or context.settings.currency
    tiles, texts, actions = [], [], []
    for plan in PLANS:
        wanted: dict[str, Any] = {"metric": plan.metric, "currency": currency}
        wanted |= {"period": period} if plan.dated else {}
        wanted |= {"period": Period(today, today + timedelta(days=plan.days))} if plan.days else {}
        wanted |= {"group": plan.group} if plan.group else {}
        opens = figures.again(context.say("wealth.page.open"), wanted)
        try:
            answer = wealth.ask(context.user, **wanted)
        except LueurError as refusal:
            if plan.size == "hero":
                raise
            tiles.append(_empty(plan, context.say(f"errors.{refusal.key}", **refusal.values), context))
            continue
        texts.append(sentence(answer, context))
        actions.append(opens)
        tiles.append(_tile(plan, answer, opens.id, wanted, context))
    key = card or new_id("card")
    chips = _chips(key, period, currency, context)
    overview = Overview(
        id=key, title=context.say("wealth.page.title"), period=period, currency=currency, tiles=tuple(tiles),
        choices=tuple(chip.id for chip in chips), actions=(*chips, *actions),
    )  # fmt: skip
    told = {"metric": "overview", "period": period, "currency": currency}
    return Reply(texts[0], (overview,), "wealth", told=told)


def _tile(plan: Plan, answer: Answer, opens: str, wanted: Mapping[str, Any], context: Context) -> Tile:
    drawing = None if plan.lines or plan.size in ("flow", "small") else chart(answer, context)
    svg, table = (drawing.svg, drawing.table) if drawing else ("", ())
    if plan.size == "flow":
        svg, table = _cash_flow(answer, wanted, context)
    elif plan.size == "hero" and drawing:
        svg = charts.line(drawing.title, drawing.title, _points(answer, context), height=150)
    title = context.say(f"wealth.page.{plan.name}") if plan.name else label(answer, context)
    return Tile(
        metric=answer.metric, label=title, value=answer.value, unit=answer.unit,
        period=period_text(answer.period, context.language), price_date=answer.price_date, size=plan.size,
        change=figures.change(answer, context), text=sentence(answer, context), svg=svg, table=table,
        method=figures.method(answer, context), warnings=figures.notes(answer, context), action=opens,
        lines=_lines(plan, answer, context) or figures.beside(answer, context, Decimal),
    )  # fmt: skip


def _empty(plan: Plan, reason: str, context: Context) -> Tile:
    name = context.say(f"wealth.metric.{plan.metric}")
    return Tile(metric=plan.metric, label=name, value="", unit="", period="", price_date=None, size=plan.size,
                text=reason, method="")  # fmt: skip


def _lines(plan: Plan, answer: Answer, context: Context) -> tuple[tuple[str, str], ...]:
    rows = [row for row in readable(answer.rows[:LINES], context) if plan.lines and row.get(plan.lines[0])]
    return tuple(
        (str(row[plan.lines[0]]), " · ".join(_text(row[name], context) for name in plan.lines[1:] if row.get(name)))
        for row in rows
    )


def _text(value: Any, context: Context) -> str:
    return str(shown(printed(value, context), context.language))


def _points(answer: Answer, context: Context) -> list[charts.Point]:
    return [point(point_label(str(each["label"]), answer, context), each["value"], context) for each in answer.series]


def _cash_flow(spent: Answer, wanted: Mapping[str, Any], context: Context) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """Income above the line, spending below it, month by month; and the same as a table."""
    came = context.rooms.wealth.ask(context.user, **dict(wanted) | {"metric": "income"})
    sides: list[dict[str, Money]] = [{each["label"]: each["value"] for each in one.series} for one in (came, spent)]
    none, months = Money(0, spent.currency), sorted({*sides[0], *sides[1]})
    names = [point_label(month, spent, context) for month in months]
    points = [
        [point(name, side.get(month, none), context) for month, name in zip(months, names, strict=True)]
        for side in sides
    ]
    heads = [context.say(f"wealth.item.{name}") for name in ("income", "spending")]
    title = context.say("wealth.page.flow")
    table = tuple((name, up.text, down.text) for name, up, down in zip(names, *points, strict=True))
    svg = charts.mirrored(title, title, points[0], points[1], heads) if months else ""
    return svg, ((context.say("wealth.when"), *heads), *table)


def _chips(card: str, period: Period, currency: str, context: Context) -> list[Action]:
    """Other stretches of time and other currencies for the whole page, in the same card."""
    today = context.now.date()
    first = context.rooms.wealth.first_day(context.user)
    spans = {name: Period(today - timedelta(days) if days else first, today) for name, days in STRETCHES.items()}
    ways = [(context.say(f"wealth.page.{name}"), other, currency, other == period) for name, other in spans.items()]
    ways += [(code, period, code, code == currency) for code in context.rooms.wealth.currencies(context.user)]
    return [
        Action(name, "wealth.page", {"card": card, "asked": {"metric": "overview", "period": other, "currency": code}},
               "primary" if chosen else "chip")
        for name, other, code, chosen in ways
    ]  # fmt: skip


def turn(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    """A chip of the page: the same card for another period or currency."""
    return page(target["asked"], context, target["card"])
