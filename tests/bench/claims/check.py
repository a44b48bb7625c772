"""Checks a folder of articles and claims, and counts the claims of each kind.

    python tests/bench/claims/check.py tests/data/claims

FOLDER holds articles/NAME.json, dev.jsonl, dev-b.jsonl, test.jsonl and test-b.jsonl (each may be missing); tests/data/claims/README.md tells the
format. Prints every fault and exits with 1 if there is one. Standard library only.
"""

import argparse
import collections
import json
import re
import sys
import unicodedata
from pathlib import Path

TRUE = ("copy", "edited", "paraphrase", "compressed", "merged")
FALSE = ("number", "percentage", "money", "date", "name", "negation", "modality", "role", "mixed", "unsupported")
ARABIC = re.compile(r"[\u0621-\u064A]")
LATIN = re.compile(r"[A-Za-z]")


def plain(text):
    """Letters and digits only, so that two claims that differ in signs alone count as one."""
    return re.sub(r"[^\w]+", " ", text.casefold()).strip()


def article_faults(article, name):
    """What is wrong with one article."""
    if article["id"] != name:
        yield "id is not the file's name"
    size = len(article["sentences"])
    if [at for paragraph in article["paragraphs"] for at in paragraph] != list(range(size)):
        yield "paragraphs do not hold every sentence once and in order"
    if not all(article["paragraphs"]):
        yield "empty paragraph"
    for at, sentence in enumerate(article["sentences"]):
        for side, wanted in (("ar", ARABIC), ("en", LATIN)):
            text = sentence[side]
            if not wanted.search(text):
                yield f"sentence {at}: no letters of its language in {side}"
            if text != " ".join(text.split()) or text != unicodedata.normalize("NFC", text):
                yield f"sentence {at}: stray spaces or letters that are not NFC in {side}"


def claim_faults(case, article):
    """What is wrong with one claim."""
    sentences, evidence = article["sentences"], case["evidence"]
    language, kind, claim = case["language"], case["kind"], case["claim"]
    if kind not in {"true": TRUE, "false": FALSE}[case["label"]]:
        yield f"kind {kind} does not go with label {case['label']}"
    if any(not 0 <= at < len(sentences) for at in evidence) or evidence != sorted(set(evidence)):
        yield "evidence is out of range, repeated or not in order"
    if bool(evidence) == (kind == "unsupported"):
        yield "evidence must be empty for unsupported claims and for these alone"
    if kind == "merged" and len(evidence) < 2:
        yield "merged from fewer than two sentences"
    if (ARABIC if language == "en" else LATIN).search(claim):
        yield "letters of the other language"
    if "\n" in claim or claim != " ".join(claim.split()):
        yield "stray spaces"
    if not case["reason"].strip():
        yield "no reason"
    side = {"en": "en", "ar": "ar"}[language]
    copied = any(plain(claim) == plain(sentence[side]) for sentence in sentences)
    if copied != (kind == "copy"):
        yield "copies must equal a sentence, and nothing else may"
    if kind == "copy" and plain(claim) != plain(sentences[evidence[0]][side]):
        yield "copy of another sentence than its evidence"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    articles, faults, seen, used, texts = {}, [], set(), {}, {}
    for file in sorted((folder / "articles").glob("*.json")):
        articles[file.stem] = json.loads(file.read_text(encoding="utf-8"))
        faults += [f"{file.name}: {fault}" for fault in article_faults(articles[file.stem], file.stem)]
    for part in ("dev", "dev-b", "test", "test-b"):
        file = folder / f"{part}.jsonl"
        if not file.exists():
            continue
        counts, languages = collections.Counter(), collections.Counter()
        for line in file.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            counts[case["label"], case["kind"]] += 1
            languages[case["language"]] += 1
            faults += [f"{case['id']}: {fault}" for fault in claim_faults(case, articles[case["article"]])]
            if case["id"] in seen:
                faults.append(f"{case['id']}: id is not unique")
            side = part.removesuffix("-b")
            if used.setdefault(case["article"], side) != side:
                faults.append(f"{case['id']}: article stands on both sides")
            same = texts.setdefault((case["article"], plain(case["claim"])), case["id"])
            if same != case["id"]:
                faults.append(f"{case['id']}: same claim as {same}")
            seen.add(case["id"])
        print(f"{part}: {sum(counts.values())} claims on {sum(1 for p in used.values() if p == side)} articles", end="; ")
        print(", ".join(f"{label} {sum(n for (l, _), n in counts.items() if l == label)}" for label in ("true", "false")),
              "; ", ", ".join(f"{n} in {language}" for language, n in sorted(languages.items())), sep="")
        for label, kinds in (("true", TRUE), ("false", FALSE)):
            print(f"  {label:5} ", ", ".join(f"{kind} {counts[label, kind]}" for kind in kinds))
    faults += [f"{name}: no claim is made on it" for name in articles if name not in used]
    print("\n".join(faults) if faults else f"{len(articles)} articles, no fault")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
