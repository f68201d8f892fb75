#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""virtio-blk under Debian's kernel: what it sees of the disk, writes and reads
that are compared on both sides, a file system, discards, a new size, an error
that stops the machine, a disk that is read-only.

    virtio_blk.py [--short] EMULATOR [WORD-OF-THE-EMULATOR'S-COMMAND]...
"""
import hashlib
import os
import pathlib
import random
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "guest"))
from guest import PROMPT, Guest, images, linux, run_tap  # noqa: E402

SHORT = sys.argv[1] == "--short"
COMMAND = sys.argv[2:] if SHORT else sys.argv[1:]
MODULES = "virtio_mmio,virtio_blk"
MIB = 1 << 20


def boot(*args):
    guest = Guest(COMMAND, *linux("quiet", images(MODULES)), "-smp", "2",
                  *args)
    try:
        guest.expect(PROMPT)
    except Exception:
        guest.close()
        raise
    return guest


def image(tmp, size, data=b""):
    path = pathlib.Path(tmp, "disk.img")
    with open(path, "wb") as disk:
        disk.write(data)
        disk.truncate(size)
    return path


def works(device, node):
    """The guest reads what we wrote, and we read what it wrote."""
    with tempfile.TemporaryDirectory(prefix="plateau-blk-") as tmp:
        data = random.randbytes(4 * MIB)
        path = image(tmp, 16 * MIB, data)
        with boot(*node(path), "-device",
                  f"virtio-blk-device,drive=d,serial=made-by-us,{device}"
                  ) as guest:
            assert guest.shell("cat /sys/block/vda/size") == str(32768)
            assert guest.shell("cat /sys/block/vda/serial") == "made-by-us"
            assert guest.shell("cat /sys/block/vda/ro") == "0"
            got = guest.shell("dd if=/dev/vda bs=64k count=64 2>/dev/null "
                              "| sha256sum", 120)
            assert hashlib.sha256(data).hexdigest() in got, got
            # Moved by an odd number of sectors, and flushed.
            guest.shell("dd if=/dev/vda of=/dev/vda bs=512 count=2000 seek=16001 "
                        "conv=fsync 2>/dev/null", 120)
            guest.shell("echo 3 > /proc/sys/vm/drop_caches")
            got = guest.shell("dd if=/dev/vda bs=512 skip=16001 count=2000 "
                              "2>/dev/null | sha256sum")
            assert hashlib.sha256(
                data[:2000 * 512]).hexdigest() in got, got
            stats = guest.command("query-blockstats")[0]
            assert stats["stats"]["rd_bytes"] >= 4 * MIB, stats
            assert stats["stats"]["wr_bytes"] >= 2000 * 512, stats
            assert stats["stats"]["flush_operations"] > 0, stats
            guest.type("poweroff -f\n")
            assert guest.wait() == 0
        after = path.read_bytes()
        assert after[:4 * MIB] == data
        begin = 16001 * 512
        assert after[begin:begin + 2000 * 512] == data[:2000 * 512]


def drive(path, more=""):
    return ["-drive", f"if=none,id=d,format=raw,file={path}{more}"]


def reads_and_writes():
    works("", drive)


def reads_and_writes_by_io_uring_past_the_cache():
    works("num-queues=2", lambda path: [
        "-blockdev", f"file,node-name=d,filename={path},aio=io_uring,"
                     "cache.direct=on"])


def reads_and_writes_in_an_iothread():
    works("iothread=io,num-queues=2",
          lambda path: ["-object", "iothread,id=io", *drive(path)])


def a_new_size_and_an_error():
    with tempfile.TemporaryDirectory(prefix="plateau-blk-") as tmp:
        path = image(tmp, 8 * MIB)
        with boot("-blockdev", f"file,node-name=f,filename={path}",
                  "-blockdev", "blkdebug,node-name=d,image=f,"
                  "inject-error.0.event=none,inject-error.0.iotype=write,"
                  "inject-error.0.sector=100,inject-error.0.once=on,"
                  "inject-error.0.errno=28",
                  "-device", "virtio-blk-device,drive=d,werror=stop") as guest:
            guest.command("block_resize", **{"node-name": "d",
                                             "size": 12 * MIB})
            for _ in range(50):
                if guest.shell("cat /sys/block/vda/size") == str(24576):
                    break
            else:
                raise AssertionError("the size is still the old one")
            assert path.stat().st_size == 12 * MIB
            guest.type("echo hello | dd of=/dev/vda bs=512 seek=100 "
                       "conv=sync,fsync 2>&1 | tail -1; echo status-$?\n")
            error = guest.event("BLOCK_IO_ERROR")
            assert error["action"] == "stop" and error["nospace"], error
            assert error["operation"] == "write", error
            guest.event("STOP")
            assert guest.command("query-status")["status"] == "io-error"
            info = guest.command("query-block")[0]
            assert info["io-status"] == "nospace", info
            guest.command("cont")
            guest.expect(r"status-0")
            assert guest.command("query-block")[0]["io-status"] == "ok"
            guest.type("poweroff -f\n")
            assert guest.wait() == 0
        with open(path, "rb") as disk:
            disk.seek(100 * 512)
            assert disk.read(6) == b"hello\n"


def read_only_and_discard():
    with tempfile.TemporaryDirectory(prefix="plateau-blk-") as tmp:
        path = image(tmp, 4 * MIB, random.randbytes(4 * MIB))
        other = pathlib.Path(tmp, "other.img")
        other.write_bytes(b"x" * MIB)
        with boot(*drive(path, ",discard=unmap"),
                  "-drive", f"if=none,id=r,format=raw,file={other},readonly=on",
                  "-device", "virtio-blk-device,drive=d",
                  "-device", "virtio-blk-device,drive=r") as guest:
            small = re.search(r"vd.", guest.shell(
                "grep -l 2048 /sys/block/vd?/size")).group()
            big = "vda" if small == "vdb" else "vdb"
            assert guest.shell(f"cat /sys/block/{small}/ro") == "1"
            out = guest.shell(f"echo x > /dev/{small}; echo status-$?")
            assert "status-0" not in out, out
            if "applet not found" not in guest.shell(
                    f"blkdiscard -o 1048576 -l 1048576 /dev/{big} 2>&1"):
                guest.shell("sync")
                with open(path, "rb") as disk:
                    disk.seek(MIB)
                    assert disk.read(MIB) == bytes(MIB)
                    assert disk.read(16) != bytes(16)
                assert os.stat(path).st_blocks * 512 <= 3 * MIB
            guest.type("poweroff -f\n")
            assert guest.wait() == 0


if __name__ == "__main__":
    TESTS = [reads_and_writes, a_new_size_and_an_error]
    if not SHORT:
        TESTS += [reads_and_writes_by_io_uring_past_the_cache,
                  reads_and_writes_in_an_iothread, read_only_and_discard]
    sys.exit(run_tap(TESTS))
