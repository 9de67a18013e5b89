#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Texts, whole and damaged, with what ftfy makes of them: what tests/text/text_repair_test.cpp compares with.

usage: repair_cases.py COUNT SEED > cases.jsonl    with a Python 3.11 that has ftfy 6.3.1

A line is [form, text], or [form, text, repaired] where ftfy changes something; ASCII. The sentences were written for this file
or are pangrams that everybody uses.
tests/text/data/repair_cases.jsonl.zst: COUNT 24000, SEED 1, `zstd -19`. Any number with another seed is a fuzz:
DJ_REPAIR_CASES=cases.jsonl tests/text_tests --gtest_filter='TextRepair.*'
"""
import html
import json
import random
import signal
import sys
import unicodedata

import ftfy
from ftfy import badness, chardata

FORMS = ["NFC", "NFKC", "NFD", "NFKD"]
SENTENCES = [
    "The café’s crème brûlée costs £4.50 – “a bargain”, she said…", "It’s déjà vu: naïve coöperation at 20 °C ± 2°", "Wir müssen über größere Straßen reden, Herr Übeltäter!",
    "L’élève a mangé des œufs à la coque « hier soir » à Noël.", "El niño pequeño comió piñas; ¿qué más? ¡Nada!", "A maçã não caiu às três da manhã, àquela hora.",
    "Žluťoučký kůň příliš úpěl ďábelské ódy.", "Zażółć gęślą jaźń, mówi Łukasz.", "Árvíztűrő tükörfúrógép működik.", "Şişli’de güneşli bir gün, İstanbul ığdır.",
    "Съешь ещё этих мягких булок, да выпей чаю.", "Їжак ґудзик об’їхав, є такі справи.", "Η γρήγορη αλεπού πηδάει πάνω από το σκυλί — Ω!", "Ātrā lapsa lēca pāri žogam ķīli.",
    "敏捷的狐狸跳过了懒狗，真的吗？“是的”。", "吾輩は猫である。名前はまだ無い！「ニャー」", "다람쥐 헌 쳇바퀴에 타고파.", "الثعلب البني السريع يقفز، أليس كذلك؟", "השועל החום המהיר קפץ מעל הכלב.",
    "तेज़ भूरी लोमड़ी आलसी कुत्ते के ऊपर कूदी।", "สุนัขจิ้งจอกสีน้ำตาลกระโดดข้าม", "Cáo nâu nhanh nhẹn nhảy qua chó lười ở Đà Nẵng.", "ქართული ანბანი ლამაზია", "Քույր իմ, բարև ձեզ",
    "😀 grin 👩‍👩‍👧 family 🇩🇪 flag ❤️ heart", "10³ µm ≈ ¼ mile × 2 ÷ 3 ™ © ® § ¶ №", "╔══╗ ║ok║ ╚══╝ ▓▒░ │", "(╯°□°)╯︵ ┻━┻ ¯\\_(ツ)_/¯ ヽ(°◇° )ノ", "plain ASCII text, nothing wrong & nothing to do", "Ã and Â are letters; Å is one too. Ù œ",
    "naïve façade — résumé; Ångström; Ð Þ ß æ ø", "Tiếng Việt: Ưu điểm, ỗ ặ ờ", "ภาษาไทย “คำ” ๑๒๓", "தமிழ் மொழி അമ്മ ಕನ್ನಡ", "𝒳 ∈ ℝ 𝔄 𐍈 𠀀 \U000E0067", "tomorrow: 5€ or ¥500 or 3¢ or ƒ7 ‰ † ‡ •",
]
# Twenty: those in which UTF-8 is read by mistake, and some for which ftfy does not look.
ENCODINGS = ["latin-1", *(f"sloppy-windows-{number}" for number in (1250, 1251, 1252, 1253, 1254, 1256, 1257, 1258)), "iso-8859-2", "iso-8859-5", "iso-8859-9",
             "iso-8859-15", "macroman", "mac-cyrillic", "cp437", "cp850", "cp866", "koi8-r", "cp874"]
CATEGORY_CHARS = {name: [chr(point) for point in range(0x80, 0x10000) if not 0xD800 <= point < 0xE000 and __import__("re").match(f"[{members}]", chr(point))]
                  for name, members in badness.MOJIBAKE_CATEGORIES.items()}
MOJIBAKE_CHARS = sorted({char for chars in CATEGORY_CHARS.values() for char in chars} | set("ŒœÙЂ°ūўβāÃÂ"))
ENTITIES = [*chardata.HTML_ENTITIES, "&notanentity;", "&nTILDE;", "&amp", "&;", "&#;", "&#x;", "&#59;", "&#0;", "&#13;", "&#x80;", "&#x9d;", "&#xD800;", "&#1114112;", "&#xfffe;",
            "&#99999999999999999999;", "&#12ab;", "&#x1F600;", "&#X41;", "&#65;", "&#x0;", "&#7;", "&#128;", "&amp;lt;", "&amp;amp;amp;", "&aaaaaaaaaaaaaaaaaaaaaaaaaa;", "&#x00000000000000000000041;"]
SPECIALS = ["\x1b[31m", "\x1b[0;1m", "\x1b[", "\x1b[١٢m", "\x1b", "\x1b[12;", "\x00", "\x07", "\x1a", "\x7f", "\x0b", "\x0c", "\r", "\r\n", "\n", "\u2028", "\u2029", "\x85", "\x81", "\x9d", "\ufeff", "\ufffc", "\u206b",
            "ﬁ", "ﬂ", "ﬀ", "ﬃ", "ﬅ", "ﬆ", "Ĳ", "ŉ", "Ǆ", "ǉ", "ǲ", "Ｕ", "ﾀ", "ﾞ", "ﾟ", "￣", "￥", "ￂ", "　", "＆", "＇", "；", "［", "‘", "’", "‚", "‛", "“", "”", "„", "‟", "ʼ", "<", "&", ";", " ", "\t", "?", "\ufffd"]
MARKS = [chr(point) for point in range(0x300, 0x11000) if unicodedata.combining(chr(point))]
# Unassigned in Unicode 14, assigned later: a mark, compatibility letters, digits.
NEWER = ["\U0001E08F", "\U0001E030", "\U00011F41", "\U0001E4EC", "\U00010EFD", "\u0CF3", "\U00011F50", "\U0001E4F0", "\u1C89", "\u0897", "\U000105C9", "\U000105D2\u0307"]


class Source:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def sentence(self):
        text = self.random.choice(SENTENCES)
        if self.random.random() < 0.5:
            begin = self.random.randrange(len(text))
            text = text[begin:begin + self.random.randint(1, 30)]
        return text

    def any_character(self):
        while True:
            point = self.random.choice([self.random.randrange(0x250), self.random.randrange(0x3000), self.random.randrange(0x10000), self.random.randrange(0x110000)])
            if not 0xD800 <= point < 0xE000:
                return chr(point)

    def misread(self, text):
        """Written as UTF-8, or as CESU-8 or Java's form of it, and read as something else."""
        data = text.encode("utf-8")
        if self.random.random() < 0.1:
            pairs = text.encode("utf-16-be", "surrogatepass")
            data = b"".join(chr(int.from_bytes(pairs[at:at + 2], "big")).encode("utf-8", "surrogatepass") for at in range(0, len(pairs), 2)).replace(b"\0", b"\xc0\x80")
        if self.random.random() < 0.15:
            data = self.damaged(data)
        encoding = self.random.choice(ENCODINGS[:16] if self.random.random() < 0.3 else ["latin-1", "sloppy-windows-1252", *ENCODINGS])
        return data.decode(encoding, self.random.choice(["replace", "replace", "ignore"]))

    def damaged(self, data):
        data = bytearray(data)
        for _ in range(self.random.randint(1, 3)):
            at = self.random.randrange(len(data)) if data else 0
            what = self.random.randrange(5)
            if what == 0:
                data = data[:at]
            elif what == 1 and data:
                data[at] = self.random.randrange(256)
            elif what == 2:
                data = data[:at] + data[at + 1:]
            elif what == 3:
                data = data.replace(b"\xa0", b" ")
            else:
                data[at:at] = bytes([self.random.choice(b"\xc0\xed\xa0\x80\xf0\x9f\xe2\xc2\xc3\x1a\n ?")])
        return bytes(data)

    def lossy(self, text):
        swaps = {"\xa0": " ", "\x9d": "\ufffd", "\x81": "?", "\x8f": "\ufffd", "\x90": "?", "\xad": "", "\x85": "...", "Ã": "Ã"}
        if self.random.random() < 0.4:
            return "".join(swaps.get(char, char) for char in text)
        return "".join(self.random.choice(["\ufffd", "?", "", " ", "\x1a"]) if self.random.random() < 0.08 else char for char in text)

    def rules(self):
        """Neighbours that the heuristic looks at."""
        def one():
            what = self.random.randrange(10)
            if what < 6:
                return self.random.choice(CATEGORY_CHARS[self.random.choice(list(CATEGORY_CHARS))])
            return self.random.choice(MOJIBAKE_CHARS) if what < 8 else self.random.choice("aZz .,?!\n\tm_1ÃÂВГРСΒΓØÙ°\xa0\u2009一é")
        return "".join(one() for _ in range(self.random.randint(1, 7)))

    def sequences(self):
        """What looks like UTF-8 in the midst of something else."""
        kinds = [("utf8_first_of_2", 1), ("utf8_first_of_3", 2), ("utf8_first_of_4", 3)]
        out = []
        for _ in range(self.random.randint(1, 5)):
            first, count = self.random.choice(kinds)
            out.append(self.random.choice(chardata.UTF8_CLUES[first]) + "".join(self.random.choices(CONTINUATIONS, k=count)))
            if self.random.random() < 0.4:
                out.append(self.sentence()[:5])
        return "".join(out)

    def escaped(self, text):
        return "".join(self.random.choice([html.escape(char), f"&#{ord(char)};", f"&#x{ord(char):x};", char]) for char in text)

    def marks(self):
        bases = ["a", "é", "ệ", "가", "각", "ᄀ", "ᅡ", "ᆨ", "が", "Å", "か", "क", "ড", "ি", "เ", *NEWER, "\u0f71", "\u0344", "\u0958", "\u2adc", "豈", "\u1e9b\u0323", "\U0001D15F", "\U00011131\U00011127", "\u09c7\u09be"]
        return "".join(self.random.choice(bases) + "".join(self.random.choices(MARKS if self.random.random() < 0.5 else MARKS[:60], k=self.random.randint(0, 4))) for _ in range(self.random.randint(1, 5)))

    def spoiled(self, text):
        """Small things put in anywhere."""
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randint(0, len(text))
            thing = self.random.choice([lambda: self.random.choice(SPECIALS), lambda: self.random.choice(ENTITIES), lambda: self.random.choice(MOJIBAKE_CHARS), self.any_character, lambda: self.random.choice(SPECIALS)])()
            text = text[:at] + thing + text[at:]
        return text

    def text(self):
        what = self.random.randrange(20)
        if what < 7:
            text = self.sentence()
            for _ in range(self.random.choice([1, 1, 1, 2, 2, 3])):
                text = self.misread(text)
            if self.random.random() < 0.25:
                text = self.lossy(text)
        elif what < 10:
            text = self.rules()
        elif what < 11:
            text = self.sequences()
        elif what < 12:
            text = self.marks()
        elif what < 13:
            text = self.escaped(self.sentence()) if self.random.random() < 0.5 else "".join(self.random.choices(ENTITIES + ["a", " ", "&"], k=self.random.randint(1, 4)))
        elif what < 14:
            text = "".join(self.any_character() for _ in range(self.random.randint(1, 12)))
        elif what < 15:
            text = "".join(self.random.choices(SPECIALS, k=self.random.randint(1, 8)))
        elif what < 16:
            text = "".join(chr(0xFF00 + ord(char) - 0x20) if "!" <= char <= "~" else char for char in self.sentence())
        elif what < 18:
            text = self.spoiled(self.sentence())
        else:
            text = self.sentence()
        if self.random.random() < 0.2:
            text = self.spoiled(text)
        if self.random.random() < 0.2:
            text = text + self.random.choice(["\n", " ", "", "\r\n", ". "]) + self.text()
        return text + self.random.choice(["", "", "", "\n"])


CONTINUATIONS = chardata.UTF8_CLUES["utf8_continuation"].replace("\x80-\xbf", "".join(map(chr, range(0x80, 0xC0))))


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    source = Source(int(sys.argv[2]))
    for _ in range(int(sys.argv[1])):
        form = source.random.choice([*FORMS, "NFC", "NFC", "NFC"])
        text = source.text()
        fixed = ftfy.fix_text(text, normalization=form)
        print(json.dumps([form, text] if fixed == text else [form, text, fixed], separators=(",", ":")))


if __name__ == "__main__":
    main()
