"""Put the notebook's word list, the words of the French Code civil, in its place.

In: the file in its public repository, or a local copy; either is checked. Out:
`civil_mots.txt` beside this script, which Git ignores.
"""

from pathlib import Path

from data.download import get

SOURCE = (
    "https://raw.githubusercontent.com/gasilber/tp_nlp_tokens_mines/"
    "5c9af2ebe117d4a275e2f25b2326888f0f9448f9/civil_mots.txt"
)
SHA256 = "dfd990e6f4bfd01040d302bf8817a14199bd005b07e96f962b1430c1609bea69"
TARGET = Path(__file__).with_name("civil_mots.txt")


def main() -> None:
    name = "the notebook's list"
    content = get(__doc__, SOURCE, SHA256, target="civil", name=name)
    TARGET.write_bytes(content)
    print(f"{TARGET.name}: {len(content.split())} words")


if __name__ == "__main__":
    main()
