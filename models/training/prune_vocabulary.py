"""Stage 0: from Gemma 3 270M to its Arabic and English part, GGUF to GGUF.

Owns: which tokens stay. In: the base model's GGUF (any type numpy can dequantise) and the corpus folder.
Out: an F16 GGUF whose embedding table has `--tokens` rows; every other tensor is unchanged.
Never: training. The cut is lossless for text made of kept tokens: a kept token keeps all the pieces its
merges pass through, so kept text is cut exactly as before, and byte tokens catch the rest.

Usage: prune_vocabulary.py BASE.gguf CORPUS_DIR OUT.gguf [--tokens 60000]
"""

import argparse
import re
from collections import Counter
from pathlib import Path

import gguf
import numpy as np
from gguf.quants import dequantize
from gguf_model import Tokenizer
from requantise import FILE_TYPES, copy_metadata

SPECIALS = 4  # padding, end, begin, unknown
ARABIC = re.compile(r"▁?[\u0600-\u06ff]+")
LATIN_WORD = re.compile(r"▁?[A-Za-z]+")
BYTE = re.compile(r"<0x[0-9A-F]{2}>")


def merge_path(token: str, scores: dict[str, float]) -> set[str]:
    """The pieces through which best-score-first merging builds a token from its characters."""
    pieces, passed = list(token), set(token)
    while len(pieces) > 1:
        joined = [pieces[i] + pieces[i + 1] for i in range(len(pieces) - 1)]
        best = max(range(len(joined)), key=lambda i: (scores.get(joined[i], -np.inf), -i))
        if joined[best] not in scores:
            break
        pieces[best : best + 2] = [joined[best]]
        passed.add(joined[best])
    return passed


def kept_tokens(tokens: list[str], scores: list[float], counts: Counter, newline: list[int], size: int) -> list[int]:
    """Ids in the old order: specials, bytes, characters, all Arabic, what the corpus uses, early words."""
    ids = {token: i for i, token in enumerate(tokens)}
    score_of = dict(zip(tokens, scores))
    keep = set(range(SPECIALS)) | set(newline) | {i for i, t in enumerate(tokens) if BYTE.fullmatch(t)}
    for i, token in enumerate(tokens):
        bare = token.replace("▁", "")
        keep |= {i} if len(bare) <= 1 and all(ord(c) < 0x700 or 0x2000 <= ord(c) < 0x2070 for c in bare) else set()

    def add(i: int) -> None:
        keep.update(ids[piece] for piece in merge_path(tokens[i], score_of) | {tokens[i]} if piece in ids)

    for i, token in enumerate(tokens):
        if ARABIC.fullmatch(token):
            add(i)
    for i, count in counts.most_common():
        if count >= 2:
            add(i)
    for i, token in enumerate(tokens):
        if len(keep) >= size:
            break
        if LATIN_WORD.fullmatch(token):
            add(i)
    return sorted(keep)


def corpus_counts(folder: Path, tokenizer: Tokenizer) -> Counter:
    counts: Counter = Counter()
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            for side in line.split("\t")[:2]:
                counts.update(tokenizer.encode(side))
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out")
    parser.add_argument("--tokens", type=int, default=60_000)
    args = parser.parse_args()
    reader, tokenizer = gguf.GGUFReader(args.base), Tokenizer(args.base)
    fields = {key: reader.fields[f"tokenizer.ggml.{key}"].contents() for key in ("tokens", "scores", "token_type")}
    counts = corpus_counts(args.corpus, tokenizer)
    keep = kept_tokens(fields["tokens"], fields["scores"], counts, tokenizer.newline, args.tokens)
    covered = sum(counts[i] for i in keep) / sum(counts.values())
    print(f"{len(keep)} of {len(fields['tokens'])} tokens, {covered:.4%} of the corpus tokens")

    writer = gguf.GGUFWriter(args.out, reader.fields["general.architecture"].contents())
    new = {f"tokenizer.ggml.{key}": [values[i] for i in keep] for key, values in fields.items()}
    place = {old: at for at, old in enumerate(keep)}
    for name in ("bos", "eos", "unknown", "padding"):
        key = f"tokenizer.ggml.{name}_token_id"
        new[key] = place[reader.fields[key].contents()]
    new |= {"tokenizer.ggml.add_bos_token": True, "tokenizer.ggml.add_eos_token": False}
    new["tokenizer.ggml.add_space_prefix"] = False
    copy_metadata(reader, writer, FILE_TYPES["f16"], new)
    for tensor in reader.tensors:
        weights = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        if tensor.name == "token_embd.weight":
            weights = weights[keep]
        writer.add_tensor(tensor.name, weights if weights.ndim == 1 else weights.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
