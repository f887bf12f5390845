"""The wealth handler: figures with method and rows, charts with their tables, imports by tap, no advice."""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

import pytest

from assistant.clock import MovableClock
from assistant.errors import BadInput, NotFound
from assistant.handlers import Context, Rooms, carry_out, taps, wealth
from assistant.language.acts import Do, Query, Slot
from assistant.language.memory import freeze, thaw
from assistant.money import Money
from assistant.payments import Payments
from assistant.reply import Action, Chart, Figure, Notice, Period, Preview, Question, Reply, to_json
from assistant.request import Evidence, Language, Upload
from assistant.settings import Settings
from assistant.wealth import Wealth
from assistant.wealth.questions import METRICS
from tests.test_reply import read_back
from tests.wealth.conftest import BANK, ME, furnished, home, untouched  # noqa: F401

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
HOSTILE = "${1+1}{{7*7}}<img src=x onerror=alert(1)>"
Open = Callable[..., Context]


@pytest.fixture
def opened(home: Wealth, settings: Settings, clock: MovableClock) -> Open:  # noqa: F811
    return opening(home, settings, clock)


@pytest.fixture
def asked(untouched: Wealth, settings: Settings, clock: MovableClock) -> Open:  # noqa: F811
    """For questions alone: nothing is written."""
    return opening(untouched, settings, clock)


def opening(home: Wealth, settings: Settings, clock: MovableClock) -> Open:  # noqa: F811
    none = cast(Any, None)
    rooms = Rooms(payments=Payments(home.ledger.store, settings, clock), wealth=home, shop=none, flash=none)

    def context(language: Language = "en", words: str = "", files: tuple[Upload, ...] = (), user: str = ME) -> Context:
        return Context(user, "ses", language, clock.now(), rooms, settings, utterance=words,
                       evidence=Evidence(files=files))  # fmt: skip

    return context


def ask(context: Context, **slots: Any) -> Reply:
    return wealth.GOALS["measure"](Do("measure", {name: Slot(value) for name, value in slots.items()}), context)


def tap(action: Action, context: Context, **values: str) -> Reply:
    """As the conversation does it: the target goes through JSON."""
    reply = taps()[action.verb](thaw(freeze(dict(action.target))), values, context)
    if isinstance(reply, Reply):
        return reply
    (query,) = reply
    assert isinstance(query, Query)
    return carry_out(Do(query.goal, query.slots), context)


def figure(reply: Reply) -> Figure:
    return next(card for card in reply.cards if isinstance(card, Figure))


def preview(reply: Reply) -> Preview:
    return next(card for card in reply.cards if isinstance(card, Preview))


def chart(reply: Reply) -> Chart:
    return next(card for card in reply.cards if isinstance(card, Chart))


def action(reply: Reply, verb: str, word: str = "") -> Action:
    return next(a for card in reply.cards for a in card.actions if a.verb == verb and word in a.label)


def test_groceries_last_month_are_a_figure_with_everything_that_explains_it(asked: Open) -> None:
    reply = ask(asked(), metric="spending", category="groceries", period=OCTOBER)
    card = figure(reply)
    assert isinstance(card.value, Money)
    assert card.value == Money(sum(row["value"].minor for row in card.rows), "EUR") and card.row_count == len(card.rows)
    assert reply.route == "wealth" and card.value.text("en") in reply.text and "October 2026" in reply.text
    assert (
        card.period == OCTOBER
        and card.currency == "EUR"
        and card.price_date
        and "Sum of" in card.method
        and "made up" in card.method
    )


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_three_languages_give_the_same_figure_in_their_own_words(asked: Open, metric: str) -> None:
    named = {"holding": "ORCD"} if metric == "cost_basis" else {}
    replies = [ask(asked(language), metric=metric, **named) for language in ("en", "fr", "zh")]
    assert len({figure(reply).value for reply in replies}) == 1
    assert len({reply.text for reply in replies}) == 3
    assert len({figure(reply).method for reply in replies}) == 3
    for reply in replies:
        assert "{" not in reply.text and "{" not in figure(reply).method


@pytest.mark.parametrize("group", ["", "class", "currency", "account"])
def test_a_chart_says_what_its_table_says(asked: Open, group: str) -> None:
    drawn = chart(ask(asked(), metric="net_worth", group=group))
    assert drawn.kind == ("donut" if group else "line")
    assert [row[0] for row in drawn.table[1:]] == [point["name"] for point in drawn.series]
    assert [row[1] for row in drawn.table[1:]] == [point["value"].text("en") for point in drawn.series]
    assert drawn.svg.startswith("<svg")


def test_spending_by_category_is_bars_whose_table_adds_up(asked: Open) -> None:
    reply = ask(asked("fr"), metric="spending", group="category", period=OCTOBER)
    drawn, card = chart(reply), figure(reply)
    assert drawn.kind == "bar" and "Courses" in {row[0] for row in drawn.table}
    assert isinstance(card.value, Money)
    assert sum(point["value"].minor for point in drawn.series) == card.value.minor


def test_a_missing_period_is_this_month_and_shown(asked: Open) -> None:
    assert figure(ask(asked(), metric="spending")).period == Period(date(2026, 11, 1), date(2026, 11, 22))
    assert figure(ask(asked(), metric="net_worth")).period == Period(date(2026, 11, 22), date(2026, 11, 22))


def test_a_missing_metric_is_asked_for_and_its_choices_answer(asked: Open) -> None:
    reply = ask(asked())
    (card,) = reply.cards
    assert isinstance(card, Question) and reply.asks == "metric"
    for choice, chosen in zip(card.choices, card.actions, strict=True):
        assert choice.id == chosen.id and figure(tap(chosen, asked()))


def test_all_rows_open_in_the_same_card_with_the_same_figure(asked: Open) -> None:
    first = ask(asked(), metric="spending", period=OCTOBER)
    assert len(figure(first).rows) == 20 < figure(first).row_count
    every = tap(action(first, "wealth.rows"), asked())
    assert figure(every).id == figure(first).id and figure(every).value == figure(first).value
    assert len(figure(every).rows) == figure(first).row_count


def test_a_reply_remembers_what_a_follow_up_needs(asked: Open) -> None:
    told = ask(asked(), metric="spending", category="groceries").told
    assert told == {
        "metric": "spending",
        "category": "groceries",
        "period": Period(date(2026, 11, 1), date(2026, 11, 22)),
    }


def test_every_card_survives_the_wire(asked: Open) -> None:
    replies = [ask(asked("zh"), metric=metric) for metric in ("net_worth", "savings_rate", "recurring")]
    replies.append(wealth.GOALS["import"](Do("import"), asked(files=(BANK,))))
    for reply in replies:
        for card in reply.cards:
            data = to_json(card, "zh")
            assert to_json(read_back(data), "zh")["type"] == data["type"]


def test_a_bank_file_is_previewed_then_imported_by_a_tap_once(opened: Open) -> None:
    card = preview(wealth.GOALS["import"](Do("import"), opened(files=(BANK,))))
    assert {one.label: one.value for one in card.reading}["Libellé"] == "text"
    assert card.added == 13 and card.row_count == 13
    confirm = next(each for each in card.actions if each.verb == "wealth.import")
    done = tap(confirm, opened())
    assert isinstance(done.cards[0], Notice) and done.cards[0].tone == "success" and "13" in done.text
    assert figure(tap(action(done, "service.say"), opened())).row_count == 12
    with pytest.raises(NotFound):
        tap(confirm, opened())
    again = preview(wealth.GOALS["import"](Do("import"), opened(files=(BANK,))))
    assert "bank" in again.account and again.known == 13


def test_a_column_and_the_sign_are_read_otherwise_in_the_same_card_before_anything_is_written(opened: Open) -> None:
    first = preview(wealth.GOALS["import"](Do("import"), opened(files=(BANK,))))
    again = next(each for each in first.actions if each.id == first.again)
    flipped = preview(tap(again, opened(), sign="flipped"))
    assert flipped.id == first.id and flipped.rows[0]["value"] == -first.rows[0]["value"]
    column = next(one for one in first.reading if one.value == "text")
    renamed = preview(tap(again, opened(), **{column.name: "payee"}))
    assert {one.name: one.value for one in renamed.reading}[column.name] == "payee"
    assert "bank" not in opened().rooms.wealth.account_names(ME)


def test_a_reading_changed_since_it_was_shown_is_shown_before_it_is_imported(opened: Open) -> None:
    reply = wealth.GOALS["import"](Do("import"), opened(files=(BANK,)))
    shown = tap(action(reply, "wealth.import"), opened(), sign="flipped")
    assert preview(shown).rows[0]["value"] == -preview(reply).rows[0]["value"]
    assert "bank" not in opened().rooms.wealth.account_names(ME)
    done = tap(action(shown, "wealth.import"), opened(), sign="flipped")
    assert isinstance(done.cards[0], Notice)


def test_an_import_is_taken_back_with_everything_that_followed_from_it(opened: Open) -> None:
    """A row that was a transfer only beside the other account's is spending again."""
    out = Upload("giro.csv", b"Date,Payee,Amount\n2026-11-02,Transfer to Deposit,-40.00\n2026-11-03,Baker,-5.00\n")
    into = Upload("deposit.csv", b"Date,Payee,Amount\n2026-11-03,Transfer from giro,40.00\n")
    mine = opened().rooms.wealth
    for name in ("giro", "deposit"):
        mine.ledger.add_account(ME, name, "current", "EUR")
    mine.import_file(ME, out, "giro")
    moved = preview(wealth.GOALS["import"](Do("import"), opened(files=(into,))))
    done = tap(next(each for each in moved.actions if each.verb == "wealth.import"), opened())
    november = Period(date(2026, 11, 1), date(2026, 11, 22))
    assert mine.ask(ME, "spending", november, account="giro").value == Money(500, "EUR")
    undone = tap(action(done, "wealth.undo"), opened())
    assert "1" in undone.text or "one" in undone.text
    assert mine.ask(ME, "spending", november, account="giro").value == Money(4500, "EUR")
    assert not mine.ask(ME, "income", november, account="deposit").rows


def test_a_balance_that_only_the_file_printed_goes_with_it(opened: Open) -> None:
    mine = opened().rooms.wealth
    before = mine.ask(ME, "net_worth").value
    printed = "Datum;Text;Betrag;Saldo\n02.11.2026;Korn;-5,40;994,60\n03.11.2026;Buch;-20,00;974,60\n"
    files = (Upload("haushalt.csv", printed.encode()),)
    done = tap(action(wealth.GOALS["import"](Do("import"), opened(files=files)), "wealth.import"), opened())
    assert mine.ask(ME, "net_worth").value == before + Money(97_460, "EUR")  # type: ignore[operator]
    tap(action(done, "wealth.undo"), opened())
    assert mine.ask(ME, "net_worth").value == before


def test_a_preview_goes_into_another_account_by_a_tap(opened: Open) -> None:
    reply = wealth.GOALS["import"](Do("import"), opened(files=(BANK,)))
    moved = tap(action(reply, "wealth.preview", "Savings"), opened())
    done = tap(action(moved, "wealth.import"), opened())
    assert "Savings" in done.text


def test_a_sentence_about_a_row_moves_its_payee(opened: Open) -> None:
    slots = {"payee": Slot("bistro lune", "Bistro Lune"), "category": Slot("groceries")}
    reply = wealth.GOALS["correct"](Do("correct", slots), opened())
    assert "Bistro Lune" in reply.text
    rows = opened().rooms.wealth.ask(ME, "payments", payee="bistro lune").rows
    assert rows and {row["category"] for row in rows} == {"groceries"}


def test_one_bad_file_does_not_refuse_the_others(opened: Open) -> None:
    reply = wealth.GOALS["import"](Do("import"), opened(files=(Upload("bad.txt", b"nothing here"), BANK)))
    assert preview(reply).added == 13
    assert isinstance(reply.cards[-1], Notice) and "bad.txt" in reply.cards[-1].text and "bad.txt" in reply.text
    with pytest.raises(BadInput):
        wealth.GOALS["import"](Do("import"), opened(files=(Upload("bad.txt", b"nothing here"),)))


def test_amounts_that_may_be_cents_are_asked_about_before_an_import_is_offered(opened: Open) -> None:
    pence = Upload("monzo.csv", b"created,amount,currency,name\n2026-11-02,-1050,GBP,Grocer\n")
    reply = wealth.GOALS["import"](Do("import"), opened(files=(pence,)))
    assert not any(each.verb == "wealth.import" for card in reply.cards for each in card.actions)
    told = tap(action(reply, "wealth.preview", "cents"), opened())
    assert preview(told).rows[0]["value"] == Money(-1050, "GBP")
    assert "monzo" in tap(action(told, "wealth.import"), opened()).text


def test_a_strangers_upload_cannot_be_imported(opened: Open) -> None:
    reply = wealth.GOALS["import"](Do("import"), opened(files=(BANK,)))
    with pytest.raises(NotFound):
        tap(action(reply, "wealth.import"), opened(user="stranger"))


def test_import_without_a_file_says_what_to_attach(opened: Open) -> None:
    assert "CSV" in wealth.GOALS["import"](Do("import"), opened()).text


@pytest.mark.parametrize(
    ("language", "words", "fixed"),
    [
        ("en", "should I sell Orchard Devices", "I don't give personal investment advice."),
        ("fr", "dois-je vendre ORCD ?", "Je ne donne pas de conseil en investissement personnalisé."),
        ("zh", "该不该卖 Orchard Devices", "不提供个性化投资建议。"),
    ],
)
def test_advice_is_refused_in_fixed_words_with_the_neutral_figure(
    asked: Open, language: Language, words: str, fixed: str
) -> None:
    reply = wealth.GOALS["advice"](Do("advice"), asked(language, words))
    assert reply.text.endswith(fixed)
    assert figure(reply).label == "Orchard Devices" and figure(reply).row_count == 1


def test_advice_about_nothing_held_shows_the_allocation(asked: Open) -> None:
    reply = wealth.GOALS["advice"](Do("advice"), asked("en", "which fund is best for me"))
    assert figure(reply).metric == "net_worth" and chart(reply).kind == "donut"


def test_hostile_text_in_a_file_is_shown_literally(opened: Open) -> None:
    upload = Upload("x.csv", f'Date,Payee,Amount\n2026-11-02,"{HOSTILE}",-5.00\n'.encode())
    reply = wealth.GOALS["import"](Do("import"), opened(files=(upload,)))
    assert preview(reply).rows[0]["payee"] == HOSTILE
    done = tap(action(reply, "wealth.import"), opened())
    assert figure(tap(action(done, "service.say"), opened())).rows[0]["payee"] == HOSTILE


def test_a_hostile_account_name_is_escaped_in_its_chart(opened: Open) -> None:
    context = opened()
    context.rooms.wealth.ledger.add_account(ME, HOSTILE, "current", "EUR")
    upload = Upload("x.csv", b"Date,Payee,Amount\n2026-11-02,Pay,90000.00\n")
    context.rooms.wealth.import_file(ME, upload, HOSTILE)
    drawn = chart(ask(context, metric="balance"))
    assert HOSTILE in {row[0] for row in drawn.table} and "<img" not in drawn.svg
