# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, case, random_texts, texts

OP = "clean_links_mapper"
PIECES = ["http", "https", "ftp", "://", ":", "/", "//", "www.", "www12.", "example", ".com", ".org/", "a", "b1", "(", ")", "(x)", "()", "((y))", "<",
    ">", " ", "\n", ".", ",", "!", "?", "'", "\"",
          "-", "_", "%20", "#top", "=1&b=2", "é", "字", "。", "«", "”", "\u0301", "\u200b", "\u200d", "\x1c", "\x85", "\u3000", "\U0001F600", "K", "İ",
          "ſ", "ı", "1.2.3.4", ":8080", "mailto:", "@", "x.de/", "[", "]", "{", "`", ";"]


def default_pattern():
    yield case("common links", {}, texts(
        "see http://example.com/path now", "see https://example.com now", "ftp://ftp.example.org/pub/file.tar.gz", "www.example.com is here",
        "go to example.com/index.html", "no link here", ""))
    yield case("bare names need a path of two", {}, texts("example.com", "example.com/", "example.com/a", "example.com/ab", "example.c/ab",
        "example.info/ab", "example.museum/ab", "a..b.com/xx", "..com/xx", "é..com/xx", "-x.com/y1", "_x.com/y1", "x.co.uk/ab"))
    yield case("www", {}, texts("www.", "www.a", "www.ab", "www1.ab", "www123.ab", "www1234.ab", "www,ab", "WWW.EXAMPLE.ORG", "xwww.ab", "-www.ab",
        "www..", "www...a"))
    yield case("schemes", {}, texts("mailto:joe@example.com x", "tel:+49-30-1234", "javascript:alert(1)", "urn:isbn:0451450523", "key:value", "ab:cd",
        "ab:cde", "a:bcd", "12:345", "10:30", "a-b:cde", "std::string", "C:\\dir\\file",
        "git+ssh://host/repo", "x:%41%42", "note: text", "note:text", "Er sagte:nein!", "file:///etc/passwd", "about:blank", "_ab:cde",
        "ab_c:def"))
    yield case("slashes move into the body", {}, texts("http:/", "http://", "http:///", "http:////", "http://///", "http://x", "http://xy", "http:/x",
        "http:x", "http:xy", "http:xyz", "http://.", "http://!!", "http://!a", "http://a!"))
    yield case("upper case", {}, texts("HTTP://EXAMPLE.COM/FOO", "Https://Example.Com", "WwW.eXample.cOm", "EXAMPLE.COM/AB", "MailTo:JOE@X.DE"))
    yield case("hosts that are addresses, ports, users", {}, texts("http://127.0.0.1:8080/x?y=1", "http://[::1]:80/", "http://user:pw@host:21/a;b",
        "10.20.30.40/x1", "1.2.abc/d1", "ssh://git@github.example:22/r.git"))
    yield case("trailing punctuation stays", {}, texts(*(f"http://a.b/x{c}" for c in "`!()[]{};:'\".,<>?«»“”‘’"),
        *(f"http://a.b/x{c}{c} end" for c in ".,!?;:'\""), "http://a.b/x...,,", "http://a.b/x/", "http://a.b/x-", "http://a.b/x_", "http://a.b/x。",
        "http://a.b/x、"))
    yield case("brackets", {}, texts("(http://a.b/c)", "(see http://a.b/c(d)e)", "http://a.b/c(d(e)f)g", "http://a.b/c(d(e(f)))g", "http://a.b/()x",
        "http://a.b/(x", "http://a.b/x)", "http://a.b/((x))", "http://a.b/(())x", "http://a.b/(x y)z",
        "http://a.b/(x)(y)", "http://a.b/x(y).", "http://a.b/x(y)(", "[http://a.b/c]", "<http://a.b/c>", "{http://a.b/c}", "“http://a.b/c”",
        "«http://a.b/c»", "http://(a)", "http://(a)(b)", "http://(a(b)", "www.(a)b"))
    yield case("markup", {}, texts("<a href=\"http://a.b/c?d=e\">text</a>", "[label](https://a.b/c_(d)) and ![i](http://a.b/i.png)",
        "http://a.b/x<br>y", "\\url{http://a.b/c}", "src='//cdn.example.com/lib.js'", "http://a.b/c|http://d.e/f", "see:http://a.b"))
    yield case("Unicode in a link", {}, texts("http://пример.рф/путь", "http://example.com/路径。后文", "https://ja.example/東京タワー、次",
        "http://müller.de/straße", "http://a.b/\U0001F600\U0001F600", "www.ünïcode.com/ä", "http://a.b/c\u0301 d", "http://a.b/\u200fx"))
    yield case("boundaries beside words and marks", {}, texts("访问http://example.com/path?x=1 结束", "访问 http://example.com/路径。", "(http://a.b/c)访问",
        "a\u0301http://qq.de/zzz", "x\u200dhttp://qq.de/zzz", "x\u200chttp://qq.de/zzz", "x\u200bhttp://qq.de/zzz",
        "\u0301http://qq.de/zzz", "1http://qq.de/zzz", "²http://qq.de/zzz", "Ⅷhttp://qq.de/zzz", "①http://qq.de/zzz", "ⓐhttp://qq.de/zzz",
        "。http://qq.de/zzz", "ーhttp://qq.de/zzz", "‿http://qq.de/zzz", "\ufeffhttp://qq.de/zzz", "\U0001F600http://qq.de/zzz"))
    yield case("what ends a link", {}, texts(*(f"http://a.b/x{chr(c)}yz" for c in (0, 8, 9, 10, 11, 12, 13, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x7F, 0x84,
        0x85, 0xA0, 0xAD, 0x1680, 0x180E, 0x2000, 0x200A, 0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF))))
    yield case("letters that case folding adds", {}, texts("\u212ay://abc", "\u0130abc:def", "\u017ftp://abc", "\u0131ab:cdef", "x\u0131:cdef",
        "a.\u212a\u017f/ab", "a.\u0130o/ab", "a.\u0131o/ab", "ﬁle://abc", "\u212a.de/ab"))
    yield case("several links", {}, texts("http://a.b/c http://d.e/f www.g.h/i", "http://a.b/c,http://d.e/f", "http://a.b/c\nhttp://d.e/f\r\n",
        "a.de/bc;d.de/ef", "key:value key:value", "x http://http://a.b y", "http://a.b/(c http://d.e/f) g"))
    yield case("many links", {}, texts("see http://example.com/a?b=c, " * 500, "key:value " * 500, "http://a.b/c" * 300))
    yield case("long links and texts", {}, texts("http://a.b/" + "x" * 20000, "http://a.b/" + "." * 5000, "http://a.b/x" + "(y)" * 3000 + "(",
        "word " * 8000 + "http://a.b/c", "http://!" + "!" * 3000, "a.b-" * 100 + "/", "x" * 20000 + ":yyy"))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows))
    yield case("random mixtures", {}, texts(*random_texts(6, 1500, PIECES, 9)))


def parameters():
    links = texts("see http://a.b/c(d(e)f)g x www.u.v/(q) y", "none", "http://a.b/c http://d.e/f")
    yield case("repl", {"repl": "<LINK>"}, links)
    yield case("repl is a template", {"repl": r"[\1|\g<0>|\g<1>]\t\\"}, links)
    yield case("repl with the inner groups", {"repl": r"[\2|\3|\4|\5]"}, links)
    yield case("repl: a dollar is a dollar", {"repl": "$1 $0 &"}, links)
    yield case("repl with Unicode", {"repl": "链接\U0001F517\u0000"}, links)
    yield case("repl with a named group", {"pattern": "(?P<n>[ab])", "repl": r"<\g<n>>"}, texts("a c b"))
    yield case("repl with an unknown group", {"repl": r"\9"}, texts("http://a.b/c"), fails=True)
    yield case("repl with an unknown group, on texts without a match", {"repl": r"\9"}, texts("none"))
    yield case("repl with an unknown name", {"pattern": "a", "repl": r"\g<zz>"}, texts("a"), fails=True)
    yield case("repl is not looked for links again", {"repl": "http://new.example/x"}, links)
    for name, pattern in (("wrapped in r''", r"r'\d+'"), ("wrapped in r\"\"", 'r"\\d+"'), ("r'' alone", "r''"), ("r' only", "r'a"), ("empty", ""),
        ("dot matches a line break", "a.b"), ("anchors see the whole text only", "^a|b$"),
        ("multi-line flag", "(?m)^a|b$"), ("case flag", "(?i)straße|k"), ("class of spaces", r"\s+"), ("class of digits", r"\d+"),
        ("class of words", r"\w+"), ("class of non-words", r"\W+"), ("word boundary", r"\b"),
        ("look-behind", r"(?<=a)b*"), ("look-ahead", r"a(?=b)|(?!x)c"), ("lazy", "a.*?b"), ("possessive", "a++b"), ("atomic",
        "(?>a+)b"), ("back reference", r"(.)\1"), ("property", r"\p{Han}+|\p{Lu}"),
        ("alternatives in order", "a|ab|abc"), ("hex escapes", r"\x61|\u00e9|\U0001F600"), ("bounded repeat", "a{2,3}"),
        ("braces as text", "a{x}"), ("POSIX class", "[[:alpha:]]+"), ("end anchor Z", r"b\Z"), ("start anchor A", r"\Aa")):
        yield case(f"pattern: {name}", {"pattern": pattern, "repl": "-"}, texts(
        "a1b22c", "a\nb\nab\n", "aab aaab abc", "STRASSE straße Kk\u212a", "a汉字B\u0301é", "x\u200dy \u0661\u0662 a\x1cb\x85c\u3000d", "",
        "r'a r''x a{x}", "aabbcc \U0001F600\U0001F600 ab", "b"))
    for name, pattern in (("set difference (?V1)", "(?V1)[[a-z]--[aeiou]]"), ("recursion", r"\((?:[^()]|(?R))*\)"), ("fuzzy", "(?:teh){e<=1}"),
        ("grapheme", r"\X"), ("named list of one", r"(?r)ab")):
        yield case(f"pattern of the regex module only: {name}", {"pattern": pattern, "repl": "-"}, texts("hello the teh", "a(b(c)d)e",
        "e\u0301\U0001F468\u200D\U0001F469", "abab"))
    yield case("a pattern that does not compile", {"pattern": "("}, texts("a"), fails=True)


def cases():
    yield from default_pattern()
    yield from parameters()
    yield case("other columns are untouched", {}, [{"id": 1, "url": "http://a.b/c", "text": "http://a.b/c x", "list": ["http://a.b/c"], "n": 0.1}])
    yield case("text_key", {"text_key": "content"}, [{"text": "http://a.b/c", "content": "x http://a.b/c"}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "http://a.b/c"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
