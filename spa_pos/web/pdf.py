"""Paper as a PDF: letter pages in one face that knows Latin, Greek, Cyrillic, Hebrew and Arabic letters.

Made by fpdf2, which is Python alone: a bare machine has no Pango for richer ones. It loads nothing from
anywhere but our own fonts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import segno

from spa_pos.web import i18n
from spa_pos.web.templates import BUILT, Assets

LETTER = (612.0, 792.0)
"""Points, 72 to an inch."""

MARGIN = 72.0
INK = (35, 49, 43)
QUIET = (91, 106, 98)
BRAND = (47, 93, 78)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: words at its beginning, an amount at its end."""

    words: str
    amount: str = ""
    strong: bool = False
    quiet: bool = False
    indent: bool = False


def kept_together(amount: str) -> str:
    """An amount inside a sentence that runs from right to left: marks keep its signs in their order."""
    return f"\u200e{amount}\u200e" if i18n.direction() == "rtl" else amount


class Sheet:
    """A document that is filled from top to bottom; what does not fit goes on the next page."""

    def __init__(
        self, title: str, *, made_at: datetime, size: tuple[float, float] = LETTER, margin: float = MARGIN
    ) -> None:
        from fpdf import FPDF  # half a second, and few requests need it

        self.pdf = FPDF(unit="pt", format=size)
        fonts = BUILT / Assets.read().tree / "fonts"
        self.pdf.add_font("spa", "", fonts / "dejavu.ttf")
        self.pdf.add_font("spa", "B", fonts / "dejavu-bold.ttf")
        self.pdf.set_text_shaping(True)
        self.pdf.set_title(title)
        self.pdf.set_lang(i18n.current_locale())
        self.pdf.set_creation_date(made_at)
        self.pdf.set_margins(margin, margin, margin)
        self.pdf.set_auto_page_break(True, margin=margin)
        self.pdf.add_page()
        self._to_right = i18n.direction() == "ltr"

    @property
    def width(self) -> float:
        """Between the margins."""
        return float(self.pdf.epw)

    def text(
        self,
        words: str,
        *,
        size: float = 10,
        strong: bool = False,
        colour: tuple[int, int, int] = INK,
        centred: bool = False,
    ) -> None:
        """A paragraph, broken where it has to be."""
        self._face(size, strong, colour)
        start = "L" if self._to_right else "R"
        self.pdf.multi_cell(
            self.width, size * 1.45, words, align="C" if centred else start, new_x="LMARGIN", new_y="NEXT"
        )

    def rows(self, rows: Sequence[Row], *, size: float = 10) -> None:
        """A list with amounts at the end of the line."""
        for row in rows:
            self._row(row, size + 3 if row.strong else size)

    def _row(self, row: Row, size: float) -> None:
        from fpdf.enums import XPos, YPos

        self._face(size, row.strong, QUIET if row.quiet else INK)
        amount = self.pdf.get_string_width(row.amount) + 8 if row.amount else 0
        indent = 14.0 if row.indent else 0.0
        wide, high = self.width - amount - indent, size * 1.5
        left = self.pdf.l_margin
        if self.pdf.will_page_break(high * 2):
            self.pdf.add_page()
        top = self.pdf.get_y()
        self.pdf.set_x(left + indent if self._to_right else left + amount)
        align = "L" if self._to_right else "R"
        self.pdf.multi_cell(wide, high, row.words, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        under = self.pdf.get_y()
        if row.amount:
            self.pdf.set_xy(left + self.width - amount if self._to_right else left, top)
            self.pdf.cell(amount, high, row.amount, align="R" if self._to_right else "L")
        self.pdf.set_xy(left, under)

    def rule(self) -> None:
        """A thin line with room around it."""
        self.pdf.ln(6)
        self.pdf.set_draw_color(*QUIET)
        self.pdf.set_line_width(0.5)
        self.pdf.line(self.pdf.l_margin, self.pdf.get_y(), self.pdf.l_margin + self.width, self.pdf.get_y())
        self.pdf.ln(8)

    def gap(self, points: float) -> None:
        """Room."""
        self.pdf.ln(points)

    def place_at(self, top: float, *, narrower: float = 0) -> None:
        """Go on at a height of the page, for the rest of it, with less room at the right."""
        self.pdf.set_auto_page_break(False)
        self.pdf.set_right_margin(self.pdf.r_margin + narrower)
        self.pdf.set_y(top)

    def frame(self, words: str) -> None:
        """Words that nobody may overlook."""
        self._face(14, True, INK)
        self.pdf.cell(self.width, 26, words, border=1, align="C", new_x="LMARGIN", new_y="NEXT")
        self.pdf.ln(8)

    def qr(self, content: str, *, left: float, top: float, edge: float) -> None:
        """A code for scanners, drawn in squares; `left` and `top` from the corner of the page."""
        modules = [list(row) for row in segno.make(content, error="m", micro=False).matrix]
        step = edge / len(modules)
        self.pdf.set_fill_color(0, 0, 0)
        for y, row in enumerate(modules):
            for x, dark in enumerate(row):
                if dark:
                    self.pdf.rect(left + x * step, top + y * step, step + 0.05, step + 0.05, style="F")

    def _face(self, size: float, strong: bool, colour: tuple[int, int, int]) -> None:
        self.pdf.set_font("spa", "B" if strong else "", size)
        self.pdf.set_text_color(*colour)

    def content(self) -> bytes:
        """The whole document."""
        return bytes(self.pdf.output())
