"""Scores summaries of isnad, of the lead and of sumy against reference summaries, in one table.

    cargo build --release --example summarize_known
    python tests/bench/claims/summaries.py translate target/release/isnad tests/data/claims machine --part dev
    target/release/examples/summarize_known tests/data/claims > people.jsonl
    target/release/examples/summarize_known machine > machine.jsonl
    python tests/bench/claims/summaries.py score target/release/isnad tests/data/claims people.jsonl --part dev
    python tests/bench/claims/summaries.py score ... --machine machine machine.jsonl

`translate` writes the articles anew with the English of `isnad translate` (headline, then the paragraphs), sound segments
alone, as these are what `isnad summarize` picks from. `score` compares systems on the English by people and, with
--machine, on that English: the summaries are those that `isnad summarize` makes. Two budgets: 3 sentences, and 50 words,
which a system fills with its sentences in the order of their rank and leaves out what does not fit. All print in reading
order.

Systems: `lead` takes sentences from the begin; `textrank` and `lexrank` are sumy's, given our sentences and no headline;
`oracle` takes the 3 sentences whose sum of ROUGE-1 and ROUGE-2 is the greatest, which needs the reference: what picking
whole sentences could reach.

ROUGE is rouge-score's with stems, F1; `cosine` is `isnad evaluate -m semantic`. Means over articles; intervals by bootstrap
over articles, 95 %; `over lead` is the mean difference to the lead of the same setting and budget in ROUGE-2 and cosine.
`coverage` (similarity), `facts` and `lead share` are those of `isnad check` on summaries of 3 sentences, with the article
by people.
Needs rouge-score 0.1.2, sumy 0.13.0, its lxml with html_clean, and numpy 2.4.6.
"""

import argparse
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
USED = "3 sentences"  # the budget for which `isnad check` is asked
USES = ("coverage", "facts", "lead share")


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


def english_of(segment):
    """A sentence with its English, and how probable it is that nothing in that is wrong, if that is known."""
    made = segment["translation"]
    right = made.get("reliability", {}).get("right")
    return {"ar": segment["source"], "en": made["text"]} | ({} if right is None else {"right": right})


def translated(isnad, article):
    """The article with its English by isnad; without an Arabic side, which nothing here needs."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "article.txt"
        paragraphs = [" ".join(article["sentences"][at]["ar"] for at in one) for one in article["paragraphs"]]
        file.write_text("\n\n".join([article["title_ar"]] + paragraphs) + "\n", encoding="utf-8")
        made = json.loads(ran([isnad, "translate", file, "--json", "-q"]))
    new = {"id": article["id"], "title_en": "", "sentences": [], "paragraphs": []}
    for paragraph in made["paragraphs"]:
        sound = [one for one in paragraph["segments"] if one["translation"]["outcome"] == "translated"]
        if paragraph["kind"] == "title":
            new["title_en"] = " ".join(one["translation"]["text"] for one in sound)
        elif sound:
            first = len(new["sentences"])
            new["sentences"] += [english_of(one) for one in sound]
            new["paragraphs"].append(list(range(first, len(new["sentences"]))))
    return new


def peers(paragraphs, reference, scorer):
    """Summaries of the systems that are not isnad's, by system and budget."""
    sentences = [text for one in paragraphs for text in one]
    for budget in BUDGETS:
        yield "lead", budget, lead(sentences, budget)
        yield "textrank", budget, sumy(TextRankSummarizer, paragraphs, budget)
        yield "lexrank", budget, sumy(LexRankSummarizer, paragraphs, budget)
    yield "oracle", "3 sentences", oracle(sentences, reference, scorer)


def summaries(setting, article, known, reference, scorer):
    """All summaries of an article in one setting: (setting, budget, system) → text."""
    paragraphs = [[article["sentences"][at]["en"] for at in one] for one in article["paragraphs"]]
    made = {(setting, budget, system): text for system, budget, text in peers(paragraphs, reference, scorer)}
    made |= {(setting, line["budget"], line["system"]): line["summary"] for line in known}
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
    scores = [segment["outputs"][0]["scores"][0] for segment in report["segments"]]  # of 100
    if len(scores) != len(texts) or None in scores:
        sys.exit(f"{len(scores)} scores for {len(texts)} summaries: {scores}")
    return [score / 100 for score in scores]


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
                 *(f"{np.mean(mine[name]):.2f}" if name in mine else "–" for name in USES)]
        print("| " + " | ".join(cells) + " |")


def lines(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def article_of(folder, name):
    return json.loads((folder / "articles" / f"{name}.json").read_text(encoding="utf-8"))


def translate(asked, names):
    """Writes the articles with the English of isnad."""
    (asked.out / "articles").mkdir(parents=True, exist_ok=True)
    for name in names:
        made = json.dumps(translated(asked.isnad, article_of(asked.folder, name)), ensure_ascii=False)
        (asked.out / "articles" / f"{name}.json").write_text(made + "\n", encoding="utf-8")


def score(asked, names):
    """Prints the table."""
    references = {line["article"]: line["summary"] for line in lines(asked.folder / "summaries.jsonl")}
    scorer = rouge_scorer.RougeScorer(ROUGE, use_stemmer=True)
    settings = [("people", asked.folder, asked.known)]
    settings += [("isnad", Path(asked.machine[0]), Path(asked.machine[1]))] if asked.machine else []
    done = []
    for name in names:
        made = {}
        for setting, folder, file in settings:
            known = [line for line in lines(file) if line["article"] == name]
            made |= summaries(setting, article_of(folder, name), known, references[name], scorer)
        done.append(made)
    systems = ("extractive", "compress", "lead", "textrank", "lexrank", "oracle")
    order = [key for key in itertools.product(("people", "isnad"), BUDGETS, systems) if key in done[0]]
    cosine = iter(cosines(asked.isnad, [made[key] for key in order for made in done],
                          [references[name] for _ in order for name in names]))
    rows = {}
    for key in order:
        texts = [made[key] for made in done]
        row = rows[key] = {"words": [len(text.split()) for text in texts]}
        for metric in ROUGE:
            row[metric] = [scorer.score(references[name], text)[metric].fmeasure for name, text in zip(names, texts)]
        row["cosine"] = [next(cosine) for _ in names]
        if key[1] != USED:
            continue
        with ThreadPoolExecutor(asked.jobs) as pool:
            used = list(pool.map(lambda name, text: use_of(asked.isnad, article_of(asked.folder, name), text), names, texts))
        for at, name in enumerate(USES):
            row[name] = [one[at] for one in used]
    draws = np.random.default_rng(1).integers(0, len(names), (RESAMPLES, len(names)))
    words = np.mean([len(references[name].split()) for name in names])
    print(f"{asked.part}: {len(names)} articles, references of {words:.0f} words\n")
    table(rows, order, draws)
    if asked.show:
        for name, made in zip(names, done):
            print(f"\n## {name}\nreference: {references[name]}")
            for key in order:
                print(f"{' · '.join(key)}: {made[key]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("translate", "score"):
        command = commands.add_parser(name)
        command.add_argument("isnad", type=Path)
        command.add_argument("folder", type=Path)
        command.add_argument("--part", choices=("dev", "test"), default="dev")
        if name == "translate":
            command.add_argument("out", type=Path)
        else:
            command.add_argument("known", type=Path, help="output of the example summarize_known")
            command.add_argument("--machine", nargs=2, metavar=("FOLDER", "JSONL"), help="the same from machine English")
            command.add_argument("-j", "--jobs", type=int, default=1, help="checks at a time")
            command.add_argument("--show", action="store_true", help="print the summaries as well")
    asked = parser.parse_args()
    names = sorted({case["article"] for case in lines(asked.folder / f"{asked.part}.jsonl")})
    {"translate": translate, "score": score}[asked.command](asked, names)


if __name__ == "__main__":
    main()
