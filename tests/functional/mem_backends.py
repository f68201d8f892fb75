#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory backends, the machine's RAM, and what can be done with it at run time:
mem_backends.py BINARY. The guest's side is played through -qtest."""
import json
import mmap
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Failed, Qmp  # noqa: E402
from tap import Skip, run_tap, tests_of  # noqa: E402

BINARY = sys.argv[1]
TIMEOUT = 60
MIB = 1 << 20
PAGE = mmap.PAGESIZE
NONE = [BINARY, "-nodefaults", "-display", "none"]


class Emulator:
    """The emulator with a QMP and a qtest connection. What it was started
    with is right: it must end with status 0, leak nothing and warn of
    nothing unless the test says so."""

    def __init__(self, tmp, *args, machine="none", warns="", **kwargs):
        self.warns = warns
        self.listeners = {}
        for name in "qmp", "qtest":
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(f"{tmp}/{name}")
            listener.listen(1)
            listener.settimeout(TIMEOUT)
            self.listeners[name] = listener
        self.stderr = open(f"{tmp}/stderr", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [*NONE, "-M", machine, "-accel", "qtest",
             "-qmp", f"unix:{tmp}/qmp", "-qtest", f"unix:{tmp}/qtest",
             "-qtest-log", "none", *args], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=self.stderr, **kwargs)

    def __enter__(self):
        try:
            self.sockets = {}
            for name in "qtest", "qmp":
                sock, _ = self.listeners[name].accept()
                sock.settimeout(TIMEOUT)
                self.sockets[name] = sock
            self.qtest_stream = self.sockets["qtest"].makefile("rwb")
            self.monitor = Qmp(self.sockets["qmp"].makefile("rwb"))
        except Exception:
            self.process.kill()
            self.process.wait()
            print("# " + self.errors().replace("\n", "\n# "))
            raise
        return self

    def __exit__(self, kind, *exc):
        if not kind:
            try:
                self.qmp("quit")
                status = self.process.wait(TIMEOUT)
                assert status == 0, (status, self.errors())
                assert bool(self.errors()) == bool(self.warns), self.errors()
                assert self.warns in self.errors(), self.errors()
            finally:
                self.end()
        else:
            print("# " + self.errors().replace("\n", "\n# "))
            self.end()

    def end(self):
        self.process.kill()
        self.process.wait()
        self.stderr.close()
        for sock in *self.sockets.values(), *self.listeners.values():
            sock.close()

    def errors(self):
        self.stderr.seek(0)
        return self.stderr.read()

    def qmp(self, name, /, **arguments):
        arguments = {k.replace("_", "-"): v for k, v in arguments.items()}
        return self.monitor.command(name, **arguments)

    def getfd(self, name, fd):
        socket.send_fds(self.sockets["qmp"], [json.dumps(
            {"execute": "getfd", "arguments": {"fdname": name}}).encode()],
            [fd])
        return self.monitor.result()

    def object_add(self, kind, ident, **properties):
        self.qmp("object-add", qom_type=kind, id=ident, **properties)

    def hmp(self, line):
        return self.qmp("human-monitor-command",
                        command_line=line).replace("\r\n", "\n")

    def get(self, path, name):
        return self.qmp("qom-get", path=path, property=name)

    def qtest(self, line):
        self.qtest_stream.write(line.encode() + b"\n")
        self.qtest_stream.flush()
        words = self.qtest_stream.readline().decode().split()
        assert words[0] == "OK", (line, words)
        return words[1:]

    def load(self, addr):
        return int(self.qtest(f"readl {addr:#x}")[0], 16)

    def store(self, addr, value):
        self.qtest(f"writel {addr:#x} {value:#x}")

    def status(self, key):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{key}:\s*(\d+)", text, re.M).group(1))

    def mappings(self):
        return pathlib.Path(f"/proc/{self.process.pid}/smaps").read_text()

    def open_fds(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def settles(function, good):
    """What is freed goes after a grace period."""
    for _ in range(TIMEOUT * 50):
        value = function()
        if good(value):
            return
        time.sleep(0.02)
    raise AssertionError(f"it is still {value}")


def expect(text, function, *args, **kwargs):
    """The error of a command names all of @text, parts of which have | between.
    """
    try:
        function(*args, **kwargs)
    except Failed as failed:
        for part in text.split("|"):
            assert part in str(failed), f"{failed} lacks {part}"
        return
    raise AssertionError(f"worked, but '{text}' was expected")


def refuse(text, *args, machine="none", **kwargs):
    """The emulator does not start; one line of stderr says why."""
    done = subprocess.run([*NONE, "-M", machine, *args], capture_output=True,
                          stdin=subprocess.DEVNULL, text=True, check=False,
                          timeout=TIMEOUT, **kwargs)
    lines = [l for l in done.stderr.splitlines() if ": warning: " not in l]
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert len(lines) == 1 and text in lines[0], (lines, text)


def memfd(size, content=b""):
    fd = os.memfd_create("test")
    os.ftruncate(fd, size)
    os.pwrite(fd, content, 0)
    return fd


# Kinds, and what query-memdev says of them.

def test_kinds(tmp):
    path = f"{tmp}/file"
    with Emulator(tmp,
                  "-object", "memory-backend-ram,id=a,size=1M,merge=off",
                  "-object", "memory-backend-memfd,id=b,size=2M,dump=off",
                  "-object", "memory-backend-shm,id=c,size=3M,reserve=off",
                  "-object", f"memory-backend-file,id=d,size=4M,mem-path={path}"
                  ",share=on,prealloc=on",
                  "-object", '{"qom-type":"memory-backend-ram","id":"e",'
                  '"size":65536,"host-nodes":[0],"policy":"preferred"}',
                  "-object", "memory-backend-ram,id=f,size=64k,host-nodes=0,"
                  "policy=bind") as e:
        found = {m.pop("id"): m for m in e.qmp("query-memdev")}
        assert sorted(found) == list("abcdef"), found
        usual = {"merge": True, "dump": True, "prealloc": False,
                 "share": False, "reserve": True, "policy": "default",
                 "host-nodes": []}
        for ident, special in {
                "a": {"size": MIB, "merge": False},
                "b": {"size": 2 * MIB, "dump": False, "share": True},
                "c": {"size": 3 * MIB, "reserve": False, "share": True},
                "d": {"size": 4 * MIB, "share": True, "prealloc": True},
                "e": {"size": 65536, "policy": "preferred", "host-nodes": [0]},
                "f": {"size": 65536, "policy": "bind", "host-nodes": [0]},
        }.items():
            assert found[ident] == usual | special, found[ident]
        assert os.stat(path).st_size == 4 * MIB
        text = e.hmp("info memdev")
        assert ("memory backend: c\n  size:  3145728\n  merge: true\n"
                "  dump: true\n  prealloc: false\n  share: true\n"
                "  reserve: false\n  policy: default\n  host nodes: \n"
                in text), text
        assert "  policy: bind\n  host nodes: 0\n" in text, text
        assert text.endswith("\n\n"), text


def test_add_and_delete(tmp):
    with Emulator(tmp) as e:
        for turn in range(4):
            if turn == 1:  # what comes once is there
                settles(e.open_fds, lambda n: n == turn_fds - 2)
                fds, size = e.open_fds(), e.status("VmSize")
            for kind in "ram", "memfd", "shm":
                e.object_add(f"memory-backend-{kind}", kind, size=64 * MIB)
            expect("attempt to add duplicate property 'ram'|", e.object_add,
                   "memory-backend-ram", "ram", size=MIB)
            expect("can't create backend with size 0", e.object_add,
                   "memory-backend-ram", "x")
            expect("'prealloc=on' and 'reserve=off'", e.object_add,
                   "memory-backend-ram", "x", size=MIB, prealloc=True,
                   reserve=False)
            assert len(e.qmp("query-memdev")) == 3
            turn_fds = e.open_fds()
            for kind in "ram", "memfd", "shm":
                e.qmp("object-del", id=kind)
        assert e.qmp("query-memdev") == []
        settles(e.open_fds, lambda n: n <= fds)
        settles(lambda: e.status("VmSize"), lambda n: n < size + 64 * 1024)


# The machine's RAM.

def test_default_ram(tmp):
    with Emulator(tmp, "-m", "64") as e:
        assert e.qmp("query-memory-size-summary") == {
            "base-memory": 64 * MIB, "plugged-memory": 0}
        assert e.hmp("info memory_size_summary") == (
            "base memory: 67108864\nplugged memory: 0\n")
        (memdev,) = e.qmp("query-memdev")
        assert memdev["id"] == "ram" and memdev["size"] == 64 * MIB
        assert e.get("/machine", "memory-backend") == "/objects/ram"
        e.store(0, 0x12345678)
        e.store(64 * MIB - 4, 0x9abcdef0)
        assert e.load(0) == 0x12345678
        assert e.load(64 * MIB - 4) == 0x9abcdef0
        expect("object 'ram' is in use, can not be deleted", e.qmp,
               "object-del", id="ram")
        e.object_add("memory-backend-ram", "m", size=MIB)
        expect("cannot change property 'memory-backend'", e.qmp, "qom-set",
               path="/machine", property="memory-backend", value="/objects/m")


def test_machine_backend(tmp):
    path = f"{tmp}/ram"
    pathlib.Path(path).write_bytes(b"guest" + bytes(MIB - 5))
    with Emulator(tmp, "-object",
                  f"memory-backend-file,id=m,size=1M,mem-path={path},share=on",
                  machine="none,memory-backend=m") as e:
        assert e.qmp("query-memory-size-summary")["base-memory"] == MIB
        assert e.load(0) == int.from_bytes(b"gues", "little")
        e.store(0x1000, 42)
        assert pathlib.Path(path).read_bytes()[0x1000] == 42
        expect("is in use", e.qmp, "object-del", id="m")


def test_mem_path(tmp):
    with Emulator(tmp, "-m", "1M", "-mem-path", tmp, "-mem-prealloc") as e:
        assert e.get("/objects/ram", "mem-path") == tmp
        assert e.qmp("query-memdev")[0]["prealloc"] is True
        e.store(0, 1)
    assert not [n for n in os.listdir(tmp) if "mem" in n or "ram" in n]


def test_readonly(tmp):
    path = f"{tmp}/rom"
    pathlib.Path(path).write_bytes(b"rom!" * (MIB // 4))
    for more, writable in (("", False), (",rom=off", True)):
        with Emulator(tmp, "-object", f"memory-backend-file,id=m,size=1M,"
                      f"mem-path={path},readonly=on{more}",
                      machine="none,memory-backend=m") as e:
            e.store(0, 1)
            assert (e.load(0) == 1) == writable
        os.unlink(f"{tmp}/qmp")
        os.unlink(f"{tmp}/qtest")
    assert pathlib.Path(path).read_bytes().startswith(b"rom!")


def test_file_errors(tmp):
    small, secret = f"{tmp}/small", f"{tmp}/secret"
    pathlib.Path(small).write_bytes(bytes(64 * 1024))
    pathlib.Path(secret).write_bytes(bytes(MIB))
    os.chmod(secret, 0)

    def one(path, *more):
        return ["-object", ",".join(("memory-backend-file,id=m,size=1M",
                                     f"mem-path={path}", *more))]

    refuse("backing store size 0x10000 is too small for 'size' option 0x100000",
           *one(small, "readonly=on"))
    refuse("backing store size 0x10000 is too small for 'size' option 0x100000",
           *one(small))
    assert os.stat(small).st_size == 64 * 1024
    refuse(f"{tmp}/no/where", *one(f"{tmp}/no/where"))
    refuse("can't open backing store", *one(f"{tmp}/nofile", "readonly=on"))
    refuse("", *one("/dev/null"))
    text = f"can't open backing store {secret}"
    if os.getuid():
        refuse(text, *one(secret))
    else:  # root can read all: be somebody else, who may not see the binary
        os.chmod(tmp, 0o755)
        binary = os.open(BINARY, os.O_RDONLY)
        refuse(text, *one(secret), preexec_fn=drop_rights,
               executable=f"/proc/self/fd/{binary}", pass_fds=[binary],
               env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
        os.close(binary)


def drop_rights():
    os.setgid(65534)
    os.setuid(65534)


def test_out_of_memory(tmp):
    """Memory that is not there is an error, not a signal."""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, MIB))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    # Growing a file beyond the limit.
    refuse("", "-object", f"memory-backend-file,id=m,size=2M,"
           f"mem-path={tmp}/f", preexec_fn=limit)
    mount = f"{tmp}/mount"
    os.mkdir(mount)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "none",
                           mount], stderr=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Skip("cannot mount a tmpfs")
    try:
        for option in "prealloc=on", "prealloc=on,prealloc-threads=4":
            refuse("preallocat", "-object", "memory-backend-file,id=m,size=4M,"
                   f"share=on,mem-path={mount},{option}")
        refuse("preallocat", "-m", "4M", "-mem-path", mount, "-mem-prealloc")
        with Emulator(tmp, "-object", "memory-backend-file,id=m,size=4M,"
                      f"share=on,mem-path={mount},prefault=on",
                      warns="memory backend 'm': not all pages could be "
                            "prefaulted") as e:
            expect("preallocat", e.object_add, "memory-backend-file", "n",
                   size=4 * MIB, share=True, mem_path=mount, prealloc=True)
            expect("preallocat", e.qmp, "qom-set", path="/objects/m",
                   property="prealloc", value=True)
            assert [m["id"] for m in e.qmp("query-memdev")] == ["m"]
    finally:
        subprocess.run(["umount", mount], check=True)



def test_huge_pages(tmp):
    free = pathlib.Path("/proc/sys/vm/nr_hugepages")
    if not free.exists():
        refuse("", "-object", "memory-backend-memfd,id=m,size=2M,hugetlb=on")
        raise Skip("the kernel has no huge pages: only the error was tested")
    if int(free.read_text()) == 0:
        refuse("huge pages of", "-object",
               "memory-backend-memfd,id=m,size=2M,hugetlb=on,prealloc=on")
    refuse("Hugepage size must be a power of 2", "-object",
           "memory-backend-memfd,id=m,size=2M,hugetlb=on,hugetlbsize=3M")
    refuse("memory size must be multiple of 2 MiB", "-object",
           "memory-backend-memfd,id=m,size=1M,hugetlb=on,hugetlbsize=2M")



def test_used_twice(tmp):
    refuse("'-mem-path' can't be used together with '-machine memory-backend'",
           "-mem-path", tmp, machine="none,memory-backend=m")
    refuse("Machine memory size does not match the size of the memory backend",
           "-m", "2M", "-object", "memory-backend-ram,id=m,size=1M",
           machine="none,memory-backend=m")
    refuse("duplicate", "-object", "memory-backend-ram,id=m,size=1M",
           "-object", "memory-backend-ram,id=m,size=1M")


def test_mem_lock(tmp):
    for mode in "on", "on-fault":
        try:
            resource.prlimit(0, resource.RLIMIT_MEMLOCK,
                             (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (PermissionError, ValueError):
            raise Skip("may not lock memory")
        with Emulator(tmp, "-m", "4M", "-overcommit", f"mem-lock={mode}",
                      env=dict(os.environ,
                               ASAN_OPTIONS="detect_leaks=0")) as e:
            assert e.status("VmLck") > 0
            expect("'decommit=on' and '-overcommit mem-lock=on'",
                   e.object_add, "memory-backend-ram", "x", size=MIB,
                   decommit=True)
        os.unlink(f"{tmp}/qmp")
        os.unlink(f"{tmp}/qtest")
    return None


# Beyond QEMU.

def test_fd(tmp):
    fd = memfd(2 * MIB, b"here")
    with Emulator(tmp, "-object", f"memory-backend-fd,id=m,size=2M,fd={fd}",
                  machine="none,memory-backend=m", pass_fds=[fd]) as e:
        assert e.load(0) == int.from_bytes(b"here", "little")
        e.store(4, int.from_bytes(b"ther", "little"))
        assert os.pread(fd, 8, 0) == b"herether"

        e.getfd("mine", fd)
        e.object_add("memory-backend-fd", "n", size=MIB, offset=MIB, fd="mine")
        e.qmp("object-del", id="n")
        # The name is used up.
        expect("File descriptor named 'mine' has not been found",
               e.object_add, "memory-backend-fd", "n", size=MIB, fd="mine")
        fds = e.open_fds()
        left, right = socket.socketpair()
        ends = os.pipe()
        directory = os.open(tmp, os.O_RDONLY)
        for bad, text in ((left.fileno(), "is a socket"),
                          (ends[0], "is a pipe"),
                          (directory, "is a directory"),
                          (memfd(MIB), "holds 0x100000 bytes: too few")):
            e.getfd("bad", bad)
            expect(f"'fd=bad' {text}", e.object_add, "memory-backend-fd", "x",
                   size=2 * MIB, fd="bad")
        settles(e.open_fds, lambda n: n <= fds)
        path = f"{tmp}/file"
        pathlib.Path(path).write_bytes(bytes(MIB))
        reading = os.open(path, os.O_RDONLY)
        e.getfd("ro", reading)
        expect("'fd=ro' and 'readonly=off' are incompatible", e.object_add,
               "memory-backend-fd", "x", size=MIB, fd="ro")
        e.getfd("ro", reading)
        e.object_add("memory-backend-fd", "x", size=MIB, fd="ro",
                     readonly=True)
        del left, right


def test_decommit(tmp):
    with Emulator(tmp, "-object",
                  "memory-backend-ram,id=m,size=16M,decommit=on,prealloc=on,"
                  "thp=off", machine="none,memory-backend=m") as e:
        before = e.status("RssAnon")
        e.store(0, 7)
        e.store(8 * MIB, 8)
        e.qmp("x-memdev-discard", id="m", offset=4 * MIB, size=8 * MIB)
        assert e.load(0) == 7 and e.load(8 * MIB) == 0
        assert e.status("RssAnon") < before - 7 * 1024
        e.qmp("x-memdev-discard", id="m")
        assert e.load(0) == 0
        expect("is not within memory backend 'm'", e.qmp, "x-memdev-discard",
               id="m", offset=17 * MIB)
        expect("is not of whole pages", e.qmp, "x-memdev-discard", id="m",
               offset=1, size=PAGE)
        expect("'pin=on' of memory backend 'p' clashes with 'decommit=on' of "
               "memory backend 'm'", e.object_add, "memory-backend-ram", "p",
               size=PAGE, pin=True)


def test_pin(tmp):
    with Emulator(tmp, "-object", "memory-backend-ram,id=m,size=64k,pin=on",
                  machine="none,memory-backend=m") as e:
        # The address sanitizer makes mlock() do nothing.
        assert e.status("VmLck") == 64 or "asan" in e.mappings()
        expect("memory of 'm' cannot be given back: it clashes with 'pin=on' "
               "of memory backend 'm'", e.qmp, "x-memdev-discard", id="m")
        expect("'decommit=on' of memory backend 'd' clashes with 'pin=on' of "
               "memory backend 'm'", e.object_add, "memory-backend-ram", "d",
               size=PAGE, decommit=True)
    # Root is not limited.
    if os.getuid() != 0:
        refuse("cannot pin the memory of backend 'm'", "-object",
               "memory-backend-ram,id=m,size=1M,pin=on", preexec_fn=lambda:
               resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0)))


def test_thp(tmp):
    enabled = pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled")
    if not enabled.exists():
        raise Skip("this kernel has no transparent huge pages")
    if "[never]" in enabled.read_text():
        refuse("'thp=on' cannot work", "-object",
               "memory-backend-ram,id=m,size=4M,thp=on")
        raise Skip("they are turned off: only the error was tested")
    with Emulator(tmp, "-object", "memory-backend-ram,id=m,size=4M,thp=on",
                  "-object", "memory-backend-ram,id=n,size=12M,thp=off") as e:
        flags = {int(size): line for size, line in re.findall(
            r"^Size:\s+(\d+) kB$(?:\n(?!Size:).*)*?\nVmFlags:(.*)$",
            e.mappings(), re.M)}
        assert " hg" in flags[4096] and " nh" in flags[12288], flags



def test_alias(tmp):
    with Emulator(tmp, "-m", "1M", machine="none,ram-alias-offset=1T") as e:
        e.store(0x1000, 0x77)
        assert e.load((1 << 40) + 0x1000) == 0x77
        e.store((1 << 40) + 0x1004, 0x78)
        assert e.load(0x1004) == 0x78


def test_alias_in_one_space(tmp):
    with Emulator(tmp, "-m", "1M",
                  machine="none,ram-alias-offset=1T,ram-alias-space=high") as e:
        e.store(0x1000, 0x77)
        assert e.load((1 << 40) + 0x1000) != 0x77
        text = e.hmp("info mtree -f")
        assert re.search(r'AS "high".*\n(?:.*\n)*?'
                         r'  0{16}-00000000000fffff \(prio 0, ram\): ram\n'
                         r'  0000010000000000-00000100000fffff \(prio 0, ram\)'
                         r': ram\n', text), text
        assert not re.search(r'AS "memory"[^\n]*\n(?: [^\n]*\n)*'
                             r'  0000010000000000', text), text


def test_visibility(tmp):
    control = "/machine/ram-visibility"
    with Emulator(tmp, "-m", "2M", machine="none,x86-legacy-ram=on") as e:
        flat = e.hmp("info mtree -f")
        assert "0000000000000000-00000000001fffff (prio 0, ram): ram" in flat
        e.store(0xa0000, 1)
        e.store(0xc4000, 2)

        def show(first, last, visibility):
            e.qmp("x-ram-visibility-set", first=first, last=last,
                  visibility=visibility)

        show(0xa0000, 0xbffff, "unmapped")
        assert e.load(0xa0000) != 1
        show(0xc4000, 0xc7fff, "read-only")
        e.store(0xc4000, 3)
        assert e.load(0xc4000) == 2
        flat = e.hmp("info mtree -f")
        for line in ("0000000000000000-000000000009ffff (prio 0, ram): ram",
                     "00000000000c0000-00000000000c3fff (prio 0, ram): ram",
                     "00000000000c4000-00000000000c7fff (prio 0, rom): ram",
                     "00000000000c8000-00000000001fffff (prio 0, ram): ram"):
            assert line in flat, flat
        assert e.get(control, "0xa0000-0xbffff") == "unmapped"
        e.qmp("qom-set", path=control, property="0xa0000-0xbffff",
              value="read-write")
        assert e.load(0xa0000) == 1
        show(0xc4000, 0xc7fff, "read-write")
        e.store(0xc4000, 3)
        assert e.load(0xc4000) == 3
        for first, last in ((0xa0000, 0xaffff), (0, 0x9ffff),
                            (0xc0000, 0xc7fff), (0xf0000, 0xf3fff),
                            (0xbffff, 0xa0000)):
            expect(f"{first:#x}-{last:#x} is not a controllable range of RAM",
                   show, first, last, "unmapped")
        ranges = [p["name"] for p in e.qmp("qom-list", path=control)
                  if p["name"].startswith("0x")]
        assert len(ranges) == 14, ranges
        assert e.load(0x100000) == 0


def test_device_memory(tmp):
    fd = memfd(64 * 1024, b"one!" + bytes(PAGE - 4) + b"two!")
    with Emulator(tmp, "-m", "1M", "-object",
                  f"device-memory,id=d0,fd={fd},size=64k,addr=1G",
                  pass_fds=[fd]) as e:
        base = 1 << 30

        def add(ident, name="f", **properties):
            e.getfd(name, fd)
            e.object_add("device-memory", ident, fd=name, **properties)

        assert e.load(base) == int.from_bytes(b"one!", "little")
        e.store(base + 8, 9)
        assert os.pread(fd, 1, 8) == b"\t"
        assert "(prio 0, ramd): device-memory" in e.hmp("info mtree -f")
        expect("overlaps 0x40000000-0x4000ffff, which is mapped in 'system'",
               add, "d1", size=PAGE, addr=base + PAGE)
        mapped = e.mappings().count("memfd:test")
        for _ in range(3):
            add("d1", size=PAGE, addr=2 * base, offset=PAGE, readonly=True)
            assert e.load(2 * base) == int.from_bytes(b"two!", "little")
            e.store(2 * base, 0)
            assert e.load(2 * base) == int.from_bytes(b"two!", "little")
            e.qmp("object-del", id="d1")
            assert e.load(2 * base) != int.from_bytes(b"two!", "little")
        settles(lambda: e.mappings().count("memfd:test"),
                lambda n: n == mapped > 0)
        for properties, text in (
                ({"size": 5, "addr": 0}, "is not of whole pages"),
                ({"size": PAGE, "addr": 5}, "is not of whole pages"),
                ({"size": 1 << 20, "addr": base * 3}, "too few"),
                ({"size": PAGE, "offset": 1 << 20, "addr": base * 3},
                 "too few"),
                ({"size": 2 * PAGE, "addr": (1 << 64) - PAGE},
                 "is not within 'system'"),
                ({"size": PAGE, "container": "/machine"}, "memory-region")):
            expect(text, add, "d2", **properties)
            try:
                e.qmp("closefd", fdname="f")
            except Failed:
                pass
        ends = os.pipe()
        e.getfd("pipe", ends[0])
        expect("is a pipe; it must be a device or a file", e.object_add, "device-memory", "d2",
               fd="pipe", size=PAGE, addr=base * 3)
        e.qmp("object-del", id="d0")
        assert e.load(base) != int.from_bytes(b"one!", "little")


def test_names(tmp):
    """Each host mapping of anonymous memory says whose it is."""
    with Emulator(tmp, "-m", "1M", "-object",
                  "memory-backend-memfd,id=shared,size=1M") as e:
        text = e.mappings()
        assert "memory-backend-memfd" in text
        if "[anon:" not in text:
            raise Skip("this kernel does not name anonymous memory")
        assert "ram" in "".join(re.findall(r"\[anon:[^\]]*\]", text)), text
    return None


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
