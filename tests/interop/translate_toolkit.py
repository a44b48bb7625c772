"""Reads the TMX and XLIFF of isnad with translate-toolkit and holds every text against the JSON of the same alignment.

Usage: python translate_toolkit.py ALIGNMENT.json FILE [FILE ...] [--schemas FOLDER]
Needs: translate-toolkit==3.20.4, lxml. FILEs end in .tmx or .xlf. With FOLDER, each file is also validated: tmx14.dtd for
TMX, xliff-core-1.2-strict.xsd and xliff-core-2.0.xsd (with xml.xsd beside them) for XLIFF; the first comes with OmegaT
(Debian: omegat, in its jar), the others with Symfony's translations (Debian: php-symfony-translation). Ends with 1 at the first
difference. Characters that XML cannot hold are expected as U+FFFD.
"""

import argparse
import json
import pathlib
import sys

from lxml import etree
from translate.storage import tmx, xliff, xliff2

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def xml_text(text):
    """The text as XML can hold it."""
    holds = lambda c: c in "\t\n\r" or " " <= c <= "\ufffd" or c >= "\U00010000"
    return "".join(c if holds(c) else "\ufffd" for c in text)


def beads(saved):
    """Texts of each bead; a side without sentences is None."""
    for bead in saved["beads"]:
        pair = []
        for side in ("source", "target"):
            at = bead[side]
            texts = [sentence["text"] for sentence in saved[side]["sentences"][at["start"] : at["end"]]]
            pair.append(xml_text(" ".join(texts)) if texts else None)
        yield tuple(pair)


def units_of_tmx(path, languages):
    """Variants are taken by their language, for the toolkit takes the first one for the source even in a gap."""
    store = tmx.tmxfile.parsefile(str(path))
    for unit in store.units:
        found = {node.get(XML_LANG): unit.getNodeText(node, "preserve") for node in unit.getlanguageNodes()}
        pair = tuple(found.get(language) for language in languages)
        if None not in pair and pair != (str(unit.source), str(unit.target)):
            sys.exit(f"{path}: {pair!r} is {unit.source!r} and {unit.target!r} for the toolkit")
        yield pair


def units_of_xliff(path):
    root = etree.parse(str(path)).getroot()
    module = xliff.xlifffile if root.get("version") == "1.2" else xliff2.Xliff2File
    for unit in module.parsefile(str(path)).units:
        # An absent sentence is an empty source, but no target.
        target = None if unit.target is None else str(unit.target)
        yield str(unit.source or "") or None, target


def schema_error(path, folder):
    """What a validator says of a file, or nothing."""
    tree = etree.parse(str(path))
    if path.suffix == ".tmx":
        schema = etree.DTD(str(folder / "tmx14.dtd"))
    else:
        name = "xliff-core-1.2-strict.xsd" if tree.getroot().get("version") == "1.2" else "xliff-core-2.0.xsd"

        class Beside(etree.Resolver):
            def resolve(self, url, _public, context):
                if url.endswith("xml.xsd"):
                    return self.resolve_filename(str(folder / "xml.xsd"), context)

        parser = etree.XMLParser()
        parser.resolvers.add(Beside())
        schema = etree.XMLSchema(etree.parse(str(folder / name), parser))
    return None if schema.validate(tree) else str(schema.error_log)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("alignment", type=pathlib.Path)
    arguments.add_argument("files", type=pathlib.Path, nargs="+")
    arguments.add_argument("--schemas", type=pathlib.Path)
    arguments = arguments.parse_args()
    saved = json.loads(arguments.alignment.read_text(encoding="utf-8"))
    expected = list(beads(saved))
    tags = {"arabic": "ar", "english": "en"}
    languages = [tags.get(saved[side]["language"].lower(), saved[side]["language"]) for side in ("source", "target")]
    for path in arguments.files:
        found = list(units_of_tmx(path, languages) if path.suffix == ".tmx" else units_of_xliff(path))
        if len(found) != len(expected):
            sys.exit(f"{path}: {len(found)} units for {len(expected)} beads")
        for number, (unit, bead) in enumerate(zip(found, expected), 1):
            if unit != bead:
                sys.exit(f"{path}, bead {number}:\n  found    {unit!r}\n  expected {bead!r}")
        fault = schema_error(path, arguments.schemas) if arguments.schemas else None
        if fault:
            sys.exit(f"{path} is not valid: {fault}")
        print(f"{path}: {len(found)} units read{', valid' if arguments.schemas else ''}")


if __name__ == "__main__":
    main()
