# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, case, random_texts, texts

OP = "clean_html_mapper"
PIECES = ["<p>", "</p>", "<b>", "</b>", "<li>", "</li>", "<ol>", "</ol>", "<table>", "<tr>", "<td>", "</table>", "<br/>", "<a href='x'>", "</a>", "<pre>\n", "</pre>", "<script>", "</script>", "<style>", "</style>", "<!-- c -->", "<!--", "-->",
    "&amp;", "&lt", "&#65;", "&#x1F600;", "&nosuch;", "<select>", "<option>", "</select>", "<textarea>", "</textarea>", "<title>", "</title>", "<template>", "</template>", "<svg>", "<math>", "</svg>", "<![CDATA[x]]>", "</body>", "</html>", "<head>",
    "<body>", "<frameset>", "<noscript>", "text", " ", "\n", "é", "字", "<", ">", "&", "\"", "<div class=\"a b\">", "</div>", "<h1>", "</h2>", "<caption>", "<i>", "</i>", "<plaintext>", "<iframe>", "\x00", "<?php x ?>", "<!DOCTYPE html>"]


def cases():
    yield case("tags", {}, texts("<p>One</p><p>two</p>", "<b>a</b> b <i>c", "plain text", "", " ", "a<br>b<br/>c", "<div\n class='x'>y</div\n>", "<p/>x", "</p>x", "<>x</>", "<1>x", "a < b > c", "a<b", "a <", "<", "<a", "</", "<a href=\"x>y\">z</a>", "<A HREF=x>y</A>"))
    yield case("lists", {}, texts("<ul><li>a</li><li>b</li></ul>", "<ol><li>a</ol>", "<LI>a</LI>", "<li class='x'>a</li>", "<l<li>i>", "<<li>li>x", "<</li>li>x", "<li></li><ol></ol>", "<li", "</ol<li>>", "<o<</li>/li>l>x", "<title><li>x</title>y"))
    yield case("entities", {}, texts("&amp; &lt; &gt; &quot; &apos; &nbsp;x", "&amp &lt &copy &copyx &notit; &notin;", "&#65; &#x41; &#65 &#x41 &#0; &#128; &#x110000; &#xD800; &#; &#x;", "&CounterClockwiseContourIntegral; &NotEqualTilde; &fjlig;", "<a title='&amp;'>&amp;amp;</a>", "AT&T &nosuch; & &"))
    yield case("what is no text", {}, texts("<!-- c -->x<!--y-->", "<!-->x-->y", "<!--x", "<!doctype html>x", "<?xml version='1.0'?>x", "<![CDATA[x]]>y", "<svg><![CDATA[x]]></svg>y", "<template>x</template>y", "<!x>y", "</ x>y"))
    yield case("contents that are no markup", {}, texts("<script>if (a<b) {}</script>x", "<style>p > a {}</style>x", "<title>a<b>c</title>x", "<textarea>\n<b>a</textarea>x", "<xmp><b></xmp>", "<iframe><b></iframe>", "<noframes><b></noframes>", "<noscript><b>x</noscript>",
        "<plaintext><b></plaintext>", "<script>x", "<script><!--<script></script>--></script>x", "<pre>\n\nx</pre>", "<listing>\nx</listing>"))
    yield case("white space", {}, texts("  x  ", "\n\n<p> a </p>\n<p>b</p>\n", "<html> <head> <title>t</title> </head> <body> b </body> </html> \n", "\t\f\r\n x\r\ny\rz", "<table> <tr> <td> a </td> </tr> </table>", "\u00a0x\u00a0", "\u3000x", "\ufeffx", "\ufeff<p>x"))
    yield case("tables and what does not belong there", {}, texts("<table>a<tr><td>b</td></tr></table>", "<table><tr>a<td>b</table>c", "<td>a</td>", "<table><b>a<tr><td>b</td></tr></b>c</table>d", "<table><caption>a<tr><td>b", "<table><table>a", "<table><select><option>a<tr><td>b"))
    yield case("elements that close each other", {}, texts("<p>a<p>b<div>c</p>d", "<b><p>a</b>b</p>c", "<a>x<a>y</a>z", "<h1>a<h2>b</h1>c", "<dl><dt>a<dd>b", "<select><option>a<p>b</select>c", "<button>a<button>b", "<form>a<form>b</form>c", "<nobr>a<nobr>b", "<body>a</body>b</html>c", "<frameset>a</frameset>b", "x<frameset>a"))
    yield case("foreign elements", {}, texts("<svg><text>a</text><p>b</svg>c", "<math><mi>a</mi><mtext><p>b</math>c", "<svg><title><b>a</b></title></svg>", "<svg><script>a<b></script></svg>", "<math><annotation-xml encoding='text/html'><p>x"))
    yield case("text that is not HTML", {}, texts("if (a < b && c > d) { return a<<2; }", "std::vector<int> v; x->y", "1 < 2 and 3 > 2", "<stdio.h>\nint main() {}", "a <b c=\"d> e", "Q&A: R&D", "<user@example.com> wrote:", "x <- 3; y <= 4", "{{< include >}}", "\\(a<b\\)"))
    yield case("a page", {}, texts("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n  <meta charset=\"utf-8\">\n  <title>The page &mdash; site</title>\n  <style>body { color: red; }</style>\n  <script>var a = \"<p>\";</script>\n</head>\n<body class=\"x\">\n<nav><ul>\n<li><a href=\"/\">Home</a></li>\n"
        "<li><a href=\"/b\">B &amp; C</a>\n</ul></nav>\n<main><h1>Title</h1>\n<p>First <em>paragraph</em>,\nsecond line.<p>Second.\n<pre><code>a &lt; b\n  c</code></pre>\n<table><thead><tr><th>x</th></tr></thead><tbody><tr><td>1<td>2</table>\n<img src=a.png alt='no text'>\n</main>\n"
        "<footer>&copy; 2026</footer>\n<!-- end -->\n</body>\n</html>\n"))
    yield case("long texts", {}, texts("<p>" * 600, "<b>" * 400 + "x", "<p>x</p>" * 500, "x" * 3000, "&amp;" * 600, "<" * 600, "<table>" * 200 + "x", "<div>" * 600 + "x" + "</div>" * 600))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows, *("<p>" + text + "</p>" for text in rows)))
    yield case("random mixtures", {}, texts(*random_texts(22, 2000, PIECES, 14)))
    yield case("text_key", {"text_key": "content"}, [{"text": "<p>a", "content": "<p>b"}])
