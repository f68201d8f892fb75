#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The VNC server, by a client that speaks RFB from here: the handshake, with
and without passwords, pictures of a text console and of ramfb, keys, pointers,
what the monitor tells, and clients that mean no good.

    vnc.py PROGRAM MODULE-FOLDER
"""
import contextlib
import os
import pathlib
import random
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Qmp  # noqa: E402
from tap import Skip, run_tap, tests_of  # noqa: E402

PROGRAM, MODULES = sys.argv[1:3]
FW_CFG = 0x10100000
SCREEN = 0x80100000
TIMEOUT = 60


class Emulator:
    """A program with QMP on a socket, VNC on another one, and qtest."""

    def __init__(self, tmp, vnc="", args=()):
        self.vnc = f"{tmp}/vnc"
        qmp, qtest = f"{tmp}/qmp", f"{tmp}/qtest"
        self.listening = []
        for path in (qmp, qtest):
            s = socket.socket(socket.AF_UNIX)
            s.bind(path)
            s.listen(1)
            s.settimeout(60)
            self.listening.append(s)
        self.process = subprocess.Popen(
            [PROGRAM, "-nodefaults", "-accel", "qtest", "-qtest",
             f"unix:{qtest}", "-qtest-log", "none", "-qmp", f"unix:{qmp}",
             "-vnc", f"unix:{self.vnc}{vnc}", *args],
            env=dict(os.environ, PLATEAU_MODULE_DIR=MODULES),
            stdin=subprocess.DEVNULL)
        self.qmp_socket, self.qtest_socket = (
            s.accept()[0] for s in self.listening)
        self.qtest_file = self.qtest_socket.makefile("r")
        self.qmp_socket.settimeout(60)
        self.qtest_socket.settimeout(60)
        self.monitor = Qmp(self.qmp_socket.makefile("rwb"))
        self.qmp, self.hmp = self.monitor.command, self.monitor.hmp
        self.event = self.monitor.event

    def qtest(self, line):
        self.qtest_socket.sendall(line.encode() + b"\n")
        answer = self.qtest_file.readline()
        assert answer.startswith("OK"), (line, answer)
        return answer[3:].strip()

    def write(self, address, data):
        self.qtest(f"write {address:#x} {len(data):#x} 0x{data.hex()}")

    def dma(self, control, data):
        self.write(0x80002000, data)
        self.write(0x80001000,
                   struct.pack(">IIQ", control, len(data), 0x80002000))
        self.write(FW_CFG + 16, struct.pack(">Q", 0x80001000))

    def ramfb(self, width, height):
        """As firmware does: looks for the file, then writes it."""
        for key in range(0x20, 0x60):
            self.write(FW_CFG + 8, struct.pack(">H", key))
        self.dma(0x19 << 16 | 8 | 2, bytes(4 + 64 * 40))
        directory = bytes.fromhex(
            self.qtest(f"read 0x80002000 {4 + 64 * 40:#x}")[2:])
        for i in range(int.from_bytes(directory[:4], "big")):
            size, key, _, name = struct.unpack(
                ">IHH56s", directory[4 + i * 64:68 + i * 64])
            if name.rstrip(b"\0") == b"etc/ramfb":
                assert size == 28
                self.dma(key << 16 | 8 | 16, struct.pack(
                    ">QIIIII", SCREEN, 0x34325258, 0, width, height, 0))
                return
        raise AssertionError("no etc/ramfb")

    def quit(self):
        self.qmp("quit")
        status = self.process.wait(60)
        assert status == 0, status


@contextlib.contextmanager
def emulator(vnc="", *args):
    with tempfile.TemporaryDirectory() as tmp:
        e = Emulator(tmp, vnc, args)
        try:
            yield e
            e.quit()
        finally:
            e.process.kill()
            e.process.wait()
            for s in (e.qmp_socket, e.qtest_socket, *e.listening):
                s.close()


def des_key(password):
    """VNC mirrors the bits of each byte of the password."""
    key = password.encode()[:8].ljust(8, b"\0")
    return bytes(int(f"{b:08b}"[::-1], 2) for b in key)


class Denied(Exception):
    pass


class Client:
    """RFB 3.8, raw pixels of 32 bits: blue, green, red in memory."""

    def __init__(self, e, answer=None, shared=True):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.connect(e.vnc)
        self.s.settimeout(30)
        self.emulator = e
        assert self.read(12) == b"RFB 003.008\n"
        self.s.sendall(b"RFB 003.008\n")
        types = self.read(self.read(1)[0])
        if answer is None:
            assert types == b"\1", types
            self.s.sendall(b"\1")
        else:
            assert types == b"\2", types
            self.s.sendall(b"\2")
            self.s.sendall(answer(self.read(16)))
        if self.read(4) != bytes(4):
            raise Denied
        self.s.sendall(bytes([shared]))
        self.width, self.height = struct.unpack(">HH", self.read(4))
        self.format = self.read(16)
        self.name = self.read(struct.unpack(">I", self.read(4))[0]).decode()
        self.s.sendall(struct.pack(">Bxxx4B3H3Bxxx", 0, 32, 24, 0, 1, 255, 255,
                                   255, 16, 8, 0))
        self.s.sendall(struct.pack(">BxHii", 2, 2, 0, -223))
        self.pixels = {}

    def read(self, n):
        data = b""
        while len(data) < n:
            more = self.s.recv(n - len(data))
            if not more:
                raise ConnectionError("the server has gone")
            data += more
        return data

    def request(self, incremental, width=None, height=None):
        self.s.sendall(struct.pack(">BBHHHH", 3, incremental, 0, 0,
                                   width or self.width, height or self.height))

    def drain(self):
        """Bytes that came until there were no more for a while."""
        count = 0
        self.s.settimeout(1)
        with contextlib.suppress(TimeoutError):
            while data := self.s.recv(1 << 16):
                count += len(data)
        return count

    def update(self, incremental=False):
        """Asks for pixels; the rectangles that came."""
        self.request(incremental)
        while True:
            kind = self.read(1)[0]
            if kind == 2:
                continue
            assert kind == 0, kind
            break
        rects = []
        for _ in range(struct.unpack(">xH", self.read(3))[0]):
            x, y, w, h, encoding = struct.unpack(">HHHHi", self.read(12))
            if encoding == -223:
                self.width, self.height = w, h
                self.pixels = {}
                continue
            assert encoding == 0, encoding
            data = self.read(w * h * 4)
            for row in range(h):
                for col in range(w):
                    at = (row * w + col) * 4
                    self.pixels[x + col, y + row] = \
                        int.from_bytes(data[at:at + 3], "little")
            rects.append((x, y, w, h))
        return rects

    def until(self, what):
        """Updates until what() of it is true."""
        deadline = time.monotonic() + 30
        self.update()
        while not what(self):
            assert time.monotonic() < deadline, "the picture does not come"
            self.update(True)

    def key(self, keysym, down=None):
        for d in (True, False) if down is None else (down,):
            self.s.sendall(struct.pack(">BBxxI", 4, d, keysym))

    def type(self, text):
        for c in text:
            self.key(0xff0d if c == "\n" else ord(c))

    def close(self):
        self.s.close()


def password(text):
    """Answers a challenge by DES; skips the test without a tool for that."""
    def answer(challenge):
        done = subprocess.run(
            ["openssl", "enc", "-des-ecb", "-nopad", "-provider", "legacy",
             "-provider", "default", "-K", des_key(text).hex()],
            input=challenge, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout
    return answer


def have_des():
    try:
        password("x")(bytes(16))
        return True
    except (OSError, AssertionError):
        return False


def test_handshake():
    with emulator("", "-M", "none", "-name", "guest") as e:
        assert "default:" in e.hmp("info vnc")
        c = Client(e)
        assert c.name == "QEMU (guest)", c.name
        assert (c.width, c.height) == (640, 480)
        assert e.event("VNC_CONNECTED")["server"]["family"] == "unix"
        assert e.event("VNC_INITIALIZED")["client"]["family"] == "unix"
        info = e.qmp("query-vnc")
        assert info["enabled"] and info["auth"] == "none", info
        assert len(info["clients"]) == 1, info
        (server,) = e.qmp("query-vnc-servers")
        assert server["id"] == "default" and server["auth"] == "none"
        c.update()
        assert len(c.pixels) == 640 * 480
        assert 0xaaaaaa in c.pixels.values() # "no graphic display device"
        c.close()
        e.event("VNC_DISCONNECTED")
        assert e.qmp("query-vnc")["clients"] == []
        assert "Could not set password" in e.hmp("set_password vnc x")


def test_ramfb():
    with emulator("", "-M", "virt", "-bios", "none", "-m", "64M",
                  "-device", "ramfb") as e:
        c = Client(e)
        c.update()
        assert (c.width, c.height) == (640, 480)
        e.ramfb(200, 100)
        rand = random.Random(1)
        picture = [rand.randrange(1 << 24) for _ in range(200 * 100)]
        e.write(SCREEN, b"".join(p.to_bytes(4, "little") for p in picture))
        c.until(lambda c: c.width == 200 and len(c.pixels) == 200 * 100 and
                all(c.pixels[i % 200, i // 200] == picture[i]
                    for i in range(200 * 100)))
        # One pixel, and only what is around it comes.
        e.write(SCREEN + 4 * (70 * 200 + 150), b"\x56\x34\x12\0")
        rects = c.update(True)
        assert c.pixels[150, 70] == 0x123456
        assert sum(w * h for _, _, w, h in rects) <= 32 * 32, rects
        # Two clients see the same.
        d = Client(e)
        d.until(lambda c: c.pixels.get((150, 70)) == 0x123456)
        assert len(e.qmp("query-vnc")["clients"]) == 2
        d.close()
        e.ramfb(64, 48)
        c.until(lambda c: c.width == 64)
        c.close()


def asleep(process):
    """Whether no thread has anything to do."""
    return all(t.read_text().rsplit(")", 1)[1].split()[0] == "S" for t in
               pathlib.Path(f"/proc/{process.pid}/task").glob("*/stat"))


def wait_for_peace(process):
    """All threads sleep, as often as one looks."""
    end, looks = time.monotonic() + TIMEOUT, 0
    while looks < 20:
        looks = looks + 1 if asleep(process) else 0
        assert time.monotonic() < end, "a thread is busy with nothing"
        time.sleep(0.02)


def test_part_of_screen():
    """A client that asks for a corner; what changes elsewhere is no work."""
    with emulator("", "-M", "virt", "-bios", "none", "-m", "64M",
                  "-device", "ramfb") as e:
        c = Client(e)
        e.ramfb(200, 100)
        c.until(lambda c: c.width == 200 and len(c.pixels) == 200 * 100)
        # There may be an answer yet to what it has asked for before.
        e.write(SCREEN + 4 * (70 * 200 + 150), b"\1\2\3\0")
        c.drain()
        c.request(True, 8, 8)
        e.write(SCREEN + 4 * (70 * 200 + 150), b"\4\5\6\0")
        assert c.drain() == 0
        wait_for_peace(e.process)
        e.write(SCREEN, b"\x56\x34\x12\0")
        assert c.drain() > 0
        c.close()


def test_shared():
    """A client that wants the screen for itself gets it, or does not."""
    for share, alone in (("", True), (",share=allow-exclusive", True),
                         (",share=force-shared", False),
                         (",share=ignore", False)):
        with emulator(share, "-M", "none") as e:
            first, second = Client(e), Client(e, shared=False)
            second.request(False, 8, 8)
            assert second.read(1) == b"\0"
            try:
                first.request(False, 8, 8)
                assert first.read(1) == b"\0" and not alone, share
            except OSError:
                assert alone, share
            first.close()
            second.close()


def test_monitor_in_vc():
    """Ctrl-Alt-N, a monitor on a text console, its answer in the picture."""
    with emulator("", "-M", "none", "-chardev", "vc,id=m,cols=80,rows=24",
                  "-mon", "chardev=m", "-chardev",
                  "vc,id=other,cols=20,rows=5") as e:
        c = Client(e)
        c.until(lambda c: c.width == 640 and
                0xaaaaaa in c.pixels.values())
        before = dict(c.pixels)
        c.type("stop\n")
        e.event("STOP")
        c.until(lambda c: c.pixels != before)
        c.key(0xff52) # the line again, from the history
        c.key(0x63, True)
        c.key(0x63, False)
        for key, down in ((0xffe3, True), (0x75, True), (0x75, False),
                          (0xffe3, False)):
            c.key(key, down) # Ctrl-U
        c.type("cont\n")
        e.event("RESUME")
        for key in (0xffe3, 0xffe9, ord("2")):
            c.key(key, True)
        c.until(lambda c: (c.width, c.height) == (160, 80))
        for key in (ord("2"), 0xffe9, 0xffe3):
            c.key(key, False)
        # What does not fit is lost, and nothing breaks.
        c.type("x" * 1000)
        c.s.sendall(struct.pack(">BBHH", 5, 1, 10, 10))
        c.s.sendall(struct.pack(">BBHH", 5, 0, 65535, 65535))
        c.s.sendall(struct.pack(">BxxxI", 6, 5) + b"hello")
        c.update()
        c.close()


def test_passwords():
    if not have_des():
        raise Skip("no openssl with DES")
    with emulator(",password=on", "-M", "none") as e:
        def denied(text):
            try:
                Client(e, password(text)).close()
            except Denied:
                return True
            return False
        assert denied("secret") # none was set
        assert e.qmp("query-vnc")["auth"] == "vnc"
        e.qmp("set_password", protocol="vnc", password="secret")
        assert not denied("secret")
        assert denied("Secret")
        assert e.hmp("change vnc password other") == ""
        assert denied("secret") and not denied("other")
        e.qmp("expire_password", protocol="vnc", time="now")
        assert denied("other")
        e.qmp("expire_password", protocol="vnc", time="+100")
        assert not denied("other")
        e.qmp("change-vnc-password", password="third")
        assert not denied("third")
    with tempfile.NamedTemporaryFile("w") as f:
        print("c2VjcmV0", file=f, flush=True)
        for secret in ("data=secret", "data=c2VjcmV0,format=base64",
                       f"file={f.name},format=base64"):
            with emulator(",password-secret=s0", "-M", "none", "-object",
                          f"secret,id=s0,{secret}") as e:
                Client(e, password("secret")).close()



def test_hostile():
    """Half messages, wrong ones, many clients: the machine goes on."""
    rand = random.Random(2)
    with emulator("", "-M", "virt", "-bios", "none", "-m", "64M",
                  "-device", "ramfb") as e:
        half = socket.socket(socket.AF_UNIX)
        half.connect(e.vnc)
        half.sendall(b"RFB 003.0") # and no more
        times = []
        for _ in range(5):
            begin = time.monotonic()
            e.qmp("query-status")
            times.append(time.monotonic() - begin)
        assert min(times) < 1, times
        for _ in range(20):
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(e.vnc)
                with contextlib.suppress(OSError):
                    s.sendall(rand.randbytes(rand.randrange(100)))
        half.close()
        for _ in range(20):
            c = Client(e)
            with contextlib.suppress(OSError):
                c.s.sendall(rand.randbytes(rand.randrange(200)))
            c.close()
        c = Client(e)
        for i in range(3000):
            c.s.sendall(struct.pack(">BBHH", 5, i & 1, i & 255, i & 255))
        c.update()
        c.close()
        e.ramfb(100, 100)
        c = Client(e)
        c.until(lambda c: c.width == 100)
        c.close()


def test_command_line():
    env = dict(os.environ, PLATEAU_MODULE_DIR=MODULES)
    for argument, message in (
            ("foo", "no vnc port specified"), (":", "vnc port cannot be empty"),
            (":x", "can't convert to a number: x"),
            (":99999", "port 99999 out of range"),
            ("unix:/no/such/dir/x", "/no/such/dir/x"),
            (":0,display=nope", "Device 'nope' not found"),
            (":0,share=x", "unknown vnc share= option"),
            (":0,password-secret=nope", "No secret with id 'nope'"),
            (":0,password=on,password-secret=x", "redundant")):
        done = subprocess.run([PROGRAM, "-M", "none", "-nodefaults", "-vnc",
                               argument], env=env, capture_output=True,
                              text=True, timeout=60, check=False)
        assert done.returncode == 1 and message in done.stderr, done
    done = subprocess.run(
        [PROGRAM, "-M", "none", "-nodefaults", "-vnc", ":0"],
        env=dict(env, PLATEAU_MODULE_DIR=""), capture_output=True, text=True,
        timeout=60, check=False)
    assert done.returncode == 1 and "ui-vnc" in done.stderr, done
    # Over TCP, on the first display that is free.
    with emulator(",id=one", "-M", "none", "-vnc",
                  "127.0.0.1:3010,to=3050,id=two", "-display", "none") as e:
        two = e.qmp("query-vnc-servers")[1]
        address = two["server"][0]
        assert address["host"] == "127.0.0.1" and \
            address["family"] == "ipv4", address
        with socket.create_connection(("127.0.0.1", int(address["service"])),
                                      timeout=30) as s:
            assert s.recv(12) == b"RFB 003.008\n"
        assert "Server: 127.0.0.1:" in e.hmp("info vnc")


def test_secrets():
    """Those that are none, and what VNC cannot use."""
    for secret, message in (
            ("secret,id=s", "Either 'file' or 'data' must be provided"),
            ("secret,id=s,data=x,file=y", "mutually exclusive"),
            ("secret,id=s,file=/no/such", "Unable to read /no/such"),
            ("secret,id=s,data=x,format=x", "does not accept value 'x'"),
            ("secret,id=s,data=*,format=base64", "Base64 data is not valid"),
            ("secret,id=s,data=x,keyid=k", "encrypted secrets are not"),
            ("secret,id=s,data=/w==,format=base64", "not valid UTF-8"),
            ("iothread,id=s", "Object with id 's' is not a secret")):
        done = subprocess.run(
            [PROGRAM, "-M", "none", "-nodefaults", "-object", secret,
             "-vnc", ":0,password-secret=s"],
            env=dict(os.environ, PLATEAU_MODULE_DIR=MODULES),
            capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1 and message in done.stderr, done


def test_few_descriptors():
    """Whatever cannot be opened, the program ends and says so."""
    def run(limit, *args):
        return subprocess.run(
            [PROGRAM, "-M", "none", "-nodefaults", "-monitor", "stdio", *args],
            env=dict(os.environ, PLATEAU_MODULE_DIR=MODULES), input="quit\n",
            capture_output=True, text=True, timeout=60, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE,
                                                  (limit, limit)))

    enough = next(n for n in range(4, 100) if run(n).returncode == 0)
    with tempfile.TemporaryDirectory() as tmp:
        for limit in range(enough, enough + 10):
            done = run(limit, "-vnc", f"unix:{tmp}/vnc")
            assert done.returncode == 0 or (
                done.returncode == 1 and "-vnc" in done.stderr), (limit, done)
        assert done.returncode == 0, done


def main():
    if not os.path.exists(f"{MODULES}/ui-vnc.so"):
        print("1..0 # SKIP built without the module ui-vnc")
        return 0
    return run_tap(tests_of(globals()))


if __name__ == "__main__":
    sys.exit(main())
