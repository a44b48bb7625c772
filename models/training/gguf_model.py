"""The translator's GGUF file and its PyTorch model, in both directions.

Owns: tensor names, the shape read from GGUF metadata, the tokenizer stored in the file.
In: a GGUF file of the gemma3 family. Out: a `Gemma3ForCausalLM` and a tokenizer that cuts text exactly as
the engine does, because both read the same file.
Never: data, training, quantisation.
"""

import gguf
import numpy as np
import torch
from gguf.quants import dequantize
from sentencepiece import SentencePieceProcessor
from sentencepiece.sentencepiece_model_pb2 import ModelProto
from transformers import Gemma3ForCausalLM, Gemma3TextConfig

LAYER_NAMES = {  # PyTorch name inside a layer -> GGUF name inside a block
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def gguf_name(parameter: str) -> str:
    """`model.layers.3.mlp.up_proj.weight` -> `blk.3.ffn_up.weight`."""
    name = parameter.removeprefix("model.").removesuffix(".weight")
    if name == "embed_tokens":
        return "token_embd.weight"
    if name == "norm":
        return "output_norm.weight"
    _, layer, rest = name.split(".", 2)
    return f"blk.{layer}.{LAYER_NAMES[rest]}.weight"


def config_of(reader: gguf.GGUFReader) -> Gemma3TextConfig:
    """Shape of the model. Every sixth layer attends globally, as in all Gemma 3 models."""

    def value(key: str):
        return reader.fields[key].contents()

    return Gemma3TextConfig(
        vocab_size=len(value("tokenizer.ggml.tokens")),
        hidden_size=value("gemma3.embedding_length"),
        intermediate_size=value("gemma3.feed_forward_length"),
        num_hidden_layers=value("gemma3.block_count"),
        num_attention_heads=value("gemma3.attention.head_count"),
        num_key_value_heads=value("gemma3.attention.head_count_kv"),
        head_dim=value("gemma3.attention.key_length"),
        query_pre_attn_scalar=value("gemma3.attention.key_length"),
        sliding_window=value("gemma3.attention.sliding_window"),
        rms_norm_eps=value("gemma3.attention.layer_norm_rms_epsilon"),
        max_position_embeddings=value("gemma3.context_length"),
        bos_token_id=value("tokenizer.ggml.bos_token_id"),
        eos_token_id=value("tokenizer.ggml.eos_token_id"),
        pad_token_id=value("tokenizer.ggml.padding_token_id"),
        attn_implementation="sdpa",
    )


def load_model(path: str) -> Gemma3ForCausalLM:
    """Model in f32 with the (dequantised) weights of a GGUF file. Output head tied to the embeddings."""
    reader = gguf.GGUFReader(path)
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    model = Gemma3ForCausalLM(config_of(reader)).float()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            tensor = tensors.pop(gguf_name(name))
            weights = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
            if "norm" in name:  # GGUF keeps 1 + w
                weights = weights - 1
            parameter.copy_(torch.from_numpy(weights.copy()))
    if tensors:
        raise ValueError(f"tensors without a place in the model: {sorted(tensors)}")
    model.tie_weights()
    return model


class Tokenizer:
    """SentencePiece BPE by scores with byte fallback, rebuilt from the vocabulary in the GGUF file.

    It cuts text as llama.cpp and the engine do, without having to compile either. Only runs of spaces come
    out differently; `prepare.py` leaves none.
    """

    def __init__(self, path: str) -> None:
        fields = gguf.GGUFReader(path).fields
        values = [fields[f"tokenizer.ggml.{key}"].contents() for key in ("tokens", "scores", "token_type")]
        model = ModelProto()
        for piece, score, kind in zip(*values):
            model.pieces.add(piece=piece, score=score, type=kind)  # the two formats number the kinds alike
        model.trainer_spec.model_type = model.trainer_spec.BPE
        model.trainer_spec.byte_fallback = True
        model.normalizer_spec.name = "identity"
        model.normalizer_spec.add_dummy_prefix = False
        model.normalizer_spec.remove_extra_whitespaces = False
        self.inner = SentencePieceProcessor(model_proto=model.SerializeToString())
        self.bos, self.eos = (fields[f"tokenizer.ggml.{mark}_token_id"].contents() for mark in ("bos", "eos"))
        self.newline = self.encode("\n")

    def encode(self, text: str) -> list[int]:
        return self.inner.encode(text)

    def decode(self, ids: list[int]) -> str:
        return self.inner.decode(ids)

    def prompt(self, arabic: str) -> list[int]:
        """`<bos>`, the Arabic text, a newline: what the engine feeds before the first English token."""
        return [self.bos, *self.encode(arabic), *self.newline]


def arabic_script_tokens(path: str) -> list[int]:
    """Ids of the tokens that hold an Arabic letter: never a part of the English side."""
    tokens = gguf.GGUFReader(path).fields["tokenizer.ggml.tokens"].contents()
    return [i for i, token in enumerate(tokens) if any("\u0600" <= c <= "\u06ff" or "\ufb50" <= c <= "\ufefc" for c in token)]
