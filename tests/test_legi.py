"""What is read of the package of French codes."""

from data.legi import articles, plain_text


def test_only_articles_in_force_count() -> None:
    """Those in force, and those whose repeal has not taken effect, in depth."""

    def article(text: str, state: str) -> dict[str, object]:
        return {"type": "article", "data": {"etat": state, "texteHtml": text}}

    section = {"type": "section", "children": [article("b", "ABROGE_DIFF")]}
    children = [article("a", "VIGUEUR"), article("x", "ABROGE"), section]
    assert list(articles({"type": "code", "children": children})) == ["a", "b"]


def test_a_sign_of_less_than_begins_no_tag() -> None:
    """What stands after it is kept; tags part lines, or nothing within a word."""
    assert (
        plain_text("si t < 2 ou 3 < u<br/>m<sup>me</sup>") == "si t < 2 ou 3 < u\nmme"
    )


def test_the_text_is_normalized() -> None:
    """Entities are resolved, accents composed, apostrophes straight."""
    text = plain_text("Lib&eacute;r&#233;e l&rsquo;e\u0301té \u2018n\u2019")
    assert text == "Libérée l'été 'n'"
