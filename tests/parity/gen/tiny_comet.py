"""A tiny random COMET estimator -> fixtures/comet/*, and comet.json with the numbers the reference computes from it

Witness: unbabel-comet's RegressionMetric on transformers' XLM-RoBERTa, float32, CPU, in padded batches of 8. All weights are random,
norms, biases and the layer mix too, so that a forgotten one shows. The weights go through a Lightning checkpoint and
models/training/convert_comet.py, as those of a real model would. The tokenizer is trained here on the articles in
examples/ and the LICENSE; `tokenizer.json` is what transformers makes of `sentencepiece.bpe.model`.

Needs: pip install unbabel-comet==2.2.7 torch==2.5.1 transformers==4.57.1 sentencepiece==0.2.0 safetensors
Usage: python tests/parity/gen/tiny_comet.py
"""

import json
import os
import re
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import pytorch_lightning
import sentencepiece
import torch
from comet.models import RegressionMetric
from entmax import sparsemax
from transformers import XLMRobertaConfig, XLMRobertaTokenizerFast

ROOT = Path(__file__).resolve().parents[3]
TARGET = ROOT / "tests/parity/fixtures/comet"
sys.path.insert(0, str(ROOT / "models/training"))
import convert_comet

PIECES, POSITIONS = 500, 44
TRIPLES = [
    ("أعلنت وزارة الصحة افتتاح ثلاثة مستشفيات.", "The health ministry opened three hospitals.", "The health ministry announced the opening of three hospitals."),
    ("", "", ""), ("", "Something from nothing.", "Nothing."), ("نعم", "", "Yes"), ("نعم", "Yes", ""), ("نعم", "Yes", "Yes"), (" ", "  ", "a"),
    ("كتاب", "A book", "The book"), ("ارتفعت أسعار النفط.", "Oil prices rose.", "Oil prices went up."), ("مدينة كبيرة", "big city", "a large city"),
    ("وقال المتحدث إن الجيش لم ينسحب من المنطقة بعد أن وصلت القوات إليها في اليوم السابق، وأضاف أن التقارير كاذبة ولا أساس لها من الصحة.",
     "The spokesman said that the army had not withdrawn from the area after the forces had reached it the day before, and that the reports were false.",
     "A spokesman denied that troops had left the area, which they had reached the previous day, and called the reports false and baseless."),
    ("你好世界", "Hello world 😀", "Hello, world!"), ("x" * 90, "y" * 90, "z" * 90), ("١٢٣", "123", "one hundred and twenty-three"),
    ("هل وصل؟", "Did he arrive?", "Has he arrived?"), ("لا أعرف.", "I don't know.", "I do not know."), ("«نعم»", "“Yes”", '"Yes"'),
    ("الطاعون الأسود", "The Black Death", "Black Death"), ("ﻻ  بأس", "No  problem", "No problem"), ("ﷲ", "God", "Allah"),
    ("في عام 1973 بلغ عدد السكان 45,000.", "In 1973 the population reached 45,000.", "The population was 45,000 in 1973."),
    ("أسرة يوان", "Yuan dynasty", "the Yuan dynasty"), ("مصر", "Egypt", "Misr"), ("جاكسونفيل", "Jacksonville", "Jacksonville, Florida"),
    ("العلم نور", "Knowledge is light", "Science is light"), ("ثم خرج", "Then he left", "and then he went out"), ("...", "…", ". . ."), ("a\nb", "a b", "a\tb"),
]


def train_tokenizer(folder):
    files = [*sorted((ROOT / "examples/articles").glob("*.txt")), ROOT / "LICENSE"]
    (folder / "corpus.txt").write_text("\n".join(line for file in files for line in re.split(r"(?<=[.!?؟])\s+|\n+", file.read_text("utf-8"))), "utf-8")
    points = lambda text: " ".join(f"{ord(c):X}" for c in text)
    rules = {"\u00a0": " ", "\t": " ", "\n": " ", "ﻻ": "لا", "ﷲ": "الله", "…": "..."}
    (folder / "rules.tsv").write_text("".join(f"{points(a)}\t{points(b)}\n" for a, b in rules.items()), "utf-8")
    os.chdir(folder)  # the model keeps the names it was given
    sentencepiece.SentencePieceTrainer.train(
        input="corpus.txt", model_prefix="spm", vocab_size=PIECES, character_coverage=0.99, num_threads=1, minloglevel=2,
        normalization_rule_tsv="rules.tsv")
    shutil.copyfile(folder / "spm.model", TARGET / "sentencepiece.bpe.model")
    tokenizer = XLMRobertaTokenizerFast(vocab_file=str(TARGET / "sentencepiece.bpe.model"))
    tokenizer.save_pretrained(folder / "encoder")
    shutil.copyfile(folder / "encoder/tokenizer.json", TARGET / "tokenizer.json")
    return len(tokenizer)


def make_model(folder, tokens):
    XLMRobertaConfig(
        vocab_size=tokens, hidden_size=16, num_hidden_layers=3, num_attention_heads=4, intermediate_size=32, max_position_embeddings=POSITIONS,
        type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1, bos_token_id=0, eos_token_id=2).save_pretrained(folder / "encoder")
    shutil.copyfile(folder / "encoder/config.json", TARGET / "config.json")
    torch.manual_seed(7)
    model = RegressionMetric(
        encoder_model="XLM-RoBERTa", pretrained_model=str(folder / "encoder"), layer_transformation="softmax", layer_norm=False, dropout=0.1,
        hidden_sizes=[24, 12], activations="Tanh", final_activation=None, load_pretrained_weights=False, local_files_only=True)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.randn_like(parameter) * (0.3 if parameter.dim() > 1 else 0.4))
            if "LayerNorm.weight" in name or name.endswith("gamma"):
                parameter.add_(1)
    return model.eval()


def save(model, folder):
    trainer = pytorch_lightning.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False)
    trainer.strategy.connect(model)
    (folder / "checkpoints").mkdir()
    trainer.save_checkpoint(folder / "checkpoints/model.ckpt")
    convert_comet.convert(folder)
    shutil.copyfile(folder / "model.safetensors", TARGET / "model.safetensors")
    hparams = {"activations": "Tanh", "class_identifier": "regression_metric", "dropout": 0.1, "encoder_model": "XLM-RoBERTa", "final_activation": "null",
               "hidden_sizes": "\n- 24\n- 12", "layer": "mix", "layer_norm": "false", "layer_transformation": "sparsemax_patch", "pool": "avg",
               "pretrained_model": "tiny", "train_data": "\n- data/part-1.csv"}
    (TARGET / "hparams.yaml").write_text("".join(f"{key}: {value}\n".replace(": \n", ":\n") for key, value in hparams.items()), "utf-8")


def scores(model, size=8):
    found = []
    for start in range(0, len(TRIPLES), size):
        batch = [dict(zip(("src", "mt", "ref"), triple)) for triple in TRIPLES[start:start + size]]
        found += model(**model.prepare_for_inference(batch)).score.tolist()
    return found


@torch.no_grad()
def main():
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        model = make_model(folder, train_tokenizer(folder))
        save(model, folder)
        variants = {"softmax": scores(model)}
        model.layerwise_attention.layer_norm = True
        variants["softmax, layer_norm"] = scores(model)
        model.layerwise_attention.transform_fn = sparsemax
        variants["sparsemax, layer_norm"] = scores(model)
        model.layerwise_attention.layer_norm = False
        variants["sparsemax"] = scores(model)
        texts = list(dict.fromkeys(text for triple in TRIPLES for text in triple))
        texts += ["Sources say the minister, 54, will resign.", "وقد بدأ الطاعون في آسيا الوسطى", "tabs\tand  spaces ", "▁a▁", "Łódź"]
        ids = [model.encoder.tokenizer(text, truncation=True, max_length=model.encoder.max_positions - 2)["input_ids"] for text in texts]
        library = sentencepiece.SentencePieceProcessor(model_file=str(TARGET / "sentencepiece.bpe.model"))
        fairseq = [[0, *[piece + 1 if piece else 3 for piece in library.encode(text)][: POSITIONS - 6], 2] for text in texts]
        batch = model.encoder.prepare_sample(texts[:3])
        states = model.encoder(**batch)["all_layers"]
        hidden = [{"layer": layer, "text": text, "values": [[round(v, 6) for v in row] for row, seen in zip(states[layer][text].tolist(), batch["attention_mask"][text]) if seen]}
                  for layer in (0, 1, 3) for text in (0, 1, 2)]
    header = {name: version(name) for name in ("unbabel-comet", "transformers", "torch", "tokenizers", "sentencepiece")}
    body = {
        "versions": header, "triples": TRIPLES, "scores": {name: [round(s, 6) for s in all] for name, all in variants.items()},
        "texts": [{"text": t, "ids": i} | ({"sentencepiece_ids": f} if f != i else {}) for t, i, f in zip(texts, ids, fairseq)], "hidden": hidden}
    (TARGET / "expected.json").write_text(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    print(len(TRIPLES), "triples", {name: (min(all), max(all)) for name, all in variants.items()})
    print("ids differ:", [(t, i, f) for t, i, f in zip(texts, ids, fairseq) if i != f])
    print(sum(len(i) == POSITIONS - 4 for i in ids), "texts cut off;", {file.name: file.stat().st_size for file in TARGET.iterdir()})


if __name__ == "__main__":
    main()
