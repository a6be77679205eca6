"""Word errors by jiwer, after Whisper's own English rules and plainly. Standard input: [said, heard] of each clip of each call."""

import json
import sys
import unicodedata

import jiwer
import regex
from whisper_normalizer.english import EnglishTextNormalizer

english = EnglishTextNormalizer()


def basic(text):
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return " ".join(regex.findall(r"[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}\p{N}]+)*", text))


def errors(clips, rules):
    """Edits and words of all clips together."""
    found = jiwer.process_words([rules(said) for said, _ in clips], [rules(heard) for _, heard in clips])
    edits = found.substitutions + found.deletions + found.insertions
    return [edits, found.hits + found.substitutions + found.deletions]


calls = json.load(sys.stdin)
print(json.dumps([{"english": errors(clips, english), "basic": errors(clips, basic)} for clips in calls]))
