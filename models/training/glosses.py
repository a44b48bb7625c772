"""The line of English words that the translator is given beside a sentence: what its lexicon knows of it, word by word.

Owns: the form of that line. In: `lexicon.tsv`, an Arabic sentence. Out: `focused; focus, parties; sides, dimension; distance`: in the
order of the Arabic, of each word that is known at most `MOST` alternatives, best first; a name is one word however many it has; what is
not in Arabic letters stays what it is. The same line, byte for byte, as that of `Lexicon::glosses` of the program.
Never: which of the alternatives is meant.

Words are found as `text::lexicon` finds them: the longest name first, then the written form with and without what is written onto it,
then the form without its inflection, then the stem.
"""

import collections
import random
import unicodedata
from pathlib import Path

FOLDED = str.maketrans("أإآٱىئیؤةکپڤچ", "اااايي" + "يوهكبفج", "ءـ")
ARTICLES = ("بال", "كال", "لل", "ال")
ENDINGS = ("هما", "كما", "ها", "هم", "نا", "ات", "ون", "ين", "يه", "ه")
# What inflection writes onto a form: accusative, feminine, nisba, persons of the perfect, pronouns, plural and dual.
INFLECTIONS = ("ا", "ه", "ي", "ت", "ك", "ها", "هم", "هن", "كم", "نا", "ات", "ون", "ين", "ان", "وا", "هما", "كما")
MOST = 3


def is_arabic(character: str) -> bool:
    blocks = (0x620, 0x6FF), (0x750, 0x77F), (0x870, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC), (0x10EC0, 0x10EFF)
    return any(first <= ord(character) <= last for first, last in blocks) and character.isalpha() and character != "ـ"


def fold(word: str) -> str:
    """Without marks and stretching, with one alif, one yeh and no hamza of its own."""
    return "".join(c for c in word.translate(FOLDED) if is_arabic(c))


def words(text: str) -> list[str]:
    """Runs of letters, digits and marks on them."""
    found, run = [], ""
    for c in text + " ":
        if c.isalnum() or unicodedata.category(c).startswith("M") or c == "ـ":
            run += c
        elif run:
            found.append(run)
            run = ""
    return found


def readings(word: str) -> list[str]:
    found = [word]
    if len(word) >= 5 and word[0] in "وف":
        found.append(word[1:])
    for form in list(found):
        if len(form) < 5:
            continue
        if form[0] in "بل":
            found.append(form[1:])
        if form.startswith("لل"):
            found.append("ال" + form[2:])
    return found


def forms(word: str) -> list[str]:
    found = []
    for form in [word] + ([word[1:]] if len(word) > 3 and word[0] in "وف" else []):
        found.append(form)
        found += [form[len(a) :] for a in ARTICLES if form.startswith(a) and len(form) - len(a) >= 3]
        if len(form) > 3 and form[0] in "بلك":
            found.append(form[1:])
    return found


def bases(word: str) -> list[str]:
    """Forms of which `word` may be an inflection, closest first."""
    found = []
    for form in forms(word):
        future = [form[1:]] if len(form) >= 5 and form[0] == "س" and form[1] in "ايتن" else []
        found += future
        for inflected in [form, *future]:
            for ending in INFLECTIONS:
                base = inflected.removesuffix(ending)
                if base == inflected or len(base) < 3:
                    continue
                found.append(base)
                if len(base) > 3 and base[-1] == "ت":  # of a feminine noun before a pronoun
                    found.append(base[:-1] + "ه")
    return found


def stem(word: str) -> str:
    if len(word) >= 5 and word[0] in "وف":
        word = word[1:]
    article = next((a for a in ARTICLES if word.startswith(a) and len(word) - len(a) >= 3), None)
    if article:
        word = word[len(article) :]
    elif len(word) >= 5 and word[0] in "بلك":
        word = word[1:]
    ending = next((e for e in ENDINGS if word.endswith(e) and len(word) - len(e) >= 3), "")
    return word[: len(word) - len(ending)]


class Glosses:
    def __init__(self, lexicon: Path) -> None:
        self.names, self.forms, self.stems = collections.defaultdict(list), {}, {}
        for line in lexicon.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            kind, arabic, english = line.split("\t")
            if kind == "n":
                first, *others = arabic.split(" ")
                self.names[first].append((others, english))
            elif kind == "f":
                self.forms.setdefault(arabic, []).extend(english.split(";") if english != "-" else [])
            else:
                self.stems.setdefault(arabic, []).append(english)

    def name_at(self, text: list[str], at: int) -> tuple[int, str] | None:
        best = None
        for form in readings(text[at]):
            for others, english in self.names.get(form, ()):
                if text[at + 1 : at + 1 + len(others)] == others and (best is None or len(others) >= best[0]):
                    best = (len(others) + 1, english)
        return best

    def of(self, source: str) -> list[list[str]]:
        """Alternatives of each word that is known, in order."""
        text = [(fold(word), word) for word in words(source)]
        folded = [f for f, _ in text]
        found, at = [], 0
        while at < len(text):
            if not folded[at]:
                found.append(["".join(str(unicodedata.decimal(c, c)) for c in text[at][1])])
                at += 1
                continue
            name = self.name_at(folded, at)
            if name:
                found.append([name[1]])
                at += name[0]
                continue
            word = folded[at]
            known = next((self.forms[f] for f in forms(word) + bases(word) if f in self.forms), None)
            known = self.stems.get(stem(word)) if known is None else known
            if known:
                found.append(known[:MOST])
            at += 1
        return found

    def line(self, source: str) -> str:
        return printed(self.of(source))

    def varied(self, source: str, rng: random.Random, lost: float = 0.1, turned: float = 0.15, none: float = 0.1) -> str:
        """A line for training: words are missing as rare words will be, and the best alternative is not always first."""
        if rng.random() < none:
            return ""
        kept = [list(gloss) for gloss in self.of(source) if rng.random() >= lost]
        for gloss in kept:
            if len(gloss) > 1 and rng.random() < turned:
                rng.shuffle(gloss)
        return printed(kept)


def printed(glosses: list[list[str]]) -> str:
    return ", ".join("; ".join(gloss) for gloss in glosses)


def prompt(source: str, line: str) -> str:
    """What stands before the last newline of the prompt."""
    return f"{source}\n{line}" if line else source
