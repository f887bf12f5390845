"""Replies for a terminal: the published JSON of a reply as lines of text. Knows cards, not how they were made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.doctor import Finding
    from assistant.selftest import Outcome

Json = dict[str, Any]
SIGNS = {"succeeded": "✓", "failed": "✗", "canceled": "✗", "refunded": "↩", "unknown": "?", "scheduled": "…"}


def drawn(reply: Json) -> Iterator[str]:
    """The text, then each card with the command that taps each of its buttons."""
    yield reply["text"]
    for card in reply["cards"]:
        yield ""
        yield from ("  " + line for line in _card(card))
        yield from ("  " + _button(action) for action in card["actions"])


def _button(action: Json) -> str:
    return f"[{action['label']}]  lueur act {action['id']}"


def _card(card: Json) -> Iterator[str]:
    return DRAWERS[card["type"]](card)


def _text(card: Json) -> Iterator[str]:
    yield card.get("text", "")


def _pay_sheet(card: Json) -> Iterator[str]:
    yield f"→ {card['payee']['name']}   {card['amount']['text']}{' *' if card['currency_assumed'] else ''}"
    yield _joined(card["payee"]["how"], card["method"], card["mode"])
    yield from card["notes"]
    yield from filter(None, (card["in_words"], card["purpose"]))
    yield from _sums(card["lines"] + card["totals"])


def _receipt(card: Json) -> Iterator[str]:
    sign = SIGNS.get(card["status"], "·")
    yield f"{sign} {card['amount']['text']} → {card['payee']['name']}   {card['status']}"
    yield _joined(card["method"], card["mode"], card["provider_ref"])
    yield from filter(None, (card["note"], *(f"{link['label']}: {link['path']}" for link in card["links"])))


def _products(card: Json) -> Iterator[str]:
    yield from _joined_chips(card)
    for product in card["products"]:
        yield f"{product['price']['text']:>12}  {product['title']}"
        yield f"{'':12}  {_joined(product['stock'], *product['why'])}"
        yield from (f"{'':12}  {_button(action)}" for action in product["actions"])


def _question(card: Json) -> Iterator[str]:
    yield card["text"]
    shown = {action["id"] for action in card["actions"]}
    yield from (_button(choice) for choice in card["choices"] if choice["id"] not in shown)


def _figure(card: Json) -> Iterator[str]:
    yield f"{card['label']}: {_value(card['value'])}"
    yield f"{card['period']['start']} – {card['period']['end']}   {card['method']}"
    yield from card["warnings"]


def _chart(card: Json) -> Iterator[str]:
    yield card["title"]
    yield from ("  ".join(f"{cell:>14}" for cell in row) for row in card["table"])


def _document(card: Json) -> Iterator[str]:
    yield card["kind"]
    yield from (f"{name}: {field['value']} ({field['confidence']:.0%})" for name, field in card["fields"].items())


def _flash(card: Json) -> Iterator[str]:
    yield f"{card['title']}   {_value(card['headline'])}"
    yield from (f"{one['label']:>14}  {_joined(_value(one['value']), one['note'])}" for one in card["outcomes"])
    yield from (f"{one['label']}: {one['value']}   (--set {one['name']}=...)" for one in card["controls"])
    yield from card["notes"]


def _overview(card: Json) -> Iterator[str]:
    for tile in card["tiles"]:
        yield f"{tile['label']}: {_joined(_value(tile['value']), tile['change'], tile['period'])}"
        yield from (f"{name:>24}  {value}" for name, value in tile["lines"])


def _cart(card: Json) -> Iterator[str]:
    for part in card["parts"]:
        yield part["seller"]
        for line in part["lines"]:
            titled = f"{line['quantity']} × {line['title']}"
            yield f"{line['total']['text']:>12}  {_joined(titled, line['note'])}"
            yield from (f"{'':12}  {_button(action)}" for action in line["actions"])
        yield from _sums(part["totals"])
    yield from card["notes"]


def _preview(card: Json) -> Iterator[str]:
    yield f"{card['name']}   {card['added']} + {card['known']} / {card['row_count']}"
    yield from card["warnings"]


def _order(card: Json) -> Iterator[str]:
    yield f"{card['merchant']}  {card['order_id']}  {card['status']}"
    yield from _sums(card["lines"] + card["totals"])


def _ignored(card: Json) -> Iterator[str]:
    yield from (f"~~{line}~~" for line in card["lines"])
    yield card["reason"]


def _proof(card: Json) -> Iterator[str]:
    yield from (f"{step['at']:7.2f} s  {step['text']}" for step in card["steps"])
    yield card["verdict"]


def _memory(card: Json) -> Iterator[str]:
    for row in card["rows"]:
        yield f"{row['group']:>24}  {_joined(row['label'], row['note'])}"
    yield "lueur export · lueur forget"


DRAWERS: dict[str, Callable[[Json], Iterator[str]]] = {
    "pay_sheet": _pay_sheet, "receipt": _receipt, "products": _products, "compare": _products, "question": _question,
    "figure": _figure, "chart": _chart, "overview": _overview, "preview": _preview, "document": _document,
    "cart": _cart, "order": _order, "notice": _text, "ignored": _ignored, "proof": _proof, "flash": _flash,
    "memory": _memory,
}  # fmt: skip


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _joined_chips(card: Json) -> Iterator[str]:
    if chips := card.get("constraints"):
        yield _joined(*(chip["text"] for chip in chips))


def _sums(lines: list[Json]) -> Iterator[str]:
    for line in lines:
        many = f"{line['quantity']} × " if line["quantity"] != 1 else ""
        yield f"{many + line['amount']['text']:>12}  {line['label']}"


def _value(value: Any) -> str:
    return str(value["text"]) if isinstance(value, dict) else str(value)


def findings(found: list[Finding]) -> Iterator[str]:
    for finding in found:
        yield f"{'found  ' if finding.found else 'missing'}  {finding.part:20}{finding.detail}"
        if finding.fix:
            yield f"{'':29}→ {finding.fix}"


def outcome(one: Outcome) -> str:
    verdict = f"FAIL  {one.wrong}" if one.wrong else "ok"
    return f"{one.path:40}{one.milliseconds:6} ms  {verdict}"
