# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, HOSTILE, case, random_texts, texts

OP = "clean_email_mapper"
PIECES = ["@", "@@", ".", "..", "-", "+", "_", "a", "bc", "A", "B.C", "1", "9", "é", "字", "．", "＠", "K", "ſ", "İ", " ", "\n", "\r\n", ",", "a@b.c",
    "@x.y", ".z", "%", "mailto:", "a.b@", "<", ">", "\U0001F600", "\u0301", "\u200d", "\x00", "\x1c", "/", "'", "١"]


def default_pattern():
    yield case("common addresses", {}, texts("mail joe@example.com now", "joe.doe+tag@mail.example.co.uk", "<joe_doe-1@x-y.de>", "mailto:a@b.c?subject=x",
        "a@b.c, d@e.f; g@h.i", "no address", "", "@", "a@b", "a@", "@b.c", "a @b.c", "a@ b.c"))
    yield case("the local part", {}, texts(".a@b.c", "a.@b.c", "..@b.c", "-@b.c", "+@b.c", "_@b.c", "A@b.c", "9@b.c", "a!b@c.d", "a%b@c.d", "a'b@c.d", "\"a b\"@c.d",
        "é@b.c", "aé@b.c", "éa@b.c", "字a@b.c", "a字@b.c", "a\u0301@b.c", "K@b.c", "a\nb@c.d", "١@b.c"))
    yield case("the domain", {}, texts("a@B.c", "a@b.C", "a@b.cD", "a@b.c1", "a@b.1", "a@b.1c", "a@1.2.3.4", "a@1.b", "a@.b", "a@..b", "a@-.b", "a@b..c", "a@b.c.", "a@b.c.d.e1.f",
        "a@b.c.1", "a@b.c-d", "a@b.c_d", "a@b.c+d", "a@b.c.D", "a@bC.d", "a@b.é", "a@bé.c", "a@b.cé", "a@b．c", "a＠b.c", "a@[1.2.3.4]", "a@b.c:80", "a@b.c/d", "a@b,c",
        "a@b.ſ", "a@b.K", "a@b\u0301.c"))
    yield case("several @", {}, texts("a@b@c.d", "a@b.c@d.e", "a@b.cD@e.f", "a@b.c1@d.e", "a@@b.c", "@a@b.c", "a@b.c@", "@@@@", "a@b.c.d@e.f.g1@h.i", "a@b.cd.ef1x@gh.ij"))
    yield case("beside other writing", {}, texts("邮箱joe@example.com谢谢", "邮箱：joe@example.com。", "بريد joe@example.com،", "\U0001F600joe@example.com\U0001F600",
        "joe@example.com\u200b", "\ufeffjoe@example.com", "joe@example.com\u0301", "joe@example.com\r\nann@example.org\r\n", "joe@\r\nexample.com", "joe@example\x00.com",
        "\x00joe@example.com\x00", "[at] joe [at] example.com"))
    yield case("every ASCII character", {}, texts(*(f"a{chr(c)}b@c{chr(c)}d.e{chr(c)}f" for c in range(0x80))))
    yield case("many addresses", {}, texts("see a.b@c.de, " * 500, "a@b.cD" * 500, "a@b." * 500))
    yield case("long texts", {}, texts("x" * 30000 + "@b.c", "a@" + "b" * 30000 + ".c", "a@b." + "c" * 30000, "a@" + ".b" * 10000, "a@" + ".1" * 2000, "@" * 20000,
        "a." * 500, "word " * 8000 + "a@b.c"))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows))
    yield case("emoji sequences", {}, texts(*EMOJI_SEQUENCES, *(f"{e}@{e}.de a@b.c{e}" for e in EMOJI_SEQUENCES)))
    yield case("random mixtures", {}, texts(*random_texts(11, 1200, PIECES, 12)))


def parameters():
    rows = texts("see a@b.c and D@e.f1 x", "none", "a@b.c", "a1b22c")
    yield case("repl", {"repl": "<EMAIL>"}, rows)
    yield case("repl is a template", {"repl": r"[\g<0>]\t\\\n"}, rows)
    yield case("repl: a dollar is a dollar", {"repl": "$1 $0 &"}, rows)
    yield case("repl with Unicode", {"repl": "邮\U0001F4E7\u0000"}, rows)
    yield case("repl is not looked for addresses again", {"repl": "x@y.z"}, texts("a@b.c@d.e", "a@b.c"))
    yield case("repl with an unknown group", {"repl": r"\1"}, rows, fails=True)
    yield case("repl with an unknown group, on texts without a match", {"repl": r"\1"}, texts("none"))
    yield case("repl with a bad escape", {"repl": "\\"}, rows, fails=True)
    for name, pattern in (("digits", r"\d+"), ("wrapped in r''", r"r'\d+'"), ("wrapped in r\"\"", 'r"\\d+"'), ("r'' alone", "r''"), ("r' only", "r'a"), ("empty", ""),
        ("dot matches a line break", "a.b"), ("the default itself", r"[A-Za-z0-9.\-+_]+@[a-z0-9.\-+_]+\.[a-z]+"), ("upper case too", r"(?i)[a-z0-9.\-+_]+@[a-z0-9.\-+_]+\.[a-z]+"),
        ("letters of all scripts", r"[\w.]+@[\w.]+")):
        yield case(f"pattern: {name}", {"pattern": pattern, "repl": "-"}, texts("a1b22c", "a\nb", "r'a r''x", "A@B.C é@字.de", "", "a@b.c1"))
    yield case("pattern with groups", {"pattern": r"(?P<user>\w+)@(\w+)(\.\w+)?", "repl": r"\g<user> at \2\3"}, texts("ann@host", "ann@host.de x", "none"))
    yield case("a pattern that does not compile", {"pattern": "("}, texts("a"), fails=True)


def cases():
    yield from default_pattern()
    yield from parameters()
    yield case("other columns are untouched", {}, [{"id": 1, "mail": "a@b.c", "text": "a@b.c x", "list": ["a@b.c"], "n": 0.1}])
    yield case("text_key", {"text_key": "content"}, [{"text": "a@b.c", "content": "x a@b.c"}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "a@b.c"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
