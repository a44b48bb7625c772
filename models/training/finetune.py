"""Stage 2: fine-tune the translator on the prepared streams, on a CPU, resumably.

Owns: packing, the schedule, the optimiser, checkpoints.
In: a GGUF model to start from, the folder of `prepare.py`. Out: `last.pt` (everything needed to resume)
and `average.safetensors` (running average of the weights, what is exported).
Never: filters, noise, evaluation by generation.

The schedule follows active time, not steps: other work on the machine changes the speed, and the learning
rate must still reach its end when time is up. While the pause file exists, training sleeps; that time
does not count.

With --bits, training sees the weights as a file of 4 and 5 bits would have them, and moves them to where rounding costs
least; the master weights stay whole. It can be given to a run that goes on.

Usage: finetune.py START.gguf DATA_DIR RUN_DIR --minutes 180 [--until 2026-01-31T20:15] [--lr 1e-4]
       [--bits 4 --embedding-bits 5] [--pause FILE] [--threads 1 --worker 0 --workers 2 --center FILE]
"""

import argparse
import fcntl
import json
import math
import random
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import torch
import torch.nn.functional as F
from gguf_model import Tokenizer, load_model
from safetensors.torch import save_file

ROW, ROWS = 256, 16  # tokens of a packed row, rows of a step: 4,096 tokens
TARGETS = 2048  # English positions of a step that are scored; a static shape keeps one compiled graph
POOL = 96  # examples from which rows are filled
WARMUP_STEPS = 40
LAST_RATE_SHARE = 0.04  # of the peak learning rate
AVERAGE_EVERY, AVERAGE_HORIZON = 8, 100  # steps
SHARE_EVERY, SHARE_FACTOR = 8, 0.75  # steps between exchanges of two workers, part of a movement that counts
LONGEST_STEP_SECONDS = 120  # more means that the process was stopped from outside: not active time
CHECKPOINT_SECONDS, LOG_STEPS, DEV_STEPS = 10 * 60, 10, 60
DEV_DOMAINS = ("wiki", "news", "general")


class Stream:
    """Endless, shuffled anew each round; its place is two numbers, so that a run can resume."""

    def __init__(self, path: Path, seed: int, worker: int, workers: int) -> None:
        lines = path.read_text(encoding="utf-8").splitlines()[worker::workers]
        self.pairs = [json.loads(line) for line in lines]
        self.seed, self.round, self.at = seed, 0, 0
        self.order: list[int] = []

    def next(self) -> list[str]:
        if self.at >= len(self.pairs):
            self.round, self.at, self.order = self.round + 1, 0, []
        if not self.order:
            self.order = list(range(len(self.pairs)))
            random.Random(self.seed + self.round).shuffle(self.order)
        self.at += 1
        return self.pairs[self.order[self.at - 1]]


class Packer:
    """Fills rows with whole examples. Attention is cut between examples and positions restart, so a row
    of five sentences trains like five rows, without padding."""

    def __init__(self, tokenizer: Tokenizer, draw: Callable[[], list[str]]) -> None:
        self.tokenizer, self.draw, self.pool = tokenizer, draw, []
        self.examples = 0

    def encode(self, pair: list[str]) -> tuple[list[int], int]:
        prompt = self.tokenizer.prompt(pair[0])
        return prompt + self.tokenizer.encode(pair[1]) + [self.tokenizer.eos], len(prompt)

    def row(self) -> list[tuple[list[int], int]]:
        free, chosen = ROW, []
        while True:
            while len(self.pool) < POOL:
                example = self.encode(self.draw())
                if len(example[0]) <= ROW:
                    self.pool.append(example)
            # The oldest first, then whatever fills the rest best.
            at = 0 if not chosen else max(
                (i for i, e in enumerate(self.pool) if len(e[0]) <= free),
                key=lambda i: len(self.pool[i][0]), default=-1,
            )  # fmt: skip
            if at < 0:
                return chosen
            chosen.append(self.pool.pop(at))
            free -= len(chosen[-1][0])
            self.examples += 1

    def batch(self) -> dict[str, torch.Tensor]:
        return collate([self.row() for _ in range(ROWS)])


def collate(rows: list[list[tuple[list[int], int]]]) -> dict[str, torch.Tensor]:
    ids = torch.zeros(ROWS, ROW, dtype=torch.long)
    positions = torch.zeros(ROWS, ROW, dtype=torch.long)
    segment = torch.full((ROWS, ROW), -1)
    labels = torch.full((ROWS, ROW), -100)
    for r, row in enumerate(rows):
        at = 0
        for n, (tokens, prompt) in enumerate(row):
            end = at + len(tokens)
            ids[r, at:end] = torch.tensor(tokens)
            positions[r, at:end] = torch.arange(len(tokens))
            segment[r, at:end] = n
            labels[r, at + prompt - 1 : end - 1] = torch.tensor(tokens[prompt:])
            at = end
    seen = (segment[:, :, None] == segment[:, None, :]) & torch.ones(ROW, ROW, dtype=torch.bool).tril()
    mask = torch.zeros(ROWS, 1, ROW, ROW, dtype=torch.bfloat16)
    mask.masked_fill_(~seen[:, None], torch.finfo(torch.bfloat16).min)
    scored = (labels.flatten() != -100).nonzero().flatten()[:TARGETS]
    where = torch.zeros(TARGETS, dtype=torch.long)
    target = torch.full((TARGETS,), -100)
    where[: len(scored)], target[: len(scored)] = scored, labels.flatten()[scored]
    return {"ids": ids, "positions": positions, "mask": mask, "where": where, "target": target}


class Center:
    """Weights that several single-threaded workers move together, each when it is ready.

    A worker adds a part of its own movement since its last visit and leaves with the sum. Nobody waits:
    on a machine with other work, two threads that meet at every operation would mostly wait for the one
    that lost its core.
    """

    def __init__(self, path: Path, master: list[torch.Tensor], first: bool) -> None:
        size = sum(p.numel() for p in master)
        while not (first or path.exists() and path.stat().st_size == 4 * size):
            time.sleep(1)
        if first:
            fresh = path.with_suffix(".tmp")
            torch.cat([p.flatten() for p in master]).numpy().tofile(fresh)
            fresh.replace(path)
        self.file = path.open("rb+")
        self.shared = torch.from_file(str(path), shared=True, size=size)
        self.views = [part.view_as(p) for part, p in zip(self.shared.split([p.numel() for p in master]), master)]
        self.left_with = [p.clone() for p in master]
        if not first:
            self.visit(master, 0.0)

    @torch.no_grad()
    def visit(self, master: list[torch.Tensor], factor: float = SHARE_FACTOR) -> None:
        fcntl.flock(self.file, fcntl.LOCK_EX)
        for center, mine, before in zip(self.views, master, self.left_with):
            center.add_(mine - before, alpha=factor)
            mine.copy_(center)
            before.copy_(center)
        fcntl.flock(self.file, fcntl.LOCK_UN)


def rounded(blocks: torch.Tensor, bits: int) -> torch.Tensor:
    """Rows of 32 weights as the formats Q4_0 and Q5_0 keep them: steps of the largest over half of the range."""
    half = 2 ** (bits - 1)
    top, low = blocks.amax(-1, keepdim=True), blocks.amin(-1, keepdim=True)
    step = torch.where(top > -low, top, low) / -half
    step = torch.where(step == 0, 1.0, step)
    return (torch.clamp(torch.floor(blocks / step + half + 0.5), 0, 2 * half - 1) - half) * step


class Trainer:
    """bfloat16 model for the arithmetic, f32 master weights for AdamW, a running f32 average."""

    def __init__(
        self, model: torch.nn.Module, master: dict[str, torch.Tensor], run: Path, lr: float, smoothing: float,
        bits: tuple[int, int] = (0, 0), decay: float = 0.0,
    ) -> None:  # fmt: skip
        """`master` names the parameters that are trained and gives their start in f32; `run` is the folder of this
        worker; `bits` are those of matrices and of the embedding, 0 for all they have."""
        self.run, self.lr, self.smoothing = run, lr, smoothing
        self.names = list(master)
        self.master = list(master.values())
        self.average = [p.clone() for p in self.master]
        self.model = model.bfloat16()
        self.model.config.use_cache = False
        parameters = dict(self.model.named_parameters())
        self.weights = [parameters[name] for name in self.names]
        matrices = [p for p in self.master if p.ndim > 1]
        plain = [p for p in self.master if p.ndim == 1]
        groups = [{"params": matrices, "weight_decay": decay}, {"params": plain, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.98), eps=1e-8, fused=True)
        self.body = torch.compile(self.model.model, dynamic=False)
        self.head = torch.compile(self.loss_of, dynamic=False)
        self.rounded = torch.compile(rounded, dynamic=True)
        of = lambda name, p: 0 if p.ndim < 2 else bits["embed_tokens" in name]  # noqa: E731
        self.bits = [of(name, p) for name, p in zip(self.names, self.master)]
        self.center: Center | None = None
        self.step, self.active, self.tokens, self.examples = 0, 0.0, 0, 0
        self.progress = 0.0  # of its time
        self.show(self.master)

    @torch.no_grad()
    def show(self, weights: list[torch.Tensor]) -> None:
        """Gives the network these weights, as few bits as are wanted."""
        for seen, weight, bits in zip(self.weights, weights, self.bits):
            seen.copy_(self.rounded(weight.view(-1, 32), bits).view_as(weight) if bits else weight)

    def loss_of(self, hidden: torch.Tensor, target: torch.Tensor, smoothing: float) -> torch.Tensor:
        logits = (hidden @ self.model.lm_head.weight.t()).float()
        return F.cross_entropy(logits, target, label_smoothing=smoothing)

    def hidden(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """What the head gets, `[targets, width]`."""
        masks = {"full_attention": batch["mask"], "sliding_attention": batch["mask"]}
        hidden = self.body(input_ids=batch["ids"], position_ids=batch["positions"], attention_mask=masks)
        return hidden.last_hidden_state.flatten(0, 1)[batch["where"]]

    def loss(self, batch: dict[str, torch.Tensor], smoothing: float) -> torch.Tensor:
        return self.head(self.hidden(batch), batch["target"], smoothing)

    def train_step(self, batch: dict[str, torch.Tensor]) -> float:
        loss = self.loss(batch, self.smoothing)
        loss.backward()
        cosine = 0.5 * (1 + math.cos(math.pi * self.progress))
        rate = self.lr * min(1, (self.step + 1) / WARMUP_STEPS) * max(LAST_RATE_SHARE, cosine)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        for weight, master in zip(self.weights, self.master):
            master.grad = torch.empty_like(master) if master.grad is None else master.grad
            master.grad.copy_(weight.grad)
            weight.grad = None
        torch.nn.utils.clip_grad_norm_(self.master, 1.0)
        self.optimizer.step()
        self.step += 1
        if self.center and self.step % SHARE_EVERY == 0:
            self.center.visit(self.master)
        self.show(self.master)
        with torch.no_grad():
            if self.step % AVERAGE_EVERY == 0:
                # A young average must not remember the start for long.
                horizon = min(AVERAGE_HORIZON, self.step / 3 + 1)
                torch._foreach_lerp_(self.average, self.master, min(1.0, AVERAGE_EVERY / horizon))
        self.tokens += int((batch["mask"].amax(dim=-1) == 0).sum())
        return loss.item()

    def dev_loss(self, batches: list[dict[str, torch.Tensor]]) -> float:
        """Nats per English token of the averaged weights on held-out sentences.

        Gradients stay switched on, though unused: switching them off would compile a second graph.
        """
        self.show(self.average)
        losses = [self.loss(batch, 0.0).item() for batch in batches]
        self.show(self.master)
        return sum(losses) / len(losses)

    def save(self, streams: dict[str, Stream]) -> None:
        """Checkpoint for `resume`; what is shipped is the caller's to write, from `self.average`."""
        state = {
            "master": self.master,
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "counts": (self.step, self.active, self.tokens, self.examples),
            "streams": {name: (s.round, s.at) for name, s in streams.items()},
        }
        torch.save(state, self.run / "last.tmp")
        (self.run / "last.tmp").replace(self.run / "last.pt")

    def resume(self, streams: dict[str, Stream]) -> None:
        state = torch.load(self.run / "last.pt", mmap=True)
        with torch.no_grad():
            torch._foreach_copy_(self.master, state["master"])
            torch._foreach_copy_(self.average, state["average"])
        self.show(self.master)
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.active, self.tokens, self.examples = state["counts"]
        for name, place in state["streams"].items():
            streams[name].round, streams[name].at = place


def fit(
    trainer: Trainer, packer: Packer, held: list[dict[str, torch.Tensor]], left: Callable[[], float], save: Callable[[], None]
) -> None:
    """Trains on the examples of `packer` until `left` says that no seconds are. Writes `log.tsv`."""
    log = (trainer.run / "log.tsv").open("a", encoding="utf-8")
    losses, saved = [], time.monotonic()

    def keep() -> None:
        trainer.examples, packer.examples = trainer.examples + packer.examples, 0
        save()

    while trainer.progress < 1:
        seconds = max(0, left())
        clock = time.monotonic()  # what `left` waited is not active time
        trainer.progress = 1 - seconds / max(1e-9, seconds + trainer.active)
        losses.append(trainer.train_step(packer.batch()))
        trainer.active += min(time.monotonic() - clock, LONGEST_STEP_SECONDS)
        if trainer.step % LOG_STEPS == 0:
            recent = losses[-50:]
            line = [trainer.step, trainer.tokens, trainer.examples + packer.examples, round(trainer.active)]
            line += [round(trainer.progress, 3), round(sum(recent) / len(recent), 4)]
            line += [round(trainer.dev_loss(held), 4)] if held and trainer.step % DEV_STEPS == 0 else []
            print(*line, sep="\t", file=log, flush=True)
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            keep()
            saved = time.monotonic()
    keep()
    print("done", trainer.step, "steps", trainer.tokens, "tokens", file=log, flush=True)


def dev_batches(
    path: Path, tokenizer: Tokenizer, count: int, known: Callable[[str], str] = str
) -> list[dict[str, torch.Tensor]]:
    """The same few packed rows of held-out prose every time; `known` says what is fed of the Arabic."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [[known(row[0]), row[1]] for row in rows if row[2] in DEV_DOMAINS]
    random.Random(1).shuffle(rows)
    source = iter(rows * 9)
    packer = Packer(tokenizer, lambda: next(source))
    return [packer.batch() for _ in range(count)]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("start")
    parser.add_argument("data", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--minutes", type=float, required=True, help="active training time")
    parser.add_argument("--until", type=datetime.fromisoformat, help="end earlier, at this time of the day")
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--bits", type=int, default=0, help="of matrices while training sees them; 0 is all")
    parser.add_argument("--embedding-bits", type=int, default=0)
    parser.add_argument("--label-smoothing", type=float, default=0.0)
    parser.add_argument(
        "--close-share", type=float, nargs=2, default=(0.35, 0.80), metavar=("FIRST", "LAST"),
        help="share of examples from the close stream, at the start and from the middle on",
    )
    parser.add_argument("--pause", type=Path, help="sleep while this file exists")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--worker", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--center", type=Path, help="file in shared memory, needed for several workers")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def save(trainer: Trainer, streams: dict[str, Stream]) -> None:
    average = {name: p.contiguous() for name, p in zip(trainer.names, trainer.average)}
    save_file(average, trainer.run / "average.tmp")
    (trainer.run / "average.tmp").replace(trainer.run / "average.safetensors")
    trainer.save(streams)


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.run = args.run / f"worker{args.worker}"
    args.run.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(args.start)
    streams = {
        name: Stream(args.data / f"{name}.jsonl", args.seed, args.worker, args.workers) for name in ("broad", "close")
    }
    bits = (args.bits, args.embedding_bits)
    model = load_model(args.start)
    master = {name: p.detach().clone() for name, p in model.named_parameters()}
    trainer = Trainer(model, master, args.run, args.lr, args.label_smoothing, bits, decay=0.01)
    if (args.run / "last.pt").exists():
        trainer.resume(streams)
    if args.workers > 1:
        trainer.center = Center(args.center, trainer.master, args.worker == 0 and not args.center.exists())
    rng = random.Random(args.seed + 1000 * args.worker + trainer.step)

    def draw() -> list[str]:
        first, last = args.close_share
        share = first + (last - first) * min(1, 2 * trainer.progress)
        return streams["close" if rng.random() < share else "broad"].next()

    def left() -> float:
        while args.pause and args.pause.exists():
            time.sleep(1)
        seconds = args.minutes * 60 - trainer.active
        return min(seconds, args.until.timestamp() - time.time()) if args.until else seconds

    held = dev_batches(args.data / "dev.tsv", tokenizer, 3) if args.worker == 0 else []
    fit(trainer, Packer(tokenizer, draw), held, left, lambda: save(trainer, streams))


if __name__ == "__main__":
    main()
