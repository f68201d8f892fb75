#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The board `virt' from outside: its device tree and its memory map against the
reference's, what it refuses, what it loads where: riscv_virt.py BINARY.

What may differ from the reference is in riscv_virt-differences.txt.
"""
import fnmatch
import gzip
import json
import pathlib
import re
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from tap import Skip, run_tap  # noqa: E402

BINARY = sys.argv[1]
TOP = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = TOP.parent / "shared/reference/riscv-virt"
QEMU = TOP / "scripts/reference-qemu"
DIFFERENCES = pathlib.Path(__file__).with_name("riscv_virt-differences.txt")
TIMEOUT = 60
SKIP = 77
RAM = 0x80000000
MIB = 1 << 20


# ---- the emulator ------------------------------------------------------------

def start(*args, binary=BINARY):
    """A machine that does not run; its QMP is on its standard streams."""
    # pylint: disable=consider-using-with
    return subprocess.Popen(
        [binary, "-M", "virt", "-nodefaults", "-display", "none", "-S",
         "-accel", "qtest", "-qmp", "stdio", *map(str, args)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)


def talk(commands, *args, binary=BINARY):
    """The answers of a machine with these arguments; what it complains of."""
    lines = [{"execute": "qmp_capabilities"}] + [
        c if isinstance(c, dict) else
        {"execute": "human-monitor-command", "arguments": {"command-line": c}}
        for c in commands] + [{"execute": "quit"}]
    process = start(*args, binary=binary)
    out, err = process.communicate("\n".join(map(json.dumps, lines)),
                                   timeout=TIMEOUT)
    assert process.returncode == 0, err
    answers = [m for m in map(json.loads, out.splitlines())
               if "return" in m or "error" in m]
    return [a["return"].replace("\r\n", "\n")
            if isinstance(a["return"], str) else a["return"]
            for a in answers[1:-1]], err


def ask(commands, *args, binary=BINARY):
    """The answers of a machine with these arguments."""
    return talk(commands, *args, binary=binary)[0]


def refused(pattern, *args):
    """The arguments are wrong, and the message says why."""
    process = start(*args)
    _, err = process.communicate('{"execute": "qmp_capabilities"}\n'
                                 '{"execute": "quit"}', timeout=TIMEOUT)
    assert process.returncode == 1, f"{args}: {process.returncode} {err}"
    assert re.search(pattern, err), f"{args}: {err}"


def roms(*args):
    """{name: (address, size)} of what is loaded."""
    text = ask(["info roms"], *args)[0]
    return {m[3]: (int(m[1], 16), int(m[2], 16)) for m in re.finditer(
        r'^addr=(\w+) size=(\w+) .*name="(.*)"$', text, re.M)}


# ---- device trees ------------------------------------------------------------

def parse_dtb(blob):
    """{path: {property: bytes}} (Devicetree Specification, 5)."""
    magic, _, structs, strings = struct.unpack_from(">4I", blob)
    assert magic == 0xd00dfeed
    tree, path, at = {}, [], structs
    while True:
        token, = struct.unpack_from(">I", blob, at)
        at += 4
        if token == 1:
            end = blob.index(0, at)
            path.append(blob[at:end].decode())
            tree["/".join(path) or "/"] = {}
            at = (end + 4) & ~3
        elif token == 2:
            path.pop()
        elif token == 3:
            size, name = struct.unpack_from(">2I", blob, at)
            key = blob[strings + name:blob.index(0, strings + name)].decode()
            tree["/".join(path) or "/"][key] = blob[at + 8:at + 8 + size]
            at = (at + 8 + size + 3) & ~3
        elif token == 9:
            return tree


def dump_dtb(command, path, machine, *args):
    done = subprocess.run(
        [*command, "-nodefaults", "-display", "none", "-M",
         f"virt,dumpdtb={path}{machine}", *map(str, args)],
        stderr=subprocess.PIPE, text=True, timeout=TIMEOUT, check=False)
    if done.returncode == SKIP:
        raise Skip("the reference is out of reach")
    assert done.returncode == 0, done.stderr
    return parse_dtb(pathlib.Path(path).read_bytes())


def allowed(kind):
    """The patterns of one kind of difference, and whether each was needed."""
    lines = [line.split("#")[0].split() for line in
             DIFFERENCES.read_text().splitlines()]
    return {" ".join(words[1:]): False for words in lines
            if words and words[0] == kind}


def is_part(key, ours, theirs):
    """A property of a node that one side has not, which is said of the node."""
    node = key.partition(":")[0]
    return ":" in key and (node in ours) != (node in theirs)


def compare(kind, ours, theirs, patterns):
    """What is in one of two dictionaries of texts and allowed nowhere."""
    bad = []
    for key in sorted(set(ours) | set(theirs)):
        if ours.get(key) == theirs.get(key):
            continue
        known = [p for p in patterns if fnmatch.fnmatchcase(key, p)]
        for p in known:
            patterns[p] = True
        if not known and not is_part(key, ours, theirs):
            bad.append(f"{kind} {key}\n   ours   {ours.get(key)}\n"
                       f"   theirs {theirs.get(key)}")
    return bad


def flat(tree):
    out = {}
    for path, props in tree.items():
        out[path] = "is there"
        out.update({f"{path}:{name}": value for name, value in props.items()})
    return out


NUMA = ["-smp", "4,sockets=2", "-m", "2G",
        "-object", "memory-backend-ram,id=m0,size=1G",
        "-object", "memory-backend-ram,id=m1,size=1G",
        "-numa", "node,memdev=m0", "-numa", "node,memdev=m1",
        "-numa", "dist,src=0,dst=1,val=30"]


def same_device_tree(tmp):
    patterns = allowed("dtb")
    bad = []
    for machine, args in [
            ("", []),
            (",aclint=on", ["-smp", "3"]),
            (",aia=aplic", ["-smp", "2", "-m", "1G"]),
            (",aia=aplic-imsic,aia-guests=3", ["-smp", "4"]),
            (",aia=aplic-imsic,aclint=on", ["-smp", "2"]),
            ("", ["-smp", "8,sockets=2,cores=2,threads=2", "-m", "6G"]),
            (",aclint=on", NUMA),
            (",aia=aplic", NUMA),
            (",aia=aplic-imsic", NUMA)]:
        firmware = ["-bios", "none"]
        theirs = dump_dtb([QEMU], f"{tmp}/theirs", machine, *args, *firmware)
        ours = dump_dtb([BINARY, "-accel", "qtest"], f"{tmp}/ours", machine,
                        *args, *firmware)
        bad += [f"virt{machine} {' '.join(args)}: {line}" for line in
                compare("dtb", flat(ours), flat(theirs), patterns)]
    assert not bad, "\n".join(bad)
    unused = [p for p, used in patterns.items() if not used]
    assert not unused, f"no difference any more: {unused}"


def dumped_by_command(tmp):
    path = f"{tmp}/command.dtb"
    ask([{"execute": "dumpdtb", "arguments": {"filename": path}}])
    tree = parse_dtb(pathlib.Path(path).read_bytes())
    assert tree["/"]["model"] == b"riscv-virtio,qemu\0"
    answer = ask([f"dumpdtb {tmp}/hmp.dtb"])[0]
    assert answer == f"DTB dumped to '{tmp}/hmp.dtb'\n", answer


def kernel_is_told(tmp):
    kernel, initrd = f"{tmp}/flat", f"{tmp}/initrd"
    pathlib.Path(kernel).write_bytes(b"\x13\0\0\0" * 1000)
    pathlib.Path(initrd).write_bytes(b"x" * 5000)
    tree = dump_dtb([BINARY, "-accel", "qtest"], f"{tmp}/told", "",
                    "-bios", "none", "-kernel", kernel, "-initrd", initrd,
                    "-append", "console=ttyS0 a,b")
    chosen = tree["/chosen"]
    assert chosen["bootargs"] == b"console=ttyS0 a,b\0"
    first = RAM + 64 * MIB
    assert chosen["linux,initrd-start"] == struct.pack(">Q", first)
    assert chosen["linux,initrd-end"] == struct.pack(">Q", first + 5000)


# ---- the memory map ----------------------------------------------------------

def flat_view(text):
    """The lines of the system's view, by address."""
    view = next(v for v in text.split("\n\n") if 'AS "memory"' in v)
    return {line.split(" ")[2]: line.strip() for line in view.splitlines()
            if re.match(r"  [0-9a-f]{16}-", line)}


def same_memory_map(_tmp):
    if not REFERENCE.exists():
        raise Skip("no ../shared/reference")
    patterns = allowed("mtree")
    theirs = flat_view((REFERENCE / "hmp-info-mtree_f.txt").read_text())
    ours = flat_view(ask(["info mtree -f"], "-m", "512M,maxmem=4G,slots=4",
                         "-serial", "null")[0])
    bad = compare("mtree", ours, theirs, patterns)
    assert not bad, "\n".join(bad)
    unused = [p for p, used in patterns.items() if not used]
    assert not unused, f"no difference any more: {unused}"


def memory_above_ram(_tmp):
    def window(*args):
        text = ask(["info mtree"], *args)[0]
        match = re.search(r"  (\w+)-(\w+) \(.*device-memory$", text, re.M)
        return match and (int(match[1], 16), int(match[2], 16))

    gib = 1 << 30
    assert window("-m", "512M") is None
    assert window("-m", "512M,maxmem=4G,slots=4") == (
        0xc0000000, 0xc0000000 + 7 * gib + gib // 2 - 1)
    assert window("-m", "1G,maxmem=2G") == (0xc0000000, 0xffffffff)
    assert window("-m", "5000M,maxmem=8G,slots=1")[0] == RAM + 5 * gib


def same_machine(_tmp):
    if not REFERENCE.exists():
        raise Skip("no ../shared/reference")
    theirs = next(m for m in json.loads(
        (REFERENCE / "qmp-query-machines.json").read_text())["return"]
        if m["name"] == "virt")
    ours = next(m for m in ask([{"execute": "query-machines"}])[0]
                if m["name"] == "virt")
    # The reference's file is of a version that has one more.
    assert {k: ours.get(k) for k in theirs if k in ours} == {
        k: v for k, v in theirs.items() if k in ours}
    assert set(theirs) - set(ours) <= {"alias", "compat-props"}, theirs


# ---- what is loaded ----------------------------------------------------------

def elf(segments, entry, bits=64, machine=243, data=1):
    """An ELF file of (address, bytes): the ELF specification, 32 or 64 bit."""
    wide = bits == 64
    ehsize, phsize = (64, 56) if wide else (52, 32)
    order = "<" if data == 1 else ">"
    head = b"\x7fELF" + bytes([2 if wide else 1, data, 1]) + bytes(9)
    head += struct.pack(order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"),
                        2, machine, 1, entry, ehsize, 0, 0, ehsize, phsize,
                        len(segments), 0, 0, 0)
    at = ehsize + phsize * len(segments)
    table, content = b"", b""
    for addr, text in segments:
        fields = [1, 5, at, addr, addr, len(text), len(text), 4096]
        if wide:
            table += struct.pack(order + "IIQQQQQQ", *fields)
        else:
            table += struct.pack(order + "8I", 1, at, addr, addr, len(text),
                                 len(text), 5, 4096)
        content += text
        at += len(text)
    return head + table + content


def image(size, in_memory, magic=b"RSC\x05"):
    """Linux's Image: Documentation/arch/riscv/boot-image-header.rst."""
    head = struct.pack("<4xIQQQIIQ8s4sI", 0, 0x200000, in_memory, 0, 2, 0, 0,
                       b"RISCV\0\0\0", magic, 0)
    return head + bytes(size - len(head))


def write(tmp, name, data):
    path = pathlib.Path(tmp) / name
    path.write_bytes(data)
    return str(path)


def places(tmp):
    """QEMU's addresses, for which images and habits were made."""
    firmware = write(tmp, "firmware.bin", b"\x13\0\0\0" * 60000)
    kernel = write(tmp, "kernel", image(3 * MIB, 4 * MIB))
    initrd = write(tmp, "initrd", b"x" * 5 * MIB)
    for ram, at_initrd, at_fdt in [
            (128, 0x84200000, 0x87e00000), (512, 0x90200000, 0x9fe00000),
            (1024, 0xa0200000, 0xbfe00000), (8192, 0xa0200000, 0x27fe00000)]:
        got = roms("-m", ram, "-bios", firmware, "-kernel", kernel,
                   "-initrd", initrd)
        assert got["mrom.reset"] == (0x1000, 0x28), got
        assert got["mrom.finfo"] == (0x1028, 0x30), got
        assert got[firmware] == (RAM, 240000), got
        assert got[kernel] == (RAM + 2 * MIB, 3 * MIB), got
        assert got[initrd] == (at_initrd, 5 * MIB), got
        assert got["fdt"][0] == at_fdt, got


def formats(tmp):
    plain = image(MIB, 2 * MIB)
    packed = write(tmp, "Image.gz", gzip.compress(plain))
    got = roms("-bios", "none", "-kernel", packed)
    assert got[packed] == (RAM, MIB), got
    payload = gzip.compress(plain)
    zboot = write(tmp, "vmlinuz.efi",
                  struct.pack("<2s2x4sII8x32s8x", b"MZ", b"zimg", 64,
                              len(payload), b"gzip") + payload)
    got = roms("-bios", "none", "-kernel", zboot)
    assert got[zboot] == (RAM, MIB), got
    file = write(tmp, "kernel.elf", elf([(RAM + 4 * MIB, b"\x13\0\0\0" * 9)],
                                        RAM + 4 * MIB + 8))
    got = roms("-bios", "none", "-kernel", file)
    assert [a for n, (a, s) in got.items() if n.startswith(file)] == [
        RAM + 4 * MIB], got
    file = write(tmp, "firmware.elf", elf([(RAM, b"\x13\0\0\0" * 9)], RAM + 8))
    got = roms("-bios", file)
    assert [s for n, (a, s) in got.items() if n.startswith(file)] == [36], got


def reset_vector(tmp):
    kernel = write(tmp, "k", image(4096, 8192))
    text = ask(["xp /20wx 0x1000"], "-bios", "none", "-kernel", kernel)[0]
    words = [int(w, 16) for w in re.findall(r"0x([0-9a-f]{8})\b", text)]
    assert words == [
        0x00000297, 0x02828613, 0xf1402573, 0x0202b583, 0x0182b283, 0x00028067,
        RAM, 0, RAM + 126 * MIB, 0,
        0x4942534f, 0, 2, 0, RAM, 0, 1, 0, 0, 0], text


def found_in_data_dir(tmp):
    folder = pathlib.Path(tmp) / "firmware"
    folder.mkdir()
    path = folder / "opensbi-riscv64-generic-fw_dynamic.bin"
    path.write_bytes(b"\x13\0\0\0" * 10)
    (folder / "other.bin").write_bytes(b"\x13\0\0\0" * 20)
    for args, file in [([], path), (["-bios", "default"], path),
                       (["-bios", "other.bin"], folder / "other.bin")]:
        got = roms("-L", folder, *args)
        assert got[str(file)][0] == RAM, got


def wrong_options(_tmp):
    refused("Invalid AIA interrupt controller type", "-M", "virt,aia=foo")
    refused("Invalid number of AIA IMSIC guests", "-M", "virt,aia-guests=8")
    refused("Invalid number of AIA IMSIC guests", "-M", "virt,aia-guests=x")
    refused("iommu-sys=on.*no IOMMU", "-M", "virt,iommu-sys=on")
    refused("max CPUs supported by machine 'virt' is 512", "-smp", "513")
    refused("number of sockets/nodes should be less than 5", "-smp", "5",
            "-m", "640M", *sum((["-object",
                                 f"memory-backend-ram,id=m{i},size=128M",
                                 "-numa", f"node,memdev=m{i}"]
                                for i in range(5)), []))
    refused("discontinuous hartids in socket0", "-smp", "4", "-m", "256M",
            "-object", "memory-backend-ram,id=m0,size=128M",
            "-object", "memory-backend-ram,id=m1,size=128M",
            "-numa", "node,memdev=m0,cpus=0,cpus=2",
            "-numa", "node,memdev=m1,cpus=1,cpus=3")
    refused("beyond|memory|does not fit", "-m", "1G,maxmem=100P,slots=1")
    refused("unsupported number of memory slots: 257", "-m",
            "1G,maxmem=2G,slots=257")


def wrong_files(tmp):
    name = f"{tmp}/no-such-file"
    refused("Unable to find the RISC-V BIOS \".*no-such-file\"", "-bios", name)
    none = ["-bios", "none"]
    refused("could not load kernel '.*no-such-file': No such file",
            *none, "-kernel", name)
    refused("could not load kernel '.*': Is a directory",
            *none, "-kernel", tmp)
    kernel = write(tmp, "small", image(4096, 8192))
    refused("initrd '.*no-such-file': No such file", *none, "-kernel", kernel,
            "-initrd", name)
    refused("-initrd only allowed with -kernel option", *none, "-initrd", name)
    refused("-append only allowed with -kernel option", *none, "-append", "a")
    empty = write(tmp, "empty", b"")
    refused("kernel '.*empty': it is empty", *none, "-kernel", empty)
    refused("firmware '.*empty': it is empty", "-bios", empty)
    refused("initrd '.*empty': it is empty", *none, "-kernel", kernel,
            "-initrd", empty)
    refused("tree.*no-such-file", *none, "-dtb", name)
    refused("tree.*empty", *none, "-dtb", empty)
    refused("tree.*small", *none, "-dtb", kernel)


def corrupt_files(tmp):
    good = elf([(RAM, b"\x13\0\0\0" * 1000)], RAM)
    none = ["-bios", "none"]
    for what, data, why in [
            ("cut", good[:100], "Cannot load kernel"),
            ("segments", good[:200], "Cannot load kernel"),
            ("machine", elf([(RAM, b"1234")], RAM, machine=62),
             "Cannot load kernel.*arch"),
            ("order", elf([(RAM, b"1234")], RAM, data=2),
             "Cannot load kernel.*endian"),
            ("32", elf([(RAM, b"1234")], RAM, bits=32), "RV32"),
            ("nowhere", elf([(0x5000000000, b"1234")], 0x5000000000),
             "there is no RAM from 0x5000000000 on"),
            ("arm", image(4096, 4096, b"ARM\x64"), "another architecture"),
            ("gz", gzip.compress(image(4096, 4096))[:-20],
             "cannot be unpacked"),
            ("uimage", b"\x27\x05\x19\x56" + bytes(100), "uImage"),
            ("zboot", struct.pack("<2s2x4sII8x32s8x", b"MZ", b"zimg", 64,
                                  1000, b"gzip"), "cannot be unpacked")]:
        refused(why, *none, "-kernel", write(tmp, f"bad-{what}", data))
    refused("Cannot load firmware", "-bios", write(tmp, "bad-fw", good[:100]))
    refused("Cannot load firmware '.*': .*RV32", "-bios",
            write(tmp, "fw32", elf([(RAM, b"1234")], RAM, bits=32)))
    tree = bytearray(parse_and_dump(tmp))
    tree[4:8] = struct.pack(">I", len(tree) * 2)
    refused("tree", *none, "-dtb", write(tmp, "bad.dtb", bytes(tree)))


def elf_in_several_places(tmp):
    """What of an ELF file is not in RAM, is left out with a warning."""
    good = (RAM, b"\x13\0\0\0" * 1000)
    for what, other, gap in [
            ("above", (RAM + (1 << 40), b"1234"), 0x88000000),
            ("cut", (RAM + 128 * MIB - 2, b"1234"), 0x88000000),
            ("below", (0x1000000, b"1234"), 0x1000000)]:
        path = write(tmp, f"places-{what}", elf([good, other], RAM))
        (text,), err = talk(["info roms"], "-bios", "none", "-kernel", path)
        assert f"there is no RAM from 0x{gap:x} on" in err, err
        assert "left out" in err, err
        assert "segment 0" in text and "segment 1" in text, text


def parse_and_dump(tmp):
    dump_dtb([BINARY, "-accel", "qtest"], f"{tmp}/good.dtb", "", "-bios",
             "none")
    return pathlib.Path(f"{tmp}/good.dtb").read_bytes()


def too_little_ram(tmp):
    none = ["-bios", "none"]
    big = write(tmp, "big", image(9 * MIB, 9 * MIB))
    refused("needs 9 MiB of RAM, and from 0x80000000 on there is 8 MiB",
            *none, "-m", "8M", "-kernel", big)
    refused("needs 1 GiB of RAM", *none, "-kernel",
            write(tmp, "bss", image(4096, 1 << 30)))
    refused("firmware '.*big'.*8 MiB", "-m", "8M", "-bios", big)
    kernel = write(tmp, "kernel", image(3 * MIB, 6 * MIB))
    initrd = write(tmp, "initrd", b"x" * 5 * MIB)
    refused("initrd.*in the kernel, which reaches up to 0x805fffff",
            *none, "-m", "8M", "-kernel", kernel, "-initrd", initrd)
    refused("Cannot load initrd '.*': it has 5 MiB.*there is room for 4 MiB",
            *none, "-m", "8M", "-kernel", write(tmp, "s", image(4096, 4096)),
            "-initrd", initrd)
    refused("no room for the device tree", *none, "-m", "8M", "-kernel",
            write(tmp, "full", image(8 * MIB - 4096, 8 * MIB - 4096)))
    refused("overlap|no room for the device tree", "-m", "1M", "-bios",
            write(tmp, "fw", bytes(600000)))


def a_tree_of_the_users(tmp):
    path = f"{tmp}/user.dtb"
    pathlib.Path(path).write_bytes(parse_and_dump(tmp))
    kernel = write(tmp, "kernel", image(4096, 4096))
    tree = dump_dtb([BINARY, "-accel", "qtest"], f"{tmp}/out.dtb", "",
                    "-bios", "none", "-dtb", path, "-kernel", kernel,
                    "-append", "hello", "-m", "1G")
    assert tree["/chosen"]["bootargs"] == b"hello\0"
    # What the machine has does not matter.
    assert tree[f"/memory@{RAM:x}"]["reg"] == struct.pack(
        ">2Q", RAM, 128 * MIB)


# ---- what runs first ---------------------------------------------------------

# Writes a letter to the UART and switches off.
LETTER = [0x100002b7,                # lui t0, 0x10000
          0x00000313,                # li t1, LETTER
          0x00628023,                # sb t1, 0(t0)
          0x001002b7,                # lui t0, 0x100
          0x00005337, 0x55530313,    # li t1, 0x5555
          0x0062a023,                # sw t1, 0(t0)
          0x0000006f]                # j .
# A firmware that does nothing but start what a2 tells it.
FIRMWARE = [0x01063283,              # ld t0, 16(a2)
            0x00028067]              # jr t0


def code(words, letter=0):
    return struct.pack(f"<{len(words)}I", *(
        w | letter << 20 if w == 0x00000313 else w for w in words))


def prints(letter, *args):
    done = subprocess.run(
        [BINARY, "-M", "virt", "-nodefaults", "-display", "none", "-serial",
         "stdio", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        timeout=TIMEOUT, check=False)
    assert done.returncode == 0 and done.stdout == letter, done


def who_runs_first(tmp):
    flash = pathlib.Path(tmp) / "flash"
    flash.write_bytes(code(LETTER, ord("f")))
    with open(flash, "r+b") as file:
        file.truncate(32 * MIB)
    kernel = write(tmp, "kernel", code(LETTER, ord("k")))
    itself = write(tmp, "firmware", code(LETTER, ord("b")))
    starter = write(tmp, "starter", code(FIRMWARE))
    drive = ["-drive", f"if=pflash,format=raw,readonly=on,file={flash}"]
    prints(b"b", "-bios", itself)
    prints(b"b", "-bios", itself, "-kernel", kernel, *drive)
    prints(b"k", "-bios", "none", "-kernel", kernel)
    prints(b"k", "-bios", starter, "-kernel", kernel)
    prints(b"f", "-bios", "none", *drive)
    prints(b"f", "-bios", starter, *drive)
    prints(b"f", "-bios", "none", "-blockdev",
           f"driver=file,node-name=f0,read-only=on,filename={flash}",
           "-machine", "pflash0=f0")
    prints(b"k", "-bios", "none", "-smp", "3", "-device",
           f"loader,file={kernel},addr=0x80100000,force-raw=on,cpu-num=2",
           "-device", f"loader,file={write(tmp, 'stop', code([0x6f]))},"
                      f"addr={RAM:#x},force-raw=on")


# ---- -device loader ----------------------------------------------------------

def loader(tmp):
    file = write(tmp, "raw", bytes(range(64)))
    program = write(tmp, "p.elf", elf([(RAM + MIB, b"abcd" * 4)], RAM + MIB))
    answers = ask(
        ["xp /2wx 0x80001000", "xp /1gx 0x80001010", "xp /1wx 0x80001020",
         "xp /4bx 0x80002010", "xp /1wx 0x80100000"], "-bios", "none",
        "-device", "loader,addr=0x80001000,data=0x1122334455667788,data-len=4",
        "-device", "loader,addr=0x80001010,data=0x1122334455667788,data-len=8,"
                   "data-be=on",
        "-device", "loader,addr=0x80001020,data=0x11223344,data-len=4,"
                   "data-be=on,cpu-num=0",
        "-device", f"loader,addr=0x80002000,file={file},force-raw=on",
        "-device", f"loader,file={program},cpu-num=0")
    words = [re.findall(r"0x([0-9a-f]+)\b", a.split(":", 1)[1])
             for a in answers]
    assert words == [["55667788", "00000000"], ["8877665544332211"],
                     ["44332211"], ["10", "11", "12", "13"],
                     ["64636261"]], answers


def wrong_loader(tmp):
    file = write(tmp, "raw", bytes(64))
    none = ["-bios", "none"]
    for args, why in [
            ("", "please include valid arguments"),
            (",addr=0x80000000", "cpu_num must be specified"),
            (",addr=0x80000000,cpu-num=7", "boot CPU#7 is nonexistent"),
            (",addr=1,data=5", "Both data and data-len must be specified"),
            (",addr=1,data=5,data-len=9", "cannot be greater then 8 bytes"),
            (f",data=5,data-len=4,file={file}", "Specifying a file is not"),
            (",data=5,data-len=4,force-raw=on", "Specifying force-raw is not"),
            (",force-raw=on", "force-raw needs a file"),
            (f",file={tmp}/none", "Cannot load specified image .*No such file"),
            (",file=x,foo=1", "Property 'loader.foo' not found")]:
        refused(why, *none, "-device", "loader" + args)
    refused("overlap", *none, "-device", f"loader,addr=0x80000000,file={file}",
            "-device", f"loader,addr=0x80000020,file={file}")


# ---- the run -----------------------------------------------------------------

TESTS = [same_device_tree, dumped_by_command, kernel_is_told, same_memory_map,
         memory_above_ram, same_machine, places, formats, reset_vector,
         found_in_data_dir, wrong_options, wrong_files, corrupt_files,
         elf_in_several_places,
         too_little_ram, a_tree_of_the_users, who_runs_first, loader,
         wrong_loader]


if __name__ == "__main__":
    sys.exit(run_tap(TESTS, sys.argv[2:]))
