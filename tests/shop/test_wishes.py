"""Wishes drawn by a generator, read and searched as a turn would, judged by the generator's own intent."""

from assistant.language import constraints
from assistant.language.acts import World
from assistant.language.sentence import Sentence
from assistant.shop import Shop
from bench.wishes import wishes


def test_no_card_breaks_a_wish_and_what_can_be_met_is_shown(stocked: Shop) -> None:
    products = stocked.catalogue.all()
    world = World(currencies=("EUR", "USD"), today="2026-11-22", **stocked.lexicon())
    broken, unshown, possible = [], [], 0
    for wish in wishes(products, 240, seed=22):
        wanted = constraints.read(Sentence(wish.text, wish.language, world))
        hits = () if wanted.doubts else stocked.search(wanted.query, wanted.constraints, wish.language, 10).hits
        broken += [wish.text for hit in hits if not wish.met_by(hit.product)]
        able = any(wish.met_by(product) for product in products)
        possible += able
        unshown += [wish.text] if able and not hits else []
    assert broken == []
    assert possible > 180
    assert len(unshown) <= 0.01 * possible, unshown
