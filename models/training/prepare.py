"""Stage 1: from the corpus folder to training streams and held-out parts.

Owns: filters, removal of duplicates and of everything near the evaluation text, the held-out parts,
source weights, sentences joined with their neighbours, spelling noise.
In: `*.tsv` files, `ar<TAB>en<TAB>domain`, in document order. Out: `broad.jsonl` and `close.jsonl` (arrays
`[ar, en]`, shuffled), `written.jsonl` from `--written`, `dev.tsv`, `statistics.json`, `statistics.md`.
Never: tokenizers, models.

Usage: prepare.py CORPUS_DIR OUT_DIR --exclude EVALUATION.tsv [MORE.txt ...] [--rounds 3] [--seed 7]
"""

import argparse
import hashlib
import json
import random
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

from noise import WESTERN_DIGITS, noisy
from templates import template_pairs

# Appearances of a pair in one round of (broad, close). `broad` keeps the range of subjects; `close` is
# prose near to news and encyclopedias, which takes over while the learning rate falls. User-interface
# strings, everyday sentences and scripture stay low in both.
WEIGHTS: dict[str, tuple[float, float]] = {
    "01": (1, 2), "03": (1, 1), "04": (0.3, 0.05), "05": (1, 1), "08": (1, 1), "09": (1, 2),
    "10": (1, 0.3), "11": (1, 1), "12": (0.5, 0.2), "13": (0.5, 0.2), "14": (1, 0.5), "15": (0.5, 0.1),
    "16": (0.5, 0.2), "17": (1, 0.7), "19": (0.15, 0), "20": (0.2, 0), "23": (1, 0.5), "24": (1, 0.5),
    "25": (0.5, 0.2), "30": (0.6, 0.2), "31": (0.2, 0), "33": (0.7, 0.3), "34": (0.7, 0.3), "35": (0.4, 0.2),
    "38": (0.5, 0), "41": (0.05, 0), "50": (0.12, 0), "51": (0.15, 0), "52": (0.2, 0), "53": (0.2, 0),
}  # fmt: skip
WITH_NEIGHBOURS = {"01", "03", "08", "14", "15", "16", "17", "23", "33", "34"}  # prose in document order
JOIN_SHARE, NOISE_SHARE, DEV_SHARE, TEMPLATE_SHARE = 0.12, 0.15, 0.02, 0.08
NGRAM = 13  # words in a row shared with the evaluation text that exclude a pair
MAX_WORDS = 110
MAX_JOINED_CHARACTERS = 650  # of Arabic: about 160 tokens

INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
MARKUP = re.compile(r"[{}<>|\\]|\$[A-Za-z(]|\$[1-9](?![\d.,])|==|https?:|\[\[|%[sd1]|_\w+_")
ARABIC_LETTER, LATIN_LETTER = re.compile("[ء-ي]"), re.compile("[A-Za-zÀ-ɏ]")
NOT_WORD = re.compile(r"[^\w\s]|_|ـ|[\u064b-\u0652\u0670]")


def clean(text: str) -> str:
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text)).replace("\u00a0", " ")
    return " ".join(text.split())


def words_of(text: str) -> list[str]:
    """Lower-case words for matching: no punctuation, no marks, one form of alef, ya and digits."""
    text = NOT_WORD.sub(" ", text.casefold()).translate(WESTERN_DIGITS)
    return text.translate(str.maketrans("أإآىة", "ااايه")).split()


def reject_reason(ar: str, en: str) -> str | None:
    """Why a pair is no good translation pair, if it is not."""
    ar_words, en_words = ar.split(), en.split()
    if not ar_words or not en_words or max(len(ar_words), len(en_words)) > MAX_WORDS:
        return "empty or too long"
    if MARKUP.search(ar) or MARKUP.search(en):
        return "markup"
    arabic, latin = len(ARABIC_LETTER.findall(ar)), len(LATIN_LETTER.findall(ar))
    if arabic < 2 or arabic < latin:
        return "Arabic side is not Arabic"
    if ARABIC_LETTER.search(en) or len(LATIN_LETTER.findall(en)) < 2:
        return "English side is not English"
    ratio = (len(en) + 8) / (len(ar) + 8)  # 8: short texts vary more
    if not 0.5 <= ratio <= 2.6:
        return "length ratio"
    copied = [w for w in words_of(ar) if w.isascii() and w.isalpha() and w in set(words_of(en))]
    if len(copied) > 0.4 * len(ar_words):
        return "copy"
    numbers = [set(re.findall(r"\d+", side.translate(WESTERN_DIGITS))) for side in (ar, en)]
    if len(numbers[0]) > 1 and len(numbers[1]) > 1 and not numbers[0] & numbers[1]:
        return "numbers disagree"
    return None


class Excluded:
    """The evaluation text, as whole normalised sentences and as runs of 13 words."""

    def __init__(self, files: list[str]) -> None:
        self.sentences: set[str] = set()
        self.runs: set[str] = set()
        for file in files:
            for line in Path(file).read_text(encoding="utf-8").splitlines():
                for cell in line.split("\t"):
                    words = words_of(clean(cell))
                    if len(words) > 3:
                        self.sentences.add(" ".join(words))
                    self.runs.update(runs(words))

    def touches(self, text: str) -> bool:
        words = words_of(text)
        return " ".join(words) in self.sentences or any(run in self.runs for run in runs(words))


def runs(words: list[str]) -> list[str]:
    return [" ".join(words[i : i + NGRAM]) for i in range(len(words) - NGRAM + 1)]


def held_out(en: str) -> bool:
    """By a hash of the long words, so that a sentence's masculine and feminine twins fall together."""
    key = " ".join(sorted(w for w in words_of(en) if len(w) > 5)) or en
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) < DEV_SHARE * 2**32


def read_source(path: Path, excluded: Excluded, seen: set[tuple[str, str]]) -> tuple[list, list, Counter]:
    """Training rows `(ar, en, line)`, held-out rows `(ar, en, domain)` and counts of one file."""
    train, dev, counts = [], [], Counter()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        cells = line.split("\t")
        counts["pairs"] += 1
        if len(cells) < 3:
            counts["bad line"] += 1
            continue
        ar, en = clean(cells[0]), clean(cells[1])
        reason = reject_reason(ar, en)
        key = (" ".join(words_of(ar)), " ".join(words_of(en)))
        if reason is None and key in seen:
            reason = "duplicate"
        if reason is None and (excluded.touches(ar) or excluded.touches(en)):
            reason = "evaluation text"
        if reason:
            counts[reason] += 1
            continue
        seen.add(key)
        if held_out(en):
            dev.append((ar, en, cells[2]))
        else:
            train.append((ar, en, number))
    counts["kept"], counts["dev"] = len(train), len(dev)
    counts["en words"] = sum(len(en.split()) for _, en, _ in train)
    return train, dev, counts


def draw(rows: list, weight: float, rng: random.Random, join: bool) -> list[list[str]]:
    """Each row `weight` times (the fraction by chance), some joined with the next lines, some noisy."""
    out = []
    for at, (ar, en, line) in enumerate(rows):
        for _ in range(int(weight) + (rng.random() < weight % 1)):
            pair = [ar, en]
            if join and rng.random() < JOIN_SHARE:
                for step in range(1, rng.randint(2, 4)):
                    follows = at + step < len(rows) and rows[at + step][2] == line + step
                    if not follows or len(pair[0]) + len(rows[at + step][0]) > MAX_JOINED_CHARACTERS:
                        break
                    pair = [f"{mine} {other}" for mine, other in zip(pair, rows[at + step])]
            if rng.random() < NOISE_SHARE:
                pair[0] = noisy(pair[0], rng)
            out.append(pair)
    return out


def report(statistics: dict[str, Counter]) -> str:
    columns = ["pairs", "kept", "dev", "en words", "broad", "close"]
    lines = ["| source | " + " | ".join(columns) + " | rejected |", "|---" * (len(columns) + 2) + "|"]
    for name, counts in statistics.items():
        rejected = ", ".join(f"{k} {v}" for k, v in counts.items() if k not in columns and v)
        lines.append(f"| {name} | " + " | ".join(str(counts[c]) for c in columns) + f" | {rejected} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--exclude", nargs="+", required=True)
    parser.add_argument("--written", type=Path, help="pairs written for the purpose, a stream of their own")
    parser.add_argument("--rounds", type=int, default=1, help="times that the weights are applied")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    rng, excluded = random.Random(args.seed), Excluded(args.exclude)
    seen: set[tuple[str, str]] = set()
    streams: dict[str, list] = defaultdict(list)
    statistics: dict[str, Counter] = {}
    dev: list[tuple[str, str, str]] = []
    for path in sorted(args.corpus.glob("*.tsv")):
        prefix = path.name[:2]
        rows, held, counts = read_source(path, excluded, seen)
        for stream, weight in zip(("broad", "close"), WEIGHTS.get(prefix, (0.0, 0.0))):
            # Drawn anew for each round: other fractions of the large sources, other joins, other noise.
            drawn = [pair for _ in range(args.rounds) for pair in draw(rows, weight, rng, prefix in WITH_NEIGHBOURS)]
            counts[stream] = len(drawn)
            streams[stream] += drawn
        statistics[path.name] = counts
        dev += held
    if args.written:
        rows, held, counts = read_source(args.written, excluded, seen)
        streams["written"] = [pair for _ in range(args.rounds) for pair in draw(rows, 1, rng, join=True)]
        statistics[args.written.name] = counts
        dev += held
    args.out.mkdir(parents=True, exist_ok=True)
    statistics["templates"] = Counter()
    for stream, pairs in streams.items():
        made = template_pairs(int(len(pairs) * TEMPLATE_SHARE) if stream in ("broad", "close") else 0, rng)
        pairs += [[noisy(ar, rng) if rng.random() < NOISE_SHARE else ar, en] for ar, en in made]
        statistics["templates"][stream] = len(made)
        rng.shuffle(pairs)
        text = "".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs)
        (args.out / f"{stream}.jsonl").write_text(text, encoding="utf-8")
    (args.out / "dev.tsv").write_text("".join("\t".join(row) + "\n" for row in dev), encoding="utf-8")
    (args.out / "statistics.json").write_text(json.dumps(statistics, indent=1, ensure_ascii=False), encoding="utf-8")
    (args.out / "statistics.md").write_text(report(statistics), encoding="utf-8")
    print(report(statistics))


if __name__ == "__main__":
    main()
