"""Made-up wishes in three languages: an intent is drawn, said in one of many ways, and judged by itself.

The judge knows the intent and a product's own facts; it shares no code with the parser or the shop, so a limit that is
misread anywhere between them shows as a broken one.
"""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.request import Language
from assistant.shop.catalogue import Product

OPS: dict[str, Callable[[float, float], bool]] = {
    "at_most": operator.le, "less": operator.lt, "at_least": operator.ge, "more": operator.gt, "is": operator.eq,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limit:
    """`value` is a word, or a number in the catalogue's unit: cents for a price, with its currency in `field`."""

    field: str  # price EUR, colour, brand, rating, stock, delivery, noise, weight, capacity, battery, size
    op: str
    value: str | float

    def holds(self, product: Product) -> bool:
        fact = self._fact(product)
        if fact is None:
            return False
        if isinstance(self.value, str):
            return (str(fact) == self.value) == (self.op == "is")
        return OPS[self.op](float(fact), self.value)

    def _fact(self, product: Product) -> str | float | None:
        match self.field.split():
            case ["price", currency]:
                return next((price.minor for price in product.offer.prices if price.currency == currency), None)
            case ["brand"]:
                return product.brand
            case ["stock"]:
                return product.offer.stock
            case ["delivery"]:
                return product.offer.delivery_days
        stated = product.attributes.get(self.field)
        return None if stated is None else stated.value


@dataclass(frozen=True, slots=True)
class Wish:
    language: Language
    text: str
    category: str
    limits: tuple[Limit, ...]

    def met_by(self, product: Product) -> bool:
        return product.category == self.category and all(limit.holds(product) for limit in self.limits)


KINDS: dict[str, tuple[list[str], list[str], list[str]]] = {
    "desk_lamp": (["desk lamp", "table lamp"], ["lampe de bureau", "lampe de table"], ["台灯", "床头灯"]),
    "kettle": (["kettle", "electric kettle"], ["bouilloire", "bouilloire électrique"], ["电热水壶", "水壶"]),
    "headphones": (["headphones"], ["casque audio"], ["耳机", "头戴式耳机"]),
    "vacuum": (["vacuum cleaner", "vacuum"], ["aspirateur"], ["吸尘器"]),
    "backpack": (["backpack", "rucksack"], ["sac à dos"], ["双肩包", "背包"]),
    "running_shoes": (["running shoes", "trainers"], ["chaussures de course"], ["跑步鞋", "跑鞋"]),
    "coffee": (["coffee"], ["café"], ["咖啡"]), "tea": (["tea"], ["thé"], ["茶叶"]),
    "chocolate": (["chocolate"], ["chocolat"], ["巧克力"]),
    "bike_helmet": (["bike helmet", "cycling helmet"], ["casque de vélo"], ["自行车头盔", "头盔"]),
    "keyboard": (["keyboard"], ["clavier"], ["键盘"]), "mug": (["mug", "coffee mug"], ["mug", "tasse"], ["马克杯"]),
    "plant": (["house plant", "plant"], ["plante", "plante verte"], ["绿植", "盆栽"]),
    "notebook": (["notebook"], ["carnet", "cahier"], ["笔记本", "记事本"]),
    "olive_oil": (["olive oil"], ["huile d'olive"], ["橄榄油"]), "pasta": (["pasta"], ["pâtes"], ["意大利面"]),
    "speaker": (["speaker", "bluetooth speaker"], ["enceinte", "enceinte bluetooth"], ["音箱", "蓝牙音箱"]),
    "dinner": (["dinner box"], ["coffret dîner"], ["晚餐盒"]),
    "train_ticket": (["train ticket"], ["billet de train"], ["火车票"]),
}  # fmt: skip
COLOURS: dict[str, tuple[str, str, str]] = {
    "red": ("red", "rouge", "红色"), "blue": ("blue", "bleu", "蓝色"), "green": ("green", "vert", "绿色"),
    "black": ("black", "noir", "黑色"), "white": ("white", "blanc", "白色"), "grey": ("grey", "gris", "灰色"),
    "yellow": ("yellow", "jaune", "黄色"), "pink": ("pink", "rose", "粉色"), "beige": ("beige", "beige", "米色"),
}  # fmt: skip
PLACE: dict[Language, int] = {"en": 0, "fr": 1, "zh": 2}
AMOUNTS: dict[str, dict[Language, list[str]]] = {
    "EUR": {"en": ["{n} euros", "€{n}", "{n} €", "{n} EUR"], "fr": ["{n} euros", "{n} €", "{n}€"],
            "zh": ["{n}欧元", "{n}欧", "€{n}"]},
    "USD": {"en": ["${n}", "{n} dollars", "{n} USD"], "fr": ["{n} dollars", "{n} $"], "zh": ["{n}美元", "{n}美金"]},
}  # fmt: skip
PRICES: dict[str, dict[Language, list[str]]] = {
    "at_most": {"en": ["at most {p}", "up to {p}", "{p} or less", "no more than {p}", "max {p}", "{p} at most",
                       "my budget is {p}", "not exceeding {p}", "{p} tops"],
                "fr": ["{p} maximum", "au plus {p}", "jusqu'à {p}", "pas plus de {p}", "{p} ou moins", "budget {p}",
                       "sans dépasser {p}", "{p} max"],
                "zh": ["{p}以内", "不超过{p}", "最多{p}", "预算{p}", "{p}以下", "别超过{p}"]},
    "less": {"en": ["under {p}", "below {p}", "less than {p}", "cheaper than {p}"],
             "fr": ["à moins de {p}", "sous {p}", "en dessous de {p}", "moins de {p}"], "zh": ["低于{p}", "少于{p}"]},
    "at_least": {"en": ["at least {p}", "from {p}", "{p} or more"], "fr": ["au moins {p}", "à partir de {p}"],
                 "zh": ["至少{p}", "{p}以上", "不低于{p}"]},
    "more": {"en": ["over {p}", "more than {p}", "above {p}"], "fr": ["plus de {p}"], "zh": ["超过{p}", "高于{p}"]},
    "between": {"en": ["between {p} and {q}", "from {p} to {q}"], "fr": ["entre {p} et {q}", "de {p} à {q}"],
                "zh": ["{p}到{q}", "{p}至{q}之间"]},
}  # fmt: skip
SAID: dict[str, dict[Language, list[str]]] = {  # further limits: {v} a number as said, {b} a brand
    "rating at_least": {"en": ["rated at least {v}", "{v} stars or more", "rating of {v} or more"],
                        "fr": ["noté au moins {v}", "{v} étoiles ou plus"], "zh": ["评分{v}以上", "{v}星以上"]},
    "stock at_least": {"en": ["in stock", "available now"], "fr": ["en stock", "disponible"], "zh": ["有货", "现货"]},
    "delivery at_most": {"en": ["delivered within {v} days", "delivery in {v} days or less"],
                         "fr": ["livré sous {v} jours", "livraison en {v} jours maximum"],
                         "zh": ["{v}天内送达", "{v}天内到货"]},
    "brand is": {"en": ["by {b}", "from {b}", "brand {b}"], "fr": ["de la marque {b}", "de chez {b}", "marque {b}"],
                 "zh": ["{b}牌", "品牌{b}", "{b}的"]},
    "brand not": {"en": ["not {b}", "but not {b}", "anything but {b}"],
                  "fr": ["pas {b}", "sauf {b}", "mais pas de {b}"],
                  "zh": ["不要{b}", "除了{b}"]},
    "noise at_most": {"en": ["at most {v} dB", "no louder than {v} decibels"],
                      "fr": ["au plus {v} dB", "{v} décibels maximum"],
                      "zh": ["不超过{v}分贝", "{v}分贝以下"]},
    "battery at_least": {"en": ["with at least {v} hours of battery", "{v} h battery or more"],
                         "fr": ["au moins {v} heures d'autonomie", "{v} h d'autonomie minimum"],
                         "zh": ["续航{v}小时以上", "续航至少{v}小时"]},
    "weight at_least": {"en": ["at least {v} g"], "fr": ["au moins {v} g"], "zh": ["至少{v}克"]},
    "weight is": {"en": ["{v} g", "exactly {v} grams"], "fr": ["{v} g", "exactement {v} grammes"], "zh": ["{v}克"]},
    "capacity at_least": {"en": ["at least {v} ml"], "fr": ["au moins {v} ml"], "zh": ["至少{v}毫升"]},
    "size is": {"en": ["size {v}", "in size {v}"], "fr": ["taille {v}", "pointure {v}"], "zh": ["{v}码"]},
}  # fmt: skip
ASKED: dict[Language, list[str]] = {
    "en": ["{c} {k} {l}", "find me a {c} {k}, {l}", "{l}: a {c} {k}", "show me {c} {k} {l}",
           "I'm looking for a {c} {k} {l}"],
    "fr": ["{k} {c} {l}", "je cherche {k} {c}, {l}", "trouve-moi {k} {c} {l}", "montre-moi {k} {c} {l}"],
    "zh": ["{c}{k}，{l}", "我想买{c}的{k}，{l}", "帮我找{l}的{c}{k}", "{l}，{c}{k}"],
}  # fmt: skip
NOT_COLOUR: dict[Language, list[str]] = {
    "en": ["not {c}", "anything but {c}"], "fr": ["pas {c}", "sauf {c}"], "zh": ["不要{c}", "非{c}"],
}  # fmt: skip
LINKS: dict[Language, list[str]] = {"en": [", ", " and "], "fr": [", ", " et "], "zh": ["，", "、"]}


def wishes(products: Sequence[Product], count: int, seed: int) -> list[Wish]:
    """`count` different wishes over what is sold, a third in each language; one in seven cannot be met."""
    dice = random.Random(seed)
    made: dict[str, Wish] = {}
    while len(made) < count:
        wish = _wish(products, dice, dice.choice(list(PLACE)))
        made.setdefault(wish.text, wish)
    return list(made.values())


def _wish(products: Sequence[Product], dice: random.Random, language: Language) -> Wish:
    """Limits around a product that is sold, so that most wishes can be met; now and then a bound is taken too far."""
    target = dice.choice(products)
    said: list[str] = []
    limits: list[Limit] = []
    colour = ""
    own = target.attributes.get("colour")
    if own and own.value in COLOURS and dice.random() < 0.6:
        if dice.random() < 0.75:
            limits.append(Limit("colour", "is", str(own.value)))
            colour = COLOURS[str(own.value)][PLACE[language]]
        else:
            other = dice.choice([name for name in COLOURS if name != own.value])
            limits.append(Limit("colour", "not", other))
            said.append(dice.choice(NOT_COLOUR[language]).format(c=COLOURS[other][PLACE[language]]))
    for make in dice.sample([_price, _price, _fact, _fact, _brand], dice.choice([1, 1, 2, 2, 3])):
        found = make(target, dice, language)
        if found and found[0][0].field.split()[0] not in {limit.field.split()[0] for limit in limits}:
            limits += found[0]
            said.append(found[1])
    kind = dice.choice(KINDS[target.category][PLACE[language]])
    link = dice.choice(LINKS[language])
    text = dice.choice(ASKED[language]).format(c=colour, k=kind, l=link.join(said))
    return Wish(language, _tidy(text, language), target.category, tuple(limits))


def _tidy(text: str, language: Language) -> str:
    for odd, plain in (("的的", "的"), ("买的", "买"), ("，，", "，"), ("  ", " "), (" ,", ","), ("找的", "找")):
        text = text.replace(odd, plain)
    return text.strip(" ,，:、") if language != "en" else text.strip(" ,:")


Found = tuple[list[Limit], str] | None


def _price(target: Product, dice: random.Random, language: Language) -> Found:
    currency = dice.choice(["EUR", "EUR", "USD"])
    cents = next(price.minor for price in target.offer.prices if price.currency == currency)
    how = dice.choice(["at_most", "at_most", "less", "at_least", "more", "between"])

    def amount(units: int) -> str:
        return dice.choice(AMOUNTS[currency][language]).format(n=units)

    far = dice.random() < 0.15  # out of reach
    above, below = -(-cents // 100) + dice.randrange(1, 25), max(1, cents // 100 - dice.randrange(1, 12))
    field, form = f"price {currency}", dice.choice(PRICES[how][language])
    if how == "between":
        return [Limit(field, "at_least", 100 * below), Limit(field, "at_most", 100 * above)], form.format(
            p=amount(below), q=amount(above))  # fmt: skip
    units = (1 if far else above) if how in ("at_most", "less") else 900 if far else below
    return [Limit(field, how, 100 * units)], form.format(p=amount(units))


def _brand(target: Product, dice: random.Random, language: Language) -> Found:
    op = dice.choice(["is", "is", "not"])
    brand = target.brand if op == "is" else "Halden" if target.brand != "Halden" else "Verra"
    return [Limit("brand", op, brand)], dice.choice(SAID[f"brand {op}"][language]).format(b=brand)


def _fact(target: Product, dice: random.Random, language: Language) -> Found:
    facts = {name: fact.value for name, fact in target.attributes.items()}
    facts |= {"delivery": float(target.offer.delivery_days)} | ({"stock": 1.0} if target.offer.stock else {})
    choices = [key for key in SAID if key.split()[0] in facts and not key.startswith("brand")]
    if not choices:
        return None
    key = dice.choice(choices)
    field, op = key.split()
    value = facts[field]
    if field == "rating":
        value = dice.choice([value for value in (3.5, 4.0, 4.5) if value <= float(facts[field])] or [3.0])
    elif field == "delivery":
        value = float(min(7, float(value) + 1 + dice.randrange(2)))
    elif field in ("noise", "battery") or (op == "at_least" and field != "stock"):
        value = float(round(float(value)) + (dice.randrange(0, 4) if op == "at_most" else -dice.randrange(0, 3)))
    number = value if isinstance(value, str) else f"{value:g}".replace(".", "," if language == "fr" else ".")
    return [Limit(field, op, value)], dice.choice(SAID[key][language]).format(v=number)
