# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, case, random_texts, texts

OP = "remove_bibliography_mapper"
PIECES = ["\\appendix", "\\begin{references}", "\\begin{REFERENCES}", "\\begin{thebibliography}", "\\bibliography{", "}", "\\bibliography", "{", "\\", "text ", "\n", "\\begin{", "é"]


def cases():
    yield case("beginnings", {}, texts("text\\appendix more\nlines", "a\n\\begin{references} b \\end{references} c", "a \\begin{REFERENCES} b", "a \\begin{References} b",
        "a\\begin{thebibliography}{9}\\bibitem{x}", "a \\bibliography{refs}\n\\end{document}\n", "a \\bibliography{} b"))
    yield case("none", {}, texts("", "text", "\\append", "\\Appendix", "\\begin{appendix}", "\\bibliography", "\\bibliography{refs", "} \\bibliography{", "\\bibliographystyle{plain}", "\\begin {references}"))
    yield case("the first one counts", {}, texts("a \\bibliography{x \\appendix y", "a \\bibliography{x\n\n\n} \\appendix", "\\appendixes", "\\\\appendix", "x\\bibliography{\\bibliography{}", "\\bibliography{\\appendix"))
    yield case("line breaks at the end", {}, texts("a\\appendix\n", "a\\appendix\n\n", "a\n\\appendix", "\\appendix", "a\\appendix\r\n\u2028b"))
    yield case("long texts", {}, texts("\\bibliography{" * 400, "\\begin{" * 400, "x" * 600 + "\\appendix" + "y" * 600, "\\bibliography{" * 400 + "}"))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*(text + "\\appendix" + text for text in rows)))
    yield case("random mixtures", {}, texts(*random_texts(16, 800, PIECES, 8)))
    yield case("text_key", {"text_key": "content"}, [{"text": "a\\appendix", "content": "b\\appendix"}])
