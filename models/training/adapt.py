"""Stage 2b: an adapter of low rank for a finished translator, on a CPU, resumably.

Owns: the adapter, its optimiser, checkpoints, its GGUF file. In: the GGUF file it is for, the folder of `prepare.py`, lists for
`drills.py`. Out: `adapter.gguf`, in the form of llama.cpp (`blk.N.attn_q.weight.lora_a` `[rank, in]`, `.lora_b` `[out, rank]`,
`adapter.lora.alpha`), which the engine and llama.cpp read.
Never: the weights of the translator: they stay as the file has them, rounded, so that the adapter mends the rounding, too.

Source: Hu et al. 2021, "LoRA". The schedule follows active time, as in `finetune.py`.

Usage: adapt.py BASE.gguf DATA_DIR RUN_DIR --names names.tsv --words words.tsv --minutes 60 [--rank 32] [--lr 6e-4]
"""

import argparse
import math
import random
import time
from pathlib import Path

import gguf
import numpy as np
import templates
import torch
import torch.nn.functional as F
from drills import Drills
from finetune import (
    AVERAGE_EVERY, AVERAGE_HORIZON, DEV_STEPS, LAST_RATE_SHARE, LOG_STEPS, LONGEST_STEP_SECONDS, WARMUP_STEPS, Packer, Stream,
    dev_batches,
)  # fmt: skip
from gguf_model import Tokenizer, gguf_name, load_model

# Shares of examples; those of the written pairs count where there are some.
SHARES = {"written": 0.40, "close": 0.28, "broad": 0.08, "names": 0.08, "people": 0.06, "words": 0.10}
CHECKPOINT_SECONDS = 10 * 60


class Adapted(torch.nn.Module):
    """A matrix `[out, in]` that stays, and the product of two thin ones that is learnt."""

    def __init__(self, inner: torch.nn.Linear, rank: int) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(inner.weight.detach().bfloat16(), requires_grad=False)
        outs, ins = self.weight.shape
        self.a = torch.nn.Parameter((torch.randn(rank, ins) / math.sqrt(ins)).bfloat16())
        self.b = torch.nn.Parameter(torch.zeros(outs, rank).bfloat16())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.weight) + F.linear(F.linear(x, self.a), self.b)


def adapt(model: torch.nn.Module, rank: int) -> dict[str, Adapted]:
    """Replaces the matrices of all layers; gives the new ones under the names of GGUF tensors."""
    adapted = {}
    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Linear) and "layers" in name:
            parent = model.get_submodule(name.rsplit(".", 1)[0])
            new = Adapted(module, rank)
            setattr(parent, name.rsplit(".", 1)[1], new)
            adapted[gguf_name(name + ".weight")] = new
    return adapted


def write(path: Path, adapted: dict[str, list[torch.Tensor]], rank: int) -> None:
    writer = gguf.GGUFWriter(path, "gemma3")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(rank))
    for name, (a, b) in adapted.items():
        for part, values in (("lora_a", a), ("lora_b", b)):
            writer.add_tensor(f"{name}.{part}", np.ascontiguousarray(values.float().numpy().astype(np.float16)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument("data", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--words", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="active training time")
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--lr", type=float, default=6e-4)
    parser.add_argument("--label-smoothing", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(args.seed)
    args.run.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(args.base)
    model = load_model(args.base).bfloat16()
    model.config.use_cache = False
    model.requires_grad_(False)
    adapted = adapt(model, args.rank)
    thin = [p for part in adapted.values() for p in (part.a, part.b)]
    master = [p.detach().float().clone() for p in thin]
    average = [p.clone() for p in master]
    optimizer = torch.optim.AdamW(master, lr=args.lr, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    body = torch.compile(model.model, dynamic=False)

    def loss_of(hidden: torch.Tensor, target: torch.Tensor, smoothing: float) -> torch.Tensor:
        logits = (hidden @ model.lm_head.weight.t()).float()
        return F.cross_entropy(logits, target, label_smoothing=smoothing)

    head = torch.compile(loss_of, dynamic=False)

    def loss(batch: dict[str, torch.Tensor], smoothing: float) -> torch.Tensor:
        masks = {"full_attention": batch["mask"], "sliding_attention": batch["mask"]}
        hidden = body(input_ids=batch["ids"], position_ids=batch["positions"], attention_mask=masks)
        return head(hidden.last_hidden_state.flatten(0, 1)[batch["where"]], batch["target"], smoothing)

    @torch.no_grad()
    def show(values: list[torch.Tensor]) -> None:
        torch._foreach_copy_(thin, values)

    files = {name: args.data / f"{name}.jsonl" for name in ("written", "close", "broad")}
    streams = {name: Stream(file, args.seed, 0, 1) for name, file in files.items() if file.exists()}
    shares = {kind: share for kind, share in SHARES.items() if kind in streams or kind not in files}
    step, active, tokens = 0, 0.0, 0
    state_file = args.run / "last.pt"
    if state_file.exists():
        state = torch.load(state_file)
        torch._foreach_copy_(master, state["master"])
        torch._foreach_copy_(average, state["average"])
        show(master)
        optimizer.load_state_dict(state["optimizer"])
        step, active, tokens = state["counts"]
        for name, place in state["streams"].items():
            streams[name].round, streams[name].at = place
    rng = random.Random(args.seed + step)
    drills = Drills(args.names, args.words)
    people = [entry for entry in drills.names if len(entry[0].split()) in (2, 3)]

    def person(rng: random.Random):
        """A person of the list, and the family name."""
        arabic, english = rng.choice(people)
        last = arabic.split()[-1], english.split()[-1]
        return (arabic, english), last

    few = templates.person
    templates.person = lambda rng: person(rng) if rng.random() < 0.8 else few(rng)

    def draw() -> list[str]:
        kind = rng.choices(list(shares), list(shares.values()))[0]
        if kind in streams:
            return streams[kind].next()
        if kind == "people":
            return templates.template_pairs(1, rng)[0]
        return drills.names_row(rng) if kind == "names" else drills.words_row(rng)

    def save() -> None:
        state = {"master": master, "average": average, "optimizer": optimizer.state_dict(), "counts": (step, active, tokens),
                 "streams": {name: (s.round, s.at) for name, s in streams.items()}}  # fmt: skip
        torch.save(state, args.run / "last.tmp")
        (args.run / "last.tmp").replace(state_file)
        of = iter(average)
        write(args.run / "adapter.gguf", {name: [next(of), next(of)] for name in adapted}, args.rank)

    packer, held = Packer(tokenizer, draw), dev_batches(args.data / "dev.tsv", tokenizer, 2)
    log = (args.run / "log.tsv").open("a", encoding="utf-8")
    losses, saved, clock, progress = [], time.monotonic(), time.monotonic(), 0.0
    while progress < 1:
        progress = min(1.0, active / (args.minutes * 60))
        batch = packer.batch()
        value = loss(batch, args.label_smoothing)
        value.backward()
        rate = args.lr * min(1, (step + 1) / WARMUP_STEPS) * max(LAST_RATE_SHARE, 0.5 * (1 + math.cos(math.pi * progress)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        for weight, kept in zip(thin, master):
            kept.grad = weight.grad.float()
            weight.grad = None
        torch.nn.utils.clip_grad_norm_(master, 1.0)
        optimizer.step()
        step += 1
        show(master)
        if step % AVERAGE_EVERY == 0:
            horizon = min(AVERAGE_HORIZON, step / 3 + 1)
            with torch.no_grad():
                torch._foreach_lerp_(average, master, min(1.0, AVERAGE_EVERY / horizon))
        tokens += int((batch["mask"].amax(dim=-1) == 0).sum())
        losses.append(value.item())
        active += min(time.monotonic() - clock, LONGEST_STEP_SECONDS)
        clock = time.monotonic()
        if step % LOG_STEPS == 0:
            line = [step, tokens, round(active), round(progress, 3), round(sum(losses[-50:]) / len(losses[-50:]), 4)]
            if step % DEV_STEPS == 0:
                show(average)
                line += [round(sum(loss(b, 0.0).item() for b in held) / len(held), 4)]
                show(master)
            print(*line, sep="\t", file=log, flush=True)
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            save()
            saved = time.monotonic()
    save()


if __name__ == "__main__":
    main()
