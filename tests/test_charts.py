"""Charts: well-formed, escaped, accessible, thinned, never wider than their container."""

from xml.etree import ElementTree

import pytest

from assistant import charts
from assistant.charts import Point

HOSTILE = "${1+1}{{7*7}}<img src=x onerror=alert(1)>\"'&"
POINTS = [Point(f"p{n}", float((n * 37) % 101 - 20), f"€{n}.00") for n in range(12)]
DRAWN = {
    "line": lambda t, p: charts.line(t, t, p),
    "bars": lambda t, p: charts.bars(t, t, p),
    "bridge": lambda t, p: charts.bridge(t, t, p),
    "columns": lambda t, p: charts.columns(t, t, p),
    "donut": lambda t, p: charts.donut(t, t, [Point(q.label, abs(q.value) + 1, q.text) for q in p[:7]]),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_a_chart_is_an_image_with_a_title_and_a_description(kind: str) -> None:
    root = ElementTree.fromstring(DRAWN[kind]("Net worth", POINTS))
    assert root.get("role") == "img" and root.get("aria-label") == "Net worth"
    names = [child.tag.rpartition("}")[2] for child in root]
    assert names[:2] == ["title", "desc"]
    assert "max-width:100%" in (root.get("style") or "") and root.get("width") is None


@pytest.mark.parametrize("kind", DRAWN)
def test_hostile_labels_stay_text(kind: str) -> None:
    drawn = DRAWN[kind](HOSTILE, [Point(HOSTILE, 3.0, HOSTILE), Point("b", 5.0, HOSTILE)])
    root = ElementTree.fromstring(drawn)
    assert "<img" not in drawn
    assert root.findtext("{http://www.w3.org/2000/svg}title") == HOSTILE
    assert not [item for item in root.iter() if item.tag.endswith(("img", "script", "foreignObject"))]


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("values", [[0.0], [5.0], [-3.0, -3.0], [0.0, 0.0, 0.0], [1e12, -1e12]])
def test_flat_single_and_huge_values_draw(kind: str, values: list[float]) -> None:
    drawn = DRAWN[kind]("x", [Point(str(n), value, "v") for n, value in enumerate(values)])
    assert "nan" not in drawn and "inf" not in drawn
    ElementTree.fromstring(drawn)


def test_a_long_line_is_thinned_and_keeps_its_ends_and_extremes() -> None:
    points = [Point(str(n), float((n * 7919) % 10007), str(n)) for n in range(5000)]
    kept = charts.thinned(points)
    assert len(kept) <= 400
    assert kept[0] == points[0] and kept[-1] == points[-1]
    assert {min(points, key=lambda p: p.value), max(points, key=lambda p: p.value)} <= set(kept)


def test_the_lowest_highest_and_last_point_of_a_line_are_named() -> None:
    points = [Point(str(n), value, f"€{value}") for n, value in enumerate([5.0, 9.0, 3.0, 1.0, 3.0, 4.0, 6.0])]
    drawn = charts.line("x", "x", points)
    for text in ("€9.0", "€1.0", "€6.0"):
        assert f">{text}</text>" in drawn
    assert drawn.count("<circle") == 3


def test_the_bars_of_a_bridge_hang_on_each_other_and_lead_from_one_end_to_the_other() -> None:
    points = [Point(str(n), value, "v") for n, value in enumerate([100.0, 30.0, -20.0, 110.0])]
    root = ElementTree.fromstring(charts.bridge("x", "x", points))
    bars = [each for each in root.iter() if each.tag.endswith("rect")]
    edges = [(float(each.attrib["x"]), float(each.attrib["x"]) + float(each.attrib["width"])) for each in bars]
    (_, start), up, down, (_, end) = edges
    assert start == pytest.approx(up[0], abs=0.2) and up[1] == pytest.approx(down[1], abs=0.2)
    assert down[0] == pytest.approx(end, abs=0.2) and edges[0][0] == edges[3][0]


def test_slices_add_up_to_the_whole_ring() -> None:
    drawn = charts.donut("x", "x", [Point("a", 3.0, "3"), Point("b", 1.0, "1")])
    assert "75%" in drawn and "25%" in drawn
