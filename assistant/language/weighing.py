"""What the words of a sentence make of the head's verdict: a metric, a known payee with an amount, a price limit."""

from assistant.language.acts import Slot
from assistant.language.lexicon import names
from assistant.language.router import Verdict, route_of
from assistant.language.utterance import Utterance
from assistant.request import Constraint

MEANT = 0.2  # probability from which a product that is named is bought or compared, not only looked for
UNTRAINED = 0.7  # share of a metric that the head was not trained on, once its words were said
COMMAS = ((",",), ("，",), ("、",))
MEASURED = ("size", "capacity", "noise", "weight", "power")  # fields of units that only goods have


def weigh(found: Verdict, said: Utterance) -> tuple[str, float]:
    """The likeliest label once the lexicons have spoken: a metric, a known payee with an amount, a price limit."""
    shares = dict(found.labels)
    metric, transfers, product = said.measured.get("metric"), said.says("transfer"), _names_product(said)
    if metric:
        shares.setdefault("measure." + metric.value, UNTRAINED)
        _raise(shares, "wealth", 3.0, "measure." + metric.value)
    if "repeat" in said.payment and transfers:
        shares["pay"] = shares.get("pay", 0.0) + 50.0
    pay = said.payment if transfers or not product else {}
    known = said.knows(said.payment.get("payee"))
    if "amount" in pay and "payee" in pay and (known or pay["amount"].value.currency):
        _raise(shares, "payment", 4.0 if known else 2.0, "pay")
    elif pay and known:
        _raise(shares, "payment", 1.5)
    if "constraints" in said.wish and "query" in said.wish and not (pay and known):
        _raise(shares, "product", 3.0 if any(limit.field == "price" for limit in _limits(said)) else 1.5)
    if not metric and _weighs(said):
        _raise(shares, "product", 10.0, "find")
    if not metric and _is_headed(said):
        return "find", 1.0
    paying = transfers and (known or found.routes.get("payment", 0.0) > 0.5)
    if product and not (metric or paying):
        if _is_bare_wish(said):
            likely = max(("find", "buy", "compare"), key=lambda name: shares.get(name, 0.0))
            return likely if shares.get(likely, 0.0) > MEANT else "find", 1.0
        _raise(shares, "product", 1.5, "find")
    elif said.says("advice") or (not metric and _trades(said)):
        shares["advice"] = shares.get("advice", 0.0) + 2.0 + max(shares.values())  # whatever figure was named with it
    total = sum(shares.values())
    routes: dict[str, float] = {}
    for label, share in shares.items():
        routes[route_of(label)] = routes.get(route_of(label), 0.0) + share / total
    route = max(routes, key=lambda name: routes[name])
    return max((name for name in shares if route_of(name) == route), key=lambda name: shares[name]), routes[route]


def _raise(shares: dict[str, float], route: str, factor: float, label: str = "") -> None:
    for name in shares:
        if route_of(name) == route:
            shares[name] *= factor * (1.5 if name == label else 1.0)


def _limits(said: Utterance) -> tuple[Constraint, ...]:
    return said.wish["constraints"].value if "constraints" in said.wish else ()


def _names_product(said: Utterance) -> bool:
    """Whether a kind of product or a brand that is sold here is named, or a present."""
    gift = said.says("gift") and not said.says("transfer")
    return gift or bool(said.sold) or any(limit.field == "brand" for limit in _limits(said))


def _is_bare_wish(said: Utterance) -> bool:
    """A product with a limit in numbers, with nothing beside its looks, or "a kettle ...": only that is meant."""
    query = said.of(str(said.wish.get("query", Slot("")).value))
    named = sum(last - first for first, last in query.sold)
    one = query.sold[:1] and not query.sold[0][0] and said.at("indefinite", 0)
    limited = (
        {"doubts", "quantity"} & set(said.wish)
        or any(word.kind == "digits" for word in query.tokens)
        or any(limit.field not in ("colour", "brand") for limit in _limits(said))
    )
    return bool(limited or one or named == len(query.tokens)) and not {"category", "period"} <= set(said.measured)


def _is_headed(said: Utterance) -> bool:
    """ "Train tickets [from] Paris [to] Lyon", 巴黎到里昂的火车票: a phrase without a verb about what is sold."""
    if said.sold and said.sold[0][0] == 0 and said.words[said.sold[0][1] : said.sold[0][1] + 1] in COMMAS:
        return True  # "mug, dishwasher safe"
    words = said.tokens.content
    spans = said.of(" ".join(word.text for word in words)).sold
    if said.language == "zh":
        return any(last == len(words) and words[first - 1].text == "的" for first, last in spans if first)
    past = "period" in said.measured and said.measured["period"].value.start <= said.world.day
    dated = [] if past else words.find("dated")
    ticket = any(first <= at < last for _, at, _ in dated for first, last in spans[:1])
    return any(first == 0 and (ticket or words.at("heading", last)) for first, last in spans)


def _trades(said: Utterance) -> bool:
    """Whether something the person holds is to be bought, sold or kept."""
    return bool(names(said.world.holdings).scan(said.tokens)) and said.says("trade")


def _weighs(said: Utterance) -> bool:
    """Whether a size, a weight or the like was said with its number, or so many pieces of what is counted so."""
    words = said.tokens
    if any(words[at - 1].text == "块" for _, at, _ in words.find("by_piece") if at):
        return True
    units = words.find("unit")
    return any(unit.split()[0] in MEASURED and at and words[at - 1].kind == "digits" for unit, at, _ in units)
