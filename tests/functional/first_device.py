#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/devel/first-device.rst, as a reader would do it: its files are taken
from the page, built against an installed Plateau, and its test is run. A device
that was built for another version is refused.

    first_device.py BUILD SANITIZERS MESON-COMMAND... -- COMPILER...
"""
import os
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import module  # noqa: E402

PAGE = module.TOP / "docs/devel/first-device.rst"
MOST_LINES = 100


def files():
    """name: text of the page's named blocks."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^\.\. code-block:: \w+\n   :name: (\S+)\n\n"
                        r"((?:   .*\n|\n)+)", text, re.M)
    return {name: re.sub(r"^   ", "", body, flags=re.M).strip() + "\n"
            for name, body in blocks}


class Reader:
    """What somebody has who follows the page."""

    def __init__(self, inst):
        self.inst = inst
        self.folder = inst.tmp / "doorbell"
        self.folder.mkdir()
        for name, text in files().items():
            (self.folder / name).write_text(text)
        bin_folder = inst.tmp / "path"
        bin_folder.mkdir()
        # With their paths: ccache, if it is one of them, would find this one.
        words = [shutil.which(w) or w for w in inst.env["CC"].split()]
        compiler = " ".join([*words, inst.flags])
        (bin_folder / "cc").write_text(f'#!/bin/sh\nexec {compiler} "$@"\n')
        (bin_folder / "cc").chmod(0o755)
        (bin_folder / "plateau").symlink_to(inst.program)
        self.env = dict(inst.env, PLATEAU_MODULE_DIR=str(self.folder),
                        PATH=f"{bin_folder}:{os.environ['PATH']}")

    def run(self, *command):
        return module.run(command, cwd=self.folder, env=self.env)


def not_long(reader):
    lines = sum(len([line for line in text.splitlines() if line.strip()])
                for text in files().values())
    assert set(files()) == {"doorbell.c", "build.sh", "test.py"}
    code = files()["doorbell.c"].count("\n")
    assert code <= MOST_LINES, f"{code} lines"
    return lines


def is_built(reader):
    module.need(reader.run("sh", "-e", "build.sh"))


def is_listed(reader):
    out = module.need(reader.run("plateau", "-device", "help"))
    assert re.search(r'name "doorbell".*desc "A bell with a button"', out), out
    out = module.need(reader.run("plateau", "-device", "doorbell,help"))
    assert "limit=<uint32>" in out, out


def passes_its_test(reader):
    module.need(reader.run(sys.executable, "test.py"))


def other_version_is_refused(reader):
    """The same source, compiled with the headers of another version."""
    header = next(reader.inst.prefix.rglob("config-host.h"))
    old = header.read_text()
    header.write_text(re.sub(r'(#define PLATEAU_VERSION) .*',
                             r'\1 "9.9.9"', old))
    try:
        module.need(reader.run("sh", "-e", "build.sh"))
    finally:
        header.write_text(old)
    done = reader.run("plateau", "-M", "virt", "-display", "none",
                      "-device", "doorbell")
    assert done.returncode == 1, done
    for text in ("doorbell.so", "9.9.9"):
        assert text in done.stderr, done.stderr
    listed = reader.run("plateau", "-device", "help")
    assert listed.returncode == 0, listed


module.CASES = [not_long, is_built, is_listed, passes_its_test,
                other_version_is_refused]


def installed(*args):
    return Reader(INSTALLED(*args))


INSTALLED, module.Installed = module.Installed, installed

if __name__ == "__main__":
    sys.exit(module.main())
