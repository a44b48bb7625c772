"""Stage 3: trained weights back into GGUF, F16 or Q8_0, with the metadata and tokenizer of the start model.

Owns: averaging of several weight files, the order and types of tensors.
In: the GGUF the training started from and one or more safetensors files. Out: a GGUF file the engine reads.
Never: training; mixed formats (`requantise.py` makes them from the F16 file).

Usage: export_gguf.py START.gguf OUT.gguf WEIGHTS.safetensors [MORE.safetensors ...] [--format q8_0]
       [--start-share 0.0]
"""

import argparse

import gguf
import numpy as np
import torch
from gguf.quants import dequantize, quantize
from gguf_model import gguf_name
from requantise import FILE_TYPES, FORMATS, copy_metadata
from safetensors.torch import load_file


def mean_weights(files: list[str]) -> dict[str, torch.Tensor]:
    """Element-wise mean of the files, in f32, under the names of GGUF tensors."""
    total: dict[str, torch.Tensor] = {}
    for file in files:
        for name, weights in load_file(file).items():
            key = gguf_name(name)
            total[key] = total.get(key, 0) + weights.float() / len(files)
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("start")
    parser.add_argument("out")
    parser.add_argument("weights", nargs="+")
    parser.add_argument("--format", choices=("f16", "q8_0"), default="f16")
    parser.add_argument("--start-share", type=float, default=0.0, help="mix in this much of the start model")
    args = parser.parse_args()
    trained = mean_weights(args.weights)
    reader = gguf.GGUFReader(args.start)
    writer = gguf.GGUFWriter(args.out, reader.fields["general.architecture"].contents())
    copy_metadata(reader, writer, FILE_TYPES[args.format])
    for tensor in reader.tensors:  # the order of the start model
        weights = trained.pop(tensor.name).numpy()
        if weights.ndim == 1:  # norms: GGUF keeps 1 + w
            weights = weights + 1
        if args.start_share:
            start = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
            weights = (1 - args.start_share) * weights + args.start_share * start
        weights = np.ascontiguousarray(weights, np.float32)
        if weights.ndim == 1:
            writer.add_tensor(tensor.name, weights)
        else:
            kind = FORMATS[args.format]
            writer.add_tensor(tensor.name, quantize(weights, kind), raw_dtype=kind)
    if trained:
        raise ValueError(f"weights the start model has no tensor for: {sorted(trained)}")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(args.out)


if __name__ == "__main__":
    main()
