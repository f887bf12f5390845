"""Lines on a page: which stand in one row, which beside or below each other. Knows nothing of what they say."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from assistant.request import Line

Box = tuple[int, int, int, int]


def box(line: Line) -> Box:
    return line.place.box or (0, 0, 0, 0)


@dataclass(frozen=True)
class Page:
    """`slope` = rise over run of the print (a page photographed at a tilt); `size` in pixels."""

    lines: tuple[Line, ...]
    size: tuple[int, int]
    slope: float = 0.0

    @cached_property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def span(self) -> tuple[float, float]:
        """Where print begins and ends, from top to bottom."""
        return min(map(self.middle, self.lines)), max(map(self.middle, self.lines))

    def middle(self, line: Line) -> float:
        """Height of a line's middle once the page is straightened."""
        x0, y0, x1, y1 = box(line)
        return (y0 + y1) / 2 - self.slope * (x0 + x1) / 2

    def height(self, line: Line) -> float:
        """Height of the print itself: the upright box less what the slope adds."""
        x0, y0, x1, y1 = box(line)
        return max((y1 - y0) - abs(self.slope) * (x1 - x0), 1.0)

    @cached_property
    def rows(self) -> tuple[tuple[Line, ...], ...]:
        """Rows from top to bottom, each from left to right."""
        rows: list[list[Line]] = []
        for line in sorted(self.lines, key=self.middle):
            last = rows[-1] if rows else None
            if last and abs(self.middle(line) - self.middle(last[-1])) < 0.5 * min(
                self.height(line), self.height(last[-1])
            ):
                last.append(line)
            else:
                rows.append([line])
        return tuple(tuple(sorted(row, key=lambda line: box(line)[0])) for row in rows)

    def right_of(self, line: Line) -> tuple[Line, ...]:
        """The lines of the same row further right, nearest first."""
        row = next(row for row in self.rows if line in row)
        return tuple(other for other in row if box(other)[0] > box(line)[0])

    def below(self, line: Line) -> Iterator[Line]:
        """Lines under this one within two line heights that share some of its width."""
        x0, _, x1, _ = box(line)
        for other in self.lines:
            gap = self.middle(other) - self.middle(line)
            if 0.5 * self.height(line) < gap < 2.6 * self.height(line) and box(other)[0] < x1 and box(other)[2] > x0:
                yield other
