"""Tiny random encoder-decoders -> fixtures/{marian,m2m100,nllb,t5,mt5}/*: a model folder each, and expected.json

Witness: transformers, float32, CPU, eager attention, padded batches. All weights are random, norms and biases too, so that a
forgotten one shows. Vocabularies are sentencepiece models trained here on the articles in examples/ and the LICENSE. `ids` are those of the
slow tokenizers, which call the sentencepiece library.

Needs: pip install torch==2.15.0 transformers==4.57.1 sentencepiece==0.2.3 safetensors protobuf sacremoses
Usage: python tests/parity/gen/tiny_seq2seq.py
"""

import json
import os
import re
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import sentencepiece
import torch
from safetensors.torch import save_file
from transformers import (
    M2M100Config, M2M100ForConditionalGeneration, M2M100Tokenizer, MarianConfig, MarianMTModel, MarianTokenizer, MT5Config,
    MT5ForConditionalGeneration, NllbTokenizer, T5Config, T5ForConditionalGeneration, T5Tokenizer)

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "tests/parity/fixtures"
ODD = ["", " ", "نعم", "Łódź", "你好 world 😀😀", "▁a▁", "a\tb  c", "«نعم»؟", "1973 ١٩٧٣"]  # no control tokens: the reference obeys them, we do not
SEGMENTS = 5  # lines of the batch


def sentences():
    cut = lambda text: [line.strip() for line in re.split(r"(?<=[.!?؟])\s+|\n+", text) if 8 <= len(line.strip()) <= 110]
    arabic = [line for file in sorted((ROOT / "examples/articles").glob("*.txt")) for line in cut(file.read_text("utf-8"))
              if re.search("[\u0620-\u064a]", line)]
    english = [line for line in cut((ROOT / "LICENSE").read_text("utf-8")) + cut((ROOT / "models/README.md").read_text("utf-8"))
               if not re.search("[\u0600-\u06ff]", line)]
    arabic, english = list(dict.fromkeys(arabic)), list(dict.fromkeys(english))
    return arabic, english


def train(folder, name, lines, **options):
    (folder / f"{name}.txt").write_text("\n".join(lines), "utf-8")
    os.chdir(folder)  # the model keeps the names it was given
    sentencepiece.SentencePieceTrainer.train(
        input=f"{name}.txt", model_prefix=name, character_coverage=0.99, num_threads=1, minloglevel=2, normalization_rule_name="identity",
        hard_vocab_limit=False, **options)
    return folder / f"{name}.model"


def randomise(model, seed, spread):
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "embed_positions" in name:  # fixed by definition
                continue
            parameter.copy_(torch.randn_like(parameter) * (spread if parameter.dim() > 1 else 0.3))
            if "norm" in name.lower() and name.endswith("weight"):
                parameter.add_(1)
    return model.eval()


def write(name, body):
    body = {"versions": {package: version(package) for package in ("transformers", "torch", "sentencepiece")}} | body
    (FIXTURES / name / "expected.json").write_text(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def rounded(tensor, digits=5):
    if tensor.dim() == 0:
        return round(tensor.item(), digits)
    return [rounded(part, digits) for part in tensor]


def save(name, model, config):
    target = FIXTURES / name
    (target / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", "utf-8")
    tensors, seen = {}, {}
    for key, tensor in model.state_dict().items():
        # As transformers does: of tensors that share memory one is kept; fixed positions are not saved.
        if "embed_positions" in key or tensor.data_ptr() in seen:
            continue
        seen[tensor.data_ptr()] = key
        tensors[key] = tensor.contiguous()
    save_file(tensors, target / "model.safetensors", metadata={"format": "pt"})


@torch.no_grad()
def expect(name, model, tokenizer, lines, batch, forced=None, trim=lambda ids: ids):
    """`batch`: source lines; `forced`: the token that begins every output."""
    ids = {line: tokenizer(line)["input_ids"] for line in lines + batch}
    padded = tokenizer(batch, return_tensors="pt", padding=True)
    states = model.get_encoder()(**padded).last_hidden_state
    start = model.config.decoder_start_token_id
    torch.manual_seed(3)
    length = 7
    inputs = torch.randint(4, model.config.vocab_size - 8, (len(batch), length))
    inputs[:, 0] = start
    out = model(**padded, decoder_input_ids=inputs, output_attentions=True)
    attention = out.cross_attentions[-1].mean(1)  # [B, T, S]
    options = dict(max_new_tokens=24, do_sample=False, forced_eos_token_id=None, bad_words_ids=[[model.config.pad_token_id]], length_penalty=1.0, early_stopping=True,
                   return_dict_in_generate=True, output_scores=True)
    if forced is not None:
        options["forced_bos_token_id"] = forced
    greedy = model.generate(**padded, num_beams=1, **options)
    beam = model.generate(**padded, num_beams=4, num_return_sequences=4, **options)
    text = lambda sequences: [tokenizer.decode(row, skip_special_tokens=True) for row in sequences.tolist()]
    kept = padded["attention_mask"].sum(1).tolist()
    write(name, {
        "ids": [[line, ids[line]] for line in lines],
        "batch": batch, "batch_ids": [ids[line] for line in batch],
        "states": [rounded(state[:n, :6]) for state, n in zip(states, kept)],
        "decoder_ids": inputs.tolist(),
        "logits": [[rounded(row[at, ::3]) for at in (0, 3, length - 1)] for row in out.logits],
        "attention": [rounded(row[-1, :n]) for row, n in zip(attention, kept)],
        "greedy": text(greedy.sequences), "greedy_ids": [trim(row) for row in greedy.sequences.tolist()],
        "beam": text(beam.sequences), "beam_ids": [trim(row) for row in beam.sequences.tolist()],
        "beam_scores": rounded(beam.sequences_scores, 6),
    })
    lengths = [len(trim(row)) for row in beam.sequences.tolist()]
    print(name, "beam lengths", lengths, "greedy", [len(trim(row)) for row in greedy.sequences.tolist()],
          {file.name: file.stat().st_size for file in (FIXTURES / name).iterdir()})


def fresh(name):
    shutil.rmtree(FIXTURES / name, ignore_errors=True)
    (FIXTURES / name).mkdir(parents=True)
    return FIXTURES / name


def trimmed(start, end, pad):
    def trim(ids):
        ids = ids[1:]  # the start mark
        if end in ids:
            ids = ids[: ids.index(end) + 1]
        while ids and ids[-1] == pad:
            ids.pop()
        return ids
    return trim


SMALL = dict(d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=64,
             decoder_ffn_dim=48, max_position_embeddings=256, scale_embedding=True, attn_implementation="eager", dropout=0.0)


def marian(folder, lines, batch, arabic, english):
    target = fresh("marian")
    shutil.copyfile(train(folder, "source", arabic + ODD, vocab_size=260), target / "source.spm")
    shutil.copyfile(train(folder, "target", english + ODD, vocab_size=220), target / "target.spm")
    pieces = []
    for side in ("source", "target"):
        library = sentencepiece.SentencePieceProcessor(model_file=str(target / f"{side}.spm"))
        pieces += [library.id_to_piece(i) for i in range(library.get_piece_size()) if not library.is_control(i) and not library.is_unknown(i)]
    vocabulary = {piece: i for i, piece in enumerate(["</s>", "<unk>", *dict.fromkeys(pieces), "<pad>"])}
    (target / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False, indent=0) + "\n", "utf-8")
    pad = vocabulary["<pad>"]
    config = MarianConfig(vocab_size=len(vocabulary), pad_token_id=pad, eos_token_id=0, bos_token_id=0, decoder_start_token_id=pad,
                          activation_function="swish", forced_eos_token_id=None, share_encoder_decoder_embeddings=True, static_position_embeddings=True,
                          **SMALL)
    model = randomise(MarianMTModel(config), 11, 0.25)
    with torch.no_grad():
        model.final_logits_bias.copy_(torch.randn_like(model.final_logits_bias) * 0.3)
        model.final_logits_bias[0, 0] += 3.2  # so that outputs end
        model.final_logits_bias[0, pad] = -30
    tokenizer = MarianTokenizer(source_spm=str(target / "source.spm"), target_spm=str(target / "target.spm"), vocab=str(target / "vocab.json"),
                                source_lang="ar", target_lang="en")
    save("marian", model, model.config.to_dict())
    expect("marian", model, tokenizer, lines, batch, trim=trimmed(pad, 0, pad))
    pickles(model)


def pickles(model):
    """The same tensors as PyTorch writes and wrote them, with what makes them odd: shared, transposed and half-width storage."""
    torch.manual_seed(5)
    base = torch.randn(6, 4)
    tensors = {"plain": base, "shared": base, "row": base[2], "turned": base.t(), "half": torch.randn(3, 2).half(), "brain": torch.randn(5).bfloat16(),
               "whole": torch.arange(3), "one": torch.tensor(2.5)}
    target = fresh("pickles")
    torch.save(tensors, target / "zip.bin")
    torch.save(tensors, target / "legacy.bin", _use_new_zipfile_serialization=False)
    torch.save({"a": torch.zeros(2), "evil": os.system}, target / "foreign.bin")
    torch.save({"a": torch.zeros(2), "evil": os.system}, target / "foreign_legacy.bin", _use_new_zipfile_serialization=False)
    write("pickles", {name: {"shape": list(tensor.shape), "values": tensor.float().flatten().tolist()} for name, tensor in tensors.items()})


def m2m100(folder, lines, batch, both):
    target = fresh("m2m100")
    shutil.copyfile(train(folder, "m2m", both, vocab_size=380, bos_id=0, eos_id=1, unk_id=2), target / "sentencepiece.bpe.model")
    library = sentencepiece.SentencePieceProcessor(model_file=str(target / "sentencepiece.bpe.model"))
    pieces = [library.id_to_piece(i) for i in range(3, library.get_piece_size())]
    vocabulary = {piece: i for i, piece in enumerate(["<s>", "<pad>", "</s>", "<unk>", *pieces])}
    (target / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False, indent=0) + "\n", "utf-8")
    tokenizer = M2M100Tokenizer(vocab_file=str(target / "vocab.json"), spm_file=str(target / "sentencepiece.bpe.model"), src_lang="ar", tgt_lang="en")
    tokenizer.save_pretrained(folder / "m2m-saved")
    shutil.copyfile(folder / "m2m-saved/special_tokens_map.json", target / "special_tokens_map.json")
    config = M2M100Config(vocab_size=len(vocabulary) + 108, pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2,
                          activation_function="relu", **SMALL)
    model = randomise(M2M100ForConditionalGeneration(config), 12, 0.25)
    end_more_often(model, 2, 1.0)
    save("m2m100", model, model.config.to_dict())
    expect("m2m100", model, tokenizer, lines, batch, forced=tokenizer.get_lang_id("en"), trim=trimmed(2, 2, 1))


def nllb(folder, lines, batch, both):
    target = fresh("nllb")
    shutil.copyfile(train(folder, "nllb", both, vocab_size=380), target / "sentencepiece.bpe.model")
    tokenizer = NllbTokenizer(vocab_file=str(target / "sentencepiece.bpe.model"), src_lang="arb_Arab", tgt_lang="eng_Latn")
    tokenizer.save_pretrained(folder / "nllb-saved")
    # A tokenizer made anew numbers its tags otherwise than the published one; its own file tells.
    saved = json.loads((folder / "nllb-saved/tokenizer_config.json").read_text("utf-8"))["added_tokens_decoder"]
    tags = {key: {"content": token["content"]} for key, token in saved.items()}
    (target / "tokenizer_config.json").write_text(json.dumps({"added_tokens_decoder": tags}, separators=(",", ":")) + "\n", "utf-8")
    config = M2M100Config(vocab_size=len(tokenizer), pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2,
                          activation_function="relu", **SMALL)
    config.tokenizer_class = "NllbTokenizer"
    model = randomise(M2M100ForConditionalGeneration(config), 13, 0.25)
    end_more_often(model, 2, 1.5)
    save("nllb", model, model.config.to_dict())
    expect("nllb", model, tokenizer, lines, batch, forced=tokenizer.convert_tokens_to_ids("eng_Latn"), trim=trimmed(2, 2, 1))


def end_more_often(model, end, spread):
    """Lets the row of the end mark point where states point on average, so that outputs end."""
    decoder = model.get_decoder()
    norm = getattr(decoder, "layer_norm", None) or decoder.final_layer_norm
    if norm.bias is not None:
        with torch.no_grad():
            row = model.lm_head.weight[end]
            row.copy_(norm.bias / norm.bias.norm() * row.norm() * spread)


def t5(folder, lines, batch, both):
    for name, gated, tied in (("t5", "relu", True), ("mt5", "gated-gelu", False)):
        target = fresh(name)
        shutil.copyfile(train(folder, name, both, vocab_size=380 if tied else 420, pad_id=0, eos_id=1, unk_id=2, bos_id=-1,
                              **({} if tied else {"byte_fallback": True})), target / "spiece.model")
        tokenizer = T5Tokenizer(vocab_file=str(target / "spiece.model"), extra_ids=0, legacy=True)
        kind, network = (T5Config, T5ForConditionalGeneration) if tied else (MT5Config, MT5ForConditionalGeneration)
        config = kind(vocab_size=len(tokenizer), d_model=32, d_kv=12, d_ff=64 if tied else 40, num_layers=2, num_decoder_layers=2, num_heads=3,
                      relative_attention_num_buckets=8, relative_attention_max_distance=20, feed_forward_proj=gated, tie_word_embeddings=tied,
                      pad_token_id=0, eos_token_id=1, decoder_start_token_id=0, dropout_rate=0.0)
        model = randomise(network(config), 14 if tied else 15, 0.3)
        save(name, model, model.config.to_dict())
        expect(name, model, tokenizer, lines, batch, trim=trimmed(0, 1, 0))


def main():
    arabic, english = sentences()
    lines = ODD + arabic[:100] + english[: 191 - min(100, len(arabic))]
    batch = [arabic[3], "نعم", arabic[10], english[5], arabic[17]]
    assert len(lines) == 200 and len(batch) == SEGMENTS, (len(lines), len(arabic), len(english))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        marian(folder, lines, batch, arabic, english)
        m2m100(folder, lines, batch, arabic + english + ODD)
        nllb(folder, lines, batch, arabic + english + ODD)
        t5(folder, lines, batch, arabic + english + ODD)


if __name__ == "__main__":
    main()
