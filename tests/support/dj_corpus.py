# SPDX-License-Identifier: Apache-2.0
"""Corpora for tests: several languages, exact duplicates far apart, and JSON as others write it."""
import json
import random

WORDS = {
    "en": "the quick brown fox jumps over a lazy dog while every honest worker reads data from disk again".split(),
    "de": "über größere Flüsse führen Brücken, ÄRGER weiß Öl süß daß Straße heißt zwölf Boxkämpfer jagen".split(),
    "zh": ["数据", "处理", "分布式", "系统", "，", "我们", "需要", "更快", "。", "模型", "训练", "的", "语料"],
    "ru": "быстрая лиса прыгает через ленивую собаку и читает данные с диска Ещё раз".split(),
    "ar": "البيانات الكبيرة تحتاج إلى معالجة سريعة على كل العقد".split(),
    "emoji": ["😀", "👩‍👩‍👧", "🇩🇪", "e\u0301", "ﬁ", "\u200b", "\u00a0", "\u3000", "İI", "ß"],
}
SEPARATORS = [" ", " ", " ", "\n", "\n\n", "\t", "  ", "\u2003", "\r\n"]
NUMBERS = ["0", "-0", "1.0", "1.50", "1e400", "-1E-400", "123456789012345678901234567890", "0.1000000000000000055511151231",
           "9007199254740993", "1E5", "-12.5e-3", "18446744073709551616"]
# Untouched fields as they may stand in a record: key and value in raw JSON.
ODD_FIELDS = [
    '"id" : 7', '"url":"http:\\/\\/example.org\\/a?b=1&c=\\u0026"', '"ключ":"значение"', '"k\\u0065y": "\\u00e9\\ud83d\\ude00"',
    '"nested":{"a":[1, 2,3 ,{"b":null}],"":{},"text":"not the text"}', '"empty":""', '"list":[]', '"t":true , "f":false',
    '"tab":"a\\tb"', '"del":"\u007f\u2028"', '"x":  [ [ ] , { } ]', '"long":"' + "z" * 300 + '"', '"date":"2020-01-01"',
]


def make_text(rng, longest=60):
    words = []
    for _ in range(rng.randrange(longest)):
        language = rng.choice(list(WORDS))
        words += [rng.choice(WORDS[language]), rng.choice(SEPARATORS)]
    return "".join(words)


def encode(rng, text):
    """The text as a JSON string, in one of the ways that JSON allows."""
    way = rng.randrange(4)
    if way == 0:
        return json.dumps(text)
    encoded = json.dumps(text, ensure_ascii=False)
    return encoded.replace("/", "\\/").replace("a", "\\u0061", 1) if way == 1 else encoded


def make_record(rng, number, text):
    """One line without its end. `meta.score` is there for selectors; it has many ties."""
    fields = [f'"text":{rng.choice(["", " "])}{encode(rng, text)}', f'"number": {number}',
              f'"meta":{{"score":{rng.randrange(40)}, "n":{rng.choice(NUMBERS)}}}']
    fields += rng.sample(ODD_FIELDS, rng.randrange(4))
    rng.shuffle(fields)
    space = rng.choice(["", " ", "\t"])
    return space + "{" + space + ("," + space).join(fields) + space + "}" + rng.choice(["", " ", "\r"])


def make_records(rows, seed=1, longest=60):
    """A third of the texts are duplicates of others anywhere in the list, some of them but for their case or spaces."""
    rng = random.Random(seed)
    originals = [make_text(rng, longest) for _ in range(max(1, rows * 2 // 3))]
    texts = originals + [rng.choice(originals) for _ in range(rows - len(originals))]
    rng.shuffle(texts)
    texts = [text.upper() if rng.random() < 0.05 else text + " " if rng.random() < 0.05 else text for text in texts]
    return [make_record(rng, number, text) for number, text in enumerate(texts)]


def to_bytes(records):
    return "".join(record + "\n" for record in records).encode()
