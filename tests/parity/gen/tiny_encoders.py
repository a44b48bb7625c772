"""Tiny random sentence encoders -> fixtures/{labse,e5}/*: a model folder each, and expected.json

Witness: sentence-transformers over transformers, float32, CPU, padded batches. `labse` has the modules of LaBSE: BERT with
WordPiece, the first token, a dense layer with tanh, length 1. `e5` has those of multilingual-e5: XLM-R with a unigram
tokenizer, means, length 1, and a prefix. All weights are random, norms and biases too, so that a forgotten one shows.

Needs: pip install torch==2.15.0 transformers==4.57.1 sentence-transformers==5.7.0 tokenizers==0.22.2
Usage: python tests/parity/gen/tiny_encoders.py
"""

import json
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from sentence_transformers import SentenceTransformer, models
from tokenizers import Tokenizer, decoders, models as pieces, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

from tiny_seq2seq import FIXTURES, ODD, randomise, rounded, sentences

LIMIT = 64


def word_piece(lines):
    tokenizer = Tokenizer(pieces.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(lines, trainers.WordPieceTrainer(vocab_size=420, special_tokens=marks, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
                                   mask_token="[MASK]", model_max_length=LIMIT)


def unigram(lines):
    tokenizer = Tokenizer(pieces.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("\t", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    marks = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(lines, trainers.UnigramTrainer(vocab_size=420, special_tokens=marks, unk_token="<unk>", show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>", cls_token="<s>",
                                   sep_token="</s>", mask_token="<mask>", model_max_length=LIMIT)


@torch.no_grad()
def make(name, network, tokenizer, behind, prefix, texts, folder):
    target = FIXTURES / name
    shutil.rmtree(target, ignore_errors=True)
    base = folder / name
    network.save_pretrained(base)
    tokenizer.save_pretrained(base)
    transformer = models.Transformer(str(base), max_seq_length=LIMIT)
    model = SentenceTransformer(modules=[transformer, *behind], device="cpu")
    model.save(str(folder / f"{name}-whole"))
    whole = folder / f"{name}-whole"
    for file in ("config.json", "model.safetensors", "tokenizer.json", "modules.json", "1_Pooling/config.json", "2_Dense/config.json",
                 "2_Dense/model.safetensors"):
        if (whole / file).exists():
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(whole / file, target / file)
    ids = [tokenizer(text, truncation=True, max_length=LIMIT)["input_ids"] for text in texts]
    vectors = model.encode([prefix + text for text in texts[:16]], batch_size=8, convert_to_tensor=True, normalize_embeddings=True)
    states = network(**tokenizer(texts[0], return_tensors="pt", truncation=True, max_length=LIMIT)).last_hidden_state[0][1:-1, :6]
    header = {package: version(package) for package in ("sentence-transformers", "transformers", "torch", "tokenizers")}
    body = {"versions": header, "prefix": prefix, "texts": texts, "ids": ids, "vectors": rounded(vectors), "states": rounded(states)}
    (target / "expected.json").write_text(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    print(name, vectors.shape, {str(file.relative_to(target)): file.stat().st_size for file in target.rglob("*") if file.is_file()})


def main():
    arabic, english = sentences()
    texts = [arabic[3], "نعم", arabic[10], english[5], *ODD]
    texts += [line for line in arabic[:100] + english if line not in texts][: 200 - len(texts)]
    lines = arabic + english
    shape = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, attn_implementation="eager")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        tokenizer = word_piece(lines)
        bert = randomise(BertModel(BertConfig(vocab_size=len(tokenizer), max_position_embeddings=LIMIT, **shape), add_pooling_layer=False), 21, 0.25)
        dense = randomise(models.Dense(32, 24, activation_function=torch.nn.Tanh()), 22, 0.3)
        make("labse", bert, tokenizer, [models.Pooling(32, pooling_mode="cls"), dense, models.Normalize()], "", texts, folder)
        tokenizer = unigram(lines)
        config = XLMRobertaConfig(vocab_size=len(tokenizer), max_position_embeddings=LIMIT + 2, type_vocab_size=1, pad_token_id=1, bos_token_id=0,
                                  eos_token_id=2, layer_norm_eps=1e-5, **shape)
        roberta = randomise(XLMRobertaModel(config, add_pooling_layer=False), 23, 0.25)
        make("e5", roberta, tokenizer, [models.Pooling(32, pooling_mode="mean"), models.Normalize()], "query: ", texts, folder)


if __name__ == "__main__":
    main()
