"""Checks claims with known truth and tells how often the verdicts and the evidence are right.

    python tests/bench/claims/measure.py target/release/isnad tests/data/claims --part dev

FOLDER holds articles/NAME.json, dev.jsonl and test.jsonl, as tests/data/claims/README.md tells and generate.py writes. Each
article is checked with its human translation (`isnad check --bitext`), so that verification is measured apart from the
translator. Standard library only.

A claim is flagged when its verdict is not `verified`. The figures of a false kind are those of its claims together with all
true claims. Citations after Gao et al. 2023 (ALCE), with evidence decided by hand in place of an entailment model: recall is
1 for a claim whose cited sentences include all of its evidence, else 0; a citation is precise if recall is 1 and the
sentence belongs to the evidence. Intervals are Wilson's, 95 %.
"""

import argparse
import collections
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from check import FALSE, TRUE

VERDICTS = ("verified", "partial", "unsupported", "contradicted")


def spans(text, pieces):
    """Byte spans of pieces that follow one another in a text; None for one that is not there."""
    data, at, found = text.encode(), 0, []
    for piece in pieces:
        wanted = piece.encode()
        start = data.find(wanted, at)
        found.append((start, start + len(wanted)) if start >= 0 else None)
        at = max(at, start + len(wanted)) if start >= 0 else at
    return found


def overlapping(span, places):
    """Number of the place that shares most bytes with a span, None if none shares any."""
    shared = [min(span["end"], place[1]) - max(span["start"], place[0]) if place else 0 for place in places]
    best = max(range(len(places)), key=lambda at: shared[at], default=None)
    return best if best is not None and shared[best] > 0 else None


def brief(isnad, article, claims):
    """What the program says of claims in one language about an article."""
    with tempfile.TemporaryDirectory() as name:
        summary, bitext = Path(name) / "summary.txt", Path(name) / "bitext.tsv"
        summary.write_text("".join(claim + "\n" for claim in claims), encoding="utf-8")
        lines = ["\n".join("\t".join(article["sentences"][at][side] for side in ("ar", "en")) for at in paragraph)
                 for paragraph in article["paragraphs"]]
        bitext.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
        # Exit code 1 tells of unsupported claims, which is no failure here; a failure leaves no JSON.
        ran = subprocess.run([str(isnad), "check", str(summary), "--bitext", str(bitext), "--claims", "--json", "-q"],
                             capture_output=True, text=True, encoding="utf-8")
    try:
        return json.loads(ran.stdout)
    except json.JSONDecodeError:
        sys.exit(f"{article['id']}: no JSON, exit code {ran.returncode}: {ran.stderr.strip()}")


def judged(isnad, article, cases):
    """For each case: the case, verdict, confidence, cited sentences best first, kinds of doubts."""
    made = brief(isnad, article, [case["claim"] for case in cases])
    places = spans(made["article"]["text"], [sentence["ar"] for sentence in article["sentences"]])
    missing = [at for at, place in enumerate(places) if place is None]
    if missing:
        sys.exit(f"{article['id']}: sentences {missing} are not in the article of the brief")
    lines = spans(made["summary"], [case["claim"] for case in cases])
    answers = collections.defaultdict(list)
    for claim in made["claims"]:
        answers[overlapping(claim["span"], lines)].append(claim)
    for at, case in enumerate(cases):
        if at not in answers:
            yield case, "lost", 0.0, [], []
            continue
        # A claim that was cut in several is as good as its worst part.
        worst = max(answers[at], key=lambda claim: (VERDICTS.index(claim["verdict"]), -claim["confidence"]))
        cited = []
        for part in [worst] + [claim for claim in answers[at] if claim is not worst]:
            cited += [overlapping(evidence["span"], places) for evidence in part["evidence"]]
        doubts = [doubt["kind"] for claim in answers[at] for doubt in claim["doubts"]]
        confidence = min(claim["confidence"] for claim in answers[at])
        yield case, worst["verdict"], confidence, list(dict.fromkeys(cited)), doubts


def wilson(right, count, z=1.96):
    """A share with its interval, as text."""
    if not count:
        return "    –              "
    share = right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5 / (1 + z * z / count)
    return f"{share:.3f} [{max(0, middle - half):.3f} {min(1, middle + half):.3f}]"


def calibration(pairs, bins=10):
    """Expected calibration error, and a row a bin: from, count, mean predicted, share right."""
    rows = []
    for n in range(bins):
        inside = [(p, right) for p, right in pairs if min(int(p * bins), bins - 1) == n]
        if inside:
            mean = sum(p for p, _ in inside) / len(inside)
            rows.append((n / bins, len(inside), mean, sum(right for _, right in inside) / len(inside)))
    error = sum(count * abs(mean - share) for _, count, mean, share in rows) / max(1, len(pairs))
    return error, rows


def flagged(row):
    return row[1] not in ("verified", "lost")


def print_kinds(rows):
    true = [row for row in rows if row[0]["label"] == "true"]
    alarms = sum(map(flagged, true))
    print("false claims   count  flagged (recall)     precision  F1     contradicted         evidence first")
    for kind in FALSE + ("all",):
        mine = [row for row in rows if row[0]["label"] == "false" and kind in (row[0]["kind"], "all")]
        if not mine:
            continue
        caught, known = sum(map(flagged, mine)), [row for row in mine if row[0]["evidence"]]
        precision = caught / (caught + alarms) if caught + alarms else 0.0
        recall = caught / len(mine)
        f1 = 2 * precision * recall / (precision + recall) if caught else 0.0
        print(f"  {kind:12} {len(mine):5}  {wilson(caught, len(mine))}  {precision:.3f}      {f1:.3f}  "
              f"{wilson(sum(row[1] == 'contradicted' for row in mine), len(mine))}  {wilson(first(known), len(known))}")
    print("true claims    count  false alarms                           contradicted         evidence first")
    for kind in TRUE + ("all",):
        mine = [row for row in true if kind in (row[0]["kind"], "all")]
        if mine:
            print(f"  {kind:12} {len(mine):5}  {wilson(sum(map(flagged, mine)), len(mine))}                    "
                  f"{wilson(sum(row[1] == 'contradicted' for row in mine), len(mine))}  {wilson(first(mine), len(mine))}")


def first(rows):
    """How many claims have a right sentence as their best evidence."""
    return sum(bool(row[3]) and row[3][0] in row[0]["evidence"] for row in rows)


def print_citations(rows):
    true = [row for row in rows if row[0]["label"] == "true"]
    for name, depth in (("all citations", None), ("as many as needed", 0)):
        whole, right, cited = 0, 0, 0
        for case, _, _, sentences, _ in true:
            taken = sentences[:len(case["evidence"])] if depth == 0 else sentences
            complete = set(case["evidence"]) <= set(taken)
            whole += complete
            right += sum(complete and at in case["evidence"] for at in taken)
            cited += len(taken)
        print(f"citations of true claims, {name:17}  recall {wilson(whole, len(true))}  precision {wilson(right, cited)}  "
              f"{cited / max(1, len(true)):.2f} a claim")


def print_missed(rows):
    for case, verdict, confidence, cited, doubts in rows:
        wrong = (case["label"] == "true") == (verdict != "verified")
        if wrong or (case["evidence"] and not (cited and cited[0] in case["evidence"])):
            named = ", ".join(json.dumps(doubt) for doubt in doubts) or "no doubt"
            print(f"  {case['id']} {case['label']} {case['kind']}: {verdict} {confidence:.2f}, cites {cited} for "
                  f"{case['evidence']}, {named}\n      {case['claim']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("isnad", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=("dev", "test"), help="one part alone")
    parser.add_argument("--misses", action="store_true", help="list each claim whose verdict or evidence is wrong")
    parser.add_argument("-j", "--jobs", type=int, default=1, help="articles at a time")
    asked = parser.parse_args()
    for part in (asked.part,) if asked.part else ("dev", "test"):
        file = asked.folder / f"{part}.jsonl"
        if not file.exists():
            continue
        groups = collections.defaultdict(list)
        for line in file.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            groups[case["article"], case["language"]].append(case)

        def run(group):
            article = json.loads((asked.folder / "articles" / f"{group[0][0]}.json").read_text(encoding="utf-8"))
            return list(judged(asked.isnad, article, group[1]))

        with ThreadPoolExecutor(asked.jobs) as pool:
            rows = [row for rows in pool.map(run, groups.items()) for row in rows]
        counts = collections.Counter(row[1] for row in rows)
        print(f"== {part}: {len(rows)} claims on {len({name for name, _ in groups})} articles; "
              + ", ".join(f"{verdict} {counts[verdict]}" for verdict in VERDICTS + ("lost",) if counts[verdict]))
        print_kinds(rows)
        arabic = [row for row in rows if row[0]["language"] == "ar"]
        if arabic:
            halves = [[row for row in arabic if row[0]["label"] == label] for label in ("true", "false")]
            print(f"claims in Arabic: {sum(map(flagged, halves[1]))} of {len(halves[1])} false ones flagged, "
                  f"{sum(map(flagged, halves[0]))} of {len(halves[0])} true ones")
        print_citations(rows)
        error, bins = calibration([(row[2], row[0]["label"] == "true") for row in rows if row[1] != "lost"])
        print(f"expected calibration error {error:.4f}")
        for start, count, mean, share in bins:
            print(f"  {start:.1f}  {count:6}  predicted {mean:.3f}  true {share:.3f}")
        if asked.misses:
            print_missed(rows)


if __name__ == "__main__":
    main()
