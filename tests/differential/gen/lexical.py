"""Statistics, scores, signatures and intervals of BLEU and chrF -> fixtures/lexical.json

Witness: sacreBLEU 2.6.0 and its `PairedTest`. All lines are made here, with a fixed seed.

Needs: pip install sacrebleu==2.6.0 numpy==2.4.6
Usage: python tests/differential/gen/lexical.py
"""

import json
import random
from pathlib import Path

import numpy
import sacrebleu
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest

assert sacrebleu.__version__ == "2.6.0" and numpy.__version__ == "2.4.6"

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "lexical.json"

WORDS = """the a of to in said on minister president talks Thursday agreed 3.5% $1,200 2021-06-16 U.S. (AFP)
don't "peace" e-mail region's 40.000 -- ... — « » ، ؛ ؟ قال الرئيس ٧٠٪ اليوم، «نعم» ١٬٠٠٠ وزير الخارجية. الولايات
&quot;quoted&quot; &amp; &lt;b&gt; <skipped> naïve Straße ΟΔΟΣ 東京 😀 👍🏽 e\u0301 \u200f x- -y 1- 12-13 a.b .5 5. ,7 7,
http://example.org/a?b=c&d=e I'm 100,000,000 A/B [1] {x} ~ ^ ` | @home #tag 50€ ½ ² IV \u00a0 \u2009""".split(" ")
WORDS = [word for chunk in WORDS for word in chunk.split("\n") if word]

ODD = [
    "", " ", ".", "...", "?!", "a", "A.", " a  b ", "a\tb", "a\rb", "\u001c", "a\u001cb\u0085c", "😀😀", "\u200f",
    "x" * 300, "ab " * 200, "-", "1-2", "1 - 2", ",", ",,", ".,.,", "1,2.3", "a,b.c", "((()))", "a" + "\u0300" * 5,
    "قال", "قال.", "٣٫١٤", "İstanbul", "ﬁn", "\ufeffbom", "don't", "&amp;quot;", "-\u00a0-", "\U0010ffff\U0010fffe",
]


def line(rng):
    return " ".join(rng.choice(WORDS) for _ in range(rng.choice([1, 2, 3, 5, 8, 13, 25])))


def changed(rng, text):
    words = text.split(" ")
    for _ in range(rng.choice([0, 1, 1, 2, 4])):
        at = rng.randrange(len(words))
        kind = rng.randrange(4)
        if kind == 0:
            words[at] = rng.choice(WORDS)
        elif kind == 1:
            words.insert(at, rng.choice(WORDS))
        elif kind == 2 and len(words) > 1:
            del words[at]
        else:
            words[at] = words[at].upper()
    return " ".join(words)


def metrics():
    for tokenize in ["13a", "intl", "char", "none"]:
        for lowercase in [False, True]:
            yield {"metric": "bleu", "tokenize": tokenize, "lowercase": lowercase}
    for smooth, value in [("none", None), ("floor", None), ("floor", 0.01), ("add-k", None), ("add-k", 2.0)]:
        yield {"metric": "bleu", "smooth_method": smooth, "smooth_value": value}
    yield {"metric": "bleu", "effective_order": True}
    yield {"metric": "bleu", "effective_order": True, "smooth_method": "add-k"}
    for word_order in [0, 1, 2]:
        for whitespace in [False, True]:
            for eps_smoothing in [False, True]:
                yield {
                    "metric": "chrf", "word_order": word_order, "whitespace": whitespace,
                    "eps_smoothing": eps_smoothing, "lowercase": whitespace != eps_smoothing,
                }
    yield {"metric": "chrf", "char_order": 3, "beta": 1}
    yield {"metric": "chrf", "char_order": 1, "word_order": 4, "beta": 3}


def make(options):
    settings = {key: value for key, value in options.items() if key != "metric"}
    return BLEU(force=True, **settings) if options["metric"] == "bleu" else CHRF(**settings)


def main():
    rng = random.Random(20261123)
    segments = []
    for index in range(150):
        reference = line(rng)
        references = [reference] + [changed(rng, reference) for _ in range(2)]
        segments.append([changed(rng, reference), references])
    for odd in ODD:
        segments.append([odd, [odd, rng.choice(ODD), line(rng)]])
        segments.append([odd, [rng.choice(ODD), line(rng), odd]])

    cases = []
    for options in metrics():
        for nrefs in [1, 3]:
            metric = make(options)
            hypotheses = [hypothesis for hypothesis, _ in segments]
            references = [[refs[n] for _, refs in segments] for n in range(nrefs)]
            statistics = metric._extract_corpus_statistics(hypotheses, references)
            score = metric._aggregate_and_compute(statistics)
            cases.append({
                "options": options,
                "nrefs": nrefs,
                "name": score.name,
                "signature": str(metric.get_signature()),
                "score": score.score,
                "verbose": score._verbose,
                # One checksum a segment would hide which number differs; the columns' sums and a sample do not.
                "sums": [sum(row[k] for row in statistics) for k in range(len(statistics[0]))],
                "statistics": statistics if nrefs == 3 and len(cases) % 6 == 1 else None,
                "segment_scores": [
                    metric._aggregate_and_compute([row]).score for row in statistics
                ] if options.get("effective_order") or options["metric"] == "chrf" and nrefs == 3 else None,
            })

    references = [[line(rng) for _ in range(120)]]
    systems = [(name, [changed(rng, changed(rng, text)) for text in references[0]]) for name in "abc"]
    systems.append(("same", systems[0][1]))
    pairs = [{"metric": "bleu"}, {"metric": "chrf"}, {"metric": "chrf", "word_order": 2}]
    paired = []
    for test, samples in [("bs", 0), ("bs", 333), ("ar", 1000)]:
        test_metrics = {str(index): make(options) for index, options in enumerate(pairs)}
        signatures, scores = PairedTest(systems, test_metrics, references, test, samples)()
        for name in signatures:
            paired.append({
                "test": test, "samples": samples, "metric": name, "signature": str(signatures[name]),
                "results": [
                    {key: None if value is None else float(value) for key, value in vars(result).items()}
                    for result in scores[name]
                ],
            })
    single = []
    for options in pairs:
        metric = make(options)
        score = metric.corpus_score(systems[1][1], references, n_bootstrap=500)
        single.append({
            "options": options, "signature": str(metric.get_signature()), "score": score.score,
            "mean": float(score._mean), "ci": float(score._ci),
        })

    with open(FIXTURE, "w", encoding="utf-8") as file:
        json.dump({
            "versions": {"sacrebleu": sacrebleu.__version__, "numpy": numpy.__version__},
            "segments": segments, "cases": cases,
            "systems": systems, "references": references, "paired": paired, "single": single,
        }, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


main()
