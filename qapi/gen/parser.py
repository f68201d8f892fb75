# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads schema files into a list of raw definitions.

load() follows the includes, obeys the pragmas, and returns a Loaded: modules
in order of their first inclusion, each with the modules that it includes, and
definitions (a dict as written, its place, its module, its documentation).
Whether a definition makes sense is checked later.
"""
import os

from . import doc
from .lexer import Lexer
from .source import Place, SchemaError, SourceFile


class Raw:
    """A definition as it stands in the file."""

    def __init__(self, data, place, module, docs):
        self.data = data
        self.place = place
        self.module = module
        self.doc = docs


class Module:
    """A schema file: its name (path relative to the main file, without
    .json; the main file's is None) and the modules it includes."""

    def __init__(self, name, path):
        self.name = name
        self.path = path
        self.includes = []


class Pragmas:
    """What the pragma directives of all files say together."""

    LISTS = ("command-name-exceptions", "command-returns-exceptions",
             "documentation-exceptions", "member-name-exceptions")

    def __init__(self):
        self.doc_required = False
        self.lists = {name: [] for name in self.LISTS}

    def allows(self, which, name):
        return name in self.lists[which]

    def apply(self, name, value, place):
        if name == "doc-required":
            if not isinstance(value, bool):
                raise SchemaError(place, "pragma 'doc-required' must be"
                                         " boolean")
            self.doc_required = value
        elif name in self.lists:
            if not (isinstance(value, list)
                    and all(isinstance(v, str) for v in value)):
                raise SchemaError(place, f"pragma {name} must be a list of"
                                         " strings")
            self.lists[name] += value
        else:
            raise SchemaError(place, f"unknown pragma '{name}'")


class Loaded:
    """All files of a schema."""

    def __init__(self):
        self.pragmas = Pragmas()
        self.modules = []
        self.definitions = []


class FileParser:
    """Parses one file; included files get parsers of their own."""

    def __init__(self, loaded, file, module, known):
        self.loaded = loaded
        self.module = module
        self.known = known      # absolute path -> Module
        self.file = file
        try:
            with open(file.path, encoding="utf-8") as stream:
                text = stream.read()
        except (OSError, UnicodeDecodeError) as err:
            what = "include" if file.includer else "schema"
            reason = getattr(err, "strerror", None) or str(err)
            raise SchemaError(
                file.includer,
                f"can't read {what} file '{file.path}': {reason}") from err
        self.lexer = Lexer(text, file)
        self.token = None

    def advance(self, toplevel=False):
        self.token = self.lexer.next(toplevel)

    def parse(self):
        pending = None          # the documentation of what comes next
        self.advance(toplevel=True)
        while self.token[0] != "end":
            kind, value, place = self.token
            if kind == "doc":
                self.check_used(pending)
                pending = doc.parse(value, place)
                self.advance(toplevel=True)
                continue
            place = Place(self.file, place.line)
            if kind != "punct" or value != "{":
                self.skip_value()
                raise SchemaError(place, "top-level expression must be an"
                                         " object")
            expr = self.value(toplevel_end=True)
            if "include" in expr:
                self.check_used(pending)
                pending = None
                self.include(expr, place)
            elif "pragma" in expr:
                self.check_used(pending)
                pending = None
                self.pragma(expr, place)
            else:
                if pending and not pending.symbol:
                    raise SchemaError(pending.place,
                                      "definition documentation required")
                self.loaded.definitions.append(
                    Raw(expr, place, self.module, pending))
                pending = None
        self.check_used(pending)

    @staticmethod
    def check_used(pending):
        if pending and pending.symbol:
            raise SchemaError(pending.place,
                              f"documentation for '{pending.symbol}' is not"
                              " followed by the definition")

    def include(self, expr, place):
        name = expr["include"]
        if len(expr) != 1:
            raise SchemaError(place, "invalid 'include' directive")
        if not isinstance(name, str):
            raise SchemaError(place, "value of 'include' must be a string")
        path = os.path.join(os.path.dirname(self.file.path), name)
        ancestor = place
        while ancestor:
            if os.path.abspath(ancestor.file.path) == os.path.abspath(path):
                raise SchemaError(place, f"inclusion loop for {name}")
            ancestor = ancestor.file.includer
        module = self.known.get(os.path.abspath(path))
        if not module:
            module = load_module(self.loaded, SourceFile(path, place),
                                 self.known)
        if module not in self.module.includes:
            self.module.includes.append(module)

    def pragma(self, expr, place):
        if len(expr) != 1:
            raise SchemaError(place, "invalid 'pragma' directive")
        if not isinstance(expr["pragma"], dict):
            raise SchemaError(place, "value of 'pragma' must be an object")
        for name, value in expr["pragma"].items():
            self.loaded.pragmas.apply(name, value, place)

    # --- values -----------------------------------------------------------

    def is_punct(self, chars):
        return self.token[0] == "punct" and self.token[1] in chars

    def expected(self, what):
        raise SchemaError(self.token[2], f"expected {what}")

    def skip_value(self):
        """Lets errors within a value come before those about it."""
        if self.token[0] in ("string", "bool"):
            self.advance()
        else:
            self.value()

    def value(self, toplevel_end=False, what="'{', '[', string, or boolean"):
        kind, value, _ = self.token
        if kind in ("string", "bool"):
            self.advance(toplevel_end)
            return value
        if self.is_punct("{"):
            return self.object(toplevel_end)
        if self.is_punct("["):
            return self.list(toplevel_end)
        return self.expected(what)

    def object(self, toplevel_end):
        members = {}
        self.advance()
        if self.is_punct("}"):
            self.advance(toplevel_end)
            return members
        if self.token[0] != "string":
            self.expected("string or '}'")
        while True:
            kind, key, place = self.token
            if kind != "string":
                self.expected("string")
            self.advance()
            if not self.is_punct(":"):
                self.expected("':'")
            self.advance()
            if key in members:
                raise SchemaError(place, f"duplicate key '{key}'")
            members[key] = self.value()
            if self.is_punct("}"):
                self.advance(toplevel_end)
                return members
            if not self.is_punct(","):
                self.expected("',' or '}'")
            self.advance()

    def list(self, toplevel_end):
        items = []
        self.advance()
        if self.is_punct("]"):
            self.advance(toplevel_end)
            return items
        what = "'{', '[', ']', string, or boolean"
        while True:
            items.append(self.value(what=what))
            what = "'{', '[', string, or boolean"
            if self.is_punct("]"):
                self.advance(toplevel_end)
                return items
            if not self.is_punct(","):
                self.expected("',' or ']'")
            self.advance()


def load_module(loaded, file, known):
    path = os.path.abspath(file.path)
    main = loaded.modules[0].path if loaded.modules else path
    if path == main:
        name = None
    else:
        name = os.path.relpath(path, os.path.dirname(main))
        name = name[:-5] if name.endswith(".json") else name
    module = Module(name, path)
    known[path] = module
    loaded.modules.append(module)
    FileParser(loaded, file, module, known).parse()
    return module


def load(path):
    """Reads the schema whose main file is @path."""
    loaded = Loaded()
    load_module(loaded, SourceFile(path), {})
    return loaded
