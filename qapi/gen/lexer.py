# SPDX-License-Identifier: GPL-2.0-or-later
"""Cuts the text of a schema file into tokens.

A token is (kind, value, place). Kinds: 'punct' ({ } [ ] : ,), 'string',
'bool', 'doc' (a documentation comment; the value is the list of its lines as
(line number, text without "# ")) and 'end'.
"""
import re

from .source import Place, SchemaError

SPACE = re.compile(r"[ \t\r]+")
COMMENT = re.compile(r"#[^\n]*")
WORD = re.compile(r"[^\s\[\]{}:,'#]+")
BOOLS = {"true": True, "false": False}


class Lexer:
    """Reads one file. Documentation comments only count between expressions:
    inside of one, they are comments like others."""

    def __init__(self, text, file):
        self.text = text
        self.file = file
        self.pos = 0
        self.line = 1
        self.line_start = 0
        self.token_end = Place(file, 1, 1)

    def here(self, pos=None):
        pos = self.pos if pos is None else pos
        return Place(self.file, self.line, pos - self.line_start + 1)

    def line_here(self):
        return Place(self.file, self.line)

    def next(self, toplevel=False):
        """The next token; documentation comments only if @toplevel. The
        place of the end is where the last token ends, since that is where
        something is missing."""
        token = self.scan(toplevel)
        if token[0] != "end":
            self.token_end = self.here()
        return token

    def scan(self, toplevel):
        text = self.text
        while self.pos < len(text):
            char = text[self.pos]
            if char == "\n":
                self.pos += 1
                self.line += 1
                self.line_start = self.pos
            elif char in " \t\r":
                self.pos = SPACE.match(text, self.pos).end()
            elif char == "#":
                if toplevel and text.startswith("##", self.pos):
                    return self.doc_comment()
                self.pos = COMMENT.match(text, self.pos).end()
            elif char in "[]{}:,":
                place = self.here()
                self.pos += 1
                return "punct", char, place
            elif char == "'":
                return self.string()
            else:
                return self.word()
        return "end", None, self.token_end

    def word(self):
        place = self.here()
        found = WORD.match(self.text, self.pos)
        word = found.group()
        if word in BOOLS:
            self.pos = found.end()
            return "bool", BOOLS[word], place
        shown = re.match(r"\w+|.", word).group()
        raise SchemaError(place, f"stray '{shown}'")

    def string(self):
        start = self.here()
        chars = []
        self.pos += 1
        while True:
            char = self.text[self.pos:self.pos + 1]
            if char in ("", "\n"):
                raise SchemaError(start, "missing terminating \"'\"")
            if char == "'":
                self.pos += 1
                return "string", "".join(chars), start
            if char == "\\":
                self.pos += 1
                char = self.text[self.pos:self.pos + 1]
                if char != "\\":
                    raise SchemaError(start, f"unknown escape \\{char}")
            elif not " " <= char <= "~":
                raise SchemaError(start, "funny character in string")
            chars.append(char)
            self.pos += 1

    def doc_comment(self):
        """The comment from a line "##" to the next one."""
        start = self.line_here()
        if self.rest_of_line() != "##":
            raise SchemaError(
                self.here(),
                "junk after '##' at start of documentation comment")
        lines = []
        while True:
            last = self.line_here()
            self.skip_line()
            raw = self.rest_of_line().lstrip(" \t")
            if not raw.startswith("#"):
                raise SchemaError(last,
                                  "documentation comment must end with '##'")
            if raw.startswith("##"):
                if raw != "##":
                    raise SchemaError(
                        self.here(),
                        "junk after '##' at end of documentation comment")
                break
            if raw != "#" and not raw.startswith("# "):
                raise SchemaError(self.here(), "missing space after #")
            lines.append((self.line, raw[2:].rstrip()))
        self.pos += len(self.rest_of_line())
        return "doc", lines, start

    def rest_of_line(self):
        end = self.text.find("\n", self.pos)
        return self.text[self.pos:None if end < 0 else end]

    def skip_line(self):
        end = self.text.find("\n", self.pos)
        if end < 0:
            raise SchemaError(self.here(),
                              "documentation comment must end with '##'")
        self.pos = self.line_start = end + 1
        self.line += 1
