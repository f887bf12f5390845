"""The reducer: pure, one effect for one act, and no sheet that outlives a changed detail."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.language import dialogue
from assistant.language.acts import (
    Act,
    Affirm,
    Aloud,
    Amount,
    Cancel,
    Chat,
    Choose,
    Deny,
    Do,
    Drop,
    Effect,
    Frame,
    Query,
    Resume,
    Set,
    Slot,
    Start,
    State,
    Unknown,
    Unset,
)  # fmt: skip
from assistant.language.memory import freeze, thaw
from assistant.reply import Notice, Reply

ALICE, BOB = {"payee": Slot("Alice"), "amount": Slot(Amount("12.50"))}, {"payee": Slot("Bob")}
GROCERIES = Query("measure", {"metric": Slot("spending"), "category": Slot("groceries")})


def settle(state: State, effects: Sequence[Effect], sheets: list[str]) -> State:
    """Answer as the handlers do: a complete payment shows a new sheet, an incomplete one asks."""
    for effect in effects:
        reply = Reply("")
        if isinstance(effect, Do) and effect.goal in dialogue.TASKS:
            complete = effect.goal != "pay" or {"payee", "amount"} <= set(effect.slots)
            sheets += [f"draft_{len(sheets)}"] if complete else []
            reply = (
                Reply("", sheet=sheets[-1])
                if complete
                else Reply("", asks="amount" if "payee" in effect.slots else "payee")
            )
        elif isinstance(effect, Do) and effect.goal == "find":
            reply = Reply("", results=("p1", "p2"))
        elif isinstance(effect, (Aloud, Resume)):
            reply = Reply("", sheet=effect.sheet)
        state = dialogue.remember(state, effect, reply)
    return state


def talk(*turns: Sequence[Act]) -> tuple[State, tuple[Effect, ...]]:
    state, sheets = State(), list[str]()
    effects: tuple[Effect, ...] = ()
    for acts in turns:
        state, effects = dialogue.reduce(state, acts)
        state = settle(state, effects, sheets)
    return state, effects


def test_a_payment_shows_its_sheet_and_stays_open() -> None:
    state, effects = talk([Start("pay", ALICE)])
    assert effects == (Do("pay", ALICE),)
    assert state.frames == (Frame("pay", ALICE, sheet="draft_0"),)


def test_a_missing_detail_is_asked_and_its_answer_completes_the_payment() -> None:
    state, effects = talk([Start("pay", BOB)], [Set({"amount": Slot(Amount("5"))})])
    assert effects == (Do("pay", {**BOB, "amount": Slot(Amount("5"))}),)
    assert state.frames[-1].sheet == "draft_0"


def test_a_changed_detail_is_a_new_draft_that_replaces_the_old() -> None:
    state, effects = talk([Start("pay", ALICE)], [Set(BOB)])
    assert effects == (Do("pay", ALICE | BOB, replaces="draft_0"),)
    assert [frame.sheet for frame in state.frames] == ["draft_1"]


def test_a_question_leaves_the_checkout_open_and_shows_it_again() -> None:
    state, effects = talk([Start("pay", ALICE)], [GROCERIES])
    assert effects == (Do("measure", GROCERIES.slots), Resume("pay", "draft_0"))
    assert state.frames[-1].sheet == "draft_0"


def test_a_follow_up_builds_on_the_last_question_even_over_a_checkout() -> None:
    _, effects = talk([Start("pay", ALICE)], [GROCERIES], [Set({"category": Slot("rent")})])
    assert effects == (Do("measure", {"metric": Slot("spending"), "category": Slot("rent")}), Resume("pay", "draft_0"))


def test_what_a_reply_told_is_what_a_follow_up_changes() -> None:
    state, effects = dialogue.reduce(State(), [GROCERIES])
    state = dialogue.remember(state, effects[0], Reply("", told={"metric": "spending", "period": "2025", "rate": 1}))
    assert state.last == Frame("measure", {"metric": Slot("spending"), "period": Slot("2025")})


def test_yes_with_an_amount_goes_to_the_waiting_sheet() -> None:
    _, effects = talk([Start("pay", ALICE)], [Affirm(Amount("12.50"), sole=True)])
    assert effects == (Aloud("draft_0", Amount("12.50"), True),)


def test_yes_to_nothing_does_nothing() -> None:
    assert talk([Affirm(Amount("12.50"), sole=True)])[1] == (Do("clarify", {"topic": Slot("nothing_waits")}),)
    assert talk([Start("pay", BOB)], [Affirm(Amount("5"), sole=True)])[1][0] == Do(
        "clarify", {"topic": Slot("nothing_waits")}
    )


def test_cancel_withdraws_the_draft_and_then_there_is_nothing() -> None:
    state, effects = talk([Start("pay", ALICE)], [Cancel()])
    assert (state.frames, effects) == ((), (Drop("pay", "draft_0"),))
    assert talk([Start("pay", ALICE)], [Deny()], [Cancel()])[1] == (Do("undo", {"op": Slot("cancel")}),)


def test_two_payments_in_one_sentence_are_two_sheets() -> None:
    state, effects = talk([Start("pay", ALICE), Start("pay", {**BOB, "amount": Slot(Amount("20"))})])
    assert len(effects) == 2
    assert [frame.sheet for frame in state.frames] == ["draft_0", "draft_1"]


def test_an_unfinished_payment_gives_way_to_a_new_one() -> None:
    state, _ = talk([Start("pay", BOB)], [Start("pay", ALICE)])
    assert [frame.slots for frame in state.frames] == [ALICE]


def test_the_second_one_needs_results() -> None:
    assert talk([Choose(1, "buy")])[1] == (Do("clarify", {"topic": Slot("no_results")}),)
    assert talk([Query("find", {"query": Slot("lamp")})], [Choose(1, "buy")])[1] == (Do("buy", {"ref": Slot(1)}),)


def test_another_choice_replaces_the_checkout_of_the_first() -> None:
    state, effects = talk([Query("find", {"query": Slot("lamp")})], [Choose(1, "buy")], [Choose(0, "buy")])
    assert effects == (Do("buy", {"ref": Slot(0)}, replaces="draft_0"),)
    assert len(state.frames) == 1


def test_a_closed_payment_can_be_repeated_for_somebody_else() -> None:
    state, _ = talk([Start("pay", ALICE)])
    state = dialogue.close(state, "draft_0")
    assert state.frames == ()
    assert dialogue.reduce(state, [Set(BOB)])[1] == (Do("pay", ALICE | BOB),)


def test_a_sheet_that_a_tap_brought_up_is_open_to_words() -> None:
    state = dialogue.tapped(State(), Reply("", route="product", sheet="draft_9"))
    assert dialogue.reduce(state, [Cancel()])[1] == (Drop("buy", "draft_9"),)
    assert dialogue.tapped(state, Reply("", sheet="draft_9")) == state


def test_after_a_tap_it_is_what_the_tap_showed() -> None:
    state = State(results=("lamp", "kettle"), focus="kettle")
    assert dialogue.tapped(state, Reply("", results=("lamp",))) == State(results=("lamp",))


def test_a_condition_can_be_taken_back() -> None:
    search = Query("find", {"query": Slot("lamp"), "constraints": Slot(())})
    assert talk([search], [Unset(("constraints",))])[1] == (Do("find", {"query": Slot("lamp")}),)


def test_replies_of_one_turn_become_one() -> None:
    first, second = Notice(tone="info", text="a"), Notice(tone="info", text="b")
    whole = dialogue.joined([Reply("Hello.", (first,)), Reply("Done.", (second,), "payment", sheet="d", asks="amount")])
    assert (whole.text, whole.cards, whole.route, whole.sheet, whole.asks) == (
        "Hello. Done.",
        (first, second),
        "payment",
        "d",
        "amount",
    )


SLOTS = st.fixed_dictionaries({}, optional={
    "payee": st.sampled_from([Slot("Alice"), Slot("Bob")]),
    "amount": st.sampled_from([Slot(Amount("5")), Slot(Amount("50"))]),
})  # fmt: skip
ACTS = st.one_of(
    SLOTS.map(lambda slots: Start("pay", slots)), SLOTS.map(Set), st.just(GROCERIES),
    st.just(Query("find", {"query": Slot("lamp")})), st.builds(Affirm, st.none() | st.just(Amount("5")), st.booleans()),
    st.sampled_from([Cancel(), Deny(), Choose(0, "buy"), Chat("help"), Unknown(), Unknown(outside=True),
                     Unset(("amount",)), Set({"period": Slot("2025")}), Start("buy", {"ref": Slot(1)})]),
)  # fmt: skip
TURNS = st.lists(st.lists(ACTS, min_size=1, max_size=3), max_size=8)


@settings(max_examples=200, deadline=None)
@given(TURNS)
def test_whatever_is_said_the_rules_of_the_sheet_hold(turns: list[list[Act]]) -> None:
    state, sheets = State(), list[str]()
    for acts in turns:
        before = [frame.sheet for frame in state.frames if frame.sheet]
        state, effects = dialogue.reduce(state, acts)
        assert effects
        tasks = [e for e in effects if isinstance(e, Do) and e.goal in dialogue.TASKS]
        assert len(tasks) <= sum(isinstance(act, (Start, Set, Unset, Choose)) for act in acts)
        assert sum(isinstance(e, Aloud) for e in effects) <= sum(isinstance(act, Affirm) for act in acts)
        assert all(e.sheet in before for e in effects if isinstance(e, (Aloud, Resume)))
        assert sum(isinstance(e, Resume) for e in effects) <= sum(isinstance(a, Set) and not a.slots for a in acts) + 1
        state = settle(state, effects, sheets)
        shown = [frame.sheet for frame in state.frames if frame.sheet]
        assert len(shown) == len(set(shown))
        replaced = {e.replaces for e in tasks if e.replaces}
        assert not replaced & set(shown)
        assert len(state.frames) <= dialogue.DEPTH + len(acts)
        assert thaw(freeze(state)) == state


@settings(max_examples=100, deadline=None)
@given(SLOTS.filter(bool))
def test_a_changed_slot_always_replaces_the_waiting_sheet(changed: dict[str, Slot]) -> None:
    state = State(frames=(Frame("pay", ALICE, sheet="old"),))
    state, effects = dialogue.reduce(state, [Set(changed)])
    assert effects == (Do("pay", {**ALICE, **changed}, replaces="old"),)
    assert not any(frame.sheet for frame in state.frames)


@given(st.lists(ACTS, max_size=4))
def test_reducing_is_pure(acts: list[Act]) -> None:
    state = State(frames=(Frame("pay", ALICE, sheet="old"),), results=("p1",))
    kept = replace(state)
    assert dialogue.reduce(state, acts) == dialogue.reduce(state, acts)
    assert state == kept
