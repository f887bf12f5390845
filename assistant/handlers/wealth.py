"""My money: a question becomes a figure with its rows and a chart; a bank file becomes a preview, then an import."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

from assistant.errors import LueurError
from assistant.handlers import Context, Handler, Tap, ask, feeds, my_money, notice
from assistant.handlers.figures import ROWS, again, chart, figure, named, readable, sentence, shown_number
from assistant.handlers.sheets import slip
from assistant.language.acts import Do, Slot
from assistant.language.dialogue import OWN
from assistant.reply import Action, AnyCard, Choosable, Figure, Notice, Period, Reply, new_id
from assistant.reply import Preview as PreviewCard
from assistant.shop.feeds import matches as product_feed
from assistant.wealth import Hints, Imported, Preview
from assistant.wealth.imports.statement import Role

ASKED = OWN["measure"] - {"about"}
SUMS = ("over", "least", "under", "most")  # bounds of rows
SUGGESTED: tuple[dict[str, str], ...] = (
    {"metric": "net_worth"}, {"metric": "spending", "group": "category"}, {"metric": "income"},
    {"metric": "recurring"}, {"metric": "balance"},
)  # fmt: skip


def measure(do: Do, context: Context) -> Reply:
    """A figure for the slots of a question; without a metric, the question which one."""
    asked = {name: do.slots[name].value for name in ASKED if name in do.slots and do.slots[name].value}
    if "metric" in asked and (unsure := {name: do.slots[name] for name in SUMS if _reads_two_ways(do, name)}):
        return _which_sum(asked, unsure, context)
    if "metric" in asked:
        return _answered(asked, context)
    actions = tuple(again(context.say(f"wealth.ask.{each['metric']}"), each) for each in SUGGESTED)
    return ask(context.say("wealth.which"), actions, "wealth", "metric")


def _reads_two_ways(do: Do, name: str) -> bool:
    return name in do.slots and bool(do.slots[name].readings)


def _which_sum(asked: Mapping[str, Any], unsure: Mapping[str, Slot], context: Context) -> Reply:
    """ "That charge of 1.234": asked, never guessed. One number may be both bounds."""
    said = next(iter(unsure.values()))
    meant = (dict.fromkeys(unsure, value) for value in (said.value, *said.readings))
    actions = tuple(
        again(shown_number(Decimal(next(iter(each.values()))), context.language), {**asked, **each}) for each in meant
    )  # fmt: skip
    return ask(context.say("flash.which"), actions, "wealth")


def _answered(asked: Mapping[str, Any], context: Context, every_row: bool = False, card: str = "") -> Reply:
    if asked["metric"] == "overview":
        return my_money.page(asked, context)
    answer = context.rooms.wealth.ask(context.user, **asked)
    cards: list[AnyCard] = [figure(answer, asked, context, every_row, card or new_id("card"))]
    if answer.series and not every_row and (drawn := chart(answer, context)):
        cards.append(drawn)
    told = dict(asked) | {"metric": answer.metric, "period": answer.period}
    if len(answer.rows) == 1 and answer.rows[0].get("payee"):
        told["about"] = answer.rows[0]["payee"]
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
        cards.append(_preview(found, wealth.keep(context.user, upload), Hints(), context))
    if not cards and len(refusals) == 1:
        raise refusals[0]
    if not cards and not refusals:
        return notice(context.say("wealth.attach"), "wealth")
    text = [context.say("wealth.previewed", count=len(cards))] if cards else []
    notices = [Notice(tone="warning", text=context.say(f"errors.{e.key}", **e.values)) for e in refusals]
    return Reply(" ".join((*text, *(each.text for each in notices))), (*cards, *notices), "wealth")


def _preview(found: Preview, key: str, hints: Hints, context: Context, card: str = "") -> PreviewCard:
    """How the file is read, column by column, with its first rows and the buttons that import them."""
    statement, card = found.statement, card or new_id("card")
    days = [row.day for row in statement.rows] or [context.now.date()]
    rows: list[dict[str, Any]] = [
        {"date": row.day, "payee": row.payee, "memo": row.memo, "category": category, "value": row.money}
        for row, category in zip(statement.rows, found.categories, strict=True)
    ]
    actions = _import_actions(found, key, hints, context, card)
    return PreviewCard(
        id=card, name=found.name, account=found.account_name, period=Period(min(days), max(days)),
        reading=_reading(found, hints, context), rows=readable(rows, context)[:ROWS], row_count=len(rows),
        added=len(rows) - found.known, known=found.known, warnings=_doubts(found, context),
        again=next(each.id for each in actions if each.verb == "wealth.preview" and each.style == "secondary"),
        actions=actions,
    )  # fmt: skip


def _reading(found: Preview, hints: Hints, context: Context) -> tuple[Choosable, ...]:
    """Each column with the role it is read in, and which way the sign goes."""
    roles = tuple((role, context.say(f"wealth.role.{role or 'none'}")) for role in get_args(Role))
    columns = [
        Choosable(f"column_{each.index}", each.head or str(each.index + 1), each.role, roles, each.sample)
        for each in found.statement.columns
    ]
    ways = tuple((name, context.say(f"wealth.sign.{name}")) for name in ("kept", "flipped"))
    sign = Choosable("sign", context.say("wealth.sign.label"), "flipped" if hints.flip else "kept", ways)
    return (*columns, sign)


def _chosen(target: Mapping[str, Any], values: Mapping[str, str]) -> Hints:
    """The reading that was shown, with what the person chose in its selects."""
    roles: dict[int, Any] = {int(index): role for index, role in target["roles"].items()}
    for name, role in values.items():
        kind, _, index = name.partition("_")
        if kind == "column" and index.isdigit() and role in get_args(Role):
            roles |= {int(index): role} if target["read"].get(index) != role else {}
    flip = {"kept": False, "flipped": True}.get(values.get("sign", ""), target["flip"])
    return Hints(flip, target["order"], target["unit"], roles)


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


def _import_actions(found: Preview, key: str, hints: Hints, context: Context, card: str) -> tuple[Action, ...]:
    account = found.account.name if found.account else ""
    read: dict[str, Any] = {
        "upload": key, "account": account, "flip": hints.flip, "order": hints.order, "unit": hints.unit, "card": card,
        "roles": {str(index): role for index, role in hints.roles.items()},
        "read": {str(each.index): each.role for each in found.statement.columns},
    }  # fmt: skip
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
    actions.append(Action(context.say("wealth.read_again"), "wealth.preview", read, "secondary"))
    if "date_order" in found.statement.doubts:
        order = "mdy" if found.statement.order == "dmy" else "dmy"
        actions.append(Action(context.say("wealth.other_order"), "wealth.preview", read | {"order": order}, "chip"))
    return tuple(actions)


def preview_again(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:
    """The file read as the person says; still nothing is written."""
    return _read_again(target, _chosen(target, values), context)


def _read_again(target: Mapping[str, Any], hints: Hints, context: Context) -> Reply:
    upload = context.rooms.wealth.kept(context.user, target["upload"])
    found = context.rooms.wealth.preview(context.user, upload, target["account"], hints)
    card = _preview(found, target["upload"], hints, context, target["card"])
    return Reply(context.say("wealth.previewed", count=1), (card,), "wealth")


def confirm_import(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:
    """What was shown is what is imported: a reading changed since then is shown first."""
    wealth, shown = context.rooms.wealth, _chosen(target, {})
    if _chosen(target, values) != shown:
        return _read_again(target, _chosen(target, values), context)
    upload = wealth.kept(context.user, target["upload"])
    done = wealth.import_file(context.user, upload, target["account"], shown)
    wealth.release(context.user, target["upload"])
    text = _imported(done, context)
    days = [row.day for row in done.statement.rows]
    asked = {"metric": "spending", "group": "category", "account": done.account.name,
             "period": Period(min(days), max(days))}  # fmt: skip
    proven = context.rooms.payments.transfers.match(context.user, done.statement.rows)
    if proven:
        text += " " + context.say("payment.matched", count=len(proven))
    undo = Action(context.say("wealth.undo_import"), "wealth.undo", {"batch": done.posted.batch})
    plain = done.posted.batch and not any(row.deal for row in done.statement.rows)
    actions = (again(context.say("wealth.ask.spending"), asked), *((undo,) if plain else ()))
    reply = notice(text, "wealth", "success", actions)
    return replace(reply, cards=(*reply.cards, *(slip(one, context) for one in proven)))


def undo_import(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    count = context.rooms.wealth.undo_import(context.user, target["batch"])
    return notice(context.say("wealth.undone", count=count), "wealth")


def _imported(done: Imported, context: Context) -> str:
    posted, account = done.posted, done.account.name
    told = [context.say("wealth.imported", count=posted.added, account=account, known=posted.known)]
    more = {"paired": done.transfers, "refunded": done.refunds, "skipped": len(done.statement.problems)}
    told += [context.say(f"wealth.{key}", count=count) for key, count in more.items() if count]
    return " ".join(told)


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


def correct(do: Do, context: Context) -> Reply:
    """Where a payee belongs from now on; its rows move, and a tap shows them where they are."""
    who, category = do.slots["payee"], str(do.slots["category"].value)
    payee = str(who.text or who.value)
    moved = context.rooms.wealth.correct(context.user, str(who.value), category)
    text = context.say("wealth.corrected", payee=payee, category=named("category", category, context), count=moved)
    asked = {"metric": "payments", "payee": payee}
    return notice(text, "wealth", "success", (again(context.say("wealth.ask.payments"), asked),))


GOALS: dict[str, Handler] = {"measure": measure, "import": bring_in, "advice": advice, "correct": correct}
TAPS: dict[str, Tap] = {
    "wealth.page": my_money.turn, "wealth.rows": rows, "wealth.preview": preview_again,
    "wealth.import": confirm_import, "wealth.undo": undo_import,
}  # fmt: skip
