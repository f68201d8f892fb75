#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The memory core's figures, beside QEMU's and beside the bars they have.

    memperf.py BUILDDIR [--cc COMMAND] [--modes a:b] [--sizes 16:256]
               [--budget MS] [--reference] [--figures FILE] [--from FILE]
               [--rst FILE]

The benchmark is ../shared/bench/memperf.c, a device source that knows nothing
of us: it is compiled unchanged, as a module of BUILDDIR's program. What QEMU
10.2 was measured at elsewhere is read from ../shared/bench; --reference runs
the same source in QEMU 10.0 here and now (scripts/reference-qemu).

--figures FILE keeps all figures, --from FILE takes them from there and runs
nothing more than is asked for with --modes; --rst FILE writes the tables for the
manual. Without the source it says so and ends with status 0.
"""
import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
BENCH = TOP.parent / "shared" / "bench"
SOURCE = BENCH / "memperf.c"
RECORDED = BENCH / "qemu-10.2-results.md"
# One view of QEMU takes fewer than 4096 sections.
QEMU_MAX = 4000
QEMU_MOST = {"overlap": 1000, "many-as": 1000}

SIZES = {
    "memory": [4000, 32768], "commit": [16, 256, 4000, 32768],
    "add": [16, 256, 4000, 32768], "slots": [16, 256, 4000, 32768],
    "many-as": [16, 256, 1000, 4000], "rw": [16, 256, 4000, 32768],
    "overlap": [16, 256, 1000, 4000], "deep": [16, 256, 4000, 32768],
    "ioeventfd": [16, 256, 1024, 32768],
}


class Bar:
    """What a figure has to be: `most` at the sizes in `at` (all if empty)."""

    def __init__(self, figure, most, at=(), per_n=False, growth=None):
        self.figure = figure
        self.most = most
        self.at = at
        self.per_n = per_n      # for each of the n views
        self.growth = growth    # largest n against smallest

    def limit(self, n, recorded, here):
        """The most at n; what QEMU has, where that is the bar. Or None."""
        if self.at and n not in self.at:
            return None
        if self.most is not None:
            return self.most
        figures = here.get(self.figure) or recorded.get(self.figure, {})
        return figures.get(n, next(iter(figures.values()), None))

    def judge(self, values, recorded, here):
        """values: {n: value}. What is missed, as a list of texts."""
        missed = []
        for n, value in sorted(values.items()):
            most = self.limit(n, recorded, here)
            if most is not None and value / (n if self.per_n else 1) > most:
                missed.append(f"n={n}: {value:,.1f}")
        if self.growth and len(values) > 1:
            first, last = min(values), max(values)
            ratio = values[last] / values[first]
            if ratio > self.growth:
                missed.append(f"n={last} is {ratio:.1f} times n={first}")
        return missed

    def text(self):
        text = "QEMU's" if self.most is None else f"{self.most:,}"
        if self.per_n:
            text += " per view"
        if self.at:
            text += " at " + ", ".join(map(str, self.at))
        if self.growth:
            text += f"; n=32768 at most {self.growth}x"
        return text


BARS = [
    Bar("commit.toggle_ns", 3000, (16,), growth=3),
    Bar("commit.toggle_cpu_ns", 3000, (16,), growth=3),
    Bar("slots.toggle_ns", 3000, (16,), growth=3),
    Bar("slots.toggle_cpu_ns", 3000, (16,), growth=3),
    Bar("deep.toggle_ns", 3000, (16,), growth=3),
    Bar("deep.toggle_cpu_ns", 3000, (16,), growth=3),
    Bar("add.each_add_ns", 3000),
    Bar("add.each_add_last_ns", 3000),
    Bar("add.batch_add_ns", 300, (4000, 32768)),
    Bar("slots.batch_add_ns", 300, (4000, 32768)),
    Bar("many-as.toggle_ns", 4000),
    Bar("many-as.master_ns", 5000),
    Bar("many-as.own.toggle_ns", 1000, per_n=True),
    Bar("overlap.middle.toggle_ns", 5000),
    Bar("overlap.top.toggle_ns", 5000),
    Bar("overlap.sieve.toggle_ns", 5000),
    Bar("ioeventfd.each_add_ns", 1000),
    Bar("ioeventfd.batch_add_ns", 300),
    Bar("rw.ram_ldl_ns", 15),
    Bar("rw.io_ldl_ns", 20),
    Bar("rw.io_stl_ns", 20),
    Bar("rw.io_ldl_random_ns", 36, (4000,)),
    Bar("rw.ram_read_4k_ns", None),
    Bar("rw.ram_write_4k_ns", None),
    Bar("memory.region_bytes", 900),
    Bar("memory.mapped_bytes", 160),
]

# Names in the recorded table to the program's, where they differ.
RECORDED_NAMES = {
    "add.each_add, the last 64 of them": ["add.each_add_last_ns"],
    "rw.io_ldl / io_stl": ["rw.io_ldl_ns", "rw.io_stl_ns"],
    "rw.ram_read_4k / ram_write_4k": ["rw.ram_read_4k_ns",
                                      "rw.ram_write_4k_ns"],
    "memory.region_bytes / mapped_bytes": ["memory.region_bytes",
                                           "memory.mapped_bytes"],
    "overlap.middle / top / sieve toggle": ["overlap.middle.toggle_ns",
                                            "overlap.top.toggle_ns",
                                            "overlap.sieve.toggle_ns"],
    "ioeventfd.each_add / each_add_last / each_del": [
        "ioeventfd.each_add_ns", "ioeventfd.each_add_last_ns",
        "ioeventfd.each_del_ns"],
    "ioeventfd.batch_add / batch_del": ["ioeventfd.batch_add_ns",
                                        "ioeventfd.batch_del_ns"],
}


def read_recorded(text):
    """{figure: {n: value}} from the tables of the recorded results."""
    figures = {}
    header = []
    for line in text.splitlines():
        if not line.startswith("|"):
            continue
        cells = [c.strip() for c in line.strip("|").split("|")]
        if cells[0] == "figure":
            header = cells
            continue
        name = re.sub(r"\s*\(.*\)", "", cells[0])
        keys = RECORDED_NAMES.get(name) or [name + "_ns"]
        for column, cell in zip(header[1:], cells[1:]):
            if column == "n" or not re.match(r"[0-9]", cell):
                continue
            n = int(column[2:]) if column.startswith("n=") else int(cells[1])
            for key, value in zip(keys, cell.split(" / ")):
                figures.setdefault(key, {})[n] = float(value.replace(",", ""))
    return figures


def parse_output(text, figures):
    for name, n, key, value in re.findall(
            r"^memperf: ([a-z-]+)\.n(\d+)\.(\S+)=([0-9.-]+)$", text, re.M):
        figures.setdefault(f"{name}.{key}", {})[int(n)] = float(value)


def build_module(build, cc, out):
    """memperf.so as a module; the text beside it says what is in it."""
    glib = subprocess.run(["pkg-config", "--cflags", "glib-2.0"], check=True,
                          capture_output=True, text=True).stdout
    subprocess.run(
        [*shlex.split(cc), "-O2", "-g", "-std=gnu11", "-fPIC", "-shared",
         "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-fno-strict-aliasing",
         "-fwrapv", "-fno-common", "-Werror=implicit-function-declaration",
         "-Werror=incompatible-pointer-types",
         *(f"-I{i}" for i in (TOP / "include", build / "include", build,
                              build / "qapi")),
         *shlex.split(glib), SOURCE, "-o", out / "memperf.so"], check=True)
    (out / "memperf.modinfo").write_text("obj memperf\nobj memperf-bank\n")


def run(command, mode, sizes, budget, env=None):
    """The output for one mode; a process of its own, so a clean heap."""
    lines = []
    with subprocess.Popen(
            ["timeout", "-k", "1", "900", *command, "-M", "none", "-display",
             "none", "-nodefaults", "-device",
             f"memperf,mode={mode},n={':'.join(map(str, sizes))},quit=on,"
             f"budget-ms={budget}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, env=env) as process:
        for line in process.stderr:
            lines.append(line)
            if line.startswith("memperf: done"):
                break
        else:
            print(f"memperf: {mode} did not end:\n{''.join(lines)}")
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.terminate()     # QEMU's end can wait for its CPU threads
    return "".join(lines)


def read_figures(path, figures, here):
    for line in path.read_text(encoding="utf-8").splitlines():
        who, name, n, value = line.split()
        (here if who == "qemu-10.0" else figures).setdefault(
            name, {})[int(n)] = float(value)


def write_figures(path, figures, here):
    with open(path, "w", encoding="utf-8") as f:
        for who, what in (("plateau", figures), ("qemu-10.0", here)):
            for name, values in what.items():
                for n, value in sorted(values.items()):
                    f.write(f"{who} {name} {n} {value}\n")


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii",
                                                   errors="replace")
    model = re.search(r"model name\s*: (.*)", info)
    return f"{os.cpu_count()} CPUs ({model[1] if model else os.uname().machine})"


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"


def header(here):
    return ["figure", "bar", "n", "Plateau",
            *(["QEMU 10.0, here"] if here else []), "QEMU 10.2, recorded", ""]


def row_of(bar, n, values, recorded, here):
    value = values[n]
    most = bar.limit(n, recorded, here)
    verdict = ""
    if most is not None:
        verdict = ("met" if value / (n if bar.per_n else 1) <= most
                   else "missed")
    if bar.growth and n == max(values) and n != min(values):
        verdict = ("met" if value <= bar.growth * values[min(values)]
                   else "missed")
    row = [bar.figure, bar.text(), str(n), number(value)]
    if here:
        row.append(number(here.get(bar.figure, {}).get(n)))
    return row + [number(recorded.get(bar.figure, {}).get(n)), verdict]


def rows_of(figures, recorded, here):
    for bar in BARS:
        values = figures.get(bar.figure)
        if not values:
            continue
        for n in sorted(values):
            row = row_of(bar, n, values, recorded, here)
            if n != min(values):
                row[0] = row[1] = ""
            yield row


def print_table(rows):
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(w) if i < 2 else cell.rjust(w)
                        for i, (cell, w) in enumerate(zip(row, widths)))
              .rstrip())


def write_rst(path, rows):
    with open(path, "w", encoding="utf-8") as f:
        f.write(".. SPDX-License-Identifier: GPL-2.0-or-later\n\n"
                f"On {machine()}. Nanoseconds, or bytes.\n\n"
                ".. list-table::\n   :header-rows: 1\n\n")
        for row in rows:
            for i, cell in enumerate(row):
                f.write(f"   {'*' if not i else ' '} -{' ' if cell else ''}"
                        f"{cell}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--cc", default=os.environ.get("CC", "cc"))
    parser.add_argument("--modes")
    parser.add_argument("--sizes", default="")
    parser.add_argument("--budget", type=int, default=300)
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("--figures", type=pathlib.Path)
    parser.add_argument("--from", type=pathlib.Path, dest="from_file")
    parser.add_argument("--rst", type=pathlib.Path)
    args = parser.parse_args()
    build = args.build.resolve()

    if not SOURCE.exists():
        print("memory: skipped, ../shared/bench/memperf.c is not there")
        return 0
    recorded = read_recorded(RECORDED.read_text(encoding="utf-8")) \
        if RECORDED.exists() else {}
    figures, here = {}, {}
    if args.from_file:
        read_figures(args.from_file, figures, here)
    modes = args.modes.split(":") if args.modes else \
        [] if args.from_file else list(SIZES)
    with tempfile.TemporaryDirectory() as tmp:
        if modes:
            build_module(build, args.cc, pathlib.Path(tmp))
        env = dict(os.environ, PLATEAU_MODULE_DIR=tmp)
        for mode in modes:
            sizes = [int(n) for n in args.sizes.split(":")] if args.sizes \
                else SIZES[mode]
            parse_output(run([build / "system/plateau", "-accel", "qtest"],
                             mode, sizes, args.budget, env), figures)
            if args.reference:
                most = QEMU_MOST.get(mode, QEMU_MAX)
                parse_output(run([TOP / "scripts/reference-qemu", "--device",
                                  SOURCE], mode,
                                 [n for n in sizes if n <= most],
                                 args.budget), here)
    if args.figures:
        write_figures(args.figures, figures, here)
    rows = [header(here), *rows_of(figures, recorded, here)]
    print_table(rows)
    missed = {b.figure: b.judge(figures.get(b.figure, {}), recorded, here)
              for b in BARS}
    for name, texts in missed.items():
        for text in texts:
            print(f"missed: {name} {text}")
    if args.rst:
        write_rst(args.rst, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
