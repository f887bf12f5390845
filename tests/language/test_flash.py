"""What is no flash card: the phrases of every other room, and the conversations that are had with them."""

from assistant.language import flash
from assistant.language.acts import State
from assistant.language.utterance import utter
from assistant.request import Evidence, Language
from tests.language.hearing import WORLD
from tests.language.test_scripts import SCRIPTS, scripts
from workshop.router import own


def card(text: str, language: Language) -> str:
    acts = flash.propose(utter(text, State(language=language), WORLD), Evidence())
    return str(acts[0].slots["kind"].value) if acts else ""


def test_no_phrase_of_another_room_becomes_a_card() -> None:
    found = {(said, kind) for said, _, language in own(2) if (kind := card(said, language))}  # type: ignore[arg-type]
    assert {each for each in found if each[1] != "exchange"} == set()
    assert found, "what the router calls wealth holds questions for a rate"


def test_no_turn_of_a_conversation_becomes_a_card() -> None:
    turns = [turn for script in SCRIPTS for _, turns in scripts(script) for turn in turns]
    others = [turn for turn in turns if "query flash" not in turn.expected[">"]]
    assert len(others) > 100
    told = [(said, language) for turn in others for language, said in turn.said.items()]
    assert [said for said, language in told if card(said.split("|")[0], language)] == []  # type: ignore[arg-type]


def test_a_limit_and_a_cart_keep_their_words() -> None:
    for text in ("Set my daily limit to 200", "my daily limit is 200 or 300", "add two of the second one to my cart",
                 "use code WELCOME10", "return the kettle", "put 50 on my savings account"):  # fmt: skip
        assert card(text, "en") == "", text
