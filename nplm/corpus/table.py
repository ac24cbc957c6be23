"""Table: rows of fields between separators; one column has the words."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from nplm.errors import InputError, shortened

SEPARATORS = "\t;|,"
"""What parts fields. Where the first row has none of these, blanks do."""
NUMBER = re.compile(r"\s*[-+]?\d[\d.,]*%?\s*")
csv.field_size_limit(2**31 - 1)  # a longer one is no error of the quotes


def read_column(
    lines: Sequence[str], column: str | int, corpus: Path, *, blank: bool = False
) -> list[str]:
    """Return the cell of the row that begins at each line, empty where there is none.

    A text is a name in the first row, which is a header then. A number counts columns
    from 1, and the first row is one like others. Quotes are those of CSV. Blanks part
    no fields where a word may have them. Raises InputError for a column that the first
    row lacks, and for quotes that do not match.
    """
    first, separator = _first_row(lines, blank=blank)
    names = _fields(lines[first], separator)
    if isinstance(column, int) and column <= len(names):
        index = column - 1
    elif isinstance(column, str) and column in names:
        index = names.index(column)
    else:
        shown = f"{shortened(column)}; take one of {shortened(names, 400)}"
        raise InputError(f"{corpus}: no column {shown}")
    if separator == " ":
        lines, separator = ["\t".join(line.split()) for line in lines], "\t"
    rows = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)
    cells, start = [""] * len(lines), 0
    try:
        for row in rows:
            cells[start] = row[index] if index < len(row) else ""
            start = rows.line_num
    except csv.Error as error:
        raise InputError(
            f"{corpus}:{start + 1}: not a row of a table ({error}); mend its quotes"
        ) from error
    if isinstance(column, str):
        cells[first] = ""
    return cells


def refuse_table(lines: Sequence[str], corpus: Path, *, blank: bool = False) -> None:
    """Raise InputError if most lines look like the rows of a table.

    A row has a tab, or has a text that does not begin with a digit (`1,2-xylene` is a
    word) and none that begins with a blank (so is `Paris, Texas`); between blanks also
    a number.
    """
    lines = [line.strip() for line in lines]
    first, separator = _first_row(lines, blank=blank)
    if sum(_is_row(line, separator) for line in lines) > sum(map(bool, lines)) / 2:
        names = shortened(_fields(lines[first], separator), 400)
        raise InputError(
            f"{corpus}:{first + 1}: a table with the columns {names}; say which has "
            "the words: -S column=NAME, or its number if these are no names"
        )


def _is_row(line: str, separator: str) -> bool:
    if separator == "\t":
        return separator in line
    fields = _fields(line, separator) if separator in line else []
    texts = [field for field in fields if not NUMBER.fullmatch(field)]
    return (
        any(text and not text[0].isdigit() for text in texts)
        and not any(text[:1].isspace() for text in texts)
        and (separator != " " or len(texts) < len(fields))
    )


def _first_row(lines: Sequence[str], *, blank: bool) -> tuple[int, str]:
    """Return the index of the first line that is not empty, and what parts its fields.

    That is a tab, or else the separator that makes the most of them.
    """
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    candidates = "\t" if "\t" in lines[first].strip() else SEPARATORS
    best = max(candidates, key=lambda separator: len(_fields(lines[first], separator)))
    parted = best in lines[first] or " " not in lines[first].strip()
    return first, best if parted or blank else " "


def _fields(line: str, separator: str) -> list[str]:
    if separator == " ":
        return line.split()
    return next(csv.reader([line], delimiter=separator), [])
