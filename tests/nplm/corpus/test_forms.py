"""Files with words that are no list of words, and lists that look like one."""

import subprocess
from pathlib import Path

import pytest

from nplm.corpus.reading import read_words
from nplm.errors import InputError

NAMES = ["Emma", "Jade", "Zoé"]


def table(pattern: str, *, header: str = "", end: str = "\n") -> str:
    """Return a row of pattern for each of NAMES, with a count that falls."""
    rows = [pattern.format(name, 5310 - i) for i, name in enumerate(NAMES)]
    return end.join([*([header] if header else []), *rows, ""])


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ("3\nEmma/S.\nJade/S.\nZoé\n", "hunspell"),
        ("\ufeff3\r\nEmma/S.\r\nJade/S.\r\nZoé\r\n", "hunspell"),
        (
            "3 # 2026\n#\tby\n# who\nEmma/1,2\tpo:x\nJade/3\n\tby\nZoé po:y\n",
            "hunspell",
        ),
        (table("{};{}", header="prénom;nombre"), "CSV"),
        (table("{};{}"), "CSV"),
        (table("{},{}", header="\ufefffirst name,count", end="\r\n"), "CSV"),
        (table("{},{}", end="\r"), "CSV"),
        (table("{},F,{}"), "CSV"),
        (table("AK,F,1910,{},{}"), "CSV"),
        (table('"1","{}",{},0.5%', header='"","name","count","share"'), "CSV"),
        (table("{}|{}"), "table"),
        (table("{}\t{}", header="name\tcount"), "TSV"),
        (table("{} {}"), "table"),
        (table("   {1} {0}"), "table"),
        ("# names\nEmma\n  # more\n#\nJade\n#x\nZoé\n", "comment"),
        ("\ufeff# names\r\nEmma\r\nJade\r\nZoé\r\n", "comment"),
    ],
)
@pytest.mark.parametrize("name", ["my list; v2.csv", "-n", "it's", "words.txt"])
def test_a_known_form_is_refused_with_the_command_that_makes_a_list_of_it(
    folder: Path, name: str, content: str, form: str
) -> None:
    """Copied into a shell, the command writes a list that is read: the names."""
    (folder / name).write_bytes(content.encode())
    with pytest.raises(InputError) as error:
        read_words(Path(name))
    message = str(error.value)
    assert message.startswith(f"{name}:")
    assert form in message
    assert "\n" not in message
    before = set(folder.iterdir())
    subprocess.run(["sh", "-c", message.rpartition(": ")[2]], check=True)
    assert (folder / name).read_bytes() == content.encode()
    (output,) = set(folder.iterdir()) - before
    assert read_words(output).words == NAMES


@pytest.mark.parametrize("blank", [False, True])
def test_a_count_and_no_flags_are_a_hunspell_dictionary_too(
    tmp_path: Path, blank: bool
) -> None:
    """Thai, Vietnamese and Swahili have none: the number is that of the lines."""
    corpus = tmp_path / "th.dic"
    words = [f"w{i}" for i in range(200)]
    corpus.write_text("\n".join(["199", *words]))
    with pytest.raises(InputError, match="'199', is the count of a hunspell"):
        read_words(corpus, blank=blank)
    corpus.write_text("\n".join(["3000", *words]))
    assert read_words(corpus, blank=blank).words == ["3000", *words]


@pytest.mark.parametrize(
    "words",
    [
        ["km/h", "et/ou", "24/7"],
        ["3", "km/h", "loi", "lois"],
        ["1", "un"],
        [str(number) for number in range(1000, 0, -1)],
        ["1,2-xylène", "2,4-D", "1,3,5-trioxane"],
        ["0,5", "1,5", "2,75"],
        ["Emma;5310", "loi", "lois"],
        ["a;b", "c;d"],
        ["#loi", "#", "#1"],
        [":-)", ";-)", "|"],
        ["3", "4/4"],
    ],
)
def test_a_list_that_only_looks_like_another_form_is_a_list(
    tmp_path: Path, words: list[str]
) -> None:
    """Units, numbers, chemicals, hashtags, a row that is the only one."""
    corpus = tmp_path / "words.txt"
    corpus.write_text("\n".join(words), "utf-8")
    assert read_words(corpus).words == words


@pytest.mark.parametrize(
    "words", [["Apollo 11", "Apollo 12"], ["Paris, Texas", "Paris, France"], ["C #"]]
)
def test_where_a_blank_is_a_symbol_a_number_after_it_is_no_column(
    tmp_path: Path, words: list[str]
) -> None:
    """A blank then separates nothing."""
    corpus = tmp_path / "words.txt"
    corpus.write_text("\n".join(words), "utf-8")
    assert read_words(corpus, blank=True).words == words


@pytest.mark.parametrize("line", ["New York;8", "# towns"])
def test_a_table_or_comments_are_known_where_a_blank_is_a_symbol(
    tmp_path: Path, line: str
) -> None:
    """They are no entries there either."""
    corpus = tmp_path / "words.txt"
    corpus.write_text(line)
    with pytest.raises(InputError, match=r"is a (row of a CSV|comment)"):
        read_words(corpus, blank=True)
