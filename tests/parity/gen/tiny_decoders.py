"""Tiny random decoders -> fixtures/{gemma3,qwen2,qwen3,llama,gemma3-q8_0}.gguf, and a .json of expected numbers for each

Witness: transformers, float32, CPU, eager attention, no cache. The files are laid out as llama.cpp's converter lays them
out: gemma3 norms hold w + 1, the query and key rows of `llama` are permuted for interleaved rotary positions.
In gemma3 layer 5 is global and the others slide over 6 positions. For gemma3-q8_0 the reference runs on the
dequantised weights. All weights are random, norms and biases too, so that a forgotten one shows.

Needs: pip install torch transformers==5.* gguf
Usage: python tests/parity/gen/tiny_decoders.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import gguf
import numpy as np
import torch
from transformers import AutoModelForCausalLM, Gemma3TextConfig, LlamaConfig, Qwen2Config, Qwen3Config

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
VOCABULARY, CONTEXT, THETA = 96, 128, 1e6
COMMON = dict(vocab_size=VOCABULARY, max_position_embeddings=CONTEXT, num_attention_heads=4, attn_implementation="eager",
              bos_token_id=1, eos_token_id=2, pad_token_id=0)
PLAIN_ROPE = {"rope_type": "default", "rope_theta": THETA}


def gemma3(hidden, inner):
    return Gemma3TextConfig(
        **COMMON, hidden_size=hidden, intermediate_size=inner, num_hidden_layers=7, num_key_value_heads=1, head_dim=16,
        query_pre_attn_scalar=16, sliding_window=6, tie_word_embeddings=True,
        layer_types=["full_attention" if layer % 6 == 5 else "sliding_attention" for layer in range(7)],
        rope_parameters={"full_attention": PLAIN_ROPE, "sliding_attention": {"rope_type": "default", "rope_theta": 1e4}})


CONFIGS = {  # name: (architecture, config, seed)
    "gemma3": ("gemma3", gemma3(32, 40), 1),
    "gemma3-q8_0": ("gemma3", gemma3(64, 128), 8),
    "qwen2": ("qwen2", Qwen2Config(**COMMON, hidden_size=64, intermediate_size=48, num_hidden_layers=2, num_key_value_heads=2,
                                   rope_parameters=PLAIN_ROPE, tie_word_embeddings=True), 3),
    "qwen3": ("qwen3", Qwen3Config(**COMMON, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_key_value_heads=2,
                                   head_dim=16, rope_parameters=PLAIN_ROPE, tie_word_embeddings=False), 4),
    "llama": ("llama", LlamaConfig(**COMMON, hidden_size=64, intermediate_size=48, num_hidden_layers=2, num_key_value_heads=2,
                                   rope_parameters=PLAIN_ROPE, tie_word_embeddings=False), 5),
}
BLOCK_NAMES = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}
GEMMA_NAMES = BLOCK_NAMES | {"post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
                             "post_feedforward_layernorm": "post_ffw_norm"}
OUTER_NAMES = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}


def gguf_name(architecture, name):
    module, suffix = name.rsplit(".", 1)
    if module in OUTER_NAMES:
        return f"{OUTER_NAMES[module]}.{suffix}"
    _, _, layer, module = module.split(".", 3)
    return f"blk.{layer}.{(GEMMA_NAMES if architecture == 'gemma3' else BLOCK_NAMES)[module]}.{suffix}"


def random_model(architecture, config, seed):
    model = AutoModelForCausalLM.from_config(config).float().eval()
    source = torch.Generator().manual_seed(seed)
    for name, value in model.named_parameters():  # a tied head is listed once
        noise = torch.randn(value.shape, generator=source)
        if value.dim() == 2:
            noise *= 1.5 / value.shape[1] ** 0.5
        else:
            noise = noise * 0.3 + (1 if "norm" in name and architecture != "gemma3" else 0)
        value.data.copy_(noise)
    return model


def through_q8_0(model):
    """Rounds every matrix to what Q8_0 can hold."""
    q8_0 = gguf.GGMLQuantizationType.Q8_0
    for value in model.parameters():
        if value.dim() == 2:
            blocks = gguf.quants.quantize(value.data.numpy(), q8_0)
            value.data.copy_(torch.from_numpy(gguf.quants.dequantize(blocks, q8_0)))


def interleaved(rows, heads):
    """Half-split rotary rows -> neighbouring pairs, head by head."""
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return np.ascontiguousarray(halves.swapaxes(1, 2)).reshape(rows.shape)


def write_gguf(path, architecture, config, model, quantized):
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(f"tiny random {architecture}")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(THETA)
    if architecture == "gemma3":
        writer.add_sliding_window(config.sliding_window)
    if architecture == "llama":
        writer.add_rope_dimension_count(head)
        writer.add_vocab_size(VOCABULARY)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0 if quantized else gguf.LlamaFileType.ALL_F32)
    tokens = ["<unk>", "<s>", "</s>", "<0x0A>"] + [f"▁{i}" for i in range(4, VOCABULARY)]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(i) for i in range(VOCABULARY)])
    writer.add_token_types([2, 3, 3, 6] + [1] * (VOCABULARY - 4))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    for name, value in model.named_parameters():
        value = value.data.numpy()
        if architecture == "gemma3" and "norm" in name:
            value = value + 1
        if architecture == "llama" and "q_proj" in name:
            value = interleaved(value, config.num_attention_heads)
        if architecture == "llama" and "k_proj" in name:
            value = interleaved(value, config.num_key_value_heads)
        name = gguf_name(architecture, name)
        if quantized and value.ndim == 2:
            q8_0 = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(value, q8_0), raw_dtype=q8_0)
        else:
            writer.add_tensor(name, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@torch.no_grad()
def expected(model, prompt, smallest_margin, steps=12):
    logits = model(torch.tensor([prompt]), use_cache=False).logits[0]
    ids, margin = list(prompt), float("inf")
    for _ in range(steps):
        best = model(torch.tensor([ids]), use_cache=False).logits[0, -1].topk(2)
        margin = min(margin, float(best.values[0] - best.values[1]))
        ids.append(int(best.indices[0]))
    assert margin > smallest_margin, f"greedy choice too close: {margin}"
    return {"prompt": prompt, "logits": [[float(f"{x:.7g}") for x in row] for row in logits.tolist()], "greedy": ids[len(prompt):]}


def main():
    versions = {name: version(name) for name in ("transformers", "torch", "gguf")}
    for name, (architecture, config, seed) in CONFIGS.items():
        model = random_model(architecture, config, seed)
        quantized = name.endswith("q8_0")
        if quantized:
            through_q8_0(model)
        write_gguf(FIXTURES / f"{name}.gguf", architecture, config, model, quantized)
        source = np.random.default_rng(seed)
        prompts = [[1, *source.integers(3, VOCABULARY, length - 1).tolist()] for length in (1, 5, 23)]
        smallest_margin = 0.3 if quantized else 1e-3  # engines round activations too: logits move by up to 0.2
        cases = ",\n".join(json.dumps(expected(model, prompt, smallest_margin), separators=(",", ":")) for prompt in prompts)
        (FIXTURES / f"{name}.json").write_text(f'{{"versions":{json.dumps(versions)},\n"cases":[\n{cases}\n]}}\n')
        print(name, (FIXTURES / f"{name}.gguf").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
