#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Generates C code from an interface schema in QEMU's schema language.

    main.py [-o FOLDER] [-p PREFIX] [-b] [-u] SCHEMA.json

The folder qapi/gen is a pipeline: lexer and parser read files, doc reads
documentation comments, forms checks each definition by itself, schema
resolves names and checks the whole, and each emit_* writes one kind of file.
"""
import argparse
import os
import re
import sys

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
    __package__ = "gen"         # pylint: disable=redefined-builtin

# pylint: disable=wrong-import-position
from gen import (cfile, emit_calls, emit_introspect, emit_types,  # noqa: E402
                 emit_visit)
from gen.schema import Schema                                     # noqa: E402
from gen.source import SchemaError                                # noqa: E402


def generate(schema, prefix, builtins, unmask):
    """All files for @schema."""
    names = cfile.Names(prefix)
    if builtins:
        yield from emit_types.emit_builtin(schema)
        yield from emit_visit.emit_builtin(schema)
    yield from emit_types.emit_features(schema, names)
    yield from emit_types.emit(schema, names)
    yield from emit_visit.emit(schema, names)
    yield from emit_calls.emit_commands(schema, names)
    yield from emit_calls.emit_registration(schema, names)
    yield from emit_calls.emit_events(schema, names)
    yield from emit_calls.emit_event_enum(schema, names)
    yield from emit_introspect.emit(schema, names, unmask)


def main(argv=None):
    parser = argparse.ArgumentParser(
        description="Generate C code from an interface schema.")
    parser.add_argument("-b", "--builtins", action="store_true",
                        help="also generate code for the predefined types")
    parser.add_argument("-o", "--output-dir", default="", metavar="FOLDER",
                        help="where the files go (default: here)")
    parser.add_argument("-p", "--prefix", default="",
                        help="what file names and some symbols begin with")
    parser.add_argument("-u", "--unmask-non-abi-names", dest="unmask",
                        action="store_true",
                        help="show the names of types in introspection")
    parser.add_argument("schema", metavar="SCHEMA.json")
    args = parser.parse_args(argv)
    if not re.fullmatch(r"([A-Za-z_.-][A-Za-z0-9_.-]*)?", args.prefix):
        print(f"{parser.prog}: funny character in prefix '{args.prefix}'",
              file=sys.stderr)
        return 1
    try:
        schema = Schema(args.schema)
    except SchemaError as err:
        print(err, file=sys.stderr)
        return 1
    for file in generate(schema, args.prefix, args.builtins, args.unmask):
        file.write(args.output_dir)
    return 0


if __name__ == "__main__":
    sys.exit(main())
