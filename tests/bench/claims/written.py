"""Makes articles with claims of known truth from the written sentence pairs.

    python tests/bench/claims/written.py OUT
    cargo run --release --locked --example fit_claims -- --report OUT:dev OUT:test

An article is eight pairs of `models/training/pairs.tsv` of one group, drawn at random; the claims about them are those of
`tests/data/claims/written.tsv`. Rules were made while looking at claims of `dev`, none at those of `test`, which are about other groups. Articles of
`fit` are four blocks of two pairs, with the claims of `blocks.tsv` about one or both. OUT
gets articles/NAME.json, dev.jsonl, test.jsonl and fit.jsonl in the format of tests/data/claims/README.md. Standard library only.
"""

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SENTENCES, SEED = 8, 4
FIRST_OF_TEST = 2428  # line of pairs.tsv: the groups written later


def known(name: str, count: int, place: list[int], label: str, kind: str, claim: str) -> dict:
    claim = {"id": f"{name}-{count}", "article": name, "language": "en", "claim": claim, "label": label}
    return claim | {"kind": kind, "evidence": place, "reason": ""}


def article(out: Path, name: str, pairs: dict[int, str], chosen: list[int]) -> None:
    sentences = [dict(zip(("ar", "en"), pairs[number].split("\t"))) for number in chosen]
    half = list(range(SENTENCES // 2)), list(range(SENTENCES // 2, SENTENCES))
    made = {"id": name, "title_ar": "", "title_en": "", "sentences": sentences, "paragraphs": half}
    (out / f"articles/{name}.json").write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")


def rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (ROOT / "tests/data/claims" / name).read_text(encoding="utf-8").splitlines()]


def of_one_sentence(out: Path, pairs: dict[int, str]) -> dict[str, list[dict]]:
    claims, groups = defaultdict(list), defaultdict(list)
    for number, *claim in rows("written.tsv"):
        claims[int(number)].append(claim)
    for number in claims:
        part = "test" if number >= FIRST_OF_TEST else "dev"
        groups[part, pairs[number].split("\t")[2]].append(number)
    rng, lines, made = random.Random(SEED), {"dev": [], "test": []}, 0
    for (part, _), numbers in sorted(groups.items()):
        rng.shuffle(numbers)
        for at in range(0, len(numbers) - SENTENCES + 1, SENTENCES):
            name, chosen = f"{part}{made:04d}", numbers[at : at + SENTENCES]
            made += 1
            article(out, name, pairs, chosen)
            of_article = [(place, claim) for place, number in enumerate(chosen) for claim in claims[number]]
            lines[part] += [known(name, at, [place], *claim) for at, (place, claim) in enumerate(of_article, 1)]
    return lines


def of_two_sentences(out: Path, pairs: dict[int, str]) -> list[dict]:
    claims = defaultdict(list)
    for numbers, *claim in rows("blocks.tsv"):
        claims[tuple(int(number) for number in numbers.split(","))].append(claim)
    blocks, lines = sorted(numbers for numbers in claims if len(numbers) == 2), []
    random.Random(SEED).shuffle(blocks)
    for at in range(0, len(blocks) - SENTENCES // 2 + 1, SENTENCES // 2):
        name, mine = f"fit{at // (SENTENCES // 2):04d}", blocks[at : at + SENTENCES // 2]
        chosen = [number for block in mine for number in block]
        article(out, name, pairs, chosen)
        keys = [key for block in mine for key in ((block[0],), (block[1],), block)]
        of_article = [(sorted(map(chosen.index, key)), claim) for key in keys for claim in claims[key]]
        lines += [known(name, count, place, *claim) for count, (place, claim) in enumerate(of_article, 1)]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    (out / "articles").mkdir(parents=True, exist_ok=True)
    pairs = dict(enumerate((ROOT / "models/training/pairs.tsv").read_text(encoding="utf-8").splitlines(), 1))
    parts = of_one_sentence(out, pairs) | {"fit": of_two_sentences(out, pairs)}
    for part, lines in parts.items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (out / f"{part}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
