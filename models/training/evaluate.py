"""Stage 5: translate an evaluation file and score it.

Owns: greedy decoding with llama.cpp, Arabic letters forbidden; BLEU, chrF, kept numbers and names.
In: a GGUF model and `ar<TAB>en` lines. Out: one JSON line of figures with sacrebleu's signatures, and the
translations, one a line. With --against, the paired bootstrap of sacrebleu says whether two files differ.
Never: anything that changes the model.

Usage: evaluate.py MODEL.gguf EVALUATION.tsv OUT.en [--every 5] [--threads 2] [--against OTHER.en] [--allow-arabic]
"""

import argparse
import json
import re
import time
from pathlib import Path

import numpy as np
from gguf_model import arabic_script_tokens
from llama_cpp import Llama, llama_get_logits_ith
from sacrebleu.metrics import BLEU, CHRF

CONTEXT = 1024  # tokens


class Translator:
    """Greedy decoding. The length guard ends answers that run away: 2.5 source lengths and 24 tokens."""

    def __init__(self, path: str, threads: int, allow_arabic: bool) -> None:
        self.model = Llama(path, n_ctx=CONTEXT, n_threads=threads, n_threads_batch=threads, verbose=False)
        self.bias = np.zeros(self.model.n_vocab(), np.float32)
        if not allow_arabic:
            self.bias[arabic_script_tokens(path)] = -np.inf
        self.runaways, self.tokens = 0, 0

    def translate(self, arabic: str) -> str:
        source = self.model.tokenize((arabic + "\n").encode(), add_bos=True, special=False)
        limit, answer = min(CONTEXT - len(source), int(2.5 * len(source)) + 24), []
        self.model.reset()
        self.model.eval(source)
        while len(answer) < limit:
            last = llama_get_logits_ith(self.model.ctx, -1)
            token = int((np.ctypeslib.as_array(last, self.bias.shape) + self.bias).argmax())
            if token == self.model.token_eos():
                break
            answer.append(token)
            self.model.eval([token])
        self.runaways += len(answer) >= limit
        self.tokens += len(answer)
        return " ".join(self.model.detokenize(answer).decode(errors="replace").split())


def kept_share(pattern: str, outputs: list[str], references: list[str]) -> float:
    """Share of the matches in the references that the output on the same line has too."""
    wanted = [(set(re.findall(pattern, ref)), out) for ref, out in zip(references, outputs)]
    total = sum(len(items) for items, _ in wanted)
    return sum(item in out for items, out in wanted for item in items) / max(1, total)


def scores(outputs: list[str], references: list[str]) -> dict:
    bleu, chrf = BLEU(), CHRF()
    return {
        "bleu": round(bleu.corpus_score(outputs, [references]).score, 2),
        "chrf": round(chrf.corpus_score(outputs, [references]).score, 2),
        "signatures": [str(bleu.get_signature()), str(chrf.get_signature())],
        "numbers_kept": round(kept_share(r"\d+(?:[.,]\d+)*", outputs, references), 3),
        # A capital inside a sentence: mostly names.
        "names_kept": round(kept_share(r"(?<=[a-z,] )[A-Z][a-z]{2,}", outputs, references), 3),
        "sentences": len(outputs),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, default=1, help="only each n-th line")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--against", type=Path, help="translations of the same lines by another model")
    parser.add_argument("--allow-arabic", action="store_true")
    args = parser.parse_args()
    rows = [line.split("\t") for line in args.evaluation.read_text(encoding="utf-8").splitlines()][:: args.every]
    references = [row[1] for row in rows]
    translator, start = Translator(args.model, args.threads, args.allow_arabic), time.monotonic()
    outputs = []
    for row in rows:
        outputs.append(translator.translate(row[0]))
        print(outputs[-1], file=args.out.open("a" if len(outputs) > 1 else "w", encoding="utf-8"))
    seconds = time.monotonic() - start
    figures = {"model": Path(args.model).name} | scores(outputs, references)
    figures |= {"runaway_answers": translator.runaways, "tokens_per_second": round(translator.tokens / seconds, 1)}
    print(json.dumps(figures))
    if args.against:
        from sacrebleu.significance import PairedTest

        other = args.against.read_text(encoding="utf-8").splitlines()
        systems = [("other", other), ("this", outputs)]
        _, results = PairedTest(systems, {"BLEU": BLEU(references=[references]), "chrF": CHRF(references=[references])},
                                references=None, test_type="bs", n_samples=1000)()  # fmt: skip
        for metric, (base, this) in ((name, pair) for name, pair in results.items() if name != "System"):
            print(f"{metric}: {base.score:.2f} -> {this.score:.2f}, p = {this.p_value:.4f}")


if __name__ == "__main__":
    main()
