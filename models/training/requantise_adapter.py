"""Stage 8: an adapter in Q8_0, at a share of its strength.

Owns: nothing else. In: `adapter.gguf` of `adapt.py`. Out: the same tensors in blocks of 8 bits; `--scale` goes into
`adapter.lora.alpha`, the strength that translates best being less than that of training (as with means of weights, see `export_gguf.py`).

Usage: requantise_adapter.py IN.gguf OUT.gguf [--scale 1.0]
"""

import argparse

import gguf
from gguf.quants import dequantize, quantize


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("adapter")
    parser.add_argument("out")
    parser.add_argument("--scale", type=float, default=1.0)
    args = parser.parse_args()
    reader = gguf.GGUFReader(args.adapter)
    value = lambda key: reader.fields[key].contents()  # noqa: E731
    writer = gguf.GGUFWriter(args.out, value("general.architecture"))
    writer.add_type(value("general.type"))
    writer.add_string("adapter.type", value("adapter.type"))
    writer.add_float32("adapter.lora.alpha", value("adapter.lora.alpha") * args.scale)
    kind = gguf.GGMLQuantizationType.Q8_0
    for tensor in reader.tensors:
        weights = dequantize(tensor.data, tensor.tensor_type)
        writer.add_tensor(tensor.name, quantize(weights, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
