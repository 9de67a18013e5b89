# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, HOSTILE, LINE_BREAKS, case, random_texts, texts

OP = "fix_unicode_mapper"
FORMS = ["NFC", "NFKC", "NFD", "NFKD"]
NORMALIZED = ["é e\u0301 e\u0301\u0323 e\u0323\u0301", "Å Å Å", "가 각 \u1100\u1161 \u1100\u1161\u11a8 가\u11a8", "が か\u3099 ガ", "10³ ½ ① ﷺ ㌔ ™ µ", "豈 \u2adc \u0958 \u0344 \U0001D15F", "\u0301a q\u0307\u0323",
              "\U0001E08Fа\U0001E08F\u0301 \U0001E030", "ẛ\u0323 ſ", "Tiếng Việt Tie\u0302\u0301ng"]
PIECES = ["Käse", "œuf", "naïve", "“a”", "Привет", "Ω", "敏捷", "キー", "😀", "à la", "20 °C", "€5", "…", " ", "x", "\n", "–", "ž", "ł"]


def misread(text, encoding="windows-1252", times=1):
    for _ in range(times):
        text = "".join(bytes([byte]).decode(encoding, "ignore") or bytes([byte]).decode("latin-1") for byte in text.encode())
    return text


def cases():
    yield case("one wrong encoding", {}, texts(*(misread(piece, encoding) for encoding in ("latin-1", "windows-1252", "windows-1251", "windows-1250", "windows-1253", "windows-1254", "windows-1257", "iso8859-2", "mac-roman", "cp437") for piece in PIECES)))
    yield case("several times over", {}, texts(*(misread(piece, times=times) for times in (2, 3, 4) for piece in PIECES)))
    yield case("in the midst of other text", {}, texts("敏捷 " + misread("é—“x”"), "Ã  Paris, Ã  Rome", "Ã  midi, Ã s dez, Ã quela", "doesnâ€™t “work”", "l’humanitÃ©", "ÃƒÂ©tait – naïve", "Ð¿Ñ€Ð¸Ð²ÐµÑ‚ привет"))
    yield case("bytes that got lost", {}, texts("â€œquotedâ€�", "â€œquotedâ€?", "Ã? Rome", "ðŸ˜�", "ðŸ?€ Ã�", "ï¿½", "\x1a Ã©", "caf\xc3\xa9 \xc3 "))
    yield case("CESU-8 and Java", {}, texts("\xed\xa0\xbd\xed\xb8\x80 \xc3\xa9", "a\xc0\x80b \xc3\xa9", "\xc3\xa9 \xed\xa0\xbd", "\xc3\xa9 \xc0\n", "\xc3\xa9 \xed\xa0\xbd\xed\xb8\n", "\xc3\xa9\xed\x95\x9c"))
    yield case("what looks odd and is right", {}, texts("ÂÃ", "Å Ã", "Œuvre œ", "OÙ ÊTES-VOUS", "╔═╗ 3² × 4 µ", "(╯°□°)╯", "NESTLÉ®", "“É” «À»", "Ґ ґ Ђ", "РС Р°С", "20 °C É°", "¡Ñ!", "ţara", "RM 5€ ⅔"))
    yield case("C1 controls", {}, texts("\x80\x85\x91\x92\x93\x94\x99", "\x81\x8d\x8f\x90\x9d", "a\x96b \x81", "é\x85\x81"))
    yield case("character references", {}, texts("&lt;&eacute;&gt; &amp; &hellip; &EACUTE; &SZLIG; &nTILDE; &NotEqualTilde;", "&#65;&#x41;&#X41;&#128;&#x9d;&#0;&#13;&#7;&#xD800;&#1114112;&#xFFFE;&#59;", "AT&T &unknown; &amp &; &#; &#x; &#12ab;", "&amp;amp;amp;lt;", "&#99999999999999999999;", "&abcdefghijklmnopqrstuvwxyz;", "＆lt；"))
    yield case("none behind a tag", {}, texts("&lt;<&gt;", "&lt;\n<b>\n&gt;", "&lt;\n&lt;\n", "<\n&#233;", "&lt;&gt;\n&amp;\n< &amp;"))
    yield case("ligatures, width, quotes", {}, texts("ﬀﬁﬂﬃﬄﬅﬆ ĲĳŉǱǲǳǄǅǆǇǈǉǊǋǌ æœß", "ＦＵＬＬ　ＷＩＤＴＨ！ ￠￡￢￣￤￥￦", "ﾊﾝｶｸ ｶﾞ ﾊﾟ ｡｢｣､ ﾡﾤ", "‘’‚‛“”„‟ʼ «» ‹› ′″", "“it’s”"))
    yield case("line breaks", {}, texts(*(f"a{breaking}b{breaking}{breaking}c{breaking}" for breaking in LINE_BREAKS), "\r\r\n\n\r", "a\r\u2028b"))
    yield case("terminal escapes", {}, texts("\x1b[36;44mblue\x1b[0m", "\x1b[m\x1b[;;K", "\x1b[1", "\x1b[1\x1b[2J", "\x1b]0;t\x07", "\x1b[١m", "\x1b［１ｍ", "[0m"))
    yield case("all control characters", {}, texts("".join(map(chr, range(0x20))), "\x7f\x80\xad\u200b\u200e\u202a\u2060\u206a\u206f\ufeff\ufff9\ufffc\ufffd", "a\x00\ufeff", "\U0001D173\U000E0067"))
    for form in FORMS:
        yield case(f"{form}", {"normalization": form}, texts(*NORMALIZED, *(misread(text) for text in NORMALIZED), "ﬁ ＡＢ “x” &frac12;"))
    yield case("the form in lower case", {"normalization": "nfkd"}, texts(*NORMALIZED))
    yield case("the form null", {"normalization": None}, texts(*NORMALIZED))
    yield case("the form empty", {"normalization": ""}, texts(*NORMALIZED))
    yield case("a form that is none", {"normalization": "NFX"}, texts("a"), fails=True)
    yield case("ASCII", {}, texts("plain text, nothing to do & nothing done\n\tat all\f", "x" * 5000, ""))
    yield case("long texts", {}, texts("“word” " * 1500, (misread("é ") + "\n") * 800, "é" * 5000, "Ã" * 3000, "&amp;" * 800, "e\u0301" * 3000))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows))
    yield case("emoji sequences", {}, texts(*EMOJI_SEQUENCES, *map(misread, EMOJI_SEQUENCES)))
    yield case("random mixtures", {}, texts(*random_texts(31, 500, [*PIECES, *(misread(piece) for piece in PIECES), *(misread(piece, times=2) for piece in PIECES), "&amp;", "<", "\r\n", "\x1b[0m", "\x85", "ﬁ", "ｶ", "\ufffd", "\u0301"], 12)))
    yield case("other columns are untouched", {}, [{"id": 1, "note": "“a”", "text": "“a”", "list": ["Ã©"], "n": 0.1}])
    yield case("text_key", {"text_key": "content"}, [{"text": "“a”", "content": "“b”"}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "“a”"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
