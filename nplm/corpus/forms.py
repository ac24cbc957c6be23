"""Forms: known kinds of file that hold words but are no list of words.

Each is refused with the shell command that makes a list of it. All but comments are
told by a sample of lines, so that one word with a `/` or a `,` is a word like others.
"""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from nplm.errors import InputError, shortened

SAMPLE = 1000
"""Lines looked at, from all over the file: the first ones of a sorted list differ."""
MIN_COUNT = 100
"""A first line that counts fewer lines than this may be a word by chance."""
SEPARATORS = {",": "CSV", ";": "CSV", "|": "table", "\t": "TSV", " ": "table"}
NUMBER = re.compile(r"""["']?[-+]?\d[\d.,]*%?["']?""")


def refuse_known_form(lines: Sequence[str], corpus: Path, *, blank: bool) -> None:
    """Raise InputError if lines, without the blanks around them, are a known form.

    - A hunspell dictionary: the first line is a number, and either a tenth of the lines
      have a `/`, or the number is that of the lines after it, give or take 5 %.
    - A table: most lines have, between the same separators (`,`, `;`, `|`, a tab, or a
      blank unless blank is set), numbers, and fields that do not begin with a digit.
    - Comments: a line begins with `#` and a blank. A `#` and a letter is a word.
    """
    filled = [line for line in lines if line]
    sample = filled[:: len(filled) // SAMPLE + 1]
    _refuse_hunspell(filled, sample, corpus)
    for separator, name in SEPARATORS.items():
        if not (blank and separator == " "):
            _refuse_table(lines, sample, separator, name, corpus)
    for number, line in enumerate(lines, start=1):
        if line.startswith("# "):
            raise InputError(
                f"{corpus}:{number}: {shortened(line)} is a comment; take all out: "
                + into_list("LC_ALL=C awk '!/^(\\357\\273\\277)?[ \\t]*#/'", corpus)
            )


def _refuse_hunspell(filled: list[str], sample: list[str], corpus: Path) -> None:
    count = re.fullmatch(r"(\d{1,9})([\s#].*)?", filled[0])
    rest = filled[1:]
    if not count or not rest or rest[0].isdecimal():  # a list of numbers is a list
        return
    with_slash = sum("/" in line for line in sample)
    difference = abs(int(count[1]) - len(rest))
    is_count = len(rest) >= MIN_COUNT and difference <= len(rest) / 20
    if is_count or with_slash >= max(2, len(sample) / 10):
        raise InputError(
            f"{corpus}: the first line, {shortened(filled[0])}, is the count of a "
            "hunspell dictionary, whose words have flags after '/'; make a list of it: "
            + into_list("sed '1d; /^#/d; s,[/[:blank:]].*,,'", corpus)
        )


def _refuse_table(
    lines: Sequence[str], sample: list[str], separator: str, name: str, corpus: Path
) -> None:
    rows = [row for line in sample if (row := _row(line, separator))]
    if len(rows) <= len(sample) / 2:
        return
    first, row = next(
        (number, row)
        for number, line in enumerate(lines, start=1)
        if (row := _row(line, separator))
    )
    rows = [other for other in rows if len(other) == len(row)]
    # The words differ most; another column may be a sex, a state or a part of speech.
    column = max(
        (i for i, field in enumerate(row) if not NUMBER.fullmatch(field)),
        key=lambda i: len({other[i] for other in rows}),
    )
    option = {" ": "", "\t": "-F'\\t' "}.get(separator, f"-F'{separator}' ")
    header = f"NR >= {first} " if first > 1 else ""
    unquote = 'gsub(/"/, ""); ' if row[column].startswith('"') else ""
    program = f"awk {option}'{header}{{{unquote}print ${column + 1}}}'"
    raise InputError(
        f"{corpus}:{first}: {shortened(lines[first - 1])} is a row of a {name}; "
        f"make a list of its column {column + 1}: " + into_list(program, corpus)
    )


def _row(line: str, separator: str) -> list[str] | None:
    """Return the fields of a line that is a row of a table, else None."""
    fields = line.split() if separator == " " else line.split(separator)
    fields = [field.strip() for field in fields]
    texts = [field for field in fields if not NUMBER.fullmatch(field)]
    # In 1,2-xylene the commas are the word's own.
    begin_with_a_digit = any(text[:1].isdigit() for text in texts)
    return None if begin_with_a_digit or len(texts) in (0, len(fields)) else fields


def into_list(program: str, corpus: Path) -> str:
    """Return the shell command that writes what program makes of corpus beside it."""
    output = corpus.with_name(f"{corpus.stem}.words.txt")
    return f"{reading(program, corpus)} > {shlex.quote(str(output))}"


def reading(program: str, corpus: Path) -> str:
    """Return the shell command in which program reads corpus, old Mac lines too."""
    name = shlex.quote(str(corpus))
    if b"\r" in corpus.read_bytes().replace(b"\r\n", b""):
        return f"tr '\\r' '\\n' < {name} | {program}"
    return f"{program} < {name}"
