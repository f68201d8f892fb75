# SPDX-License-Identifier: GPL-2.0-or-later
"""Places in schema files, and the error that points at one."""


class SourceFile:
    """A schema file, and the place from which it was included first."""

    def __init__(self, path, includer=None):
        self.path = path
        self.includer = includer


class Place:
    """A line of a file; what is defined there ("struct 'Foo'") if known."""

    def __init__(self, file, line, column=None, context=None):
        self.file = file
        self.line = line
        self.column = column
        self.context = context

    def within(self, context):
        """The same place, as a part of the definition @context."""
        return Place(self.file, self.line, self.column, context)

    def short(self):
        text = f"{self.file.path}:{self.line}"
        return text if self.column is None else f"{text}:{self.column}"

    def __str__(self):
        lines = []
        includer = self.file.includer
        while includer:
            lines.insert(0, f"In file included from {includer.short()}:\n")
            includer = includer.file.includer
        if self.context:
            lines.append(f"{self.file.path}: In {self.context}:\n")
        return "".join(lines) + self.short()


class SchemaError(Exception):
    """Something in the schema is wrong, at @place (None: nowhere special)."""

    def __init__(self, place, message):
        super().__init__(message)
        self.place = place
        self.message = message

    def __str__(self):
        return f"{self.place}: {self.message}" if self.place else self.message
