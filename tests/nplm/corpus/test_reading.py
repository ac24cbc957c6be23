"""Reading a corpus: what is a word, and what is refused."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from nplm.corpus.reading import WordList, read_words
from nplm.errors import InputError


def read(folder: Path, content: bytes, *, blank: bool = False) -> WordList:
    corpus = folder / "words.txt"
    corpus.write_bytes(content)
    return read_words(corpus, blank=blank)


@pytest.mark.parametrize(
    "content",
    [
        "loi\nlois\nalinéa",
        "\ufeffloi\r\n lois \r\n\r\n\talinéa\r\n",
        "\ufeffloi\rlois\r\ralinéa\r",
        "\u3000loi\xa0\nlois\n\nalinéa\u2028\n",
    ],
)
def test_line_ends_blanks_and_byte_order_mark_are_not_part_of_a_word(
    tmp_path: Path, content: str
) -> None:
    """A list saved on Linux, Windows or an old Mac gives the same words."""
    words = read(tmp_path, content.encode()).words
    assert words == ["loi", "lois", "alinéa"]


def test_the_first_of_repeated_words_stays_and_the_others_are_counted(
    tmp_path: Path,
) -> None:
    """An e with a combining accent is the letter é, so both spellings are one word."""
    content = "thé\nabbé\n\nthe\u0301\nabbé\nabbé\n".encode()
    assert read(tmp_path, content) == (["thé", "abbé"], 3)
    assert read(tmp_path, b"a\nb\n").repeated == 0


def test_the_civil_list_is_read_as_it_is(civil: list[str], civil_path: Path) -> None:
    """The notebook's list is clean: 7,223 distinct words in file order."""
    assert read_words(civil_path) == (civil, 0)
    assert len(civil) == 7223


@pytest.mark.parametrize("length", [99, 100])
def test_a_long_word_is_a_word(tmp_path: Path, length: int) -> None:
    """Up to 100 characters are accepted."""
    assert read(tmp_path, b"a" * length).words == ["a" * length]


@pytest.mark.parametrize(
    "word",
    ["e.g", "Dr.", ".", "\u0645\u06cc\u200c\u062e", "\u0d28\u0d4d\u200d", "\ue000"],
)
def test_a_word_may_have_full_stops_joiners_and_letters_of_ones_own(
    tmp_path: Path, word: str
) -> None:
    """Persian and Malayalam spell with U+200C and U+200D; U+E000 is for private use."""
    assert read(tmp_path, word.encode()).words == [word]


@pytest.mark.parametrize(
    ("content", "where", "remedy"),
    [
        (b"", ": no words", "put one on each line"),
        (b"\n \n\r\n", ": no words", "put one on each line"),
        ("été\n".encode("latin-1"), ":1: byte 0xe9 is not UTF-8", "save the file as"),
        ("a\r\rété\n".encode("latin-1"), ":3: byte 0xe9 is not", "save the file as"),
        ("loi\nété\n".encode("utf-16"), ":1: byte 0xff is not", "save the file as"),
        (b"loi\nde la\n", ":2: 'de la' has ' '", "or set vocabulary.blank to true"),
        (b"a\rde la\r", ":2: 'de la' has ' '", "put one word on each line"),
        (b"a\tb\n", ":1: 'a\\tb' has '\\t'", "put one word on each line"),
        (b"a\x00b\n", ":1: 'a\\x00b' has '\\x00'", "put one word on each line"),
        ("a\u200bb\n".encode(), ":1: 'a\\u200bb' has", "put one word on each line"),
        ("a\xadb\n".encode(), ":1: 'a\\xadb' has", "put one word on each line"),
        (b"loi\n" + b"a" * 10**7, ":2: 'aaaa", "put one word on each line"),
        (b"9" * 5000 + b"\nloi", ":1: '9999", "put one word on each line"),
        (b"a" * 101, " has 101 characters, a word at most 100", "put one word on"),
    ],
)
def test_a_file_that_is_no_word_list_is_refused(
    tmp_path: Path, content: bytes, where: str, remedy: str
) -> None:
    """The line names the file, the line in it where there is one, and a remedy."""
    with pytest.raises(InputError) as error:
        read(tmp_path, content)
    message = str(error.value)
    assert message.startswith(f"{tmp_path}/words.txt:")
    assert where in message
    assert remedy in message
    assert "\n" not in message


def test_a_blank_may_be_a_symbol(tmp_path: Path) -> None:
    """Place names and idioms have single blanks inside; those around go."""
    content = " La Haye\nNew York City \n"
    words = read(tmp_path, content.encode(), blank=True).words
    assert words == ["La Haye", "New York City"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("La  Haye", "two blanks in a row"),
        ("La\tHaye", "has '\\t'"),
        ("La\xa0Haye", "has '\\xa0'"),
    ],
)
def test_no_other_blank_is_a_symbol(tmp_path: Path, content: str, problem: str) -> None:
    """Two blanks are more often a column, and a tab or U+00A0 only looks like one."""
    with pytest.raises(InputError, match=re.escape(problem)):
        read(tmp_path, content.encode(), blank=True)


@pytest.mark.parametrize("name", ["my list; v2.txt", "-n", "it's.txt", "été.txt"])
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
@pytest.mark.parametrize(
    ("content", "blank", "lines"),
    [
        ("loi\na\tb\n\tloi\t\nc\td\n", False, ["2:a\tb", "4:c\td"]),
        ("loi\r\na b\r\n loi \r\nde la mer\r\n", False, ["2:a b\r", "4:de la mer\r"]),
        ("a\u200bb\nloi\nc\u200b\n", False, ["1:a\u200bb", "3:c\u200b"]),
        ("loi\xa0\nla\xa0loi\n", False, ["2:la\xa0loi"]),
        ("loi\rla loi\ra\rb c\r", False, ["2:la loi", "4:b c"]),
        ("a\x00b\nloi\n\x00\n", False, ["1:a\x00b", "3:\x00"]),
        ("La Haye\nLa  Haye\n  Paris\n", True, ["2:La  Haye"]),
        ("a\u2000b\nloi\n", False, ["1:a\u2000b"]),  # in NFC another blank
    ],
)
def test_the_command_in_the_message_lists_all_lines_to_mend(
    tmp_path: Path, name: str, locale: str, content: str, blank: bool, lines: list[str]
) -> None:
    """Copied into a shell, it prints the lines with the refused character."""
    (tmp_path / name).write_bytes(content.encode())
    command = refused_command(Path(name), tmp_path, blank=blank)
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": locale},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert done.stdout.decode().split("\n")[:-1] == lines


def refused_command(corpus: Path, folder: Path, *, blank: bool) -> str:
    """Return the command of the message with which corpus in folder is refused."""
    absolute = folder / corpus
    with pytest.raises(InputError) as error:
        read_words(absolute, blank=blank)
    command = str(error.value).partition("(to list all such lines: ")[2][:-1]
    return command.replace(shlex.quote(str(absolute)), shlex.quote(str(corpus)))
