"""The table that is printed: a line for each measure."""

import sys
from dataclasses import dataclass


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


@dataclass
class Row:
    """A line of the table: a measure, what it is held against, and the bound."""

    name: str
    kinora: str
    against: str
    # None where there is nothing to compare, and why is in the text.
    value: float | None
    unit: str
    # None where the value is only there to be seen.
    bound: float | None
    # Whether the value must stay below the bound, or reach it.
    at_most: bool = True
    # Digits of the value.
    digits: int = 2

    def holds(self):
        if self.bound is None:
            return True
        if self.value is None:
            return False
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    def cells(self):
        bound = verdict = ""
        if self.bound is not None:
            bound = f"{'≤' if self.at_most else '≥'} {self.bound:g} {self.unit}".rstrip()
            verdict = "holds" if self.holds() else "FALLS SHORT"
        value = "" if self.value is None else f"{self.value:.{self.digits}f} {self.unit}".rstrip()
        return self.name, self.kinora, self.against, value, bound, verdict


def show(rows):
    lines = [("measure", "kinora", "against", "value", "bound", ""), *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
