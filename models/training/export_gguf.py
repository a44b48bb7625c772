"""Stage 3: trained weights back into GGUF, F16 or Q8_0, with the metadata and tokenizer of the start model.

Owns: averaging of several weight files, the order and types of tensors.
In: the GGUF the training started from and one or more weight files. Out: a GGUF file the engine reads.
Never: training; mixed formats (`requantise.py` makes them from the F16 file).

Runs that began at the same weights may be averaged, the start among them: the mean translates better than any of them
(Wortsman et al. 2022, "Model soups"). FILE=SHARE gives a file another share than 1.

Usage: export_gguf.py START.gguf OUT.gguf WEIGHTS [WEIGHTS=SHARE ...] [--format q8_0]; WEIGHTS are .safetensors or .gguf
"""

import argparse

import gguf
import numpy as np
import torch
from gguf.quants import dequantize, quantize
from gguf_model import gguf_name
from requantise import FILE_TYPES, FORMATS, copy_metadata
from safetensors.torch import load_file


def weights_of(file: str) -> dict[str, torch.Tensor]:
    """Under the names of GGUF tensors, norms as GGUF keeps them: 1 + w."""
    if file.endswith(".gguf"):
        tensors = gguf.GGUFReader(file).tensors
        return {t.name: torch.from_numpy(dequantize(t.data, t.tensor_type).astype(np.float32)) for t in tensors}
    named = {gguf_name(name): weights.float() for name, weights in load_file(file).items()}
    return {name: weights + 1 if weights.ndim == 1 else weights for name, weights in named.items()}


def mean_weights(files: list[str]) -> dict[str, torch.Tensor]:
    """Element-wise mean of the files by their shares, in f32."""
    shares = [(file, float(share or 1)) for file, _, share in (item.partition("=") for item in files)]
    total: dict[str, torch.Tensor] = {}
    for file, share in shares:
        for name, weights in weights_of(file).items():
            total[name] = total.get(name, 0) + weights * (share / sum(share for _, share in shares))
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("start")
    parser.add_argument("out")
    parser.add_argument("weights", nargs="+")
    parser.add_argument("--format", choices=("f16", "q8_0"), default="f16")
    args = parser.parse_args()
    trained = mean_weights(args.weights)
    reader = gguf.GGUFReader(args.start)
    writer = gguf.GGUFWriter(args.out, reader.fields["general.architecture"].contents())
    copy_metadata(reader, writer, FILE_TYPES[args.format])
    for tensor in reader.tensors:  # the order of the start model
        weights = np.ascontiguousarray(trained.pop(tensor.name).numpy(), np.float32)
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
