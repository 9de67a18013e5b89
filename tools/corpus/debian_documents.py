# SPDX-License-Identifier: Apache-2.0
"""Real documents in many languages out of Debian's documentation packages: fetched with apt-get, unpacked, lightly stripped."""
import gzip
import html
import pathlib
import re
import subprocess
from typing import NamedTuple

# What is fetched, and no more: about 170 MB of packages. Their licences are in usr/share/doc/<package>/copyright of each.
PACKAGES = [
    "debian-handbook", "installation-guide-amd64", "linux-doc-6.1", "debian-policy", "developers-reference",
    *(f"debian-reference-{lang}" for lang in ("de", "en", "es", "fr", "id", "it", "ja", "pt", "pt-br", "zh-cn", "zh-tw")),
    *(f"manpages-{lang}" for lang in ("cs", "da", "de", "es", "fr", "hu", "it", "ja", "nl", "pl", "pt-br", "ro", "ru", "tr", "uk", "zh")),
    *(f"libreoffice-help-{lang}" for lang in ("de", "el", "en-us", "es", "fr", "hi", "ja", "km", "ko", "ru", "tr", "vi", "zh-cn")),
]
# Where the language stands in a path; anything else is English.
LANGUAGE = [re.compile(pattern) for pattern in (
    r"/debian-handbook/html/([a-z]+-[A-Z]+)/", r"/libreoffice/help/([\w-]+)/", r"/share/man/([a-z]{2}(?:_[A-Z]{2})?)/",
    r"/installation-guide-\w+/([a-z]{2}(?:-[a-z]{2})?)/", r"/debian-reference/[\w-]+\.([a-z]{2}(?:-[a-z]{2})?)\.html$",
    r"/translations/([a-z]{2}_[A-Z]{2})/")]
NOT_TEXT = re.compile(r"(?s)<!--.*?-->|<(script|style|head|noscript)\b.*?</\1\s*>")
BLOCK = re.compile(r"(?i)</?(?:address|article|blockquote|body|dd|div|dl|dt|figure|footer|h[1-6]|header|hr|li|nav|ol|p|pre|section|table|tr|ul)\b[^>]*>")
BREAK = re.compile(r"(?i)<br\s*/?>|</t[dh]>")
TAG = re.compile(r"<[^<>]*>")


class Document(NamedTuple):
    source: str  # the package
    lang: str
    path: str  # inside the package
    form: str  # html (with markup), text (of a page), roff, plain
    text: str


def fetch(packages, folder):
    """Downloads and unpacks what is not there yet; returns {package: version}."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [p for p in packages if not list(folder.glob(f"{p}_*.deb"))]
    if missing:
        subprocess.run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", *missing], cwd=folder, check=True)
    versions = {}
    for package in packages:
        deb = max(folder.glob(f"{package}_*.deb"))
        versions[package] = subprocess.run(["dpkg-deb", "-f", deb, "Version"], capture_output=True, text=True, check=True).stdout.strip()
        if not (folder / package).exists():
            subprocess.run(["dpkg-deb", "-x", deb, folder / f"{package}.part"], check=True)
            (folder / f"{package}.part").rename(folder / package)
    return versions


def files(package, folder):
    """The package's documents, sorted; compressed ones too. Indexes made for search machines are none."""
    root = folder / package
    for path in sorted(root.rglob("*")):
        name = path.name.removesuffix(".gz")
        if path.is_symlink() or not path.is_file() or name in ("copyright", "genindex.html", "searchindex.js") or name.startswith("changelog"):
            continue
        if pathlib.PurePath(name).suffix in (".html", ".txt", ".rst", ".yaml") or "/share/man/" in str(path):
            yield path


def language(path):
    found = next((match for pattern in LANGUAGE if (match := pattern.search(path))), None)
    if not found:
        return "en"
    code, _, region = found[1].replace("_", "-").partition("-")
    return f"{code}-{region.upper()}" if region and code in ("pt", "zh") else code


def text_of_html(page):
    page = TAG.sub("", BREAK.sub("\n", BLOCK.sub("\n\n", NOT_TEXT.sub("", page))))
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", html.unescape(page)).strip("\n")


def body_of_html(page):
    body = re.search(r"(?is)<body\b[^>]*>(.*)</body>", page)
    return (body[1] if body else page).strip("\n")


def read(path, folder, keep_markup=False):
    """The document of a file; None if there is next to nothing in it."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    text = data.decode("utf-8", errors="replace")
    package, inside = str(path.relative_to(folder)).split("/", 1)
    form = "plain"
    if path.name.endswith(".html"):
        form = "html" if keep_markup else "text"
        text = body_of_html(text) if keep_markup else text_of_html(text)
    elif "/share/man/" in str(path):
        form = "roff"
    if len(text.strip()) < 20 or (form == "roff" and text.startswith(".so ")):
        return None
    return Document(package, language(f"/{inside}"), inside, form, text)
