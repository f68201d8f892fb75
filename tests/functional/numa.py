#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""-numa: what is wrong, by the lines of numa-wrong.txt, and what is right:
numa.py BINARY."""
import pathlib
import subprocess
import sys

BINARY = sys.argv[1]
CASES = pathlib.Path(__file__).with_name("numa-wrong.txt")
MEM = ("-object memory-backend-ram,id=m0,size=64M "
       "-object memory-backend-ram,id=m1,size=64M")
NODES = "-numa node,memdev=m0 -numa node,memdev=m1"
LATENCY = "-numa hmat-lb,initiator=0,target=%d,ACCESS-latency,latency=%s"
BANDWIDTH = "-numa hmat-lb,initiator=0,target=%d,ACCESS-bandwidth,bandwidth=%s"
CACHE = "-numa hmat-cache,node-id=0,size=%s,level=%d,DIRECT"
WORDS = [
    ("HMAT", "-M virt,hmat=on -smp 2 MEM -numa node,memdev=m0,cpus=0-1 "
             "-numa node,memdev=m1,initiator=0"),
    ("MEM", MEM), ("NODES", NODES),
    ("ACCESS", "hierarchy=memory,data-type=access"),
    ("DIRECT", "associativity=direct,policy=write-back,line=8"),
]
# A node for each CPU, so that the board takes it.
RIGHT = [
    f"-smp 2 {MEM} {NODES}",
    f"-smp 2 {MEM} {NODES} -numa dist,src=0,dst=1,val=20",
    f"-smp 2 {MEM} {NODES} -numa dist,src=0,dst=1,val=20 "
    "-numa dist,src=1,dst=0,val=30",
    f"-smp 4 {MEM} {NODES} -numa cpu,node-id=1,core-id=2 "
    "-numa cpu,node-id=1,core-id=3 -numa cpu,node-id=0,core-id=0 "
    "-numa cpu,node-id=0,core-id=1",
    f"-smp 2 {MEM} -numa node,memdev=m0,nodeid=1 -numa node,memdev=m1,nodeid=0",
    f"-M virt,hmat=on -smp 2 {MEM} -numa node,memdev=m0,cpus=0 "
    "-numa node,memdev=m1,cpus=1 " +
    " ".join([LATENCY % (0, 5), LATENCY % (1, 65534), BANDWIDTH % (0, "1M"),
              BANDWIDTH % (1, "32G"), CACHE % ("10K", 1), CACHE % ("20K", 2)]),
]


def start(text):
    for word, meaning in WORDS:
        text = text.replace(word, meaning)
    args = ["" if a == "EMPTY" else a for a in text.split()]
    if "-M" not in args:
        args = ["-M", "virt", *args]
    return subprocess.run(
        [BINARY, *args, "-S", "-bios", "none", "-nodefaults", "-display",
         "none", "-monitor", "stdio"], input="quit\n", capture_output=True,
        text=True, timeout=60, check=False)


def main():
    wrong = [line.split(" => ") for line in CASES.read_text().splitlines()
             if not line.startswith("#")]
    print(f"1..{len(wrong) + len(RIGHT)}", flush=True)
    failures = 0
    cases = [*wrong, *([args, None] for args in RIGHT)]
    for number, (args, text) in enumerate(cases, 1):
        p = start(args)
        ok = (p.returncode == 0 and p.stderr == "" if text is None
              else p.returncode == 1 and text in p.stderr)
        failures += not ok
        print(f"{'' if ok else 'not '}ok {number} {args}".replace("#", ""),
              "" if ok else f"# {p.returncode}: {p.stderr[:300]!r}",
              flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
