# SPDX-License-Identifier: GPL-2.0-or-later
"""Documentation comments: "## ... ##" before a definition.

A comment whose first line is "@SYMBOL:" documents that definition. It holds,
in paragraphs, an overview, descriptions ("@name: text", continued with
indented lines), a list of features after a line "Features:", and sections
that begin with one of TAGS. Any other comment is free-form text.
"""
import re

from .source import Place, SchemaError

TAGS = ("Returns", "Errors", "Since", "TODO")
GONE = {
    "Note": "a '.. note::' directive",
    "Notes": "a '.. note::' or '.. admonition::' directive",
    "Example": "a '.. qmp-example::' directive",
    "Examples": "'.. qmp-example::' directives",
}
DESCRIPTION = re.compile(r"@([^:]*):(?: +(.*)|$)")
TAGGED = re.compile(r"(Returns|Errors|Since|Notes?|Examples?|TODO)"
                    r"(?!::): *(.*)")
HEADING = re.compile(r"=+ ")


class Text:
    """A description or section, and where it begins."""

    def __init__(self, text, place):
        self.text = text
        self.place = place


class Doc:
    """What a documentation comment says."""

    def __init__(self, place, symbol=None):
        self.place = place
        self.symbol = symbol    # None: free-form
        self.overview = []      # paragraphs
        self.members = {}       # name -> Text
        self.features = {}      # name -> Text
        self.sections = {}      # tag -> Text


class Reader:
    """Walks over the lines of the comment that documents a definition."""

    def __init__(self, doc, lines):
        self.doc = doc
        self.lines = lines
        self.at = 0
        self.closed = False     # has a section come, so no more members?
        self.saw_features = False

    def place(self, column=1):
        return Place(self.doc.place.file, self.lines[self.at][0], column)

    def line(self):
        if self.at < len(self.lines):
            return self.lines[self.at][1]
        return None

    def skip_blank(self):
        while self.line() == "":
            self.at += 1

    def read(self):
        self.skip_blank()
        while self.line() is not None:
            line = self.line()
            tagged = TAGGED.match(line)
            described = DESCRIPTION.match(line)
            if line == "Features:":
                self.features()
            elif described:
                if self.closed:
                    raise SchemaError(
                        self.place(), f"description of '@{described[1]}:'"
                        " follows a section")
                self.description(described, self.doc.members)
            elif tagged:
                self.section(tagged)
            elif HEADING.match(line):
                raise SchemaError(
                    self.place(),
                    "unexpected '=' markup in definition documentation")
            else:
                self.doc.overview.append(self.paragraph())
            self.skip_blank()

    def paragraph(self):
        """Everything up to the next blank line."""
        start = self.at
        while self.line():
            self.at += 1
        return "\n".join(text for _, text in self.lines[start:self.at])

    def features(self):
        if self.saw_features:
            raise SchemaError(self.place(), "duplicated 'Features:' line")
        self.saw_features = self.closed = True
        self.at += 1
        self.skip_blank()
        described = DESCRIPTION.match(self.line() or "")
        if not described:
            self.at = min(self.at, len(self.lines) - 1)
            raise SchemaError(self.place(), "feature descriptions expected")
        while described:
            self.description(described, self.doc.features)
            self.skip_blank()
            described = DESCRIPTION.match(self.line() or "")

    def description(self, found, into):
        name = found[1]
        place = Place(self.doc.place.file, self.lines[self.at][0])
        if not name:
            raise SchemaError(place, "invalid parameter name")
        if name in self.doc.members or name in self.doc.features:
            raise SchemaError(place, f"'{name}' parameter name duplicated")
        into[name] = Text(self.indented(found[2] or ""), place)

    def section(self, found):
        tag = found[1]
        if tag in GONE:
            raise SchemaError(self.place(),
                              f"there is no '{tag}:' section; use {GONE[tag]}")
        place = Place(self.doc.place.file, self.lines[self.at][0])
        if tag != "TODO" and tag in self.doc.sections:
            raise SchemaError(place, f"duplicated '{tag}' section")
        self.closed = True
        text = self.indented(found[2])
        if not text.strip() and tag != "TODO":
            raise SchemaError(place, f"text required after '{tag}:'")
        self.doc.sections[tag] = Text(text, place)

    def indented(self, first):
        """The text of a description: @first and the indented lines after."""
        text = [first.strip()]
        self.at += 1
        ahead = self.at
        while ahead < len(self.lines) and self.lines[ahead][1] == "":
            ahead += 1
        if ahead == len(self.lines):
            return text[0]
        indent = indentation(self.lines[ahead][1])
        if not indent:
            return text[0]
        text += [""] * (ahead - self.at)
        self.at = ahead
        after_blank = False
        while self.line() is not None:
            line = self.line()
            if DESCRIPTION.match(line):
                break
            if line and indentation(line) < indent:
                if after_blank:
                    break
                raise SchemaError(
                    self.place(), "unexpected de-indent (expected at least"
                    f" {indent} spaces)")
            text.append(line[indent:])
            after_blank = not line
            self.at += 1
        return "\n".join(text).strip()


def indentation(line):
    return len(line) - len(line.lstrip(" "))


def free_form(doc, lines):
    """Checks a comment that documents nothing in particular."""
    for number, (line, text) in enumerate(lines):
        place = Place(doc.place.file, line, 1)
        found = DESCRIPTION.match(text)
        if found:
            raise SchemaError(place, f"'@{found[1]}:' not allowed in"
                                     " free-form documentation")
        if number and HEADING.match(text):
            raise SchemaError(place, "'=' heading must come first in a"
                                     " comment block")
    doc.overview = ["\n".join(text for _, text in lines)]


def parse(lines, place):
    """The Doc of a comment with these @lines, which begins at @place."""
    first = lines[0] if lines else (place.line, "")
    if not first[1].startswith("@"):
        doc = Doc(place)
        free_form(doc, lines)
        return doc
    where = Place(place.file, first[0], 1)
    if not first[1].endswith(":"):
        raise SchemaError(where, "line should end with ':'")
    symbol = first[1][1:-1]
    if not symbol:
        raise SchemaError(where, "name required after '@'")
    doc = Doc(place, symbol)
    Reader(doc, lines[1:]).read()
    return doc
