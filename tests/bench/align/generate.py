"""Makes hard pairs of documents with known beads from sentences that translate one another.

    python tests/bench/align/generate.py CORPUS OUT --part dev --seed 1
    python tests/bench/align/generate.py CORPUS OUT --part test --seed 1001

CORPUS holds files `*.tsv` with lines `arabic<TAB>english<TAB>domain` in document order. Development and test documents
come from different files. For each level OUT/PART/LEVEL gets NAME.ar.txt and NAME.en.txt (a sentence a line, an empty
line between paragraphs) and NAME.gold (vecalign's ladder; moved blocks cross). Standard library only.
"""

import argparse
import random
import re
from pathlib import Path

DEV = ["01_flores_dev", "03_xquad", "05_mtgeneval", "15_debian_handbook", "20_react_docs", "23_opensource_guide",
       "34_privacyguides", "41_quran_saheeh"]
TEST = ["08_tico19", "09_ud_pud", "10_un_sdg", "16_ethereum_org", "19_koha_manual", "33_bitcoin_org", "flores_devtest"]

# Chance of each change a pair (merge, split, lost, noise) or a document (foreign blocks, moved blocks, shifted breaks).
LEVELS = {
    "clean": dict(merge=0.04, split=0.02),
    "merged": dict(merge=0.30, split=0.08),
    "gaps": dict(merge=0.06, split=0.03, lost=0.06, foreign=3),
    "moved": dict(merge=0.06, split=0.03, moved=2),
    "noisy": dict(merge=0.08, split=0.04, noise=0.5, breaks=0.3),
    "mixed": dict(merge=0.15, split=0.06, lost=0.03, foreign=1, moved=1, noise=0.2, breaks=0.15),
    "hard": dict(merge=0.30, split=0.10, lost=0.08, foreign=3, moved=2, noise=0.5, breaks=0.4),
}
CLAUSE = re.compile(r"(?<=[،؛,;:])\s+")


def pairs(file):
    """Pairs of at least three words a side, without neighbours that repeat."""
    found, seen = [], set()
    for line in file.read_text(encoding="utf-8").splitlines():
        arabic, english = (cell.strip() for cell in line.split("\t")[:2])
        if min(len(arabic.split()), len(english.split())) < 3 or arabic in seen or english in seen:
            continue
        seen.update((arabic, english))
        found.append((arabic, english))
    return found


def noisy(text, rng):
    """A text as careless hands would type it."""
    kind = rng.randrange(4)
    if kind == 0:
        return text.translate(str.maketrans("أإآىة", "ااايه"))
    letters = list(text)
    for _ in range(max(1, len(letters) // 25)):
        place = rng.randrange(len(letters))
        if kind == 1:
            letters[place] = letters[rng.randrange(len(letters))]
        elif kind == 2 and letters[place] == " ":
            letters[place] = ""
        elif kind == 3 and letters[place].isdigit():
            letters[place] = str(rng.randrange(10))
    return "".join(letters)


def halves(text, rng):
    """Two parts of at least three words, cut behind a clause mark."""
    parts = CLAUSE.split(text)
    cuts = [n for n in range(1, len(parts))
            if min(len(" ".join(parts[:n]).split()), len(" ".join(parts[n:]).split())) >= 3]
    if not cuts:
        return [text]
    cut = rng.choice(cuts)
    return [" ".join(parts[:cut]), " ".join(parts[cut:])]


def beads_of(block, level, rng):
    """Lists of (source sentences, target sentences) of one block of pairs."""
    beads, at = [], 0
    while at < len(block):
        if rng.random() < level.get("merge", 0) and at + 1 < len(block):
            size = min(rng.choice([2, 2, 2, 3, 3, 4, 5]), len(block) - at)
            sides = [[pair[side] for pair in block[at:at + size]] for side in (0, 1)]
            kind = rng.random()
            joined = rng.randrange(2)
            sides[joined] = [" ".join(sides[joined])]
            if kind < 0.15:
                sides[1 - joined] = [" ".join(sides[1 - joined])]
            elif kind < 0.35 and size >= 3:
                # Boundaries that cross: a-b+c against a+b-c has no smaller bead.
                sides = [[pair[side] for pair in block[at:at + size]] for side in (0, 1)]
                sides = [[sides[0][0], " ".join(sides[0][1:])], [" ".join(sides[1][:-1]), sides[1][-1]]]
            beads.append(tuple(sides))
            at += size
            continue
        arabic, english = block[at]
        at += 1
        if rng.random() < level.get("lost", 0):
            beads.append(([arabic], []) if rng.random() < 0.5 else ([], [english]))
            continue
        sides = [[arabic], [english]]
        if rng.random() < level.get("split", 0):
            side = rng.randrange(2)
            sides[side] = halves(sides[side][0], rng)
        beads.append(tuple(sides))
    return beads


def document(block, others, level, rng):
    """Beads in source order, the order of their targets, and the paragraphs of both sides."""
    beads = beads_of(block, level, rng)
    for _ in range(level.get("foreign", 0)):
        start, size = rng.randrange(max(1, len(others) - 8)), rng.randint(1, 8)
        side, place = rng.randrange(2), rng.randrange(len(beads))
        alien = [([pair[0]], []) if side == 0 else ([], [pair[1]]) for pair in others[start:start + size]]
        beads[place:place] = alien
    if level.get("noise"):
        def dirty(side):
            return [noisy(text, rng) if rng.random() < level["noise"] else text for text in side]
        beads = [(dirty(source), dirty(target)) for source, target in beads]
    order = list(range(len(beads)))
    for _ in range(level.get("moved", 0)):
        size = rng.randint(3, 8)
        start = rng.randrange(max(1, len(order) - size))
        part, rest = order[start:start + size], order[:start] + order[start + size:]
        place = rng.randrange(len(rest) + 1)
        order = rest[:place] + part + rest[place:]
    breaks = {n for n in range(1, len(beads)) if rng.random() < 0.25}
    return beads, order, breaks


def write(folder, name, beads, order, breaks, level, rng):
    """The two texts and their ladder."""
    numbers = [[None] * len(beads), [None] * len(beads)]
    for side, language, sequence in ((0, "ar", range(len(beads))), (1, "en", order)):
        lines, count = [], 0
        for bead in sequence:
            strays = rng.random() < level.get("breaks", 0)
            if lines and lines[-1] and (bead in breaks) != strays and beads[bead][side]:
                lines.append("")
            numbers[side][bead] = list(range(count, count + len(beads[bead][side])))
            count += len(beads[bead][side])
            lines += [" ".join(text.split()) for text in beads[bead][side]]
        (folder / f"{name}.{language}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ladder = [f"{source}:{target}" for source, target in zip(*numbers) if source or target]
    for side in (0, 1):
        flat = sorted(n for bead in numbers[side] for n in bead)
        assert flat == list(range(len(flat))), "every sentence is in one bead"
    (folder / f"{name}.gold").write_text("\n".join(ladder) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="+", help="folders or files")
    parser.add_argument("out", type=Path)
    parser.add_argument("--part", choices=["dev", "test"], required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=28, help="documents a level")
    asked = parser.parse_args()
    files = {}
    for path in asked.corpus:
        for file in sorted(path.glob("*.tsv")) if path.is_dir() else [path]:
            files[file.stem] = file
    texts = [pairs(files[name]) for name in (DEV if asked.part == "dev" else TEST) if name in files]
    for number, (name, level) in enumerate(LEVELS.items()):
        rng = random.Random(asked.seed * 100 + number)
        folder = asked.out / asked.part / name
        folder.mkdir(parents=True, exist_ok=True)
        for made in range(asked.documents):
            text = texts[made % len(texts)]
            others = texts[(made + 1) % len(texts)]
            size = min(rng.randint(60, 250), len(text))
            start = rng.randrange(len(text) - size + 1)
            block = text[start:start + size]
            beads, order, breaks = document(block, others, level, rng)
            write(folder, f"{made:02}", beads, order, breaks, level, rng)


if __name__ == "__main__":
    main()
