"""What is said after a list of products or over a payment: less of this, more of that, without that limit, not hers."""

from dataclasses import replace

import pytest

from assistant.language import answers, detect, dialogue
from assistant.language.acts import Act, Cancel, Choose, Do, Drop, Frame, Query, Set, Slot, State
from assistant.language.rules import Rules
from assistant.language.utterance import utter
from assistant.money import Money
from assistant.reply import Reply
from assistant.request import Constraint, Evidence, Language
from tests.language.hearing import WORLD

PRICE, NOISE = Constraint("price", "less", Money(30_000, "EUR")), Constraint("noise", "less", 65.0, unit="db")
WISH = {"query": Slot("vacuum"), "constraints": Slot((PRICE, NOISE))}
SHELF = State(results=("a", "b", "c"), last=Frame("find", WISH))
ALICE, BOB = (Frame("pay", {"payee": Slot(name)}, sheet=name) for name in ("Alice Martin", "Bob Chen"))


def acts(text: str, language: Language, state: State = SHELF) -> tuple[Act, ...]:
    return answers.propose(
        utter(text, replace(state, language=language), replace(WORLD, payees=("Alice Martin", "Bob Chen")))
    )


@pytest.mark.parametrize(("language", "text", "by"), [
    ("en", "quieter", "noise less"), ("en", "something bigger", "size more"), ("en", "better rated", "rating more"),
    ("en", "not that brand", "brand not"), ("fr", "plus silencieux", "noise less"),
    ("fr", "plus légère", "weight less"),
    ("fr", "pas cette marque", "brand not"), ("zh", "更安静的", "noise less"), ("zh", "再大一点", "size more"),
    ("zh", "不要这个牌子", "brand not"),
])  # fmt: skip
def test_a_comparative_is_about_the_first_that_is_shown(language: Language, text: str, by: str) -> None:
    (act,) = acts(text, language)
    assert isinstance(act, Set)
    assert {name: slot.value for name, slot in act.slots.items()} == {"than": 0, "by": by}


@pytest.mark.parametrize(("language", "text"), [("en", "quieter"), ("fr", "plus grande"), ("zh", "大一点")])
def test_a_comparative_without_a_list_compares_nothing(language: Language, text: str) -> None:
    assert not any(isinstance(act, Set) for act in acts(text, language, State()))


@pytest.mark.parametrize(("language", "text"), [
    ("en", "without the noise limit"), ("en", "any noise"), ("en", "forget about the noise"),
    ("fr", "enlève la limite de bruit"), ("fr", "peu importe le bruit"), ("zh", "不限噪音"), ("zh", "噪音无所谓"),
])  # fmt: skip
def test_a_limit_that_is_given_up_goes_and_the_others_stay(language: Language, text: str) -> None:
    (act,) = acts(text, language)
    assert isinstance(act, Set)
    assert act.slots["constraints"].value == (PRICE,)


@pytest.mark.parametrize(("language", "text"), [("en", "the noise"), ("fr", "le bruit"), ("zh", "噪音")])
def test_a_fact_that_is_only_named_gives_up_nothing(language: Language, text: str) -> None:
    assert acts(text, language) == ()


@pytest.mark.parametrize(("language", "text", "field"), [
    ("en", "only in stock", "stock"), ("fr", "seulement en stock", "stock"), ("zh", "只要有货的", "stock"),
    ("en", "the same in green", "colour"), ("fr", "la même en vert", "colour"), ("zh", "绿色的呢", "colour"),
])  # fmt: skip
def test_a_condition_said_alone_narrows_the_list(language: Language, text: str, field: str) -> None:
    (act,) = acts(text, language)
    assert isinstance(act, Set)
    assert [each.field for each in act.slots["constraints"].value] == ["price", "noise", field]


@pytest.mark.parametrize(("language", "text", "query"), [
    ("en", "with a turbo brush", "vacuum turbo brush"), ("fr", "avec une turbobrosse", "vacuum turbobrosse"),
    ("zh", "带涡轮刷头的", "vacuum 涡轮刷头"),
])  # fmt: skip
def test_what_it_is_to_come_with_is_added_to_the_search_and_loosens_nothing(
    language: Language, text: str, query: str
) -> None:
    (act,) = acts(text, language)
    assert isinstance(act, Set)
    assert act.slots["query"].value == query
    assert act.slots["constraints"].value == (PRICE, NOISE)


@pytest.mark.parametrize(("language", "text"), [
    ("en", "cancel the alice martin one"), ("fr", "annule celui d'Alice Martin"), ("zh", "取消给Alice Martin的那笔"),
])  # fmt: skip
def test_the_payment_that_is_named_is_cancelled_though_another_lies_on_top(language: Language, text: str) -> None:
    state = State(frames=(ALICE, BOB))
    assert acts(text, language, state) == (Cancel("Alice Martin"),)
    left, effects = dialogue.reduce(state, (Cancel("Alice Martin"),))
    assert effects == (Drop("pay", "Alice Martin"),)
    assert left.frames == (BOB,)


@pytest.mark.parametrize(
    "text", ["buy the first and the third", "je prends le premier et le troisième", "买第一个和第三个"]
)
def test_of_two_that_are_to_be_bought_none_is_left_out(rules: Rules, text: str) -> None:
    (act,) = rules.propose(text, Evidence(), replace(SHELF, language=detect(text, "en")), WORLD)
    assert act == Query("cart", {"op": Slot("add"), "refs": Slot((0, 2))})


@pytest.mark.parametrize(
    ("text", "gone"), [("cancel the alice martin one", "payee_1"), ("only Alice Martin", "Bob Chen")]
)
def test_a_payee_chosen_by_a_button_is_known_by_the_name_on_it(text: str, gone: str) -> None:
    chosen = Frame("pay", {"payee": Slot("payee_1", "Alice Martin")}, sheet="draft_1")
    assert acts(text, "en", State(frames=(chosen, BOB))) == (Cancel(gone),)


def test_a_payment_that_does_not_wait_is_not_cancelled_in_place_of_another() -> None:
    left, effects = dialogue.reduce(State(frames=(BOB,)), (Cancel("Alice Martin"),))
    assert left.frames == (BOB,)
    assert not any(isinstance(effect, Drop) for effect in effects)


@pytest.mark.parametrize(("language", "text"), [
    ("en", "how much was it last month"), ("fr", "c'était combien le mois dernier"), ("zh", "上个月是多少"),
])  # fmt: skip
def test_over_a_payment_the_last_month_means_its_payee(language: Language, text: str) -> None:
    (act,) = acts(text, language, State(frames=(BOB,)))
    assert isinstance(act, Query)
    assert (act.slots["metric"].value, act.slots["payee"].value) == ("spending", "Bob Chen")
    assert act.slots["period"].value.start.day == 1


def test_a_list_that_a_purchase_brings_up_is_narrowed_and_chosen_from_in_the_number_wanted() -> None:
    told = {"query": "mugs", "constraints": [], "quantity": 3}
    state, (do,) = dialogue.reduce(State(), [dialogue.Start("buy", {"query": Slot("mugs"), "quantity": Slot(3)})])
    state = dialogue.remember(state, do, Reply("", route="product", results=("a", "b"), told=told))
    _, (cheaper,) = dialogue.reduce(state, [Set({"than": Slot(0)})])
    assert isinstance(cheaper, Do)
    assert (cheaper.goal, cheaper.slots["query"].value) == ("find", "mugs")
    _, (bought,) = dialogue.reduce(state, [Choose(1, "buy")])
    assert isinstance(bought, Do)
    assert {name: slot.value for name, slot in bought.slots.items()} == {"ref": 1, "quantity": 3}


@pytest.mark.parametrize(("language", "text"), [
    ("en", "a present for my mother"), ("fr", "un cadeau pour ma mère"), ("zh", "给妈妈的礼物"),
])  # fmt: skip
def test_a_present_is_looked_for_although_nothing_is_known_of_it(rules: Rules, language: Language, text: str) -> None:
    (act,) = rules.propose(text, Evidence(), State(language=language), WORLD)
    assert isinstance(act, Query)
    assert act.goal == "find"


def test_a_father_who_cycles_is_no_cart(rules: Rules) -> None:
    (act,) = rules.propose("送给爱骑车的爸爸的礼物，80欧以内", Evidence(), State(language="zh"), WORLD)
    assert isinstance(act, Query)
    assert act.goal == "find"
