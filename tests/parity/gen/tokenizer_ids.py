"""Expected token ids -> fixtures/tokenizer_spm.json, fixtures/tokenizer_bpe.json and a small vocabulary, fixtures/bpe.gguf

SentencePiece-BPE: witness llama.cpp on the shipped translator (no BOS, special tokens in the text are plain text).
Byte-level BPE: witness the tokenizers library, with Qwen2's normalizer (NFC) and split pattern, on 2,000 tokens trained here.
`ids` follows the library; `ids_without_nfc` stands beside it where the two differ (llama.cpp applies no NFC).
Under `lines` the names of special tokens are plain text, under `with_specials` they are special tokens.
The name of this file is not `tokenizers.py` because that would hide the library of this name.

Needs: pip install llama-cpp-python tokenizers gguf numpy
Usage: python tests/parity/gen/tokenizer_ids.py TRANSLATOR.gguf --articles FILE.txt ... --corpus FILE.tsv ...
"""

import argparse
import hashlib
import json
import random
import re
from importlib.metadata import version
from pathlib import Path

import gguf
import llama_cpp
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
LINES, VOCABULARY = 200, 2000
QWEN2_SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
NASTY = [
    "", " ", "  ", "   ", "\t", "\t\t", "\n", "\n\n", "\r\n", "\r", "\n \n", " \n", "\n ", " leading", "trailing ", "  two  and   three  ",
    "a\tb", "a\r\nb\r\n", "a\n\n\nb", "كلمة\tكلمة", "سطر\r\nسطر", "    code()", "x" * 400, "ب" * 400, "مستشفى" * 60,
    "كِتَابٌ جَمِيلٌ", "الشَّمْسُ", "الش\u064e\u0651مس", "الش\u0651\u064eمس", "إِنَّ ٱللَّهَ غَفُورٞ رَّحِيمٞ", "\u064eبداية بحركة", "آ ا\u0653 أ ا\u0654", "الســـلام",
    "ﻣﺮﺣﺒﺎ", "ﻻ ﻷ ﷲ ﷺ", "نص\u200fمع\u200eعلامات\u202bاتجاه\u202c", "می\u200cخواهم", "ل\u200dا", "عرض\u200bصفري", "\ufeffبداية",
    "١٢٣٤٥", "۱۲۳۴۵", "12345678901234567890", "3.14 ٪ 50% ٣٫٥", "٢٠٢٤/٠١/٣١", "؟!؟!", "«قال: \"نعم\"»", "(أ) [ب] {ج}", "...", "…", "—–-",
    "😀", "😀😃", "👨‍👩‍👧‍👦", "👍🏽", "🇸🇦🇪🇬", "☺️", "نص 🎉 نص", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "𐍈", "Привет, мир", "你好世界", "日本語テキスト", "한국어", "สวัสดี", "नमस्ते",
    "שלום", "Ελληνικά", "ⲁⲃⲅ", "ᚠᚢᚦ", "\U00012000", "e\u0301", "é", "ﬁ", "①", "½", "Å", "\u212b", "ñ", "straße", "I'm, you're, he'll, we'VE, it'S, they'd",
    "don't", "O’Neill", "'tis", "CamelCaseAndsnake_case", "https://example.org/path?q=1&r=%20#x", "user@example.org", "#وسم @حساب",
    "<s>", "</s>", "<bos>", "<eos>", "<unk>", "<0x0A>", "<start_of_turn>user", "<|im_start|>", "▁", "a▁b", "Ġ", "\u00a0", "a\u00a0b", "a\u2003b",
    "\u3000", "\u0085", "a\u2028b", "\u0000", "a\u0000b", "\u007f", "\ufffd", "\u0640\u0640", "حرف Latin متداخلabcعربي123رقم",
]
WITH_SPECIALS = [
    "<|im_start|>user\nمرحبا<|im_end|>\n<|im_start|>assistant\n", "<|endoftext|>", "a<|im_end|>b", " <|im_start|> ", "<|im_start|", "<|im_end|><|im_end|>",
]


def sentences(files):
    found = []
    for file in files:
        found += re.split(r"(?<=[.!?؟])\s+|\n+", file.read_text("utf-8"))
    return list(dict.fromkeys(line for line in found if len(line) > 20))


def write(name, header, body):
    sections = [f'"{key}":[\n' + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]" for key, rows in body.items()]
    (FIXTURES / name).write_text("{" + f'"header":{json.dumps(header)},\n' + ",\n".join(sections) + "}\n", "utf-8")


def sentencepiece_rows(model_file, lines):
    model = llama_cpp.Llama(str(model_file), vocab_only=True, verbose=False)
    for line in lines:
        ids = model.tokenize(line.encode(), add_bos=False, special=False)
        yield {"text": line, "ids": ids, "decoded": model.detokenize(ids).decode()}


def train(lines):
    bpe = Tokenizer(models.BPE())
    bpe.normalizer = normalizers.NFC()
    bpe.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN2_SPLIT), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIALS), initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False))
    bpe.add_special_tokens(SPECIALS)
    return bpe


def write_vocabulary(bpe):
    size = bpe.get_vocab_size()
    writer = gguf.GGUFWriter(FIXTURES / "bpe.gguf", "qwen2")
    writer.add_name("small byte-level BPE")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([bpe.id_to_token(i) for i in range(size)])
    writer.add_token_types([3 if bpe.id_to_token(i) in SPECIALS else 1 for i in range(size)])
    writer.add_token_merges([" ".join(pair) for pair in json.loads(bpe.to_str())["model"]["merges"]])
    writer.add_eos_token_id(bpe.token_to_id("<|im_end|>"))
    writer.add_pad_token_id(bpe.token_to_id("<|endoftext|>"))
    writer.add_add_bos_token(False)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def byte_level_rows(bpe, lines):
    def ids(line, normalizer):
        bpe.normalizer = normalizer
        return bpe.encode(line).ids
    as_is = normalizers.Sequence([])
    for line in lines:
        with_nfc, without = ids(line, normalizers.NFC()), ids(line, as_is)
        row = {"text": line, "ids": with_nfc, "decoded": bpe.decode(with_nfc, skip_special_tokens=False)}
        yield row if with_nfc == without else row | {"ids_without_nfc": without}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("translator", type=Path)
    arguments.add_argument("--articles", type=Path, nargs="+", required=True)
    arguments.add_argument("--corpus", type=Path, nargs="+", required=True)
    arguments = arguments.parse_args()
    pick = random.Random(1)
    real = pick.sample(sentences(arguments.articles), LINES - len(NASTY))
    lines = NASTY + real
    versions = {name: version(name) for name in ("llama-cpp-python", "tokenizers", "gguf")}
    header = versions | {"model_sha256": hashlib.sha256(arguments.translator.read_bytes()).hexdigest()}
    write("tokenizer_spm.json", header, {"lines": list(sentencepiece_rows(arguments.translator, lines))})
    corpus = [side for file in arguments.corpus for line in file.read_text("utf-8").split("\n") for side in line.split("\t")[:2]]
    bpe = train(pick.sample(corpus, 8000))
    write_vocabulary(bpe)
    bpe.encode_special_tokens = True
    plain = list(byte_level_rows(bpe, lines))
    bpe.encode_special_tokens = False
    write("tokenizer_bpe.json", versions | {"split": QWEN2_SPLIT}, {"lines": plain, "with_specials": list(byte_level_rows(bpe, WITH_SPECIALS))})
    print(len(NASTY), "hand-written,", len(real), "real;", bpe.get_vocab_size(), "byte-level tokens")


if __name__ == "__main__":
    main()
