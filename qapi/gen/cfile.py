# SPDX-License-Identifier: GPL-2.0-or-later
"""The files that are generated: where they go, and how text gets into them."""
import os
import posixpath

from .names import c_name, guard

NOTICE = "/* Generated from the interface schema by qapi/gen. Do not edit. */\n"


class Names:
    """Names of generated files. @kind is 'types', 'visit', 'commands'..."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.c_prefix = c_name(prefix, False)

    def path(self, kind, module=None):
        """Path of a module's file, without .c or .h. None: the main one."""
        if module is None or module.name is None:
            return f"{self.prefix}qapi-{kind}"
        folder, name = posixpath.split(module.name)
        return posixpath.join(folder, f"{self.prefix}qapi-{kind}-{name}")

    def include(self, kind, module, user):
        """@kind's header of @module, for an #include in a file of @user."""
        folder = posixpath.dirname((user and user.name) or "")
        path = posixpath.relpath(self.path(kind, module), folder or ".")
        return f'"{path}.h"'


class CFile:
    """Collects the text of one file."""

    def __init__(self, path, purpose):
        self.path = path
        self.purpose = purpose
        self.includes = []
        self.parts = []

    def include(self, *names):
        """Names come with their quotes or brackets; each is used once."""
        for name in names:
            if name not in self.includes:
                self.includes.append(name)

    def add(self, text, cond=None):
        """Adds a block, separated from others by an empty line."""
        text = text.strip("\n")
        if text:
            self.parts.append(conditional(text + "\n", cond))

    def text(self):
        head = NOTICE + f"/* {self.purpose} */\n"
        includes = "".join(f"#include {name}\n" for name in self.includes)
        body = "\n".join(self.parts)
        if self.path.endswith(".h"):
            name = guard(self.path)
            return (f"{head}#ifndef {name}\n#define {name}\n\n{includes}"
                    f"{body and chr(10)}{body}\n#endif\n")
        if not body:
            # ISO C wants something in every translation unit.
            body = "typedef int qapi_nothing_here;\n"
        return f"{head}#include \"qemu/osdep.h\"\n{includes}\n{body}"

    def write(self, folder):
        """Leaves a file that would stay the same untouched, so that nothing
        that depends on it is built again."""
        path = os.path.join(folder, self.path)
        text = self.text()
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        try:
            with open(path, encoding="utf-8") as stream:
                if stream.read() == text:
                    return
        except FileNotFoundError:
            pass
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)


def conditional(text, cond):
    """@text, to be compiled only under @cond (a Cond, or None: always)."""
    if not cond or not text:
        return text
    return f"#if {cond.c()}\n{text}#endif\n"
