"""Writes tests/parity/fixtures/mt5.gguf: the network of fixtures/mt5 as llama.cpp's converter lays it out.

Witness: gguf-py 0.19.0, whose table of tensor names (MODEL_ARCH.T5) decides them. The numbers are those of the fixture, so what
transformers computed from it (fixtures/mt5/expected.json, made by tiny_seq2seq.py) holds for this file, too.

    pip install gguf==0.19.0 safetensors sentencepiece protobuf numpy
    python tests/parity/gen/t5_gguf.py
"""

import json
from pathlib import Path

import gguf
from safetensors.numpy import load_file
from sentencepiece import sentencepiece_model_pb2

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def main() -> None:
    folder = FIXTURES / "mt5"
    config = json.loads((folder / "config.json").read_text())
    tensors = load_file(folder / "model.safetensors")
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString((folder / "spiece.model").read_bytes())

    writer = gguf.GGUFWriter(FIXTURES / "mt5.gguf", "t5")
    writer.add_context_length(512)
    writer.add_embedding_length(config["d_model"])
    writer.add_feed_forward_length(config["d_ff"])
    writer.add_block_count(config["num_layers"])
    writer.add_decoder_block_count(config["num_decoder_layers"])
    writer.add_head_count(config["num_heads"])
    writer.add_key_length(config["d_kv"])
    writer.add_value_length(config["d_kv"])
    writer.add_layer_norm_eps(config["layer_norm_epsilon"])
    writer.add_layer_norm_rms_eps(config["layer_norm_epsilon"])
    writer.add_relative_attn_buckets_count(config["relative_attention_num_buckets"])
    writer.add_decoder_start_token_id(config["decoder_start_token_id"])
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)

    pieces = [(p.piece.encode(), p.score, p.type) for p in model.pieces]
    for missing in range(len(pieces), config["vocab_size"]):
        pieces.append((f"[PAD{missing}]".encode(), -1000.0, int(gguf.TokenType.UNUSED)))
    writer.add_tokenizer_model("t5")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([piece for piece, _, _ in pieces])
    writer.add_token_scores([score for _, score, _ in pieces])
    writer.add_token_types([kind for _, _, kind in pieces])
    writer.add_add_space_prefix(model.normalizer_spec.add_dummy_prefix)
    writer.add_remove_extra_whitespaces(model.normalizer_spec.remove_extra_whitespaces)
    if model.normalizer_spec.precompiled_charsmap:
        writer.add_precompiled_charsmap(model.normalizer_spec.precompiled_charsmap)
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_pad_token_id(config["pad_token_id"])

    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.T5, config["num_layers"])
    for name, values in sorted(tensors.items()):
        if name in ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight"):
            continue
        found = names.get_name(name, try_suffixes=(".weight",))
        assert found, name
        writer.add_tensor(found, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
