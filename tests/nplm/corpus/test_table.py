"""Words that are a column of a table, and lists that only look like a table."""

from pathlib import Path

import pytest

from nplm.corpus.reading import read_words
from nplm.errors import InputError

INSEE = 'sexe;prénom;année\n1;Adam;1999\n\n2;"Zoé";"2000"\n2;;2001\n'
"""A table as the statistical office of France writes it, with a few quotes."""


def words_of(
    folder: Path, table: str, column: str | int | None = None, *, blank: bool = False
) -> list[str]:
    (folder / "table").write_text(table, "utf-8")
    return read_words(folder / "table", column=column, blank=blank)[0]


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        (INSEE, "prénom", ["Adam", "Zoé"]),
        (INSEE, 2, ["prénom", "Adam", "Zoé"]),
        ("\n\nmot,fréquence\nloi,12\n", "mot", ["loi"]),
        (
            'id,"mot","sens, s\'il y en a"\n1,loi,"a ""rule"",\nof law"\n',
            "mot",
            ["loi"],
        ),
        ("Emma,F,20355\nOlivia,F,17728\n", 1, ["Emma", "Olivia"]),
        ("4\t\tmethane\textra\n6\n7\t\tethane\n", 3, ["methane", "ethane"]),
        ('"Adam, J, K";12\n"Du, M";13\n', 2, ["12", "13"]),
        ("un|1\ndeux|2\n", 1, ["un", "deux"]),
        ("   5310 de\n   42  la\n", 2, ["de", "la"]),
        ("mot\nloi\n1,2-xylène\n", "mot", ["loi", "1,2-xylène"]),
    ],
)
def test_a_column_is_found_by_name_or_by_number(
    tmp_path: Path, table: str, column: str | int, words: list[str]
) -> None:
    """A name is that of a header; a number counts columns, and takes the first row too.

    Tabs, `;`, `|`, commas or blanks part the columns, not those in quotes. A row that
    ends before the column has no word.
    """
    assert words_of(tmp_path, table, column) == words


@pytest.mark.parametrize(
    ("table", "column", "message"),
    [
        (INSEE, "mot", ": no column 'mot'; take one of ['sexe', 'prénom', 'année']"),
        (INSEE, 4, ": no column 4; take one of ['sexe', 'prénom', 'année']"),
        ('a;b\n1;2\n"3;4\n5;6\n', "a", ":3: not a row of a table (unexpected end of"),
        ("mot;n\nloi;1\nde la;2\n", "mot", ":3: 'de la' has ' '"),
        ("mot\n", "mot", ": no words"),
        (INSEE, None, ":1: a table with the columns ['sexe', 'prénom', 'année']; say"),
        ("\nEmma,F,203\nJade,M,177\n", None, ":2: a table with the columns ['Emma', "),
        ("Emma, 5310\nJade, 5309\nloi\n", None, ":1: a table with the columns ['Emma'"),
        ("74-82-8\tmethane\n", None, ":1: a table with the columns ['74-82-8', 'meth"),
        (
            "CAS\tTc, K\n630-08-0\t132\n",
            None,
            ":1: a table with the columns ['CAS', ",
        ),
        ("de 1622921\nje 1433\n", None, ":1: a table with the columns ['de', '162292"),
    ],
)
def test_a_table_without_its_column_is_refused(
    tmp_path: Path, table: str, column: str | int | None, message: str
) -> None:
    """The line names the columns that there are, or a row that is none."""
    with pytest.raises(InputError) as error:
        words_of(tmp_path, table, column)
    assert str(error.value).startswith(f"{tmp_path}/table{message}")


@pytest.mark.parametrize(
    "words",
    [
        ["km/h", "et/ou", "24/7"],
        ["1,2-xylène", "2,4-D", "1,3,5-trioxane"],
        ["0,5", "1,5", "2,75"],
        ["Emma;5310", "loi"],
        ["#loi", "#", "#1", ":-)", ";-)", "|"],
    ],
)
def test_a_list_with_separators_in_some_words_is_a_list(
    tmp_path: Path, words: list[str]
) -> None:
    """Units, chemicals, decimals, hashtags, and rows that are not most lines."""
    assert words_of(tmp_path, "\n".join(words)) == words


@pytest.mark.parametrize(
    ("table", "column", "names"),
    [
        ("nom de lieu\nLa Haye\n", "nom de lieu", ["La Haye"]),
        ("Apollo 11\nApollo 12\n", None, ["Apollo 11", "Apollo 12"]),
        ("Paris, Texas\nLa, Haye\n", None, ["Paris, Texas", "La, Haye"]),
    ],
)
def test_where_a_word_may_have_blanks_they_part_no_columns(
    tmp_path: Path, table: str, column: str | None, names: list[str]
) -> None:
    """They are a name's own, and so is a comma before one."""
    assert words_of(tmp_path, table, column, blank=True) == names
