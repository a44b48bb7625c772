"""Spelling habits of real Arabic news, applied to clean text so that the model meets both.

Owns: the kinds of noise. In: clean Arabic and a seeded generator. Out: the same sentence, spelt as
agencies, old web pages and hurried writers spell it. Never: changes the meaning or the English side.
"""

import random
import re

HAMZA = str.maketrans("أإآ", "ااا")
INDIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
WESTERN_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
JOINING = "بتثجحخسشصضطظعغفقكلمنهي"  # letters after which a tatweel may stand
VOWEL_MARKS = "\u064e\u064f\u0650\u0652\u0651"
MARK = re.compile("[\u064b-\u0652\u0670]")


def without_hamza(text: str, _: random.Random) -> str:
    return text.translate(HAMZA)


def without_final_dots(text: str, rng: random.Random) -> str:
    """Final ya without dots (Egyptian habit), ta marbuta written as ha, or both."""
    if rng.random() < 0.7:
        text = re.sub(r"ي\b", "ى", text)
    if rng.random() < 0.5:
        text = re.sub(r"ة\b", "ه", text)
    return text


def with_marks(text: str, rng: random.Random) -> str:
    """A few vowel marks on some words. Which vowel is right is not known here: the model must not care."""
    return re.sub(r"[ء-ي](?=[ء-ي])", lambda m: m[0] + rng.choice(VOWEL_MARKS) if rng.random() < 0.08 else m[0], text)


def without_marks(text: str, _: random.Random) -> str:
    return MARK.sub("", text)


def with_tatweel(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(words))
        words[at] = re.sub(rf"([{JOINING}])(?=[ء-ي])", r"\1" + "ـ" * rng.randint(1, 3), words[at], count=1)
    return " ".join(words)


def agency_spacing(text: str, rng: random.Random) -> str:
    """A space before the full stop and the comma, or no space after the comma."""
    text = re.sub(r"\s*\.$", " .", text)
    if rng.random() < 0.5:
        text = text.replace("، ", " ، ")
    elif rng.random() < 0.5:
        text = text.replace("، ", "،")
    return text


def other_digits(text: str, rng: random.Random) -> str:
    return text.translate(rng.choice((INDIC_DIGITS, WESTERN_DIGITS)))


def without_final_stop(text: str, _: random.Random) -> str:
    return re.sub(r"\s*\.$", "", text)


KINDS = [
    (without_hamza, 4),
    (without_final_dots, 3),
    (with_marks, 2),
    (without_marks, 3),
    (with_tatweel, 1),
    (agency_spacing, 3),
    (other_digits, 4),
]


def noisy(text: str, rng: random.Random) -> str:
    """One or two kinds of noise."""
    for kind in rng.choices([k for k, _ in KINDS], [w for _, w in KINDS], k=rng.choice((1, 1, 2))):
        text = kind(text, rng)
    return text
