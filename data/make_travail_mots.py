"""Write the distinct words of the French Code du travail, one per line.

In: the npm package that `legi` names and fetches. Out: the word list, sorted by code
point, UTF-8, LF.

Which words count, rule by rule, is in `words_of` and `select`; `data/README.md`
says it in prose. Not a DVC stage: the list is made once and kept in Git.
"""

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from data.legi import ADDRESS, TRAVAIL, articles, fetch, plain_text

TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
LIST_MARK = re.compile(r"^(?:[A-Za-z]|[IVXivx]+)-(?=[A-ZÀÂÇÈÉÊËÎÏÔÙÛŒ])")
ELISION = re.compile(r"^(?:[ldjmtscn]')+", re.IGNORECASE)
FRENCH = re.compile(r"[a-zàâæçèéêëîïôùûüÿœ'-]+")
VOWEL = re.compile(r"[aeiouyàâæèéêëîïôùûüÿœ]")
NUMERAL = re.compile(r"[ivx]+(?:er)?|er")
ONE_LETTER = {"a", "à", "y", "ô"}
UNITS = {"da", "kpa", "kva", "mrad", "pa"}
"""Those with a vowel; a rule takes the others."""
ACCENTED = {"a": "àâ", "e": "éèê", "i": "î", "o": "ô"}


def words_of(text: str) -> Iterator[str]:
    """Yield the words of an article's HTML with the letter case they have there.

    >>> list(words_of("<p>L&#39;Etat, 2<sup>e</sup> al. de l&rsquo;art. L. 1221-1</p>"))
    ['Etat', 'al', 'de', 'art', 'L']
    >>> list(words_of("aujourd'hui, d'un prud'homme de Saint-Malo, la main-d'oeuvre"))
    ["aujourd'hui", 'un', "prud'homme", 'de', 'Saint-Malo', 'la', "main-d'oeuvre"]
    """
    for chunk in plain_text(text).split():
        if ADDRESS.search(chunk):
            continue
        for token in TOKEN.findall(chunk):
            if not any(character.isdigit() for character in token):
                yield ELISION.sub("", LIST_MARK.sub("", token, count=1), count=1)


def is_written_as_a_word(word: str) -> bool:
    """Say whether capitals stand only where a part of a word begins.

    >>> [is_written_as_a_word(word) for word in ("Saint-Malo", "URSSAF", "dB")]
    [True, False, False]
    """
    return all(part[1:] == part[1:].lower() for part in re.split("['-]", word))


def select(words: Iterable[str]) -> list[str]:
    """Return the French word forms among words, in lower case, sorted, distinct."""
    as_words = {word for word in words if is_written_as_a_word(word)}
    in_lower_case = {word for word in as_words if word == word.lower()}
    return sorted(
        word
        for word in {word.lower() for word in as_words}
        if FRENCH.fullmatch(word)
        and VOWEL.search(word)
        and not NUMERAL.fullmatch(word)
        and word not in UNITS
        and (len(word) > 1 or word in ONE_LETTER)
        and (word in in_lower_case or not lost_its_accent(word, in_lower_case))
    )


def lost_its_accent(word: str, in_lower_case: set[str]) -> bool:
    """Say whether a capital stripped word of an accent that the text has elsewhere.

    >>> lost_its_accent("etat", {"état"})
    True
    """
    accents = ACCENTED.get(word[0], "")
    return any(accent + word[1:] in in_lower_case for accent in accents)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path, help="the word list to write")
    output: Path = parser.parse_args().output
    (code,) = fetch([TRAVAIL])
    words = select(word for text in articles(code) for word in words_of(text))
    output.write_text("".join(f"{word}\n" for word in words), "utf-8", newline="\n")
    date = code["data"]["dateModif"]
    print(f"{output}: {len(words)} words of the Code du travail as of {date}")


if __name__ == "__main__":
    main()
