"""Aligns generated documents and scores the beads against gold, one level a line.

    python tests/bench/align/measure.py target/release/isnad OUT/dev

OUT is what generate.py wrote. Prints strict and lax F1 with intervals over documents, F1 of each kind of bead, and how
probable beads were said to be against how often they were right. Standard library only.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def ladder(file):
    """Beads of a ladder as pairs of tuples."""
    lines = [line.split(":") for line in file.read_text().splitlines() if line]
    return {tuple(tuple(json.loads(side)) for side in line[:2]) for line in lines}


def calibration(pairs, bins=10):
    """Expected calibration error, and a row a bin: from, count, mean predicted, share right."""
    rows = []
    for n in range(bins):
        inside = [(p, right) for p, right in pairs if n <= p * bins < n + 1 or (n == bins - 1 and p == 1)]
        if inside:
            mean = sum(p for p, _ in inside) / len(inside)
            rows.append((n / bins, len(inside), mean, sum(right for _, right in inside) / len(inside)))
    error = sum(count * abs(mean - share) for _, count, mean, share in rows) / max(1, len(pairs))
    return error, rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("isnad", type=Path)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    everything = []
    for level in sorted(path for path in asked.folder.iterdir() if path.is_dir()):
        with tempfile.TemporaryDirectory() as name:
            out = Path(name)
            begin = time.time()
            run(asked.isnad, "align", "--dir", level, "--pattern", "*.ar.txt=*.en.txt", "--presplit", "-j", 2,
                "--format", "json", "-o", out, "-q")
            seconds = time.time() - begin
            found, gold, pairs, sentences = [], [], [], 0
            for file in sorted(level.glob("*.gold")):
                made = json.loads((out / f"{file.stem}.json").read_text())
                right = ladder(file)
                lines = []
                for bead in made["beads"]:
                    sides = [list(range(bead[side]["start"], bead[side]["end"])) for side in ("source", "target")]
                    lines.append(f"{sides[0]}:{sides[1]}")
                    if all(sides):
                        pairs.append((bead["probability"], tuple(map(tuple, sides)) in right))
                    sentences += sum(map(len, sides))
                found.append("\n".join(lines))
                gold.append(file.read_text().strip())
            for texts, file in ((found, "found.ladder"), (gold, "gold.ladder")):
                (out / file).write_text("\n\n".join(texts) + "\n")
            scores = json.loads(run(asked.isnad, "align", "score", out / "gold.ladder", out / "found.ladder", "--json"))
        everything += pairs
        cells = []
        for score in scores["systems"][0]["scores"]:
            interval = score.get("interval")
            spread = f"±{(interval['high'] - interval['low']) / 2:.1f}" if interval else ""
            cells.append(f"{score['metric'].replace('Beads-', '')} {score['score']:.1f}{spread}")
        print(f"{level.name:8} {'  '.join(cells)}  ECE {calibration(pairs)[0]:.3f}  {sentences / seconds:.0f} sentences/s",
              flush=True)
    error, rows = calibration(everything)
    print(f"all levels: expected calibration error {error:.4f}")
    for start, count, mean, share in rows:
        print(f"  {start:.1f}  {count:6}  predicted {mean:.3f}  right {share:.3f}")


if __name__ == "__main__":
    main()
