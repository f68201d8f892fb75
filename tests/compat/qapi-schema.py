#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Try QEMU's schema tests, and QEMU's whole schema, on our schema compiler.

    qapi-schema.py [QEMU-SOURCE-FOLDER]     (default: from Debian, as run.py)

Each tests/qapi-schema/NAME.json stands beside NAME.err, what QEMU's compiler
says about it. Where that is empty, ours must accept the schema and understand
the same by it (NAME.out); else it must refuse it, and name the same line.
"""
import pathlib
import re
import sys

TOPDIR = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOPDIR / "qapi"))

# pylint: disable=wrong-import-position
from gen import main, model                                     # noqa: E402
from gen.schema import Schema                                   # noqa: E402
from gen.source import SchemaError                              # noqa: E402
from run import qemu_source                                     # noqa: E402

PLACE = re.compile(r"([^\s:]+\.json):(\d+)")


# --- a schema in the form of QEMU's .out files --------------------------------

def show_cond(cond):
    if cond.op == "defined":
        return cond.args
    inner = [show_cond(c) for c in cond.args]
    return {cond.op: inner[0] if cond.op == "not" else inner}


def show_holder(holder, indent):
    if holder.cond:
        yield f"{indent}if {show_cond(holder.cond)}"
    for feature in holder.features:
        yield f"{indent}feature {feature.name}"
        if feature.cond:
            yield f"{indent}    if {show_cond(feature.cond)}"


def show_branches(branches):
    for branch in branches:
        yield f"    case {branch.name}: {branch.type.name}"
        yield from show_holder(branch, "        ")


def show_object(entity, schema):
    yield f"object {entity.name}"
    if entity.base:
        yield f"    base {entity.base.name}"
    for member in entity.own:
        yield (f"    member {member.name}: {member.type.name}"
               f" optional={member.optional}")
        yield from show_holder(member, "        ")
    if entity.branches is not None:
        yield f"    tag {entity.tag.name}"
        yield from show_branches(entity.branches)
        named = {b.name for b in entity.branches}
        for value in entity.tag.type.values:
            if value.name not in named:
                empty = model.Member(value.name, None, None, cond=value.cond)
                empty.type = schema.empty
                yield from show_branches([empty])


def show_entity(entity, schema):
    if isinstance(entity, model.Enum):
        yield f"enum {entity.name}"
        if entity.prefix:
            yield f"    prefix {entity.prefix}"
        for value in entity.values:
            yield f"    member {value.name}"
            yield from show_holder(value, "        ")
    elif isinstance(entity, model.Array):
        yield f"array {entity.name} {entity.element.name}"
    elif isinstance(entity, model.Alternate):
        yield f"alternate {entity.name}"
        yield "    tag type"
        yield from show_branches(entity.branches)
    elif isinstance(entity, model.Object):
        yield from show_object(entity, schema)
    else:
        arg = entity.arg.name if entity.arg else None
        if isinstance(entity, model.Event):
            yield f"event {entity.name} {arg}"
            yield f"    boxed={entity.boxed}"
        else:
            flags = entity.flags
            ret = entity.ret.name if entity.ret else None
            yield f"command {entity.name} {arg} -> {ret}"
            yield (f"    gen={flags['gen']}"
                   f" success_response={flags['success-response']}"
                   f" boxed={entity.boxed} oob={flags['allow-oob']}"
                   f" preconfig={flags['allow-preconfig']}"
                   + (" coroutine=True" if flags["coroutine"] else ""))
    yield from show_holder(entity, "    ")


def split(lines):
    """Blocks, in no order, without those that are about files or comments."""
    blocks = []
    for line in lines:
        if line.startswith("doc "):
            break
        if line.startswith(" "):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    # Which keeps the order of the branches of a union unimportant.
    return sorted("\n".join(b[:1] + sorted(b[1:])) for b in blocks
                  if not re.match(r"(module|include) |object q_empty|"
                                  r"enum QType", b[0]))


def understood(schema, expected):
    ours = []
    for entity in schema.of(model.Type, model.Command, model.Event):
        ours += show_entity(entity, schema)
    ours, theirs = split(ours), split(expected.splitlines())
    return [f"only here: {b}" for b in ours if b not in theirs] + \
           [f"only there: {b}" for b in theirs if b not in ours]


# --- the tests ----------------------------------------------------------------

def check(path):
    """What is wrong with how we treat one of QEMU's tests; None if nothing."""
    expected = path.with_suffix(".err").read_text(encoding="utf-8")
    try:
        schema = Schema(str(path))
    except SchemaError as err:
        if not expected:
            return f"refused: {err}"
        ours = PLACE.findall(str(err))
        theirs = PLACE.findall(expected)
        place = (pathlib.Path(ours[-1][0]).name, ours[-1][1]) if ours else None
        named = [(pathlib.Path(n).name, line) for n, line in theirs]
        if theirs and place not in named:
            return f"place is {place}, QEMU's is {named[-1]}: {err}"
        return None
    if expected:
        return f"accepted, but QEMU says: {expected.strip()}"
    out = path.with_suffix(".out").read_text(encoding="utf-8")
    return "\n".join(understood(schema, out)) or None


def check_whole(path):
    """QEMU's own schema goes through, and all its code can be generated."""
    try:
        schema = Schema(str(path))
    except SchemaError as err:
        return str(err)
    size = sum(len(file.text())
               for file in main.generate(schema, "", True, False))
    return None if size > 1000000 else "hardly any code"


def run(folder):
    cases = [p for p in sorted((folder / "tests/qapi-schema").glob("*.json"))
             if p.with_suffix(".err").exists()]
    results = [(p.stem, check(p)) for p in cases]
    results.append(("qemu", check_whole(folder / "qapi/qapi-schema.json")))
    print(f"1..{len(results)}")
    for number, (name, problem) in enumerate(results, 1):
        print(f"{'not ' if problem else ''}ok {number} {name}")
        for line in (problem or "").splitlines():
            print(f"# {line}")
    return any(problem for _, problem in results)


if __name__ == "__main__":
    sys.exit(run(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1
                 else qemu_source(TOPDIR)))
