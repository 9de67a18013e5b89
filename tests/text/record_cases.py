#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records what Python's `re` and `regex` find: tests/text/data/*.jsonl. Run with the interpreter of a py-data-juicer 1.6.1
installation. `record_cases.py fuzz links|patterns COUNT SEED` writes random cases to standard output instead."""
import json
import os
import random
import re
import sys
import warnings

import regex

warnings.simplefilter("ignore")
MODULES = {"re": re, "regex": regex}
LINK = (
    r"(?i)\b((?:[a-z][\w-]+:(?:\/{1,3}|[a-z0-9%])|www\d{0,3}[.]|[a-z0-9.\-]+[.][a-z]{2,4}\/)"
    r"(?:[^\s()<>]+|\(([^\s()<>]+|(\([^\s()<>]+\)))*\))+"
    r"(?:\(([^\s()<>]+|(\([^\s()<>]+\)))*\)|[^\s`!()\[\]{};:\'\".,<>?«»“”‘’]))"
)

PATTERNS = r"""
a* a+? a?? (a|b)*c (?:a|b)+ (a)(b)?c a{2} a{2,} a{,2} a{,} a{1,2}? a{2}+ a++b a?+a x{ {a} a{} a{x} }a ]a [a]] [^]a]+ []a]+
^a a$ \Aa a\Z ^ $ \Z \A \b \B \bab\b (?m)^ (?m)$ (?m)^b (?m)a$ . .* .+ (?s).+ (?s:.)a (?-s:.)a (?i)ab (?i:a)b (?-i:a)b (?i)(?-i:a)b
(?im)^A (?is)A.B (?u)é (?x)a\ b#c (?i)i (?i)I (?i)[i] (?i)[I] (?i)[^i] (?i)[^I] (?i)[a-z]+ (?i)[A-Z]+ (?i)[^a-z] (?i)k (?i)K (?i)s
(?i)[k-s] (?i)ſ (?i)K (?i)é (?i)É (?i)ß (?i)ẞ (?i)σ (?i)ς (?i)Σ (?i)[σ] (?i)µ (?i)Ǆ (?i)ǅ (?i)[\u0100-\u0140] (?i)[iI] (?i)xi (?i)\u0130 (?i)\u0131
(?i)[\u0131x] \d+ \D+ \w+ \W+ \s+ \S+ [\d]+ [\D]+ [\w.]+ [\W_]+ [^\W]+ [^\W_]+ [\s\d]+ [^\s]+ [^\S\n]+ [\S]+ [^\D] [^\D\S]
[a-c] [a\-c] [-a] [a-] [a-c-e] [--/] [\]] [\[] [[a] [a[b] [a&&b] [a||b] [a~~b] [\x41-\x43] [\u00e0-\u00ff] [\101] [\1] [\b] [\n\t] [\U0001F600-\U0001F610] [\N{DIGIT ONE}]
\x41 \u00e9 \U0001F600 \N{LATIN SMALL LETTER A} \0 \012 \101 \@ \_ \é \  \t \n \\ \. \* \a\f\v\r
(a)\1 (a)(b)\2\1 (?P<n>a)(?P=n) (?P<n>a)?(?(n)b|c) (a)?(?(1)b|c) (a)?(?(1)b) (?:(a)|b)* (a|ab)(c|bcd)(d*) (?>a+)b (?>a|ab)c (a)|b
(?=a) (?!a). (?<=a)b (?<!a)b (?<=\n)a a(?=b) (?=(a))a (?<=ab)c (?#comment)a ()|a (?:) a|b|c |a a| (a*)* (a*)+ (a|)+ (?:a?)*b
\n\n \n+ \s*\n\s* [。！？] [.!?]\s+ (\n) (,)|(;) \r?\n (?<=[.!?])\s+ #+\s .{3} [^\n]{2,4} \bfoo\b \w+@\w+\.com https?://\S+
a{3}{2} a** a*?? *a +a ?a {2}a a|* (*a) ( ) (a (?a (? (?P (?P<n (?P<1>a) (?P=n) (?P<n>a)(?P<n>b) \1 \8 (a\1) \ [ [a [z-a] [a-\d] [\d-z] [\B] [\y] \y \z \p{L} \pL \X \R
\G \K \h \m \L<x> \g<1> \x4 \u12 \U0011FFFF \ud800 \N{NO SUCH NAME} \N \400 \777 (?i-i:a) (?^:a) (?i a(?i)b (?a)\w (?L)a (?V0)a (?V1)[[a-z]--[b]] (?b)a (?e)a (?r)a (?w)a (?f)ß (?p)a
(?|a|b) (?R) (?1) (?&n) (?P>n) (?<n>a) (?<n>a)\g<n> (*FAIL) (*UTF)a (?<=a*)b (?<=a|bc)d a{e<=1} a{2i+2d<=5} (?:ab){e} [[:alpha:]] [[:foo:]] [[=a=]] ^* $+ \b* (?=a)* (?=a){2} (?P<é>a)(?P=é)
\p{Han}+ \p{Lu} \P{L} \p{^L} [\p{L}\d]+ (?i)\p{Lu} \p{Greek} \p{IsGreek} \p{NoSuch} \p{Script=Latin}+ [^\p{P}]+ a(?#
(?x)\ a\ +\ # (?x)(?:a\ b) (?x)[\ a] (?x:a\ )b (?-x:a\ b) (?x)a\ \+
""".split()

TEXTS = [
    "", "a", "aa", "aab", "abc", "abcd", "aaaabbbb", "b", "ba", "\n", "a\n", "a\nb\n", "\na\n\nb\n\n\n", "ab ab", "foo bar foo.",
    "iIİı jJ kKK sSſ", "éÉ ßẞ σςΣ µμ ǄǅǆŒ", "x{ {a} a{} a{x} }a ]a [a]] - ^ & | ~ _ @ . * \\", "12 ٣٤ ⅷ ² ½ ¹", "漢字かなカナ。！？ abc",
    "e\u0301 a\u200db a\u200cb \u24b6 \u2160 \u203f x_y", "\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2003\u2028\u2029\u202f\u205f\u3000\u200b\ufeff\u180e",
    "\x00\x07\x08\x0b\x0c\r\t\x7f", "😀 \U0001F605 \U00010D40 \U0001E4F0", "One. Two! Three?\nFour.  Five", "a@b.com http://x.y/z?q=1 https://e.org",
    "a,b;c", "line\r\nline\r\n", "# h\n## h2\ntext", "AB aB Ab ab", "a b#c a+b a #", "\u088f\u0897 \u1c89\u24d0",
]

REPLACEMENTS = [r"", r"<\g<0>>", r"\1", r"[\g<1>\2]", r"\g<n>", r"\n\t\\", r"\x41\u00e9\N{DIGIT ONE}", r"$1 {1}", r"\.", r"\é", r"\0\012\101", r"\q", "a\\", r"\9",
                r"\g<nope>", r"\g1", r"\g<>", r"\g<-1>", r"\g<01>", r"\g<1", r"\400", r"\99", r"\100", r"\e", r"\a\b\f\r\t\v", r"\ ", r"\d"]


def byte_spans(match, offsets):
    return [None if match.start(g) < 0 else [offsets[match.start(g)], offsets[match.end(g)]] for g in range(match.re.groups + 1)]


def byte_offsets(text):
    offsets = [0]
    for char in text:
        offsets.append(offsets[-1] + len(char.encode()))
    return offsets


def pattern_case(module, pattern, dot_all, texts):
    case = {"module": module, "pattern": pattern, "dot_all": dot_all}
    engine = MODULES[module]
    try:
        compiled = engine.compile(pattern, engine.DOTALL if dot_all else 0)
    except Exception as error:  # also those that say so in other ways: AttributeError, KeyError
        return {**case, "error": str(error)}
    results = []
    for text in [] if "(?R)" in pattern else texts:  # on which `regex` runs out of memory
        offsets = byte_offsets(text)
        matches = [byte_spans(match, offsets) for match in compiled.finditer(text)]
        if matches or len(results) < 2:
            results.append([text, matches])
    return {**case, "results": results}


def replacement_case(module, pattern, replacement, text):
    case = {"module": module, "pattern": pattern, "replacement": replacement, "text": text}
    try:
        return {**case, "result": MODULES[module].sub(pattern, replacement, text)}
    except Exception as error:
        return {**case, "error": str(error)}


def link_case(text):
    offsets = byte_offsets(text)
    return {"text": text, "spans": [[offsets[m.start()], offsets[m.end()]] for m in regex.finditer(LINK, text, flags=regex.DOTALL)]}


LINK_PIECES = (
    "http:// https:/// ftp: mailto: javascript: HTTP:// www. WWW. www1. www٣٤. www1234. wwww. example.com/ a.b/ foo-bar.org/ x.co.uk/ .com/ -a.io/ "
    "a bc é 漢 ſ K İ ı _ - . .. , ; : :: ! ? ( ) () (a) ((a)) ((a)(b)) (a(b)c) ((())) [ ] { } < > \" ' ` « » “ ” ‘ ’ / // % %20 1 23 @ # & = ~ \\ "
    "\u0301 \u200d \u200b \u00a0 \u3000 \x1c \x85 \u2028 \u24b6 😀 std::string 12:30 key:value a:b ab:c ab:cd C:\\ .com .html/ www w ww "
).split(" ") + [" ", "\n", "\t", " "]


def random_link_text(rng):
    return "".join(rng.choice(LINK_PIECES) for _ in range(rng.randint(0, 14)))


LINK_TEXTS = [
    "see https://example.com/a?b=c, or www.example.org.", "访问http://example.com/path", "http://x", "http:///x", "http:////x", "ab:cd", "ab:cde", "a:bcd",
    "example.com/", "example.com/ab", "example.com/a", "std::string", "http://(abc)", "http://a(b)c)", "http://a((b))", "http://a(((b)))", "http://a()", "http://a(b",
    "http://a(b(c)d(e)f)g", "www.a", "www.ab", "xwww.ab.cd", "-www.ab.cd", "_www.ab.cd", "foo-www.bar.com/x", "foo.bar-www.baz/qq", "a.b.c.d.example.info/x", "a.abcde/x",
    "a.a/x", "é..com/xy", "é.com/xy", "x-.com/ab", "..com/ab", "a..com/ab", "http://a.....", "http://.....", "http://.a.", "http://«»x", "mailto:a@b.c", "key:%41", "key:%",
    "http://a\u0085b", "http://a\u001cb", "http://a\u3000b", "http://a<b>c", "İa.com/xx", "ıa.com/xx", "ſa:xyz", "Ka:xyz", "aİ:xyz", "a.İſ/xx", "http://a.http://b", "a:/b:/c:/d",
    "www.www.www.", "www.www.ww", "http:\\\\x", "http://漢字(かな)。", "http://x\u200b", "\u200dhttp://xy", "\u0301http://xy", "http://xy\u0301", "www\u0663.ab", "www\U00010D40.ab",
    "aa://" + "." * 40, "aa:" + "/" * 30, "a." * 30, "www." + "(" * 20, "http://" + "(a)" * 15 + "(", "x" * 40 + ".com/ab", ":" * 40, "/" * 40, "aa:b(aa:b(aa:b(", "((((aa:bcd))))",
]

FUZZ_ATOMS = [
    "a", "b", "i", "I", "k", "é", "漢", ".", r"\w", r"\W", r"\s", r"\S", r"\d", r"\D", "[ab]", "[^ab]", r"[\w-]", r"[^\w]", r"[\W_]", r"[^\W\d]", "[a-z]", "[^a-z]", r"\b", r"\B", "^", "$", r"\A",
    r"\Z", r"\1", r"\n", " ", "-", r"\.", "(?=a)", "(?!a)", "(?<=a)", "(?<!b)", "", "|", "[iİ]", r"[\u0000-\uffff]", r"[^\s\d]",
]
FUZZ_REPEATS = [""] * 6 + ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{,2}", "{2,}?", "*+", "++", "?+"]
FUZZ_TEXT = list("aabbiIkK ") + ["İ", "ı", "é", "É", "漢", "1", "٣", "_", "-", "\n", "\r", "\t", "\x1c", "\x85", "\u2028", "\u0301", "\u200d", "ſ", ".", ""]


def random_pattern(rng, depth=0):
    parts = []
    for _ in range(rng.randint(1, 4)):
        if depth < 2 and rng.random() < 0.3:
            opening = rng.choice(["(", "(", "(?:", "(?i:", "(?>", "(?=", "(?!", "(?s:", "(?m:"])
            parts.append(opening + random_pattern(rng, depth + 1) + ")" + (rng.choice(FUZZ_REPEATS) if opening not in ("(?=", "(?!") else ""))
        else:
            atom = rng.choice(FUZZ_ATOMS)
            parts.append(atom + (rng.choice(FUZZ_REPEATS) if len(atom) == 1 or atom[:1] in ("[", "\\") else ""))
    return ("(?i)" if depth == 0 and rng.random() < 0.3 else "") + "".join(parts)


def fuzz(what, count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        if what == "links":
            yield link_case(random_link_text(rng))
        else:
            texts = ["".join(rng.choice(FUZZ_TEXT) for _ in range(rng.randint(0, 12))) for _ in range(4)]
            yield pattern_case(rng.choice(["re", "regex"]), random_pattern(rng), rng.random() < 0.5, texts)


def write(path, cases):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for case in cases:
            file.write(json.dumps(case, ensure_ascii=False) + "\n")


def main():
    if sys.argv[1:2] == ["fuzz"]:
        for case in fuzz(sys.argv[2], int(sys.argv[3]), int(sys.argv[4])):
            print(json.dumps(case, ensure_ascii=False))
        return
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
    patterns = [pattern.replace("\\ ", " ") if pattern.startswith("(?x") else pattern for pattern in PATTERNS]
    write(os.path.join(folder, "pattern_cases.jsonl"),
          [pattern_case(module, pattern, dot_all, TEXTS) for pattern in patterns for module in MODULES for dot_all in (False, True) if not dot_all or "." in pattern]
          + list(fuzz("patterns", 600, 1)))
    write(os.path.join(folder, "replacement_cases.jsonl"),
          [replacement_case(module, pattern, replacement, text) for module in MODULES for replacement in REPLACEMENTS
           for pattern, text in (("(?P<n>b)(x)?", "abcb"), ("x*", "abxé"))])
    rng = random.Random(2)
    write(os.path.join(folder, "link_cases.jsonl"), [link_case(text) for text in LINK_TEXTS + [random_link_text(rng) for _ in range(3000)]])


if __name__ == "__main__":
    main()
