# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, case, random_texts, texts

OP = "expand_macro_mapper"
PIECES = ["\\newcommand{\\a}{x}\n", "\\newcommand*{\\b}{\\a}\n", "\\def\\a{y}\n", "\\def \\c {z}\n", "\\def\\ab{w w}\n", "\\a", "\\b", "\\c", "\\ab", "\\A", " ", "\n", "{", "}", "é", "1", "\\", "\\newcommand", "\\def", "字"]


def cases():
    yield case("newcommand", {}, texts("\\newcommand{\\R}{\\mathbb{R}}\n$\\R$ \\Re \\R1 \\R", "\\newcommand*{\\R}{r}\n\\R.", "\\newcommand {\\R}{r}\n\\R.", "\\newcommand{R}{r}\n\\R.", "\\newcommand{\\R}[1]{r}\n\\R.",
        "\\newcommand\\R{r}\n\\R.", "\\newcommand{\\R}{r} %\n\\R.", "\\newcommand{\\R}{r\n}\n\\R.", "\\newcommand{\\R}{}\na\\R b", "\\newcommand{\\R}{a}{b}\n\\R.", "\\newcommand{\\R}{r}", "\\newcommand{\\R}{r}\r\n\\R.",
        "\\newcommands{\\R}{r}\n\\R.", "\\renewcommand{\\R}{r}\n\\R.", "\\newcommand{\\R_a}{r}\n\\R.", "\\newcommand{\\é}{r}\n\\é.", "\\newcommand{\\}{r}\n\\ .", "\\newcommand**{\\R}{r}\n\\R."))
    yield case("def", {}, texts("\\def\\x{1}\n\\x.", "\\def \\x {1}\n\\x.", "\\def\n\\x\n\n{1}\n\\x.", "\\def\u3000\\x\u2028{1}\n\\x.", "\\def\\x#1{1}\n\\x.", "\\def\\x{1}%\n\\x.", "\\define\\x{1}\n\\x.", "\\def\\x{\\x}\n\\x \\x.",
        "\\def\\def{1}\n\\def.", "\\gdef\\x{1}\n\\x.", "\\def\x1c\\x{1}\n\\x.", "\\def\\x12{1}\n\\x12 \\x1."))
    yield case("several", {}, texts("\\def\\a{1}\n\\newcommand{\\b}{2}\n\\a \\b.", "\\def\\a{1}\n\\def\\a{2}\n\\a.", "\\newcommand{\\a}{\\b}\n\\newcommand{\\b}{c}\n\\a \\b.", "\\newcommand{\\b}{c}\n\\newcommand{\\a}{\\b}\n\\a \\b.",
        "\\newcommand{\\a}{1}\n\\newcommand{\\ab}{2}\n\\a \\ab \\abc.", "\\newcommand{\\a}{x}\n\\def\\a{y}\n\\a ", "\\def\\a{x}\n\\newcommand{\\b}{w}\n\\newcommand{\\a}{y}\n\\a \\b ", "\\newcommand{\\a}{x}\\newcommand{\\b}{y}\n\\a \\b "))
    yield case("the character behind belongs to the match", {}, texts("\\def\\a{x}\n\\a\\a\\a\\a \\a", "\\def\\a{x}\n\\aé\\a字\\a\U0001F600\\a\n\\a\u0301", "\\def\\a{\\a}\n\\a\\a."))
    yield case("values", {}, texts("\\def\\a{\\1\\2\\g<1>\\n\\t}\n\\a.", "\\def\\a{tab\there\\\\}\n\\a.", "\\def\\a{é字\U0001F600\x00\x7f\x85\u2028\ufeff}\n\\a.", "\\def\\a{$1 & ^ [x] (y) *}\n\\a.", "\\def\\a{\\u0041\\x41\\N{DASH}}\n\\a.",
        "\\def\\a{\\}\n\\a.", "\\def\\a{}}\n\\a.", "\\def\\a{'\"}\n\\a.", "\\def\\a{b}\x0b\n\\a."))
    yield case("none", {}, texts("", "plain", "\\def", "\\newcommand", "\\newcommand{", "\\def\\", "\\a \\b"))
    yield case("long texts", {}, texts("\\def\\a{x}\n" + "\\a " * 400, "\\newcommand{\\a}{" * 1000, "\\def\\a{" + "x" * 500 + "}\n\\a \\a\\a", "".join(f"\\def\\m{n}{{v{n}}}\n" for n in range(100)) + "\\m1 \\m99 \\m100 " * 20,
        "\\def" + " " * 400 + "x", "\\def\\a" * 600))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows, *("\\def\\x{" + text + "}\n\\x" + text for text in rows)))
    yield case("random mixtures", {}, texts(*random_texts(18, 1500, PIECES, 12)))
    yield case("text_key", {"text_key": "content"}, [{"text": "\\def\\a{1}\n\\a.", "content": "\\def\\a{2}\n\\a."}])
