"""The weights of a COMET checkpoint as safetensors -> MODEL/model.safetensors

MODEL is a folder as downloaded from the hub (Unbabel/wmt22-comet-da): `hparams.yaml` and `checkpoints/model.ckpt`. The
checkpoint is a pickle, which can run code when it is read; isnad reads none. Here torch reads it with `weights_only`,
which runs nothing. Tensors keep their names and become float32; buffers that the network can do without are left out.

Beside `model.safetensors` isnad needs of the encoder (FacebookAI/xlm-roberta-large) `tokenizer.json` or
`sentencepiece.bpe.model`, and `config.json` if it is neither xlm-roberta-base nor -large. With --encoder they are copied.

Needs: pip install torch safetensors
Usage: python models/training/convert_comet.py MODEL [--encoder FOLDER]
"""

import argparse
import hashlib
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

LEFT_OUT = ("position_ids", "token_type_ids", "dropout_mask", "dropout_fill")
OF_ENCODER = ("tokenizer.json", "sentencepiece.bpe.model", "config.json")


def convert(model):
    checkpoint = torch.load(model / "checkpoints/model.ckpt", map_location="cpu", weights_only=True)
    tensors = {name: tensor.float().contiguous().clone() for name, tensor in checkpoint["state_dict"].items()
               if name.rsplit(".", 1)[-1] not in LEFT_OUT}
    target = model / "model.safetensors"
    save_file(tensors, target)
    return target, len(tensors)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--encoder", type=Path)
    options = parser.parse_args()
    target, tensors = convert(options.model)
    for name in OF_ENCODER if options.encoder else ():
        if (options.encoder / name).is_file():
            shutil.copyfile(options.encoder / name, options.model / name)
    with target.open("rb") as file:
        print(target, tensors, "tensors,", target.stat().st_size, "bytes, sha256", hashlib.file_digest(file, "sha256").hexdigest())


if __name__ == "__main__":
    main()
