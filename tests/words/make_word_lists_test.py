#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What becomes of a package's entries, and that only the packages that were looked at are taken."""
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["DJ_SOURCE_DIR"], "tools", "words"))

import make_word_lists as words  # noqa: E402  pylint: disable=wrong-import-position


class MakeWordListsTest(unittest.TestCase):
    def setUp(self):
        self.special = words.special_characters()

    def made(self, *entries):
        return words.make_list(entries, self.special)

    def test_entries_get_the_form_of_the_operators(self):
        self.assertEqual(self.made("The", "i.e.", "'ll", "the")[0], ["i.e", "ll", "the"])
        self.assertEqual(self.made("\u0647\u0627")[0], ["\u0627"], "some letters are special characters")
        self.assertEqual(self.made("a  b, ", " c\td")[0], ["a b", "c d"])
        self.assertEqual(self.made("don't")[0], ["don't", "don\u2019t"])

    def test_entries_that_would_not_be_themselves_are_left_out_and_counted(self):
        made, counts = self.made("...", "10", "13\u70b9", "2 girls", "mp3s", "X")
        self.assertEqual(made, ["mp3s", "x"])
        self.assertEqual(counts, words.Counts(listed=6, words=2, groups=0, shortened=0, no_words=2, other_words=2))

    def test_an_unknown_file_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            package = words.FLAGGED_WORDS
            (pathlib.Path(folder) / package.file).write_bytes(b"something else")
            with self.assertRaisesRegex(SystemExit, "not the package that was looked at"):
                words.verified(package, pathlib.Path(folder))

    def test_the_files_are_those_that_the_tool_writes(self):
        folder = pathlib.Path(os.environ["DJ_SOURCE_DIR"]) / "share" / "words"
        for name in ("stopwords.json", "flagged_words.json"):
            text = (folder / name).read_text(encoding="utf-8")
            lists = words.json.loads(text)
            self.assertEqual(text, words.as_json(lists))
            for language, listed in lists.items():
                self.assertEqual(listed, self.made(*listed)[0], language)


if __name__ == "__main__":
    unittest.main()
