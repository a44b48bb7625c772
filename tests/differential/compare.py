"""Holds `isnad evaluate` against sacreBLEU 2.6.0 and rouge-score 0.1.2 on any files, segment by segment.

Usage: python compare.py ISNAD REFERENCE HYPOTHESIS [HYPOTHESIS ...]
Needs: sacrebleu==2.6.0, rouge-score==0.1.2. Files hold a segment a line. Prints the largest difference of each
combination of options; ends with 1 if one exceeds 1e-9 or a signature differs.
"""

import itertools
import json
import os
import subprocess
import sys
import tempfile

from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF, TER


def ours(isnad, hypothesis, references, metric, flags):
    command = [isnad, "evaluate", hypothesis, *references, "-m", metric, "--segments", "--json", "-q", *flags]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    signature = report["metrics"][0]["signature"].split("|impl:")[0]
    segments = [segment["outputs"][0]["scores"][0] for segment in report["segments"]]
    return report["systems"][0]["scores"][0]["score"], segments, signature


def flag(name, on):
    return [name] if on else []


def combinations():
    """Name, flags, metric for the corpus, metric for segments."""
    for tokenize, lowercase in itertools.product(["13a", "intl", "char", "none"], [False, True]):
        for smooth, method, value in [("exp", "exp", None), ("floor=0.3", "floor", 0.3), ("add-k", "add-k", None),
                                      ("none", "none", None)]:
            settings = dict(tokenize=tokenize, lowercase=lowercase, smooth_method=method, smooth_value=value, force=True)
            flags = ["--tokenize", tokenize, "--smooth", smooth, *flag("--lowercase", lowercase)]
            yield "bleu", flags, BLEU(**settings), BLEU(effective_order=True, **settings)
    for lowercase, whitespace, eps, order in itertools.product([False, True], [False, True], [False, True], [0, 2]):
        metric = CHRF(word_order=order, lowercase=lowercase, whitespace=whitespace, eps_smoothing=eps)
        flags = [*flag("--lowercase", lowercase), *flag("--chrf-whitespace", whitespace), *flag("--chrf-eps", eps)]
        yield "chrf++" if order else "chrf", flags, metric, metric
    for case, normalized, no_punct, asian in itertools.product([False, True], repeat=4):
        metric = TER(case_sensitive=case, normalized=normalized, no_punct=no_punct, asian_support=asian)
        flags = [*flag("--ter-case-sensitive", case), *flag("--ter-normalized", normalized),
                 *flag("--ter-no-punct", no_punct), *flag("--ter-asian-support", asian)]
        yield "ter", flags, metric, metric


def main():
    isnad, reference, *hypotheses = sys.argv[1:]
    read = lambda path: [line.rstrip() for line in open(path, encoding="utf-8", newline="\n").read().split("\n")[:-1]]
    lines = read(reference)
    failed, compared = False, 0
    # All systems are one long text; the second reference is another system's output.
    texts = [line for path in hypotheses for line in read(path)]
    first = lines * len(hypotheses)
    second = texts[len(lines):] + texts[:len(lines)]
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("hypothesis", "first", "second")]
        for path, text in zip(paths, (texts, first, second)):
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.write("".join(line + "\n" for line in text))
        for name, flags, corpus, segment in combinations():
            for count in (1, 2):
                references = [first, second][:count]
                statistics = corpus._extract_corpus_statistics(texts, references)
                score = corpus._aggregate_and_compute(statistics).score
                scores = [segment._aggregate_and_compute([row]).score for row in statistics]
                found, found_segments, signature = ours(isnad, paths[0], paths[1:1 + count], name, flags)
                worst = max([abs(found - score), *(abs(a - b) for a, b in zip(found_segments, scores))])
                same = signature == str(corpus.get_signature()) and len(found_segments) == len(scores)
                compared += len(scores)
                failed |= worst > 1e-9 or not same
                print(f"{name} {' '.join(flags)} nrefs:{count} difference {worst:.1e} signature {same}", flush=True)
        for name, stem in itertools.product(["rouge1", "rouge2", "rougeL", "rougeLsum"], [False, True]):
            scorer = RougeScorer([name], use_stemmer=stem)
            scores = [100 * scorer.score(a, b)[name].fmeasure for a, b in zip(first, texts)]
            flags = ["--rouge-tokenizer", "rouge-score", *flag("--stem", stem)]
            found, found_segments, _ = ours(isnad, paths[0], paths[1:2], name, flags)
            mean = sum(scores) / len(scores)
            worst = max([abs(found - mean), *(abs(a - b) for a, b in zip(found_segments, scores))])
            compared += len(scores)
            failed |= worst > 1e-9
            print(f"{name} {' '.join(flags)} difference {worst:.1e}", flush=True)
    print(f"{compared} segment scores compared: {'DIFFERENCES' if failed else 'no difference above 1e-9'}")
    sys.exit(failed)


main()
