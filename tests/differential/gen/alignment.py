"""Makes tests/differential/fixtures/alignment.json: random ladders and the figures of vecalign's score.py.

    python tests/differential/gen/alignment.py VECALIGN tests/differential/fixtures/alignment.json

VECALIGN is a folder with vecalign's score.py (github.com/thompsonb/vecalign). It is imported, never copied; its
dp_utils, which wants a compiler, is replaced by an empty module. Needs numpy.
"""

import argparse
import json
import random
import sys
import types
from pathlib import Path


def ladder(rng, size):
    """Beads that cover about `size` sentences on both sides: mostly 1-1, with gaps, n-m and crossing beads."""
    beads, source, target = [], 0, 0
    while source < size:
        s, t = rng.choice([(1, 1)] * 6 + [(1, 2), (2, 1), (2, 2), (3, 2), (1, 4), (1, 0), (0, 1), (0, 2), (2, 0)])
        beads.append([list(range(source, source + s)), list(range(target, target + t))])
        source, target = source + s, target + t
    return beads


def disturbed(rng, gold):
    """A system's ladder near gold: beads cut, joined, moved, doubled, lost, emptied or out of order."""
    beads = []
    for source, target in gold:
        kind = rng.random()
        if kind < 0.55:
            beads.append([source, target])
        elif kind < 0.65 and beads:
            beads[-1] = [beads[-1][0] + source, beads[-1][1] + target]
        elif kind < 0.75:
            beads += [[source, []], [[], target]]
        elif kind < 0.82:
            beads += [[source[:1], target], [source[1:], []]]
        elif kind < 0.87:
            beads += [[source, target], [source, target]]
        elif kind < 0.91:
            beads.append([source[::-1], target])
        elif kind < 0.95:
            beads.append([source, [number + rng.randrange(1, 4) for number in target]])
        elif kind < 0.97:
            beads.append([[], []])
    if rng.random() < 0.2:
        rng.shuffle(beads)
    return beads


def cases(rng):
    """Documents of each case: (gold, system)."""
    yield [([], [])]
    yield [([[[0], [0]]], [])]
    yield [([], [[[0], [0]]])]
    yield [([[[0], []]], [[[0], []]])]
    yield [([[[0], []]], [[[], [0]]])]
    yield [([[[0], [0]]], [[[0], []], [[], [0]]])]
    yield [([[[0], [1]], [[1], [0]]], [[[0, 1], [0, 1]]])]
    yield [([[[0], [0]], [[0], [0]]], [[[0], [0]]])]
    for _ in range(110):
        documents = []
        for _ in range(rng.choice([1, 1, 2, 3])):
            gold = ladder(rng, rng.randint(1, 14))
            if rng.random() < 0.3:
                targets = [target for _, target in gold]
                start = rng.randrange(len(targets))
                targets = targets[start:] + targets[:start]
                gold = [[source, target] for (source, _), target in zip(gold, targets)]
            system = disturbed(rng, gold) if rng.random() < 0.9 else ladder(rng, rng.randint(1, 14))
            documents.append((gold, system))
        yield documents


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("vecalign", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    stand_in = types.ModuleType("dp_utils")
    stand_in.read_alignments = None
    sys.modules["dp_utils"] = stand_in
    sys.path.insert(0, str(asked.vecalign))
    from score import score_multiple

    written = []
    for documents in cases(random.Random(5)):
        scores = score_multiple([gold for gold, _ in documents], [system for _, system in documents])
        text = [["\n".join(f"{source}:{target}" for source, target in beads) for beads in pair] for pair in documents]
        written.append({"documents": [{"gold": gold, "system": system} for gold, system in text],
                        **{name: float(value) for name, value in scores.items()}})
    asked.out.write_text(json.dumps({"cases": written}, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
