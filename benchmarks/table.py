"""The table: one line for each figure, printed as soon as it is known."""

import os
import sys
import traceback
import unicodedata
from dataclasses import dataclass

WIDTHS = (46, 36, 32, 6, 18, 12)


class NotInstalled(Exception):
    """What a line needs is not on this machine, which is no fault of the site."""


@dataclass
class Line:
    what: str
    measured: str
    reference: str = "-"
    ratio: float | None = None
    must: str = ""
    is_reached: bool | None = None

    def cells(self):
        ratio = "-" if self.ratio is None else f"{self.ratio:.2f}"
        result = {True: "reached", False: "missed", None: "not measured"}[self.is_reached]
        return (self.what, self.measured, self.reference, ratio, self.must, result)


class Table:
    def __init__(self):
        self.has_failed = False
        # Whatever else runs on the machine runs against every figure.
        what = f"what ({os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before)"
        self.print_row((what, "measured", "reference", "ratio", "must reach", ""))
        self.print_row("-" * width for width in WIDTHS)

    def add(self, what, measure, *arguments):
        """Print the lines of a measurement, or why there are none."""
        try:
            for line in measure(*arguments):
                self.print_row(line.cells())
        except NotInstalled as reason:
            self.print_row(Line(what, str(reason)).cells())
        except Exception as error:
            self.has_failed = True
            self.print_row(Line(what, f"{type(error).__name__}, see below").cells())
            traceback.print_exc(file=sys.stderr)

    def print_row(self, cells):
        padded = (pad(cell, width) for cell, width in zip(cells, WIDTHS, strict=True))
        sys.stdout.write("  ".join(padded).rstrip() + "\n")
        sys.stdout.flush()


def pad(text, width):
    """Return the text filled up to a width; a Japanese letter takes two columns."""
    taken = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
    return text + " " * (width - taken)
