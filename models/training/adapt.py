"""Stage 2b: an adapter of low rank for a finished translator, on a CPU, resumably.

Owns: the adapter and its GGUF file; `finetune.py` has the training. In: the GGUF file it is for, the folder of `prepare.py`, lists for
`drills.py`. Out: `adapter.gguf`, in the form of llama.cpp (`blk.N.attn_q.weight.lora_a` `[rank, in]`, `.lora_b` `[out, rank]`,
`adapter.lora.alpha`), which the engine and llama.cpp read.
Never: the weights of the translator: they stay as the file has them, rounded, so that the adapter mends the rounding, too.

Source: Hu et al. 2021, "LoRA". The schedule follows active time, as in `finetune.py`.

With `--lexicon` it learns to translate with the glosses of `glosses.py` behind the Arabic; one sentence of ten has none.

Usage: adapt.py BASE.gguf DATA_DIR RUN_DIR --names names.tsv --words words.tsv --minutes 60
       [--start ADAPTER.gguf] [--lexicon lexicon.tsv] [--rank 32] [--lr 6e-4]
"""

import argparse
import random
from collections.abc import Callable
from pathlib import Path

import finetune
import gguf
import numpy as np
import torch
import torch.nn.functional as F
from drills import Drills
from finetune import Packer, Stream, Trainer, dev_batches, fit
from glosses import Glosses, prompt
from gguf.quants import dequantize
from gguf_model import Tokenizer, gguf_name, load_model
from templates import template_pairs

# Shares of examples; those of the written pairs count where there are some.
SHARES = {"written": 0.65, "close": 0.13, "broad": 0.05, "names": 0.07, "people": 0.06, "words": 0.04}
# With glosses, which double what stands before the English, rows are as much longer, and fewer of their tokens are scored.
GLOSSED_ROW, GLOSSED_ROWS, GLOSSED_TARGETS = 512, 8, 1408


class Adapted(torch.nn.Module):
    """A matrix `[out, in]` that stays, and the product of two thin ones that is learnt."""

    def __init__(self, inner: torch.nn.Linear, a: torch.Tensor, b: torch.Tensor) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(inner.weight.detach(), requires_grad=False)
        self.lora_a, self.lora_b = torch.nn.Parameter(a), torch.nn.Parameter(b)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.weight) + F.linear(F.linear(x, self.lora_a), self.lora_b)


def adapt(model: torch.nn.Module, rank: int, start: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Replaces the matrices of all layers; gives the names of the thin ones and where they begin: at those of `start`, named
    as in GGUF files, or at a product of zero if it is empty. No other parameter of `model` may be trained."""
    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Linear) and "layers" in name:
            outs, ins = module.weight.shape
            tensor = gguf_name(name + ".weight")
            a = start[f"{tensor}.lora_a"] if start else torch.randn(rank, ins) / ins**0.5
            b = start[f"{tensor}.lora_b"] if start else torch.zeros(outs, rank)
            if a.shape != (rank, ins) or b.shape != (outs, rank):
                raise ValueError(f"{tensor}: the adapter to go on from is of another rank or for another model")
            parent, last = name.rsplit(".", 1)
            setattr(model.get_submodule(parent), last, Adapted(module, a, b))
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}


def read(path: Path) -> dict[str, torch.Tensor]:
    """Tensors of an adapter's GGUF file, whatever they are rounded to; its strength goes into `lora_b`."""
    reader = gguf.GGUFReader(path)
    alpha = reader.fields["adapter.lora.alpha"].contents()
    values = {t.name: torch.from_numpy(dequantize(t.data, t.tensor_type).astype(np.float32)) for t in reader.tensors}
    for name in [name for name in values if name.endswith(".lora_b")]:
        values[name] *= alpha / values[name].shape[1]
    return values


def write(path: Path, values: dict[str, torch.Tensor], rank: int) -> None:
    writer = gguf.GGUFWriter(path, "gemma3")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(rank))
    for name, value in values.items():
        inside, part = name.rsplit(".", 1)
        tensor = np.ascontiguousarray(value.numpy().astype(np.float16))
        writer.add_tensor(f"{gguf_name(inside + '.weight')}.{part}", tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def drawer(shares: dict[str, float], streams: dict[str, Stream], drills: Drills, rng: random.Random) -> Callable[[], list[str]]:
    """Gives example after example, of each kind its share."""

    def draw() -> list[str]:
        kind = rng.choices(list(shares), list(shares.values()))[0]
        if kind in streams:
            return streams[kind].next()
        if kind == "people":
            return template_pairs(1, rng, drills.person)[0]
        return drills.names_row(rng) if kind == "names" else drills.words_row(rng)

    return draw


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument("data", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--words", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="active training time")
    parser.add_argument("--start", type=Path, help="an adapter to go on from, of the same rank")
    parser.add_argument("--lexicon", type=Path, help="give the glosses of this lexicon behind the Arabic")
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--lr", type=float, default=6e-4)
    parser.add_argument("--label-smoothing", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(args.seed)
    args.run.mkdir(parents=True, exist_ok=True)
    if args.lexicon:
        finetune.ROW, finetune.ROWS, finetune.TARGETS = GLOSSED_ROW, GLOSSED_ROWS, GLOSSED_TARGETS
    tokenizer = Tokenizer(args.base)
    model = load_model(args.base)
    model.requires_grad_(False)
    master = adapt(model, args.rank, read(args.start) if args.start else {})
    trainer = Trainer(model, master, args.run, args.lr, args.label_smoothing)
    files = {name: args.data / f"{name}.jsonl" for name in ("written", "close", "broad")}
    streams = {name: Stream(file, args.seed, 0, 1) for name, file in files.items() if file.exists()}
    shares = {kind: share for kind, share in SHARES.items() if kind in streams or kind not in files}
    if (args.run / "last.pt").exists():
        trainer.resume(streams)
    rng = random.Random(args.seed + trainer.step)
    draw = drawer(shares, streams, Drills(args.names, args.words), rng)
    glosses = Glosses(args.lexicon) if args.lexicon else None

    def example() -> list[str]:
        arabic, english = draw()
        return [prompt(arabic, glosses.varied(arabic, rng)) if glosses else arabic, english]

    def save() -> None:
        trainer.save(streams)
        write(args.run / "adapter.gguf", dict(zip(trainer.names, trainer.average)), args.rank)

    known = (lambda arabic: prompt(arabic, glosses.line(arabic))) if glosses else str
    held = dev_batches(args.data / "dev.tsv", tokenizer, 2, known)
    fit(trainer, Packer(tokenizer, example), held, lambda: args.minutes * 60 - trainer.active, save)


if __name__ == "__main__":
    main()
