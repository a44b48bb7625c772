"""Tiny random entailment classifiers -> fixtures/{xnli,bertnli}/*: a model folder each, and expected.json

Witness: transformers' XLMRobertaForSequenceClassification and BertForSequenceClassification, float32, CPU, eager attention, padded
batches, pairs cut with `truncation="only_first"`. `xnli` has the marks and the labels of joeddav/xlm-roberta-large-xnli and the tokenizer
of fixtures/comet; `bertnli` has WordPiece, two kinds of tokens, a pooler and a binary head. All weights are random, norms and biases
too, so that a forgotten one shows.

Needs: pip install torch==2.15.0 transformers==4.57.1 tokenizers==0.22.2
Usage: python tests/parity/gen/tiny_entailers.py
"""

import json
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from tokenizers import Tokenizer, models as pieces, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaForSequenceClassification,
    XLMRobertaTokenizerFast)

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "tests/parity/fixtures"
LIMIT, BATCH = 96, 8
LONG = "وقال المتحدث إن الجيش لم ينسحب من المنطقة بعد أن وصلت القوات إليها في اليوم السابق، وأضاف أن التقارير كاذبة. "
PAIRS = [
    ("أعلنت وزارة الصحة افتتاح ثلاثة مستشفيات.", "The health ministry opened three hospitals."), ("نعم", "No"), ("", ""), ("", "Something."), ("نعم", ""),
    ("The airport reopened on Sunday.", "The airport is still closed."), ("ارتفعت أسعار النفط.", "انخفضت أسعار النفط."), (LONG * 4, "The army left."),
    (LONG, "The spokesman denied the reports."), (LONG * 2, LONG), ("x" * 80, "y" * 20), ("你好世界", "Hello world 😀"), ("١٢٣", "123"), ("a\nb", "a  b"),
    ("هل وصل؟", "Did he arrive?"), ("«نعم»", "“Yes”"), ("In 1973 the population reached 45,000.", "بلغ عدد السكان 45,000 في عام 1973."), ("▁a▁", "Łódź"),
    ("ثم خرج", "Then he left"), ("لا أعرف.", "I don't know."), ("مصر", "Egypt")]


def randomise(model, seed, spread):
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.randn_like(parameter) * (spread if parameter.dim() > 1 else 0.3))
            if "LayerNorm.weight" in name:
                parameter.add_(1)
    return model.eval()


def word_piece():
    lines = [text for pair in PAIRS for text in pair]
    tokenizer = Tokenizer(pieces.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(lines, trainers.WordPieceTrainer(vocab_size=300, special_tokens=marks, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")


@torch.no_grad()
def make(name, model, tokenizer, folder):
    target = FIXTURES / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    model.save_pretrained(folder / name)
    tokenizer.save_pretrained(folder / name)
    for file in ("config.json", "model.safetensors", "tokenizer.json"):
        shutil.copyfile(folder / name / file, target / file)
    cases = []
    for start in range(0, len(PAIRS), BATCH):
        batch = PAIRS[start:start + BATCH]
        premises, hypotheses = [list(side) for side in zip(*batch)]
        encoded = tokenizer(premises, hypotheses, padding=True, truncation="only_first", max_length=LIMIT, return_tensors="pt", return_token_type_ids=True)
        assert not encoded["attention_mask"].all() or len(batch) == 1, "a batch without padding"
        kinds = encoded["token_type_ids"] if name == "bertnli" else torch.zeros_like(encoded["input_ids"])
        logits = model(input_ids=encoded["input_ids"], attention_mask=encoded["attention_mask"], token_type_ids=kinds).logits
        for row, (premise, hypothesis) in enumerate(batch):
            seen = encoded["attention_mask"][row].bool()
            cases.append({"premise": premise, "hypothesis": hypothesis, "ids": encoded["input_ids"][row][seen].tolist(), "kinds": kinds[row][seen].tolist(),
                          "cut": len(tokenizer([premise], [hypothesis])["input_ids"][0]) - int(seen.sum()), "logits": [round(value, 6) for value in logits[row].tolist()]})
    header = {package: version(package) for package in ("transformers", "torch", "tokenizers")}
    (target / "expected.json").write_text(json.dumps({"versions": header, "cases": cases}, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    spread = torch.tensor([case["logits"] for case in cases])
    print(name, "logits", spread.min().item(), spread.max().item(), "std over pairs", spread.std(0).tolist(), "cut", [case["cut"] for case in cases])
    print({str(file.relative_to(target)): file.stat().st_size for file in target.iterdir()})


def main():
    shape = dict(num_hidden_layers=2, num_attention_heads=4, attn_implementation="eager")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        tokenizer = XLMRobertaTokenizerFast(tokenizer_file=str(FIXTURES / "comet/tokenizer.json"))
        labels = {0: "contradiction", 1: "neutral", 2: "entailment"}
        config = XLMRobertaConfig(
            vocab_size=len(tokenizer), hidden_size=24, intermediate_size=48, max_position_embeddings=LIMIT + 2, type_vocab_size=1, pad_token_id=1,
            bos_token_id=0, eos_token_id=2, layer_norm_eps=1e-5, id2label=labels, label2id={label: id for id, label in labels.items()}, **shape)
        make("xnli", randomise(XLMRobertaForSequenceClassification(config), 31, 0.3), tokenizer, folder)
        tokenizer = word_piece()
        labels = {0: "ENTAILMENT", 1: "NOT_ENTAILMENT"}
        config = BertConfig(
            vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, max_position_embeddings=LIMIT, id2label=labels,
            label2id={label: id for id, label in labels.items()}, **shape)
        make("bertnli", randomise(BertForSequenceClassification(config), 32, 0.5), tokenizer, folder)


if __name__ == "__main__":
    main()
