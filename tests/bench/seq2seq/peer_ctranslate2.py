"""Encoder-decoders of real shapes against CTranslate2: tokens a second and peak memory as ratios, in one run.

The shapes are those of opus-mt-ar-en (Marian) and T5-small; weights are random, the same for both programs, and never choose the
end mark, so that every output has the same length. Rounds alternate between the programs, each measurement in a process of its
own; medians are compared, as other work may share the machine.

Needs: pip install ctranslate2==4.8.5 numpy safetensors sentencepiece protobuf; cargo build --release --example seq2seq_speed
Usage: python tests/bench/seq2seq/peer_ctranslate2.py PATH_OF_seq2seq_speed [ROUNDS]
"""

import json
import math
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

THREADS, SENTENCES, SOURCE_TOKENS, NEW_TOKENS, BATCH = 2, 64, 24, 32, 16
WIDTH, LAYERS, HEADS, INNER = 512, 6, 8, 2048
MARIAN_VOCABULARY, T5_VOCABULARY, T5_PIECES = 62834, 32128, 32000


def word(number):
    return f"w{number:05}"


def spm(path, marks, count):
    from sentencepiece import sentencepiece_model_pb2 as proto

    model = proto.ModelProto()
    kinds = {"<unk>": 2, "<pad>": 3, "</s>": 3, "<s>": 3}
    for text in marks + ["▁" + word(i) for i in range(count)]:
        model.pieces.add(piece=text, score=0.0 if text in kinds else -1.0, type=kinds.get(text, 1))
    model.trainer_spec.model_type = 1
    model.normalizer_spec.name = "identity"
    path.write_bytes(model.SerializeToString())


def matrix(rng, rows, columns, scale=None):
    import numpy as np

    return (rng.standard_normal((rows, columns)) * (scale or 1 / math.sqrt(columns))).astype(np.float32)


def marian(folder, rng):
    """A folder as the hub has it, and the vocabulary in the order of ids."""
    import numpy as np
    from safetensors.numpy import save_file

    size, count = MARIAN_VOCABULARY, MARIAN_VOCABULARY - 3
    for name in ("source.spm", "target.spm"):
        spm(folder / name, ["<unk>", "<s>", "</s>"], count)
    vocabulary = ["</s>", "<unk>"] + ["▁" + word(i) for i in range(count)] + ["<pad>"]
    (folder / "vocab.json").write_text(json.dumps({text: i for i, text in enumerate(vocabulary)}, ensure_ascii=False), "utf-8")
    config = dict(model_type="marian", vocab_size=size, d_model=WIDTH, encoder_layers=LAYERS, decoder_layers=LAYERS,
                  encoder_attention_heads=HEADS, decoder_attention_heads=HEADS, encoder_ffn_dim=INNER, decoder_ffn_dim=INNER,
                  activation_function="swish", scale_embedding=True, max_position_embeddings=512,
                  decoder_start_token_id=size - 1, eos_token_id=0, pad_token_id=size - 1)
    (folder / "config.json").write_text(json.dumps(config))
    bias = np.zeros(size, np.float32)
    bias[0] = -1e4  # the end mark
    tensors = {"model.shared.weight": matrix(rng, size, WIDTH, 1 / math.sqrt(WIDTH)), "final_logits_bias": bias[None]}
    for side in ("encoder", "decoder"):
        for layer in range(LAYERS):
            at = f"model.{side}.layers.{layer}."
            attentions = ["self_attn"] + (["encoder_attn"] if side == "decoder" else [])
            shapes = {f"{a}.{p}_proj": (WIDTH, WIDTH) for a in attentions for p in ("q", "k", "v", "out")}
            shapes |= {"fc1": (INNER, WIDTH), "fc2": (WIDTH, INNER)}
            for name, (rows, columns) in shapes.items():
                tensors[f"{at}{name}.weight"] = matrix(rng, rows, columns)
                tensors[f"{at}{name}.bias"] = np.zeros(rows, np.float32)
            for name in [f"{a}_layer_norm" for a in attentions] + ["final_layer_norm"]:
                tensors[f"{at}{name}.weight"] = np.ones(WIDTH, np.float32)
                tensors[f"{at}{name}.bias"] = np.zeros(WIDTH, np.float32)
    save_file(tensors, folder / "model.safetensors")
    return tensors, vocabulary


def t5(folder, rng):
    import numpy as np
    from safetensors.numpy import save_file

    size = T5_VOCABULARY
    spm(folder / "spiece.model", ["<pad>", "</s>", "<unk>"], T5_PIECES - 3)
    vocabulary = ["<pad>", "</s>", "<unk>"] + ["▁" + word(i) for i in range(T5_PIECES - 3)]
    vocabulary += [f"<extra_id_{i}>" for i in range(size - T5_PIECES)]
    config = dict(model_type="t5", vocab_size=size, d_model=WIDTH, d_kv=WIDTH // HEADS, d_ff=INNER, num_layers=LAYERS,
                  num_decoder_layers=LAYERS, num_heads=HEADS, feed_forward_proj="relu", layer_norm_epsilon=1e-6,
                  relative_attention_num_buckets=32, relative_attention_max_distance=128, tie_word_embeddings=True,
                  decoder_start_token_id=0, eos_token_id=1, pad_token_id=0)
    (folder / "config.json").write_text(json.dumps(config))
    shared = matrix(rng, size, WIDTH, 1.0)
    shared[1] = 0  # the end mark, which is then never the likeliest
    tensors = {"shared.weight": shared}
    for side in ("encoder", "decoder"):
        tensors[f"{side}.final_layer_norm.weight"] = np.ones(WIDTH, np.float32)
        for layer in range(LAYERS):
            at = f"{side}.block.{layer}.layer."
            parts = ["0.SelfAttention"] + (["1.EncDecAttention"] if side == "decoder" else [])
            for part in parts:
                for name in "qkvo":
                    tensors[f"{at}{part}.{name}.weight"] = matrix(rng, WIDTH, WIDTH)
                tensors[f"{at}{part[0]}.layer_norm.weight"] = np.ones(WIDTH, np.float32)
            feed = len(parts)
            tensors[f"{at}{feed}.DenseReluDense.wi.weight"] = matrix(rng, INNER, WIDTH)
            tensors[f"{at}{feed}.DenseReluDense.wo.weight"] = matrix(rng, WIDTH, INNER)
            tensors[f"{at}{feed}.layer_norm.weight"] = np.ones(WIDTH, np.float32)
        bias = f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        tensors[bias] = matrix(rng, 32, HEADS, 0.1)
    save_file(tensors, folder / "model.safetensors")
    return tensors, vocabulary


def positions(count):
    import numpy as np

    table = np.zeros((count, WIDTH), np.float32)
    angle = np.array([[p / 10000 ** (2 * (j // 2) / WIDTH) for j in range(WIDTH)] for p in range(count)])
    table[:, : WIDTH // 2], table[:, WIDTH // 2:] = np.sin(angle[:, 0::2]), np.cos(angle[:, 1::2])
    return table


def to_ctranslate2(kind, tensors, vocabulary, folder, form):
    """The same network in the form of the peer, as its own converter lays it out."""
    import numpy as np
    from ctranslate2.converters import utils
    from ctranslate2.specs import common_spec, transformer_spec

    is_t5 = kind == "t5"
    options = dict(pre_norm=True, relative_attention_bias=True, rms_norm=True) if is_t5 else dict(pre_norm=False)
    activation = common_spec.Activation.RELU if is_t5 else common_spec.Activation.SWISH
    spec = transformer_spec.TransformerSpec.from_config((LAYERS, LAYERS), HEADS, activation=activation, **options)

    def linear(to, name):
        to.weight = tensors[f"{name}.weight"]
        if f"{name}.bias" in tensors:
            to.bias = tensors[f"{name}.bias"]

    def norm(to, name):
        to.gamma = tensors[f"{name}.weight"]
        if not is_t5:
            to.beta = tensors[f"{name}.bias"]

    def attention(to, at, names, is_self):
        split = [common_spec.LinearSpec() for _ in range(3)]
        for part, name in zip(split, names):
            linear(part, f"{at}.{name}")
        if is_self:
            utils.fuse_linear(to.linear[0], split)
        else:
            utils.fuse_linear(to.linear[0], split[:1])
            utils.fuse_linear(to.linear[1], split[1:])
        linear(to.linear[-1], f"{at}.{names[3]}")
        if is_t5:
            to.queries_scale = 1.0

    shared = tensors["shared.weight" if is_t5 else "model.shared.weight"]
    if not is_t5:
        shared = shared[:-1]  # the peer has no padding in Marian's vocabulary
        vocabulary = vocabulary[:-1]
    for side, stack in (("encoder", spec.encoder), ("decoder", spec.decoder)):
        embeddings = stack.embeddings[0] if isinstance(stack.embeddings, list) else stack.embeddings
        embeddings.weight = shared
        stack.scale_embeddings = not is_t5
        if is_t5:
            norm(stack.layer_norm, f"{side}.final_layer_norm")
        else:
            stack.position_encodings.encodings = positions(512)
        for index, layer in enumerate(stack.layer):
            if is_t5:
                at, names = f"{side}.block.{index}.layer.", ("q", "k", "v", "o")
                attention(layer.self_attention, at + "0.SelfAttention", names, True)
                norm(layer.self_attention.layer_norm, at + "0.layer_norm")
                bias = tensors[f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
                layer.self_attention.relative_attention_bias = bias
                layer.self_attention.relative_attention_max_distance = np.dtype("int32").type(128)
                feed = 1
                if side == "decoder":
                    attention(layer.attention, at + "1.EncDecAttention", names, False)
                    norm(layer.attention.layer_norm, at + "1.layer_norm")
                    feed = 2
                linear(layer.ffn.linear_0, f"{at}{feed}.DenseReluDense.wi")
                linear(layer.ffn.linear_1, f"{at}{feed}.DenseReluDense.wo")
                norm(layer.ffn.layer_norm, f"{at}{feed}.layer_norm")
            else:
                at, names = f"model.{side}.layers.{index}.", ("q_proj", "k_proj", "v_proj", "out_proj")
                attention(layer.self_attention, at + "self_attn", names, True)
                norm(layer.self_attention.layer_norm, at + "self_attn_layer_norm")
                if side == "decoder":
                    attention(layer.attention, at + "encoder_attn", names, False)
                    norm(layer.attention.layer_norm, at + "encoder_attn_layer_norm")
                linear(layer.ffn.linear_0, at + "fc1")
                linear(layer.ffn.linear_1, at + "fc2")
                norm(layer.ffn.layer_norm, at + "final_layer_norm")
    spec.decoder.projection.weight = shared
    if is_t5:
        spec.decoder.scale_outputs = WIDTH ** -0.5
        spec.config.decoder_start_token, spec.config.bos_token = "<pad>", "<pad>"
    else:
        spec.decoder.start_from_zero_embedding = True
        spec.decoder.projection.bias = tensors["final_logits_bias"][0][:-1]
        spec.config.decoder_start_token = "</s>"
    spec.config.eos_token, spec.config.unk_token = "</s>", "<unk>"
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    spec.optimize(quantization=None if form == "float32" else form)
    spec.save(str(folder))


def peer(folder, form):
    """One measurement of the peer, in this process."""
    import ctranslate2

    segments = [line.split() for line in sys.stdin.read().splitlines() if line]
    segments = [["▁" + text for text in line] + ["</s>"] for line in segments]
    started = time.perf_counter()
    translator = ctranslate2.Translator(folder, compute_type=form, inter_threads=1, intra_threads=THREADS)
    loaded = time.perf_counter() - started
    options = dict(beam_size=1, max_decoding_length=NEW_TOKENS, min_decoding_length=NEW_TOKENS, max_batch_size=BATCH)
    translator.translate_batch(segments[:4], **options)
    started = time.perf_counter()
    results = translator.translate_batch(segments, **options)
    seconds = time.perf_counter() - started
    tokens = sum(len(result.hypotheses[0]) for result in results)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    first = [text.strip("▁") for text in results[0].hypotheses[0][:8]]
    print(json.dumps(dict(load_seconds=loaded, seconds=seconds, tokens=tokens, peak_bytes=peak, first=first)))


def measured(command, text):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main(program, rounds):
    import numpy as np

    for kind, make, count in (("marian", marian, MARIAN_VOCABULARY - 3), ("t5", t5, T5_PIECES - 3)):
        with tempfile.TemporaryDirectory() as root:
            ours = Path(root, "isnad")
            ours.mkdir()
            tensors, vocabulary = make(ours, np.random.default_rng(7))
            theirs = {form: Path(root, form) for form in ("float32", "int8")}
            for form, folder in theirs.items():
                folder.mkdir()
                to_ctranslate2(kind, tensors, vocabulary, folder, form)
            del tensors
            chosen = random.Random(7)
            lines = [" ".join(word(chosen.randrange(count)) for _ in range(SOURCE_TOKENS)) for _ in range(SENTENCES)]
            text = "\n".join(lines)
            for form in ("float32", "int8"):
                found = {"isnad": [], "ctranslate2": []}
                for _ in range(rounds):
                    found["isnad"].append(measured([program, str(ours), form, str(THREADS), str(NEW_TOKENS), str(BATCH)], text))
                    found["ctranslate2"].append(measured([sys.executable, __file__, "--peer", str(theirs[form]), form], text))
                of = lambda who, value: statistics.median(value(one) for one in found[who])
                speed = {who: of(who, lambda one: one["tokens"] / one["seconds"]) for who in found}
                peak = {who: of(who, lambda one: one["peak_bytes"]) for who in found}
                load = {who: of(who, lambda one: one["load_seconds"]) for who in found}
                print(json.dumps(dict(
                    shape=kind, weights=form, rounds=rounds, threads=THREADS, batch=BATCH, sentences=SENTENCES,
                    source_tokens=SOURCE_TOKENS, new_tokens=NEW_TOKENS, tokens={who: all_[0]["tokens"] for who, all_ in found.items()},
                    tokens_per_second={who: round(value, 1) for who, value in speed.items()},
                    speed_ratio=round(speed["isnad"] / speed["ctranslate2"], 3),
                    peak_megabytes={who: round(value / 1e6) for who, value in peak.items()},
                    memory_ratio=round(peak["isnad"] / peak["ctranslate2"], 3),
                    load_seconds={who: round(value, 2) for who, value in load.items()})), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--peer":
        peer(sys.argv[2], sys.argv[3])
    else:
        main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5)
