"""Lines of glosses by the recipe -> fixtures/glosses.json

The translator was trained with the lines of `models/training/glosses.py`; what the program puts behind a sentence must be the same,
byte for byte. Sentences are those of tests/data/translations, and odd ones.

Needs: nothing beyond Python
Usage: python tests/parity/gen/glosses.py
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "models/training"))
from glosses import Glosses  # noqa: E402

ODD = [
    "", " ", "،؟", "ء", "و", "ال", "لل", "والوزارة", "فبالوزارة", "للوزارات", "كالمدرسة", "ولبنان وبلبنان فلبنان", "شرم الشيخ، وشرم، الشيخ",
    "وِزَارَةُ الخَارِجِيَّةِ", "وزـــارة", "عام ١٩٩٠ و۲۰۲۱ و3.5 ٪ في 10:30", "شركة Ring وCOVID-19 وe-mail", "٣أشهر 4أشهر", "می\u200cخواهم", "ﻻ ﷲ ﷺ",
    "Привет 你好 नमस्ते", "ا أ إ آ ٱ ى ئ ؤ ة", "²³½", "نص 🎉 نص", "a\u0301b", "الـ"
]  # fmt: skip


def main() -> None:
    glosses = Glosses(ROOT / "models/isnad-ar-en/lexicon.tsv")
    articles = (ROOT / "tests/data/translations/articles.txt").read_text(encoding="utf-8").splitlines()
    lines = [{"source": source, "glosses": glosses.line(source)} for source in ODD + articles]
    text = json.dumps(lines, ensure_ascii=False, indent=0)
    (ROOT / "tests/parity/fixtures/glosses.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
