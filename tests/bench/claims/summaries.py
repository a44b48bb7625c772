"""Scores summaries of isnad, of the lead and of sumy against reference summaries, in one table.

    cargo run --release --example summarize_known -- tests/data/claims > known.jsonl
    python tests/bench/claims/summaries.py target/release/isnad tests/data/claims known.jsonl --part dev

Two settings: `people`, where each system summarizes the English of the article by people, and `isnad`, where it summarizes
what `isnad summarize` translated (headline, then the paragraphs). Two budgets: 3 sentences, and 50 words, which a system
fills with its sentences in the order of their rank and leaves out what does not fit. All print in reading order.

Systems: `lead` takes sentences from the begin; `textrank` and `lexrank` are sumy's, given our sentences and no headline;
`oracle` takes the 3 sentences whose mean of ROUGE-1 and ROUGE-2 is the greatest, which needs the reference: what picking
whole sentences could reach. `abstractive:MODEL` runs where --writer names a model that is here.

ROUGE is rouge-score's with stems, F1; `cosine` is `isnad evaluate -m semantic`. Means over articles; intervals by bootstrap
over articles, 95 %; `over lead` is the mean difference to the lead of the same setting and budget in ROUGE-2 and cosine.
`words`, `coverage` (similarity), `facts` and `lead share` are those of `isnad check` on the summary with the article by
people. Needs rouge-score 0.1.2, sumy 0.13.0 and numpy 2.4.6.
"""

import argparse
import collections
import itertools
import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from rouge_score import rouge_scorer
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.nlp.stemmers import Stemmer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer
from sumy.utils import get_stop_words

BUDGETS = {"3 sentences": ("sentences", 3), "50 words": ("words", 50)}
ROUGE = ("rouge1", "rouge2", "rougeL")
RESAMPLES = 10_000


class Words:
    """Words for sumy without a download of NLTK's data."""

    def to_words(self, text):
        return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text)


def ran(arguments):
    """Standard output; exit code 1 tells of doubtful claims, which is no failure here."""
    done = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, encoding="utf-8")
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(map(str, arguments))}: exit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout


# --- Systems ----------------------------------------------------------------------------------------------------------


def taken(sentences, order, budget):
    """Sentences in the order of their rank until the budget is full, in reading order."""
    kind, most = BUDGETS[budget]
    if kind == "sentences":
        return " ".join(sentences[at] for at in sorted(order[:most]))
    chosen, used = [], 0
    for at in order:
        count = len(sentences[at].split())
        if not chosen or used + count <= most:
            chosen.append(at)
            used += count
    return " ".join(sentences[at] for at in sorted(chosen))


def lead(sentences, budget):
    kind, most = BUDGETS[budget]
    if kind == "sentences":
        return " ".join(sentences[:most])
    chosen = sentences[:1]
    for sentence in sentences[1:]:
        if len(" ".join(chosen + [sentence]).split()) > most:
            break
        chosen.append(sentence)
    return " ".join(chosen)


def sumy(summarizer, paragraphs, budget):
    made = summarizer(Stemmer("english"))
    made.stop_words = get_stop_words("english")
    tokenizer = Words()
    document = ObjectDocumentModel([Paragraph([Sentence(text, tokenizer) for text in one]) for one in paragraphs])
    sentences = list(document.sentences)
    # Asked for all sentences, sumy hands them out in reading order: their rank shows in how many it takes to get each.
    order = []
    for count in range(1, len(sentences) + 1):
        picked = [sentences.index(sentence) for sentence in made(document, count)]
        order += [at for at in picked if at not in order]
    return taken([str(sentence) for sentence in sentences], order, budget)


def oracle(sentences, reference, scorer):
    def worth(chosen):
        scores = scorer.score(reference, " ".join(sentences[at] for at in chosen))
        return scores["rouge1"].fmeasure + scores["rouge2"].fmeasure
    best = max(itertools.combinations(range(len(sentences)), min(3, len(sentences))), key=worth)
    return " ".join(sentences[at] for at in best)


def translated(isnad, article, kind, budget):
    """The summary that `isnad summarize` makes from Arabic, and the paragraphs of its English."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "article.txt"
        paragraphs = [" ".join(article["sentences"][at]["ar"] for at in one) for one in article["paragraphs"]]
        file.write_text("\n\n".join([article["title_ar"]] + paragraphs) + "\n", encoding="utf-8")
        length, most = BUDGETS[budget]
        brief = json.loads(ran([isnad, "summarize", file, "--json", "-q", "--summarizer", kind, f"--{length}", most]))
    running = [one for one in brief["paragraphs"] if one["kind"]["kind"] in ("body", "list-item")]
    english = [[segment["translation"]["text"] for segment in one["segments"]] for one in running]
    return brief["summary"], [[text for text in one if text.strip()] for one in english]


def peers(paragraphs, reference, scorer):
    """Summaries of the systems that are not isnad's, by system and budget."""
    sentences = [text for one in paragraphs for text in one]
    for budget in BUDGETS:
        yield "lead", budget, lead(sentences, budget)
        yield "textrank", budget, sumy(TextRankSummarizer, paragraphs, budget)
        yield "lexrank", budget, sumy(LexRankSummarizer, paragraphs, budget)
    yield "oracle", "3 sentences", oracle(sentences, reference, scorer)


def summaries(asked, article, known, reference, scorer):
    """All summaries of an article: (setting, budget, system) → text."""
    made = {}
    paragraphs = [[article["sentences"][at]["en"] for at in one] for one in article["paragraphs"]]
    for system, budget, text in peers(paragraphs, reference, scorer):
        made["people", budget, system] = text
    for line in known:
        made["people", line["budget"], line["system"]] = line["summary"]
    kinds = ["extractive", "compress"] + ([f"abstractive:{asked.writer}"] if asked.writer else [])
    for kind, budget in itertools.product(kinds, BUDGETS):
        made["isnad", budget, kind], english = translated(asked.isnad, article, kind, budget)
    for system, budget, text in peers(english, reference, scorer):
        made["isnad", budget, system] = text
    return made


# --- Scores -----------------------------------------------------------------------------------------------------------


def use_of(isnad, article, text):
    """What of the article a summary uses: similarity, share of facts, share of claims from the lead."""
    with tempfile.TemporaryDirectory() as folder:
        summary, bitext = Path(folder) / "summary.txt", Path(folder) / "bitext.tsv"
        summary.write_text(text + "\n", encoding="utf-8")
        lines = ["\n".join("\t".join(article["sentences"][at][side] for side in ("ar", "en")) for at in one)
                 for one in article["paragraphs"]]
        bitext.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
        coverage = json.loads(ran([isnad, "check", summary, "--bitext", bitext, "--json", "-q"]))["coverage"]
    facts = coverage["facts"]
    return coverage["similarity"], sum(fact["used"] for fact in facts) / max(1, len(facts)), coverage["lead_share"]


def cosines(isnad, texts, references):
    """Cosine of each text with its reference."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("hypothesis.txt", "reference.txt")]
        for file, lines in zip(files, (texts, references)):
            file.write_text("".join(" ".join(line.split()) + "\n" for line in lines), encoding="utf-8")
        report = json.loads(ran([isnad, "evaluate", *files, "-m", "semantic", "--segments", "--json", "-q"]))
    scores = [segment["outputs"][0]["scores"][0] for segment in report["segments"]]
    if len(scores) != len(texts) or None in scores:
        sys.exit(f"{len(scores)} scores for {len(texts)} summaries: {scores}")
    return scores


def interval(values, draws):
    means = np.asarray(values)[draws].mean(axis=1)
    return np.percentile(means, 2.5), np.percentile(means, 97.5)


def shown(values, draws, scale=100):
    low, high = interval(values, draws)
    return f"{scale * np.mean(values):.1f} [{scale * low:.1f}, {scale * high:.1f}]"


def table(rows, order, draws):
    print("| English by | budget | system | words | ROUGE-1 | ROUGE-2 | ROUGE-L | cosine | over lead: ROUGE-2 | cosine "
          "| coverage | facts | lead share |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for key in order:
        mine, base = rows[key], rows[key[0], key[1], "lead"]
        over = ["–", "–"] if mine is base else [
            shown(np.subtract(mine[name], base[name]), draws) for name in ("rouge2", "cosine")]
        cells = [*key, f"{np.mean(mine['words']):.0f}", *(shown(mine[name], draws) for name in (*ROUGE, "cosine")), *over,
                 *(f"{np.mean(mine[name]):.2f}" for name in ("coverage", "facts", "lead share"))]
        print("| " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("isnad", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("known", type=Path, help="output of the example summarize_known")
    parser.add_argument("--part", choices=("dev", "test"), default="dev")
    parser.add_argument("--writer", metavar="MODEL", help="a model that writes abstractive summaries")
    parser.add_argument("--show", action="store_true", help="print the summaries as well")
    parser.add_argument("-j", "--jobs", type=int, default=1, help="articles at a time")
    asked = parser.parse_args()

    def lines(file):
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]

    references = {line["article"]: line["summary"] for line in lines(asked.folder / "summaries.jsonl")}
    names = sorted({case["article"] for case in lines(asked.folder / f"{asked.part}.jsonl")})
    known = collections.defaultdict(list)
    for line in lines(asked.known):
        known[line["article"]].append(line)
    scorer = rouge_scorer.RougeScorer(ROUGE, use_stemmer=True)

    def of(name):
        article = json.loads((asked.folder / "articles" / f"{name}.json").read_text(encoding="utf-8"))
        made = summaries(asked, article, known[name], references[name], scorer)
        return made, {key: use_of(asked.isnad, article, text) for key, text in made.items()}

    with ThreadPoolExecutor(asked.jobs) as pool:
        done = list(pool.map(of, names))
    systems = ("extractive", "compress", f"abstractive:{asked.writer}", "lead", "textrank", "lexrank", "oracle")
    order = [key for key in itertools.product(("people", "isnad"), BUDGETS, systems) if key in done[0][0]]
    rows = {}
    for key in order:
        texts = [made[key] for made, _ in done]
        row = rows[key] = {"words": [len(text.split()) for text in texts]}
        for name in ROUGE:
            row[name] = [scorer.score(references[article], text)[name].fmeasure for article, text in zip(names, texts)]
        row["cosine"] = cosines(asked.isnad, texts, [references[name] for name in names])
        for at, name in enumerate(("coverage", "facts", "lead share")):
            row[name] = [used[key][at] for _, used in done]
    draws = np.random.default_rng(1).integers(0, len(names), (RESAMPLES, len(names)))
    words = np.mean([len(references[name].split()) for name in names])
    print(f"{asked.part}: {len(names)} articles, references of {words:.0f} words\n")
    table(rows, order, draws)
    if asked.show:
        for name, (made, _) in zip(names, done):
            print(f"\n## {name}\nreference: {references[name]}")
            for key in order:
                print(f"{' · '.join(key)}: {made[key]}")


if __name__ == "__main__":
    main()
