"""Rows of words and names with their English: what the corpus has too little of.

Owns: how entries of lists become examples. In: names `Arabic<TAB>English`, words `Arabic<TAB>English;English`, best first; a seeded
generator. Out: `[ar, en]` pairs.
Never: sentences (`templates.py`).

A word on a line of its own would teach the translator that short lines are dictionary entries. A row of them, as prose has rows,
teaches the words and the names, one after another, and nothing else.
"""

import random
from pathlib import Path

from templates import Person, capitalised
from templates import person as few

ROW = (4, 10)
FIRST_SHARE = 0.7  # of the alternatives of a word the first
JOINTS = [("، ", ", "), (" و", " and "), (" - ", " - ")]


def table(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and line[0] != "#"]


class Drills:
    def __init__(self, names: Path, words: Path) -> None:
        known = [(arabic, english) for arabic, english in table(words) if english != "-"]
        self.words = [(arabic, english.split(";")) for arabic, english in known if english[0] != "="]
        self.names = table(names) + [(arabic, english[1:].split(";")[0]) for arabic, english in known if english[0] == "="]
        self.people = [entry for entry in self.names if len(entry[0].split()) in (2, 3)]

    def names_row(self, rng: random.Random) -> list[str]:
        row = rng.sample(self.names, rng.randint(*ROW) // 2 + 1)
        arabic, english = rng.choice(JOINTS)
        return [arabic.join(a for a, _ in row), capitalised(english.join(e for _, e in row))]

    def person(self, rng: random.Random) -> Person:
        """A person of the list and the family name; every fifth from the short lists of the templates."""
        if rng.random() < 0.2:
            return few(rng)
        arabic, english = rng.choice(self.people)
        return (arabic, english), (arabic.split()[-1], english.split()[-1])

    def words_row(self, rng: random.Random) -> list[str]:
        row = rng.sample(self.words, rng.randint(*ROW))
        chosen = [w[0] if rng.random() < FIRST_SHARE else rng.choice(w) for _, w in row]
        return ["، ".join(a for a, _ in row), capitalised(", ".join(chosen))]
