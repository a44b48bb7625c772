"""Pieces of small sentencepiece models -> fixtures/spm_unigram.model, spm_bpe.model, spm_pieces.json

Both models are trained here, on the articles in examples/ and the LICENSE. The unigram model has a character map of
its own, small but with entries of several characters and empty ones; the BPE model keeps its spaces and falls back to
bytes. Both have user-defined pieces, one of which the character map would change. Sentencepiece decides every piece.

Needs: pip install sentencepiece==0.2.3
Usage: python tests/parity/gen/sentencepiece_pieces.py
"""

import json
import os
import re
import tempfile
from importlib.metadata import version
from pathlib import Path

import sentencepiece

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "tests/parity/fixtures"
RULES = {  # characters -> what they become
    "\u00a0": " ", "\u3000": " ", "\t": " ", "\n": " ", "\u0640": "", "\u200f": "", "\u200b": "", "ﬁ": "fi", "①": "1", "½": "1 / 2",
    "ﻻ": "لا", "ﷲ": "الله", "ﷺ": "صلى الله عليه وسلم", "Ａ": "A", "ａ": "a", "e\u0301": "é", "ا\u0653": "آ", "ا\u0654": "أ", "...": "…", "‥": " ..",
}
USER_DEFINED = ["<url>", "ﷺ", "ﷺﷺ", "««", "isnad"]
ODD = [
    "", " ", "  ", "   ", "\t", "\n", "\r\n", " leading", "trailing ", "  two  and   three  ", "a\tb", "a\n\n\nb", "كلمة\tكلمة", "x" * 120, "ب" * 120,
    "مستشفى" * 20, "كِتَابٌ جَمِيلٌ", "الش\u064e\u0651مس", "الش\u0651\u064eمس", "\u064eبداية بحركة", "آ ا\u0653 أ ا\u0654", "الســـلام", "ﻣﺮﺣﺒﺎ", "ﻻ ﷲ ﷺ", "ﷺﷺﷺ",
    "صلى ﷺ ثم", "\u200fنص\u200f", "نص\u200eعلامات\u202bاتجاه", "می\u200cخواهم", "عرض\u200bصفري", "\ufeffبداية", "١٢٣٤٥", "12345678901234567890", "3.14 ٪ 50%",
    "٢٠٢٤/٠١/٣١", "؟!؟!", "«قال: \"نعم\"»", "««نعم»»", "«««", "...", "....", "......", "…", "‥", "a‥b", "—–-", "😀", "😀😃", "👨‍👩‍👧‍👦", "👍🏽", "🇸🇦", "نص 🎉 نص",
    "𝔘𝔫𝔦", "Привет, мир", "你好世界", "你 好 世 界", "日本語テキスト", "한국어", "שלום", "Ελληνικά", "e\u0301", "é", "ﬁne", "①②", "½", "Å", "ＡＢ ａｂ", "straße", "don't",
    "O’Neill", "https://example.org/path?q=1", "<url>", "see <url> now", "see<url>now", "<url><url>", "<ur", "isnad", "isnads and misnad", "isnadisnad", "ISNAD",
    "<s>", "</s>", "<unk>", "<pad>", "<0x0A>", "a<s>b", "▁", "a▁b", "▁▁a", "a ▁ b", "\u00a0", "a\u00a0b", " \u00a0 a", "a\u3000\u3000b", "a\u2003b", "\u0085", "\u0000",
    "a\u0000b", "\u007f", "\ufffd", "\u0640\u0640", "\u0640", " \u0640 ", "a\u0640 b", "حرف Latin متداخلabcعربي123رقم", "The quick brown fox jumps over the lazy dog.",
    "Sources say the minister, 54, will resign on Tuesday.", "It cost $1,299.99 (about €1,100).", "She said: “We don't know — not yet.”", "A\u0301", "q̃", "ا", "و", "a", " a", "a ",
]


def lines_of(file):
    return [line for line in re.split(r"(?<=[.!?؟])\s+|\n+", file.read_text("utf-8")) if line.strip()]


def train(name, corpus, folder, **options):
    os.chdir(folder)  # the model keeps the names it was given
    sentencepiece.SentencePieceTrainer.train(
        input=corpus, model_prefix=name, user_defined_symbols=USER_DEFINED, num_threads=1, minloglevel=2, **options)
    (FIXTURES / f"{name}.model").write_bytes((folder / f"{name}.model").read_bytes())


def main():
    articles = sorted((ROOT / "examples/articles").glob("*.txt"))
    corpus = [line for file in [*articles, ROOT / "LICENSE"] for line in lines_of(file)]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "corpus.txt").write_text("\n".join(corpus), "utf-8")
        points = lambda text: " ".join(f"{ord(c):X}" for c in text)
        rules = "\n".join(f"{points(source)}\t{points(target)}" for source, target in RULES.items())
        (folder / "rules.tsv").write_text(rules + "\n", "utf-8")
        corpus_file = "corpus.txt"
        train("spm_unigram", corpus_file, folder, model_type="unigram", vocab_size=1400, character_coverage=0.995,
              normalization_rule_tsv="rules.tsv")
        train("spm_bpe", corpus_file, folder, model_type="bpe", vocab_size=1600, character_coverage=0.995, byte_fallback=True,
              normalization_rule_name="identity", remove_extra_whitespaces=False)
    step = max(1, len(corpus) // 140)
    lines = list(dict.fromkeys(ODD + [line[:300] for line in corpus[::step]]))
    models = {name: sentencepiece.SentencePieceProcessor(model_file=str(FIXTURES / f"{name}.model")) for name in ("spm_unigram", "spm_bpe")}
    rows = [{"text": line} | {name: model.EncodeAsPieces(line) for name, model in models.items()} for line in lines]
    body = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    header = json.dumps({"sentencepiece": version("sentencepiece")})
    (FIXTURES / "spm_pieces.json").write_text(f'{{"versions":{header},\n"lines":[\n{body}\n]}}\n', "utf-8")
    print(len(rows), "lines;", *((name, (FIXTURES / f"{name}.model").stat().st_size, "bytes") for name in models))


if __name__ == "__main__":
    main()
