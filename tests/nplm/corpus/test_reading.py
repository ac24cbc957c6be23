"""Reading a corpus: what is a word or a text, and what is refused."""

import gzip
from pathlib import Path

import pytest

from nplm.corpus.reading import read_text, read_words
from nplm.errors import InputError

HIDDEN = "a blank or an invisible character"


def read(
    folder: Path, content: str, name: str = "a", *, blank: bool = False
) -> tuple[list[str], int]:
    (folder / name).write_bytes(content.encode())
    return read_words(folder / name, blank=blank)


def text(folder: Path, content: str) -> list[str]:
    (folder / "a").write_text(content, "utf-8")
    return read_text(folder / "a")


def test_repeated_words_and_blanks_around_a_word_do_no_harm(tmp_path: Path) -> None:
    """An e with a combining accent is the letter é, so both spellings are one word."""
    content = "thé\t\n\u3000abbé\xa0\n\n \nthe\u0301\t\nabbé\t\nabbé\u2028"
    assert read(tmp_path, content) == (["thé", "abbé"], 3)
    assert read(tmp_path, "a\nb\n")[1] == 0


def test_the_civil_list_is_read_as_it_is(civil: list[str], civil_path: Path) -> None:
    """The notebook's list is clean: 7,223 distinct words in file order."""
    assert read_words(civil_path) == (civil, 0)
    assert len(civil) == 7223


@pytest.mark.parametrize(
    "word",
    [
        *("e.g", ".", "#loi", "a" * 100, "\ue000"),
        *("\u0645\u06cc\u200c\u062e", "\u0d28\u0d4d\u200d", "\u0662\u06dd"),
    ],
)
def test_a_word_has_up_to_100_characters_that_one_sees_or_spells_with(
    tmp_path: Path, word: str
) -> None:
    """Persian spells with U+200C, Malayalam with U+200D, and verses end in U+06DD."""
    assert read(tmp_path, word)[0] == [word]


def test_a_hunspell_dictionary_gives_its_stems(tmp_path: Path) -> None:
    r"""Its name says what it is; what its lines mean is in hunspell's manual, part 5.

    A first `/` is a character of the word, and so is one after a backslash.
    """
    content = "6 \r\n# by hand\r\nEmma/S.\r\nkm\\/h\tpo:nom\r\n/\r\nZoé/1,2 po:y\r\n"
    (tmp_path / "fr.dic.gz").write_bytes(gzip.compress(content.encode()))
    stems = read_words(tmp_path / "fr.dic.gz")[0]
    assert stems == ["Emma", "km/h", "/", "Zoé"]
    assert read(tmp_path, "loi/S\nun po:x\n", "mine.dic")[0] == ["loi", "un"]


WORDS = "\n".join(f"w{i}" for i in range(200))


@pytest.mark.parametrize(
    ("content", "blank", "message"),
    [
        ("", False, ": no words; put one on each line"),
        (
            "loi\nde la\n\nun an\n",
            False,
            f":2: 'de la' has ' ', {HIDDEN}; put one word on each line, set "
            "vocabulary.blank to true, or, if it is a text: make text-model CORPUS=",
        ),
        ("a\nb\xa0c", True, f":2: 'b\\xa0c' has '\\xa0', {HIDDEN}; write U+0020 (such"),
        (
            "a\nb\xa0c",
            False,
            f":2: 'b\\xa0c' has '\\xa0', {HIDDEN}; put one word on ea",
        ),
        ("loi\ncaf\ufffd", True, ":2: 'caf\ufffd' has U+FFFD, which stands for a lost"),
        ("La Haye\na  b\n", True, ":2: 'a  b' has two blanks in a row; leave one (su"),
        ("a b\n# towns\n# two\n", True, ":2: '# towns' is a comment; delete it (such"),
        ("a\n" + "b" * 101, False, f":2: '{'b' * 39}… has more than 100 characters; s"),
        ("9;" * 10**5, False, ":1: '9;9;9;9;9;9;9;9;9;9;9;9;9;9;9;9;9;9;9;9… has mor"),
        (f"210 words\n{WORDS}", False, ":1: '210 words' counts the words, as in a hun"),
        (f"189 words\n{WORDS}", False, ":1: '189 words' has ' '"),
        (
            "\n".join(f"{i} w{i}" for i in range(99, -99, -1)),
            False,
            ":1: a table with the columns ['99', 'w99']; say which has the words",
        ),
    ],
)
def test_a_file_that_is_no_word_list_is_refused(
    tmp_path: Path, content: str, blank: bool, message: str
) -> None:
    """One line names the file, the first such line, how many there are, a remedy."""
    with pytest.raises(InputError) as error:
        read(tmp_path, content, blank=blank)
    assert str(error.value).startswith(f"{tmp_path}/a{message}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("character", ["\u200b", "\ufeff", "\xad", "\u200e", "\0"])
def test_what_nobody_sees_is_refused_in_words_and_in_a_text_alike(
    tmp_path: Path, character: str
) -> None:
    """It parts nothing, and would make two symbols of what looks like one."""
    word = f"l{character}e"
    for reader in (read, text):
        with pytest.raises(InputError) as error:
            reader(tmp_path, f"le\n{word}\nla{character}\nla")
        problem = f"{word!r} has {character!r}, {HIDDEN}; delete it (such lines: 2, 3)"
        assert str(error.value) == f"{tmp_path}/a:2: {problem}"


def test_lines_of_a_text_stay_as_they_are_but_for_the_blanks(tmp_path: Path) -> None:
    """Order and repeated lines stay; blanks of any kind part tokens; empty lines go."""
    content = "The  cat\t.\n\nA dog\u00a0e\u0301.\nThe cat .\n"
    assert text(tmp_path, content) == ["The cat .", "A dog é.", "The cat ."]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (" \n\t\n", ": no text; put a sentence or a text on each line"),
        ("<unk>\n <unk> <unk>", ": no word but <unk>, which stands for words left out"),
        ("loi\nlois\n", ": one token a line, as a word list has it; give a text, or"),
        ("the </s>cat\na </s>\n", ":2: 'a </s>' has </s>, which stands for the end"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    """The line names the file, the line in it and the remedy."""
    with pytest.raises(InputError) as error:
        text(tmp_path, content)
    assert str(error.value).startswith(f"{tmp_path}/a{problem}")
