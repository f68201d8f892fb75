#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The lesson about the playground: what the manual shows is what is printed.

    playground.py BINARY            compares docs/system/playground.rst
    playground.py --update BINARY   puts what is printed into it

Then the same tree is built over QMP, moved at random, and taken down again.
"""
import contextlib
import pathlib
import random
import re
import shlex
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Failed, Qmp  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
LESSON = TOP / "docs/system/playground.rst"
PROMPT = "(qemu) "
INDENT = "   "
TIMEOUT = 60


class Monitor:
    """One HMP session on pipes; what is typed is not echoed into the output."""

    def __init__(self, binary, args):
        self.process = subprocess.Popen(
            [binary, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, bufsize=0)
        self.read()             # the greeting

    def read(self):
        """All up to the next prompt, or to the end."""
        out = b""
        while not out.endswith(PROMPT.encode()):
            data = self.process.stdout.read(1)
            if not data:
                return out.decode()
            out += data
        return out[:-len(PROMPT)].decode()

    def command(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        text = self.read()
        # What a terminal would show of the typing.
        return text.replace("\r\n", "\n").split("\n", 1)[-1]


def parse(lines):
    """(index, kind, text) of every command in the lesson's console blocks."""
    inside = False
    for i, line in enumerate(lines):
        if line == ".. code-block:: console":
            inside = True
        elif line and not line.startswith(INDENT):
            inside = False
        elif inside and line.startswith(INDENT + "$ "):
            yield i, "start", line[len(INDENT) + 2:]
        elif inside and line.startswith(INDENT + PROMPT):
            yield i, "command", line[len(INDENT + PROMPT):]


def play(binary, lines):
    """The lesson as it should be."""
    commands = {i: (kind, text) for i, kind, text in parse(lines)}
    monitor, out, skipping, i = None, [], False, 0
    while i < len(lines):
        line = lines[i]
        if i in commands and commands[i][0] == "start":
            text = commands[i][1]
            out.append(line)
            while text.endswith("\\"):
                i += 1
                text = text[:-1] + lines[i]
                out.append(lines[i])
            monitor = Monitor(binary, shlex.split(text)[1:])
            skipping = True
        elif i in commands:
            out.append(line)
            answer = monitor.command(commands[i][1]).rstrip("\n")
            out += [INDENT + a if a else ""
                    for a in (answer.split("\n") if answer else [])]
            skipping = True
        elif line and not line.startswith(INDENT):
            if skipping:
                out.append("")
            skipping = False
            out.append(line)
        elif not skipping:
            out.append(line)
        i += 1
    status = monitor.process.wait(TIMEOUT)
    assert status == 0, f"the lesson ended with status {status}"
    return out


def check_lesson(binary, update):
    lines = LESSON.read_text(encoding="utf-8").splitlines()
    played = play(binary, lines)
    if update:
        LESSON.write_text("\n".join(played) + "\n", encoding="utf-8")
        return
    for number, (written, printed) in enumerate(zip(lines, played), 1):
        assert written == printed, \
            f"playground.rst:{number} says '{written}', printed '{printed}'"
    assert len(lines) == len(played), "the lesson is longer or shorter"


class Playground(Qmp):
    """The emulator, and what its playground devices are asked."""

    def __init__(self, binary, tmp):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{tmp}/qmp")
            listener.listen(1)
            self.process = subprocess.Popen(
                [binary, "-M", "none", "-display", "none", "-nodefaults",
                 "-qmp", f"unix:{tmp}/qmp"], stdin=subprocess.DEVNULL)
            listener.settimeout(TIMEOUT)
            connection, _ = listener.accept()
        connection.settimeout(TIMEOUT)
        super().__init__(connection.makefile("rwb"))

    def add(self, kind, name, **props):
        self.command("object-add", id=name,
                     **{"qom-type": f"playground-{kind}", **props})

    def set(self, name, prop, value):
        self.command("qom-set", path=f"/objects/{name}", property=prop,
                     value=value)

    def get(self, name, prop):
        return self.command("qom-get", path=f"/objects/{name}", property=prop)


def flat(qmp, space):
    """[(start, last, what it says)] of the view of @space."""
    text = qmp.hmp("info mtree -f")
    for block in text.split("\n\n"):
        if f' AS "{space}"' in block:
            return [(int(a, 16), int(b, 16), rest) for a, b, rest in
                    re.findall(r"^  ([0-9a-f]{16})-([0-9a-f]{16}) (.*)$",
                               block, re.M)]
    raise AssertionError(f"no view of {space} in {text}")


def heard(qmp, name):
    """The same from what a listener has heard."""
    view = []
    for line in qmp.get(name, "view"):
        start, last = (int(n, 16) for n in line.split(" ")[0].split("-"))
        view.append((start, last, line.split(" ")[1]))
    return view


def check_listener(qmp):
    view = [(a, b, rest.split("): ")[1].split(" ")[0])
            for a, b, rest in flat(qmp, "sp")]
    assert view == heard(qmp, "ear"), f"{view} is not {heard(qmp, 'ear')}"


def check_moves(qmp, rng):
    """Random moves: the listener's sum stays the view; refusals undo all."""
    names = ["box", *(f"io{i}" for i in range(8)), "window"]
    qmp.add("container", "root", size=1 << 20)
    qmp.add("container", "box", size=64 << 10, parent="root")
    for i in range(8):
        qmp.add("io", f"io{i}", size=(i + 1) << 12, parent="root",
                addr=i << 13, priority=i % 3 - 1)
    qmp.add("alias", "window", size=32 << 10, target="box", parent="root",
            addr=512 << 10)
    qmp.add("space", "sp", root="root")
    qmp.add("listener", "ear", space="sp", nops=True)
    check_listener(qmp)
    for step in range(200):
        name = rng.choice(names)
        prop, value = rng.choice([
            ("addr", rng.randrange(64) << 12),
            ("size", rng.randrange(1, 32) << 12),
            ("priority", rng.randrange(-2, 3)),
            ("enabled", rng.random() < 0.7),
            ("unmergeable", rng.random() < 0.3),
            ("parent", rng.choice(["root", "box", ""]))])
        refuse = step % 5 == 0
        before = qmp.hmp("info mtree -f"), qmp.hmp("info mtree"), \
            qmp.get(name, prop)
        qmp.set("ear", "refuse", refuse)
        try:
            qmp.set(name, prop, value)
            assert qmp.get(name, prop) == value
        except Failed as error:
            after = qmp.hmp("info mtree -f"), qmp.hmp("info mtree"), \
                qmp.get(name, prop)
            assert before == after, f"{name}.{prop}={value}: {error}"
        check_listener(qmp)
    for name in ["ear", "sp", "window", *(f"io{i}" for i in range(8)), "box",
                 "root"]:
        qmp.command("object-del", id=name)


def check_deep(qmp, depth):
    """A chain of containers, and aliases of aliases."""
    for i in range(depth):
        qmp.add("container", f"c{i}", size=1 << 20,
                parent=f"c{i - 1}" if i else "system", addr=16 if i else 0)
        qmp.add("alias", f"a{i}", size=1 << 20,
                target=f"a{i - 1}" if i else "c0")
    qmp.add("io", "leaf", size=4, parent=f"c{depth - 1}")
    qmp.add("space", "s", root=f"a{depth - 1}")
    where = 16 * (depth - 1)
    assert [r[:2] for r in flat(qmp, "s")] == [(where, where + 3)]
    for name in ["s", "leaf", *(f"a{i}" for i in reversed(range(depth))),
                 *(f"c{i}" for i in reversed(range(depth)))]:
        qmp.command("object-del", id=name)


@contextlib.contextmanager
def emulator(binary):
    with tempfile.TemporaryDirectory() as tmp:
        qmp = Playground(binary, tmp)
        try:
            yield qmp
            qmp.command("quit")
            assert qmp.process.wait(TIMEOUT) == 0
        finally:
            qmp.process.kill()
            qmp.process.wait()


def main():
    args = sys.argv[1:]
    update = args[0] == "--update"
    binary = args[-1]
    if update:
        check_lesson(binary, True)
        return 0
    seed = random.randrange(1 << 32)
    print("1..3")
    print(f"# seed {seed}", flush=True)
    tests = [lambda: check_lesson(binary, False),
             lambda: run_on(binary, lambda q: check_moves(
                 q, random.Random(seed))),
             lambda: run_on(binary, lambda q: check_deep(q, 100))]
    names = ["lesson", "moves", "deep"]
    for number, (name, test) in enumerate(zip(names, tests), 1):
        try:
            test()
            print(f"ok {number} {name}", flush=True)
        except AssertionError as err:
            print(f"not ok {number} {name}\n# " + str(err).replace("\n", "\n# "),
                  flush=True)
    return 0


def run_on(binary, test):
    with emulator(binary) as qmp:
        test(qmp)


if __name__ == "__main__":
    sys.exit(main())
