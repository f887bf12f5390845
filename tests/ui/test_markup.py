"""Markup escapes by construction."""

from assistant.ui.markup import Html, drawing, el, escaped, join
from tests.ui.samples import HOSTILE


def test_a_text_keeps_no_character_that_a_browser_or_a_template_acts_on() -> None:
    assert not set("<>\"'${}`") & set(escaped(HOSTILE + "\"'`"))


def test_what_is_escaped_once_is_not_escaped_again() -> None:
    assert escaped(escaped("a & b")) == "a &amp; b"


def test_children_and_attributes_are_escaped_and_markup_is_kept() -> None:
    made = el("p", "<b>", el("b", "x"), title='"><script>', data_id=7, hidden=True, lang=None)
    assert made == '<p title="&quot;&gt;&lt;script&gt;" data-id="7" hidden>&lt;b&gt;<b>x</b></p>'


def test_joined_parts_leave_out_what_is_empty() -> None:
    assert join(["a", "", None, Html("<i></i>"), 0]) == "a<i></i>0"


def test_a_drawing_is_kept_but_for_what_a_template_would_run() -> None:
    assert drawing("<svg><text>${1} {{2}}</text></svg>") == (
        "<svg><text>&#36;&#123;1&#125; &#123;&#123;2&#125;&#125;</text></svg>"
    )
