"""Write the running text of the French Code du travail, or of all codes of the package.

In: the npm package that `legi` names and fetches. Out: one line an article, in the
code's order, tokens parted by single blanks, UTF-8, LF, compressed by xz.

What a token is, rule by rule, is in `tokens_of`; `data/README.md` says it in prose.
Not a DVC stage: the text is made once and kept in Git.
"""

import argparse
import lzma
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from data.legi import ADDRESS, CODES, TRAVAIL, articles, fetch, plain_text

CHOICES = {"travail": (TRAVAIL,), "all": CODES}
TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL | re.IGNORECASE)
INVISIBLE = re.compile("[\u00ad\u200b]")
"""Soft hyphens and blanks of no width."""
THOUSANDS = re.compile(r"(?<![\w.,-])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\w)")
TOKEN = re.compile(
    r"""
    (?<!\w) (?-i:[LRDA]|LO|[Aa]rt) \. (?=\s?(?:\*\s?)?\d)  # L. R. art.
    | n°
    | \d+ (?:-\d+)+ (?:-(?-i:[A-Z])\b)? °?                # 1221-1 150-0-A
    | \d+ (?:[.,]\d+)* [^\W_]* (?:['-][^\W_]+)* °?        # 0,5 1.4.2 1er 3°
    | (?<!\w) (?:[cdjlmnst] | (?:jus|lors|puis|quoi)?qu) '       # an elision
    | (?<!\w) (?:[a-z] | [ivx]+) (?=-(?-i:[A-ZÀÂÇÈÉÊËÎÏÔÙÛŒ]))   # a list's A-, II-
    | [^\W_]+ (?:['-][^\W_]+)*                            # a word
    | \.{2,} | _+ | \S                                    # a punctuation mark
    """,
    re.VERBOSE | re.IGNORECASE,
)


def tokens_of(text: str) -> Iterator[str]:
    """Yield the tokens of an article's HTML.

    >>> print(*tokens_of("<p>L'employeur, à l'article <a>L. 1221-1</a> :<br/>1° Paie"))
    L' employeur , à l' article L. 1221-1 : 1° Paie
    >>> print(*tokens_of("II.-Aujourd'hui, à 7 500,50 € (0,5 %) et/ou 2 jours..."))
    II . - Aujourd'hui , à 7500,50 € ( 0,5 % ) et / ou 2 jours ...
    """
    text = INVISIBLE.sub("", plain_text(TABLE.sub("\n", text)))
    text = THOUSANDS.sub(lambda match: re.sub(r"\s", "", match[0]), text)
    words = (chunk for chunk in text.split() if not ADDRESS.search(chunk))
    yield from TOKEN.findall(" ".join(words))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path, help="the text to write, FILE.txt.xz")
    parser.add_argument("--codes", default="travail", help="travail (default) or all")
    arguments = parser.parse_args()
    if arguments.codes not in CHOICES:
        sys.exit(f"error: CODES={arguments.codes}: unknown; take travail or all")
    codes = fetch(CHOICES[arguments.codes])
    texts = (text for code in codes for text in articles(code))
    lines = list(filter(None, (" ".join(tokens_of(text)) for text in texts)))
    content = "".join(f"{line}\n" for line in lines).encode()
    best = 9 | lzma.PRESET_EXTREME
    compressed = lzma.compress(content, check=lzma.CHECK_CRC64, preset=best)
    arguments.output.write_bytes(compressed)  # the same each time: xz has no time
    count = sum(len(line.split(" ")) for line in lines)
    title, date = codes[0]["data"]["title"], codes[0]["data"]["dateModif"]
    what = f"the {title} as of {date}" if len(codes) == 1 else f"{len(codes)} codes"
    print(f"{arguments.output}: {len(lines)} articles, {count} tokens of {what}")


if __name__ == "__main__":
    main()
