"""Makes articles with claims of known truth from the written sentence pairs.

    python tests/bench/claims/written.py OUT
    cargo run --release --locked --example fit_claims -- --report OUT:dev OUT:test

An article is eight pairs of `models/training/pairs.tsv` of one group, drawn at random; the claims about them are those of
`tests/data/claims/written.tsv`. Rules were made while looking at claims of `dev`, none at those of `test`, which are about other groups. OUT
gets articles/NAME.json, dev.jsonl and test.jsonl in the format of tests/data/claims/README.md. Standard library only.
"""

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SENTENCES, SEED = 8, 4
FIRST_OF_TEST = 2428  # line of pairs.tsv: the groups written later


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    (out / "articles").mkdir(parents=True, exist_ok=True)
    pairs = dict(enumerate((ROOT / "models/training/pairs.tsv").read_text(encoding="utf-8").splitlines(), 1))
    claims, groups = defaultdict(list), defaultdict(list)
    for line in (ROOT / "tests/data/claims/written.tsv").read_text(encoding="utf-8").splitlines():
        number, label, kind, claim = line.split("\t")
        claims[int(number)].append((label, kind, claim))
    for number in claims:
        part = "test" if number >= FIRST_OF_TEST else "dev"
        groups[part, pairs[number].split("\t")[2]].append(number)
    rng, lines, made = random.Random(SEED), {"dev": [], "test": []}, 0
    for (part, _), numbers in sorted(groups.items()):
        rng.shuffle(numbers)
        for at in range(0, len(numbers) - SENTENCES + 1, SENTENCES):
            name, chosen = f"{part}{made:04d}", numbers[at : at + SENTENCES]
            made += 1
            sentences = [dict(zip(("ar", "en"), pairs[number].split("\t"))) for number in chosen]
            half = list(range(SENTENCES // 2)), list(range(SENTENCES // 2, SENTENCES))
            article = {"id": name, "title_ar": "", "title_en": "", "sentences": sentences, "paragraphs": half}
            (out / f"articles/{name}.json").write_text(json.dumps(article, ensure_ascii=False), encoding="utf-8")
            of_article = [(place, claim) for place, number in enumerate(chosen) for claim in claims[number]]
            for count, (place, (label, kind, claim)) in enumerate(of_article, 1):
                known = {"id": f"{name}-{count}", "article": name, "language": "en", "claim": claim, "label": label}
                lines[part].append(known | {"kind": kind, "evidence": [place], "reason": ""})
    for part, known in lines.items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in known)
        (out / f"{part}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
