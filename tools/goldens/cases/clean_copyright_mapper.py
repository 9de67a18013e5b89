# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, HOSTILE, LINE_BREAKS, case, random_texts, texts

OP = "clean_copyright_mapper"
PIECES = ["/*", "*/", "/", "*", "**", "//", "#", "--", "-", "\n", "\n", "\n", "\r\n", " ", "x", "int a;", "copyright", "Copyright", "COPYRIGHT", "copyr\u0130ght", "copyr\u0131ght",
    "copyrigh", "(c)", "é", "字", "\u2028", "\x0c", "\U0001F600", "\u0301"]


def comments():
    yield case("a notice", {}, texts("/* Copyright 2024 */\nint x;", "/*\n * Copyright (c) 2024\n * All rights reserved.\n */\n#include <a>\n", "int x; /* copyright */ int y;", "/*copyright*/",
        "x/*copyright*/y", "/** copyright **/z", "/*** copyright ***/z", "/*!copyright*/", "\n\n/* copyright */\n\n", "// a\n/* copyright */\nb"))
    yield case("a comment without the word", {}, texts("/* a comment */\nint x;", "/* a comment */\n/* Copyright */\n", "/**/ copyright", "// Copyright\n/* a comment */\nx", "# Copyright\n/* x */", "\n\n/**/"))
    yield case("letters of any case", {}, texts(*(f"/* {w} */ x" for w in ("COPYRIGHT", "CopyRight", "copyrights", "xcopyrightx", "copy right", "copy-right", "copyrigh", "(c)", "©", "copyr\u0130ght",
        "copyr\u0131ght", "copyri\u0307ght", "ｃopyright", "cоpyright", "ⒸOPYRIGHT", "copyright\u0301", "copy\u00adright", "copy\nright"))))
    yield case("where a comment ends", {}, texts("/*/ copyright", "/*/ copyright */x", "/*/*/copyright", "/* copyright * / */x", "/* copyright **/x", "/* copyright *//x", "/* copyright */*/x", "/* /* copyright */ */x",
        "/* copyright", "/* copyright *", "/* copyright /", "copyright */", "*/ /* copyright */", "/*copyright*", "/**copyright**", "//* copyright */x", "/ * copyright */x", "/*\n*\n/copyright\n*/x",
        "\"/*\" copyright \"*/\" x"))
    yield case("only the first comment", {}, texts("/* copyright 1 */a/* copyright 2 */b", "/* a */b/* copyright */c", "/* open /* copyright */x/* copyright */"))


def lines():
    yield case("comment lines go, whatever they say", {}, texts("// Copyright\nx", "# any comment\nx", "-- sql\nselect", "//\n#\n--\nx", "#!/bin/sh\necho\n# stays\n", "#include <a>\nint x;", "#\n\n\n//x\n\ny",
        "--x\n-x\n--y", "/x\n//y", "//x", "#", "--", "-", "/", "\n", "\n\n\n", "#\n", "#\n\n", "x\n# y", ""))
    yield case("what begins a line", {}, texts(" // x\ny", "\t# x\ny", "\r\n# x\ny", "# x\r\n\r\ny\r\n", "# x\r# y\rz", "\ufeff# x\ny", "\u3000\n# x", " \n# x", "＃ x\ny", "／／x\ny", "– x\ny", "—\ny", "\x00# x\ny", "#\x00\ny",
        "* x\ny", "; x\ny", "% x\ny", "\"\"\"\nx", "<!-- x -->\ny", "--> x", "---\ntitle: x\n---\ny", "## Heading\n\ntext", "/// doc\nx", "---------\nx"))
    yield case("breaks that are none", {}, texts(*(f"# a{b}x{b}y" for b in LINE_BREAKS), *(f"{b}# a\ny" for b in LINE_BREAKS)))
    yield case("an open comment makes lines count", {}, texts("# x\n/* copyright", "// x\n*/\ny", "#\n/*/\nz", "/* x\n# y"))


def cases():
    yield from comments()
    yield from lines()
    yield case("long texts", {}, texts("# x\n" * 2000 + "y", "\n" * 5000, "#" * 9000 + "\nx", "/*" + " x" * 5000 + "copyright" + "*" * 5000 + "/y", "/" * 5000, "*" * 5000, "/*" * 5000, "/*/" * 5000, "x\n" * 2000,
        "word " * 4000 + "/* copyright */z", "/*" + "c" * 5000 + "*/"))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows))
        yield case(f"{name}, behind marks", {}, texts(*(f"# {row}\n{row}" for row in rows), *(f"{row}/* copyright {row} */{row}" for row in rows)))
    yield case("emoji sequences", {}, texts(*EMOJI_SEQUENCES, *(f"{e}\n# x" for e in EMOJI_SEQUENCES)))
    yield case("random mixtures", {}, texts(*random_texts(13, 1500, PIECES, 12)))
    yield case("other columns are untouched", {}, [{"id": 1, "code": "# x\ny", "text": "# x\ny", "list": ["# x\ny"], "n": 0.1}])
    yield case("text_key", {"text_key": "content"}, [{"text": "# x\ny", "content": "# a\nb"}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "# x\ny"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
