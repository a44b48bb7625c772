"""A study beside stage 7: what settings of training do, each against the same run without it.

Owns: the settings that are compared, the held-out loss by packed row, its paired interval.
In: what `adapt.py` reads, and held-out pairs `ar<TAB>en` that no stream has. Out: a line for each setting in `RUN_DIR/study.tsv`; those that
stand there are not run again.
Never: what is shipped. The runs are short (one round of the written pairs at most), so they say what helps at the beginning.

The adapter starts anew every time, sees as many tokens, in the same order where the setting leaves it, and is measured as its last weights and
as their running average.

Source of R-Drop: Liang et al. 2021; its dropout stands before the thin matrices, as the network has none.

Usage: study.py BASE.gguf DATA_DIR HELD.tsv RUN_DIR --names names.tsv --words words.tsv [--tokens 160000] [--only NAME ...]
"""

import argparse
import random
import time
from pathlib import Path

import adapt
import finetune
import numpy as np
import torch
import torch.nn.functional as F
from drills import Drills
from gguf_model import Tokenizer, load_model

WARMUP_STEPS = 8
DROPOUT, AGREEMENT = 0.1, 1.0  # of R-Drop; the second weighs the divergence of the two passes
RESAMPLES = 2000
USUAL = {"lr": 6e-4, "smoothing": 0.05, "rows": 16, "r_drop": False, "shares": {}}
SETTINGS = {
    "usual": {},
    "label smoothing 0": {"smoothing": 0.0},
    "label smoothing 0.1": {"smoothing": 0.1},
    "R-Drop": {"r_drop": True},
    "half the rate": {"lr": 3e-4},
    "twice the rate": {"lr": 1.2e-3},
    "half the batch": {"rows": 8},
    "no written pairs": {"shares": {"written": 0.0}},
    "no rows of words": {"shares": {"words": 0.0}},
    "back-translation": {"shares": {"back": 0.2}},
}


class Dropped(adapt.Adapted):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        thin = F.dropout(x, DROPOUT, self.training)
        return F.linear(x, self.weight) + F.linear(F.linear(thin, self.lora_a), self.lora_b)


class RDrop(finetune.Trainer):
    """Two passes of a batch with different dropout, which are to agree."""

    def train_step(self, batch: dict[str, torch.Tensor]) -> float:
        self.model.train()
        return super().train_step(batch)

    def loss(self, batch: dict[str, torch.Tensor], smoothing: float) -> torch.Tensor:
        losses, says = [], []
        known = batch["target"] != -100
        for _ in range(2):
            logits = (self.hidden(batch)[known] @ self.model.lm_head.weight.t()).float()
            losses.append(F.cross_entropy(logits, batch["target"][known], label_smoothing=smoothing))
            says.append(logits.log_softmax(-1))
        there = F.kl_div(says[0], says[1], log_target=True, reduction="batchmean")
        back = F.kl_div(says[1], says[0], log_target=True, reduction="batchmean")
        return sum(losses) / 2 + AGREEMENT * (there + back) / 4


def row_losses(trainer: finetune.Trainer, weights: list[torch.Tensor], rows: list) -> np.ndarray:
    """Nats and English tokens of each packed row, `[rows, 2]`."""
    trainer.show(weights)
    trainer.model.eval()
    totals = np.zeros((len(rows), 2))
    for start in range(0, len(rows) - finetune.ROWS + 1, finetune.ROWS):
        batch = finetune.collate(rows[start : start + finetune.ROWS])
        hidden = trainer.hidden(batch).detach()
        for part in torch.arange(len(hidden)).split(512):
            logits = (hidden[part] @ trainer.model.lm_head.weight.detach().t()).float()
            nats = F.cross_entropy(logits, batch["target"][part], reduction="none").numpy()
            known = (batch["target"][part] != -100).numpy()
            row = start + (batch["where"][part] // finetune.ROW).numpy()
            np.add.at(totals, (row[known], 0), nats[known])
            np.add.at(totals, (row[known], 1), 1)
    trainer.show(trainer.master)
    return totals[totals[:, 1] > 0]


def packed(tokenizer: Tokenizer, held: Path) -> list[list[tuple[list[int], int]]]:
    """Held-out pairs in their order, as many a row as it holds; whole batches of the largest kind alone."""
    pack, rows, free = finetune.Packer(tokenizer, lambda: []), [], 0
    for line in held.read_text(encoding="utf-8").splitlines():
        example = pack.encode(line.split("\t")[:2])
        if len(example[0]) > free:
            rows.append([])
            free = finetune.ROW
        rows[-1].append(example)
        free -= len(example[0])
    return rows[: len(rows) // USUAL["rows"] * USUAL["rows"]]


def paired(totals: np.ndarray, usual: np.ndarray) -> str:
    """Difference in nats a token with its 95 % interval over rows."""
    few = min(len(totals), len(usual))
    both = np.concatenate([totals[:few, :1] - usual[:few, :1], totals[:few, 1:]], axis=1)
    drawn = both[np.random.default_rng(1).integers(0, few, (RESAMPLES, few))].sum(1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
    return f"{both[:, 0].sum() / both[:, 1].sum():+.3f} ({low:+.3f} to {high:+.3f})"


def run(setting: dict, args: argparse.Namespace) -> tuple[list[np.ndarray], str]:
    """Held-out losses of the last and of the averaged weights, and what it took."""
    finetune.ROWS, finetune.TARGETS, finetune.WARMUP_STEPS = setting["rows"], 128 * setting["rows"], WARMUP_STEPS
    torch.manual_seed(args.seed)
    model, tokenizer = load_model(args.base), Tokenizer(args.base)
    model.requires_grad_(False)
    usual = adapt.Adapted
    adapt.Adapted = Dropped if setting["r_drop"] else usual
    master = adapt.adapt(model, 32, {})
    adapt.Adapted = usual
    kind = RDrop if setting["r_drop"] else finetune.Trainer
    trainer = kind(model, master, args.run, setting["lr"], setting["smoothing"])
    shares = adapt.SHARES | setting["shares"]
    names = ("written", "close", "broad", "back")
    streams = {n: finetune.Stream(args.data / f"{n}.jsonl", args.seed, 0, 1) for n in names if shares.get(n)}
    draw = adapt.drawer(shares, streams, Drills(args.names, args.words), random.Random(args.seed))
    packer = finetune.Packer(tokenizer, draw)
    steps = args.tokens // (finetune.ROWS * finetune.ROW)
    clock = time.monotonic()
    for step in range(steps):
        trainer.progress = step / steps
        trainer.train_step(packer.batch())
        if step == 1:
            clock = time.monotonic()
    rate = round((steps - 2) * finetune.ROWS * finetune.ROW / (time.monotonic() - clock))
    rows = packed(tokenizer, args.held)
    return [row_losses(trainer, weights, rows) for weights in (trainer.master, trainer.average)], f"{steps}\t{rate}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument("data", type=Path)
    parser.add_argument("held", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--words", type=Path, required=True)
    parser.add_argument("--tokens", type=int, default=160_000)
    parser.add_argument("--only", nargs="*", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    torch.set_num_threads(2)
    args.run.mkdir(parents=True, exist_ok=True)
    table = args.run / "study.tsv"
    done = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
    for name in args.only:
        if any(line.split("\t")[0] == name for line in done):
            continue
        torch.compiler.reset()
        totals, took = run(USUAL | SETTINGS[name], args)
        for which, part in zip(("last", "average"), totals):
            np.save(args.run / f"{name} {which}.npy", part)
        # The average of the usual run stands against its last weights, all others against their like.
        likes = ("last", "last") if name == "usual" else ("last", "average")
        usual = [np.load(args.run / f"usual {which}.npy") for which in likes]
        losses = "\t".join(f"{p[:, 0].sum() / p[:, 1].sum():.3f}\t{paired(p, u)}" for p, u in zip(totals, usual))
        with table.open("a", encoding="utf-8") as file:
            print(name, took, losses, sep="\t", file=file)


if __name__ == "__main__":
    main()
