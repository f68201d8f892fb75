#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Time from exec to the first command's reply, and memory at that time.

    startup.py BINARY [REFERENCE] [--runs N]

Both are started in turn, `-M none` with QMP on a socket that this script
listens on, so that no polling is measured. Prints medians and the ratio.
"""
import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time


def rss_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        for line in f:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return float("nan")


def one_run(binary, path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(1)
    start = time.perf_counter()
    with subprocess.Popen(
            [binary, "-M", "none", "-display", "none", "-nodefaults",
             "-qmp", f"unix:{path}"],
            stdin=subprocess.DEVNULL) as process:
        connection, _ = listener.accept()
        stream = connection.makefile("rwb")
        stream.readline()
        stream.write(b'{"execute": "qmp_capabilities"}'
                     b'{"execute": "query-status"}')
        stream.flush()
        replies = [json.loads(stream.readline()) for _ in range(2)]
        elapsed = (time.perf_counter() - start) * 1000
        assert all("return" in r for r in replies), replies
        memory = rss_mib(process.pid)
        stream.write(b'{"execute": "quit"}')
        stream.flush()
        stream.readline()
        connection.close()
        process.wait(10)
    listener.close()
    os.unlink(path)
    return elapsed, memory


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("binary")
    parser.add_argument("reference", nargs="?",
                        default=shutil.which("qemu-system-riscv64"))
    parser.add_argument("--runs", type=int, default=40)
    args = parser.parse_args()
    binaries = {"plateau": args.binary}
    if args.reference:
        binaries["qemu"] = args.reference
    results = {name: [] for name in binaries}
    with tempfile.TemporaryDirectory() as tmp:
        for _ in range(args.runs):
            for name, binary in binaries.items():
                results[name].append(one_run(binary, f"{tmp}/s"))
    medians = {}
    print(f"-M none, exec to first reply, median of {args.runs} runs")
    for name, runs in results.items():
        medians[name] = (statistics.median(r[0] for r in runs),
                         statistics.median(r[1] for r in runs))
        print(f"  {name:8} {medians[name][0]:7.2f} ms   "
              f"RSS {medians[name][1]:6.1f} MiB")
    if "qemu" in medians:
        print(f"  ratio    {medians['plateau'][0] / medians['qemu'][0]:7.2f} "
              f"     {medians['plateau'][1] / medians['qemu'][1]:10.2f}")
    else:
        print("  no reference: qemu-system-riscv64 is not installed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
