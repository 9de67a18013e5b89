# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, HOSTILE, case, random_texts, texts

OP = "clean_ip_mapper"
PIECES = ["0", "1", "2", "5", "6", "9", "10", "00", "01", "100", "199", "249", "250", "255", "256", "300", "1000", ".", ".", ".", ".", ".", ".2.3", "1.2.3.4",
    ":", ":", ":", ":", "::", "a", "F", "g", "dead:", "BEEF:", "1:2:3:4:", "0:0:0:0:0:0:0:", "٣", "９", "²", "字", " ", "\n", "\r\n", "\u0301", "\U0001F600", "\U0001D7D8", "x"]
NUMBERS = ["0", "00", "000", "01", "001", "9", "09", "10", "99", "099", "100", "199", "200", "249", "250", "255", "256", "259", "260", "299", "300", "999", "1000", "2555"]


def default_pattern():
    yield case("common addresses", {}, texts("from 192.168.0.1 to 10.0.0.255", "127.0.0.1:8080", "http://1.2.3.4/x", "1.2.3.4.", "(1.2.3.4)", "v1.2.3.4-beta", "1.2.3", "1.2.3.",
        "1. 2. 3. 4", "no address", "", ".", "...", "1...2", ".1.2.3.4", "1.2.3.4/24", "3.14", "1,2,3,4"))
    yield case("each number in each place", {}, texts(*(text for n in NUMBERS for text in (f"{n}.2.3.4", f"1.{n}.3.4", f"1.2.{n}.4", f"1.2.3.{n}", f"x{n}.{n}.{n}.{n}x"))))
    yield case("inside of longer numbers", {}, texts("1234.5.6.789", "999.1.1.1", "1.02.3.4", "1.02.3.4.5", "1.2.3.4.5", "1.2.3.4.5.6.7.8", "1.2.3.45.6.7.8", "1.2.3.2555.6.7.8",
        "11.22.33.44.55.66.77.88", "1.2.3.4.5.6.7", "256.256.256.256", "00.00.00.00", "1.1.1.1.1.1.1.1.1", "192.168.0.1.2"))
    yield case("IPv6", {}, texts("2001:0db8:85a3:0000:0000:8a2e:0370:7334", "2001:DB8:0:0:0:0:0:1", "::1", "fe80::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:0", "12345:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:89abc", "1:2:3:4:5:6:7:g", "g1:2:3:4:5:6:7:8", "1:2:3:45678:5:6:7:8:9:1:2",
        "::1:2:3:4:5:6:7:8", "[1:2:3:4:5:6:7:8]:80", "00:11:22:33:44:55:66:77", "00:11:22:33:44:55", "10:30:45", "a:b:c:d:e:f:a:b", "abcdefabcd:b:c:d:e:f:a:bcdefa", "1:2:3:4:5:6:7:8%eth0"))
    yield case("both", {}, texts("1:2:3:4:5:6:7:8.1.1.1", "1.1.1.1:2:3:4:5:6:7:8", "1.2.3.4:1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "0:0:0:0:0:ffff:1.2.3.4", "1:2:3:4:5:6:7:81.2.3.4", "1.1.1.12:2:3:4:5:6:7:8",
        "1.1.1.1111:2:3:4:5:6:7:8", "1.1.1.1a:2:3:4:5:6:7:8"))
    yield case("digits of other scripts", {}, texts("١.٢.٣.٤", "１.２.３.４", "١:2:3:4:5:6:7:٨", "1:２:3:4:5:6:7:8", "\U0001D7D8:1:1:1:1:1:1:\U0001D7FF", "²:1:1:1:1:1:1:1", "1:1:1:1:1:1:1:²", "१२३४५:१:१:१:१:१:१:१२३४५",
        "٠1.2.3.4", "1.2.3.4٠", "Ａ:1:1:1:1:1:1:1", "1：2：3：4：5：6：7：8", "\U0001FBF0:1:1:1:1:1:1:1", "\U0001E5F1:1:1:1:1:1:1:1"))
    yield case("beside other writing", {}, texts("地址1.2.3.4在此", "地址：1.2.3.4。", "عنوان 1.2.3.4،", "\U0001F6001.2.3.4\U0001F600", "1.2.3.4\u0301", "\u200b1.2.3.4\u200b", "1.2.3.4\r\n5.6.7.8\r\n",
        "1.2.\n3.4", "1.2.3\x00.4", "\x001.2.3.4\x00", "1.2.3.4\u20e3", "1:2:3:4:5:6:7:8字"))
    yield case("many addresses", {}, texts("see 10.20.30.40, " * 500, "1.2.3.4" * 500, "1:2:3:4:5:6:7:8 " * 500))
    yield case("long texts", {}, texts("1" * 9000 + ".1.1.1", "1.1.1." + "1" * 9000, "1." * 3000, "." * 5000, ":" * 5000, "1:" * 3000, "a" * 9000 + ":1:1:1:1:1:1:1", "word " * 4000 + "1.2.3.4",
        "1.256." * 2000, "1:2:3:4:5:6:g:" * 800))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows))
    yield case("emoji sequences", {}, texts(*EMOJI_SEQUENCES, *(f"1{e}.1.1.1 1.1.1.1{e}" for e in EMOJI_SEQUENCES)))
    yield case("random mixtures", {}, texts(*random_texts(12, 1200, PIECES, 20)))


def parameters():
    rows = texts("see 1.2.3.4 and a:b:c:d:1:2:3:4 x", "none", "1.2.3.4", "a1b22c")
    yield case("repl", {"repl": "<IP>"}, rows)
    yield case("repl is a template", {"repl": r"[\g<0>]\t\\\n"}, rows)
    yield case("repl with the group", {"repl": r"[\1]"}, rows)
    yield case("repl: a dollar is a dollar", {"repl": "$1 $0 &"}, rows)
    yield case("repl with Unicode", {"repl": "址\U0001F310\u0000"}, rows)
    yield case("repl is not looked for addresses again", {"repl": "9.9.9.9"}, texts("1.2.3.4.5", "1.2.3.4"))
    yield case("repl with an unknown group", {"repl": r"\2"}, rows, fails=True)
    yield case("repl with an unknown group, on texts without a match", {"repl": r"\2"}, texts("none"))
    for name, pattern in (("digits", r"\d+"), ("wrapped in r''", r"r'\d+'"), ("wrapped in r\"\"", 'r"\\d+"'), ("r'' alone", "r''"), ("empty", ""), ("dot matches a line break", "a.b"),
        ("simple", r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"), ("bounded", r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b")):
        yield case(f"pattern: {name}", {"pattern": pattern, "repl": "-"}, texts("a1b22c", "a\nb", "x1.2.3.4", "999.999.999.9999 1.2.3.4", "", "١.٢.٣.٤"))
    yield case("pattern with groups", {"pattern": r"(?P<net>\d+\.\d+)\.(\d+)\.\d+", "repl": r"\g<net>.x.\2"}, texts("1.2.3.4", "none"))
    yield case("a pattern that does not compile", {"pattern": "("}, texts("a"), fails=True)


def cases():
    yield from default_pattern()
    yield from parameters()
    yield case("other columns are untouched", {}, [{"id": 1, "ip": "1.2.3.4", "text": "1.2.3.4 x", "list": ["1.2.3.4"], "n": 0.1}])
    yield case("text_key", {"text_key": "content"}, [{"text": "1.2.3.4", "content": "x 1.2.3.4"}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "1.2.3.4"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
