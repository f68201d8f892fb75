#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/migration-stream tells what is in a stream: sections in their order,
as the description at the end names them; what is no stream, or is cut short.

    migration_stream.py EMULATOR
"""
import itertools
import json
import pathlib
import struct
import subprocess
import sys
import xml.etree.ElementTree

from migration import Machine
from tap import run_tap, tests_of

SCRIPT = (pathlib.Path(__file__).resolve().parents[2] / "scripts" /
          "migration-stream")
VMEM = ["-m", "16M,maxmem=256M", "-object",
        "memory-backend-ram,id=m0,size=64M,reserve=off", "-device",
        "virtio-mem-pci,id=vm0,memdev=m0,requested-size=4M"]


def tell(*args, **kwargs):
    return subprocess.run([sys.executable, SCRIPT, *args], check=False,
                          capture_output=True, timeout=120, **kwargs)


def told(*args, **kwargs):
    done = tell(*args, **kwargs)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.decode()


def save(tmp, *args, machine="virt", capabilities=()):
    path = f"{tmp}/stream"
    with Machine(tmp, "-S", *args, machine=machine) as source:
        source.enable(*capabilities)
        source.command("migrate", uri=f"file:{path}")
        source.wait_for("completed")
        source.quit()
    return path


def description(path):
    data = pathlib.Path(path).read_bytes()
    return json.loads(data[data.rindex(b'{"configuration"'):])


def check(path, machine):
    """What holds for each stream; its sections and blocks."""
    found = json.loads(told("--json", path))
    assert found["machine"] == machine, found
    sections = found["sections"]
    # Without gaps, to the last byte.
    at = 8
    for section in sections:
        assert section["position"] == at, (section, at)
        at += section["size"]
    assert at == pathlib.Path(path).stat().st_size
    kinds = [s["kind"] for s in sections]
    assert kinds[0] == "CONFIGURATION", kinds
    assert kinds[-2:] == ["EOF", "DESCRIPTION"], kinds
    assert kinds.count("START") == kinds.count("END") == 1, kinds
    # All full sections, in the order and with the names of the description.
    assert [(s["name"], s["instance"]) for s in sections
            if s["kind"] == "FULL"] == [
                (d["name"], d["instance_id"])
                for d in description(path)["devices"]]
    return sections, found["blocks"]


def test_no_board(tmp):
    path = save(tmp, "-m", "0", "-bios", "none", machine="none")
    sections, blocks = check(path, "none")
    assert [(s["kind"], s.get("name")) for s in sections] == [
        ("CONFIGURATION", "none"), ("START", "ram"),
        ("COMMAND", "switchover-start"), ("END", "ram"), ("FULL", "timer"),
        ("FULL", "globalstate"), ("EOF", None), ("DESCRIPTION", None)], sections
    assert not blocks, blocks


def test_virt(tmp):
    """virtio-mem: where it is, the list of RAM, what is plugged, pages."""
    path = save(tmp, *VMEM)
    sections, blocks = check(path, "virt")
    names = [s.get("name") for s in sections]
    early = "0000:00:01.0/virtio-mem-device-early"
    assert names[:5] == ["virt", "memory-placement", "ram", early, "ram"], names
    assert names[-3] == "0000:00:01.0/virtio-mem", names
    for block in blocks.values():
        assert block["pages"] + block["zeros"] in (0, block["size"] // 4096)
    assert blocks["0000:00:01.0/m0"] == {
        "size": 64 << 20, "pages": 0, "zeros": 0}, blocks
    assert 0 < blocks["riscv_virt_board.ram"]["pages"] < 10, blocks
    # The same as text, and from standard input.
    with open(path, "rb") as file:
        text = told(stdin=file)
    assert text == told(path)
    lines = [line for line in text.splitlines() if "0x" in line]
    assert len(lines) == len(sections), text
    for line, section in zip(lines, sections):
        words = line.split()
        assert int(words[0], 16) == section["position"], line
        assert words[1:3] == [str(section["size"]), section["kind"]], line
        assert section.get("name", "") in line, line
    # ... and as a picture.
    root = xml.etree.ElementTree.fromstring(told("--svg", path))
    words = [e.text for e in root.iter() if e.tag.endswith("text")]
    for name in filter(None, names):
        assert any(name in w for w in words), (name, words)


def names_once(sections):
    """How many parts RAM comes in is a matter of time."""
    return [name for name, _ in itertools.groupby(
        s.get("name") for s in sections)]


def test_forms(tmp):
    """What capabilities change: files with holes, RAM that is elsewhere."""
    plain = check(save(tmp, *VMEM), "virt")
    for capabilities in (["mapped-ram"], ["x-ignore-shared"],
                         ["mapped-ram", "x-ignore-shared"]):
        path = save(tmp, *VMEM, capabilities=capabilities)
        got = json.loads(told("--json", path))["capabilities"]
        assert sorted(got) == capabilities, got
        sections, blocks = check(path, "virt")
        expected = names_once(plain[0])
        if "mapped-ram" in capabilities:
            # All RAM is read with its list: what is there is known before.
            early = next(n for n in expected
                         if n and "virtio-mem-device-early" in n)
            ram = expected.index("ram")
            assert expected[ram:ram + 3] == ["ram", early, "ram"], expected
            expected[ram:ram + 3] = early, "ram"
        got = names_once(sections)
        assert got == expected, (got, expected)
        for name, block in plain[1].items():
            assert blocks[name]["size"] == block["size"], name
            assert blocks[name]["pages"] == block["pages"], name
    uuid = ["-uuid", "12345678-1234-1234-1234-123456789abc"]
    path = save(tmp, *uuid, capabilities=["validate-uuid"])
    assert check(path, "virt")[0][0]["uuid"] == uuid[1].replace("-", "")


def test_wrong(tmp):
    """One line that says what is wrong, wherever the stream ends."""
    path = pathlib.Path(save(tmp, *VMEM))
    good = path.read_bytes()
    end = good.rindex(b'{"configuration"') - 5
    start = good.index(b"\3ram")

    def refused(data, text):
        done = tell(input=data)
        error = done.stderr.decode()
        assert done.returncode == 1 and not done.stdout, done
        assert error.startswith("migration-stream: standard input: "), error
        assert error.count("\n") == 1 and text in error, (text, error)

    refused(b"", "ends at 0x0")
    refused(b"x" * 100, "no migration stream")
    refused(good[:7] + b"\4" + good[8:], "version")
    for at in (20, start, len(good) // 2, len(good) - 1):
        refused(good[:at], "no description")
    for at in (20, start, start + 60, len(good) // 2):
        refused(good[:at] + good[end:], "")
    refused(good[:start - 5] + b"\x77" + good[start - 4:], "begins with 0x77")
    refused(good.replace(b"\x05timer", b"\x05times", 1),
            "'times', instance 0, is not in the description")
    def described(text):
        text = b'{"configuration": {}, ' + text
        return good[:start - 5] + b"\6" + struct.pack(">I", len(text)) + text

    first = description(path)["devices"][0]
    device = (b'"devices": [{"name": "' + first["name"].encode() +
             b'", "instance_id": %d, ' % first["instance_id"] + b'%s}]}')
    for text, wrong in (
            (b"", "no JSON"),
            (b'"\xff": 0}', "no JSON"),
            (b'"devices": ' + b"[" * 100000, "no JSON"),
            (b'"a": ' + b"1" * 5000 + b"}", ""),
            (b'"vmsd": 1}', "no 'devices' that is a list"),
            (b'"devices": {}}', "no 'devices' that is a list"),
            (b'"devices": [7]}', "no 'name' that is a text: 7"),
            (b'"devices": [{"name": 7}]}', "no 'name' that is a text"),
            (b'"devices": [{"name": "timer"}]}', "'instance_id'"),
            (device % b'"fields": 1', "no 'fields' that is a list"),
            (device % b'"fields": ["x"]', "no 'size' that is a number"),
            (device % b'"fields": [{"size": -1}]', "no 'size' that is a n"),
            (device % b'"fields": [{"size": true}]', "no 'size' that is a n"),
            (device % b'"fields": [{"size": 1, "array_len": "x"}]', "array_len"),
            (device % b'"fields": [{"size": 1, "array_len": 1e3}]', "array_len"),
            (device % b'"fields": [{"size": 99999999999999999999}]', "needed"),
            (device % b'"subsections": 1', "no 'subsections' that is a list"),
            (device % b'"subsections": [{}]', "no 'vmsd_name' that is a text"),
            (device % b'"subsections": [[]]', "no 'vmsd_name' that is a text")):
        refused(described(text), wrong)
    assert tell(f"{tmp}/missing").returncode == 1
    without = save(tmp, machine="virt,suppress-vmdesc=on")
    refused(pathlib.Path(without).read_bytes(), "suppress-vmdesc")


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
