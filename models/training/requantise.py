"""Stage 4: re-quantise a GGUF model with one block format per class of tensors.

Owns: the choice of format per tensor class and the rounding of Q4_0, Q5_0 and Q5_1 blocks.
In: a GGUF file whose matrices are F32, F16 or Q8_0, or several of the same shape, of which the mean is taken. Out: a GGUF file with the same metadata and
tensor names; norms stay F32.
Never: training, tokenizers. Rows here are 640 values wide, no multiple of 256, so K-quants (blocks of
256) do not apply; all formats below use blocks of 32.

Usage: requantise.py IN.gguf OUT.gguf --embedding q8_0 --attention q5_0 --feed-forward q5_0
       [--down q8_0] [--keep-layers 0,17:q8_0]
       requantise.py ADAPTER.gguf [OF_ANOTHER_RUN.gguf ...] OUT.gguf --adapter-scale 0.9
"""

import argparse
import sys

import gguf
import numpy as np
from gguf.quants import dequantize, quantize

BLOCK = 32  # values per block in every format used here
CHUNK_BLOCKS = 65_536  # blocks rounded at once: keeps the candidate search below about 100 MB
FORMATS = {
    "f16": gguf.GGMLQuantizationType.F16,
    "q8_0": gguf.GGMLQuantizationType.Q8_0,
    "q5_1": gguf.GGMLQuantizationType.Q5_1,
    "q5_0": gguf.GGMLQuantizationType.Q5_0,
    "q4_0": gguf.GGMLQuantizationType.Q4_0,
}
FILE_TYPES = {
    "f16": gguf.LlamaFileType.MOSTLY_F16,
    "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0,
    "q5_1": gguf.LlamaFileType.MOSTLY_Q5_1,
    "q5_0": gguf.LlamaFileType.MOSTLY_Q5_0,
    "q4_0": gguf.LlamaFileType.MOSTLY_Q4_0,
}


def best_symmetric(blocks: np.ndarray, half: int) -> tuple[np.ndarray, np.ndarray]:
    """Scale and integers (-half ..= half - 1) of each block with the least squared error.

    The usual rounding maps the value of largest magnitude to -half. Here scales around that one are
    tried with both signs; for each set of integers the scale is then the least-squares one,
    sum(x q) / sum(q q), rounded to f16 as it will be stored.
    """
    peak = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], axis=1)[:, 0]
    best_scale = np.zeros(len(blocks), np.float32)
    best_ints = np.zeros(blocks.shape, np.int8)
    best_error = np.full(len(blocks), np.inf, np.float32)
    for factor in [*np.linspace(0.80, 1.15, 15), *-np.linspace(0.90, 1.15, 8)]:
        scale = (peak / -half * factor).astype(np.float32)
        for _ in range(2):  # round, refit the scale, round again
            inverse = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale != 0)
            ints = np.clip(np.rint(blocks * inverse[:, None]), -half, half - 1)
            norm = (ints * ints).sum(axis=1)
            fitted = np.divide((blocks * ints).sum(axis=1), norm, out=np.zeros_like(scale), where=norm != 0)
            scale = fitted.astype(np.float16).astype(np.float32)
        error = ((blocks - scale[:, None] * ints) ** 2).sum(axis=1)
        better = error < best_error
        best_error[better] = error[better]
        best_scale[better] = scale[better]
        best_ints[better] = ints[better].astype(np.int8)
    return best_scale, best_ints


def pack_nibbles(levels: np.ndarray) -> np.ndarray:
    """Values 0 ..= 15 of a block to 16 bytes: the first half in the low, the second in the high bits."""
    return (levels[:, : BLOCK // 2] & 15) | ((levels[:, BLOCK // 2 :] & 15) << 4)


def pack_fifth_bits(levels: np.ndarray) -> np.ndarray:
    """The fifth bit of each of 32 values, value 0 in the lowest bit, to 4 bytes."""
    return np.packbits(levels >> 4, axis=1, bitorder="little")


def searched(blocks: np.ndarray, kind: str) -> np.ndarray:
    """Bytes of Q4_0 or Q5_0 blocks: f16 scale, then (Q5_0) the fifth bits, then the nibbles."""
    half = 8 if kind == "q4_0" else 16
    scale, ints = best_symmetric(blocks, half)
    levels = (ints.astype(np.int16) + half).astype(np.uint8)
    parts = [scale.astype(np.float16)[:, None].view(np.uint8)]
    if kind == "q5_0":
        parts.append(pack_fifth_bits(levels))
    parts.append(pack_nibbles(levels))
    return np.concatenate(parts, axis=1)


def encode(weights: np.ndarray, kind: str) -> np.ndarray:
    """Quantised bytes of a matrix, one row of bytes per row of weights."""
    if kind in ("q4_0", "q5_0"):
        blocks = weights.reshape(-1, BLOCK)
        parts = [searched(blocks[i : i + CHUNK_BLOCKS], kind) for i in range(0, len(blocks), CHUNK_BLOCKS)]
        return np.concatenate(parts).reshape(weights.shape[0], -1)
    return quantize(weights, FORMATS[kind])


def tensor_class(name: str) -> str:
    """Which option decides the format of this tensor."""
    if name.startswith("token_embd"):
        return "embedding"
    return "attention" if "attn" in name else "down" if "ffn_down" in name else "feed_forward"


def copy_metadata(reader: gguf.GGUFReader, writer: gguf.GGUFWriter, file_type: int, new: dict | None = None) -> None:
    """All keys but those the writer makes itself and the file type; `new` holds values that change."""
    new = new or {}
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
            continue
        if field.name == "general.quantization_version":
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        value = new.get(field.name, field.contents())
        writer.add_key_value(field.name, value, kind, sub_type=inner)
    writer.add_file_type(file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input", nargs="+")
    parser.add_argument("output")
    for option in ("--embedding", "--attention", "--feed-forward"):
        parser.add_argument(option, choices=FORMATS, default="q8_0")
    parser.add_argument("--down", choices=FORMATS, help="ffn_down only; default: as --feed-forward")
    parser.add_argument("--keep-layers", default="", help="layers with a format of their own, e.g. 0,17:q8_0")
    parser.add_argument("--adapter-scale", type=float, help="share of its strength that an adapter keeps")
    args = parser.parse_args()
    args.down = args.down or args.feed_forward
    return args


def main() -> None:
    args = arguments()
    layers, _, layer_format = args.keep_layers.partition(":")
    kept = {f"blk.{n}." for n in layers.split(",") if n}
    reader, *others = (gguf.GGUFReader(path) for path in args.input)
    strengths = {field.contents() for r in (reader, *others) if (field := r.fields.get("adapter.lora.alpha"))}
    others = [{tensor.name: tensor for tensor in other.tensors} for other in others]
    if len(strengths) > 1 or any(other.keys() != {tensor.name for tensor in reader.tensors} for other in others):
        raise ValueError("only files with the same tensors, and adapters of the same strength, have a mean")
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(args.output, architecture)
    alpha, new = "adapter.lora.alpha", {}
    if args.adapter_scale is not None:
        new[alpha] = reader.fields[alpha].contents() * args.adapter_scale
    copy_metadata(reader, writer, FILE_TYPES[args.feed_forward], new)
    total = 0
    for tensor in reader.tensors:
        same = [tensor, *(other[tensor.name] for other in others)]
        weights = np.mean([dequantize(t.data, t.tensor_type).astype(np.float32) for t in same], axis=0)
        if weights.ndim == 1:  # norms
            writer.add_tensor(tensor.name, weights)
            total += weights.nbytes
            continue
        kind = getattr(args, tensor_class(tensor.name))
        if any(tensor.name.startswith(prefix) for prefix in kept):
            kind = layer_format
        if weights.shape[1] % BLOCK:  # the wide half of an adapter of low rank
            kind = "f16"
        data = encode(weights, kind)
        back = dequantize(data, FORMATS[kind]).astype(np.float32)
        error = float(np.sqrt(((back - weights) ** 2).mean() / (weights**2).mean()))
        print(f"{tensor.name:32} {kind:5} relative error {error:.4f}", file=sys.stderr)
        writer.add_tensor(tensor.name, data, raw_dtype=FORMATS[kind])
        total += data.nbytes
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(f"{args.output}: {total:,} bytes of tensors")


if __name__ == "__main__":
    main()
