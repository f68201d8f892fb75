#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Monitors whose input ends: all that was read before is answered.

The emulator itself runs on until somebody tells it to quit. The second part
is how the prompt of a monitor on a mux comes, and what input costs there.
"""
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from tap import run_tap, tests_of  # noqa: E402

TIMEOUT = 20  # seconds, for what takes milliseconds
NEGOTIATE = '{"execute": "qmp_capabilities"}'
QUIT = '{"execute": "quit"}'


class Emulator:
    """A process with its output in a file, which no reader can hold up."""

    def __init__(self, *args, stdin=b""):
        self.tmp = tempfile.TemporaryDirectory()
        self.dir = pathlib.Path(self.tmp.name)
        (self.dir / "in").write_bytes(stdin)
        self.args = [a.replace("DIR", str(self.dir)) for a in args]

    def __enter__(self):
        with open(self.dir / "in", "rb") as fin, \
             open(self.dir / "out", "wb") as fout, \
             open(self.dir / "err", "wb") as ferr:
            self.process = subprocess.Popen(
                [BINARY, "-M", "none", "-display", "none", "-nodefaults",
                 *self.args], stdin=fin, stdout=fout, stderr=ferr)
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(TIMEOUT)
        self.tmp.cleanup()

    def output(self):
        return (self.dir / "out").read_text()

    def wait_for(self, text, count=1):
        """Until the output has @text as often; then a moment for more."""
        end = time.monotonic() + TIMEOUT
        while self.output().count(text) < count:
            assert time.monotonic() < end, (
                f"{self.output().count(text)} instead of {count} times {text}:"
                f" {self.output()[-300:]}")
            assert self.process.poll() is None, "it has ended"
            time.sleep(0.01)
        time.sleep(0.1)
        assert self.output().count(text) == count, "too often: " + text

    def connect(self, name):
        end = time.monotonic() + TIMEOUT
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(TIMEOUT)
        while True:
            try:
                sock.connect(str(self.dir / name))
                return sock
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)


def commands(count, command="query-version"):
    return "".join([NEGOTIATE] + [
        json.dumps({"execute": command, "id": i}) for i in range(count)
    ]).encode()


def read_to_end(sock):
    data = b""
    while True:
        part = sock.recv(65536)
        if not part:
            return data
        data += part


def check_ids(data, count):
    """@data has the answers 0 to @count - 1, in this order."""
    lines = [json.loads(l) for l in data.splitlines()]
    assert [l["id"] for l in lines if "id" in l] == list(range(count)), lines


def test_stdio():
    for count in (1, 7, 8, 9, 12, 100, 1000):
        with Emulator("-qmp", "stdio", stdin=commands(count)) as e:
            e.wait_for('"id": ', count)
            check_ids(e.output(), count)
            assert e.process.poll() is None, "end of file ended it"


def test_stdio_pipe():
    with Emulator("-qmp", "stdio") as e:
        e.process.terminate()
        e.process.wait(TIMEOUT)
        process = subprocess.run(
            e.process.args, input=commands(12) + QUIT.encode(),
            stdout=subprocess.PIPE, timeout=TIMEOUT, check=True)
        check_ids(process.stdout, 12)


def test_stdio_events():
    with Emulator("-qmp", "stdio", stdin=commands(12)) as e:
        e.wait_for('"id": ', 12)
        e.process.terminate()
        e.process.wait(TIMEOUT)
        assert '"SHUTDOWN"' in e.output(), "no event after end of file"


def test_stdio_quit():
    for args in (["-qmp", "stdio"], ["-chardev", "stdio,id=c,mux=on", "-mon",
                                     "chardev=c,mode=control"]):
        for count in (*range(0, 20, 3), 1000, 2000, 3000):
            with Emulator(*args, stdin=commands(count) + QUIT.encode()) as e:
                assert e.process.wait(TIMEOUT) == 0
                check_ids(e.output(), count)
                assert '"SHUTDOWN"' in e.output(), e.output()


def test_stdio_pretty():
    with Emulator("-qmp-pretty", "stdio", stdin=commands(12)) as e:
        e.wait_for('"id": ', 12)


def test_stdio_hmp():
    for args in (["-monitor", "stdio"], ["-serial", "mon:stdio"]):
        with Emulator(*args, stdin=b"info status\n" * 50) as e:
            e.wait_for("VM status: ", 50)
            assert e.process.poll() is None, "end of file ended it"
        with Emulator(*args, stdin=b"info status\n" * 50 + b"quit\n") as e:
            assert e.process.wait(TIMEOUT) == 0
            assert e.output().count("VM status: ") == 50, e.output()


def test_mux_qmp():
    with Emulator("-chardev", "stdio,id=c,mux=on", "-mon",
                  "chardev=c,mode=control", stdin=commands(200)) as e:
        e.wait_for('"id": ', 200)
        check_ids(e.output(), 200)


def test_hub_qmp():
    with Emulator("-chardev", "stdio,id=b", "-chardev",
                  "hub,id=c,chardevs.0=b", "-mon", "chardev=c,mode=control",
                  stdin=commands(200)) as e:
        e.wait_for('"id": ', 200)


def test_socket():
    for extra in ([], ["mux=on"]):
        with Emulator("-chardev", ",".join(
                ["socket,id=c,path=DIR/s,server=on,wait=off", *extra]),
                      "-mon", "chardev=c,mode=control") as e:
            for count in (0, 1, 8, 100, 1000):
                with e.connect("s") as sock:
                    sock.sendall(commands(count))
                    sock.shutdown(socket.SHUT_WR)
                    check_ids(read_to_end(sock), count)


def test_socket_slow():
    """Answers larger than what the socket holds are waited for."""
    with Emulator("-qmp", "unix:DIR/s,server=on,wait=off") as e:
        with e.connect("s") as sock:
            sock.sendall(commands(40, "query-qmp-schema"))
            sock.shutdown(socket.SHUT_WR)
            time.sleep(0.3)
            check_ids(read_to_end(sock), 40)
        # Another one goes without reading; then there is a place again.
        with e.connect("s") as sock:
            sock.sendall(commands(40, "query-qmp-schema"))
            sock.shutdown(socket.SHUT_WR)
            time.sleep(0.3)
        with e.connect("s") as sock:
            sock.sendall(commands(3))
            sock.shutdown(socket.SHUT_WR)
            check_ids(read_to_end(sock), 3)


def test_socket_oob():
    enable = (b'{"execute": "qmp_capabilities", "arguments":'
              b' {"enable": ["oob"]}}')
    with Emulator("-qmp", "unix:DIR/s,server=on,wait=off") as e:
        with e.connect("s") as sock:
            sock.sendall(commands(50).replace(NEGOTIATE.encode(), enable))
            sock.shutdown(socket.SHUT_WR)
            check_ids(read_to_end(sock), 50)


def test_socket_hmp():
    with Emulator("-monitor", "unix:DIR/s,server=on,wait=off") as e:
        with e.connect("s") as sock:
            sock.sendall(b"help\n" * 100)
            sock.shutdown(socket.SHUT_WR)
            time.sleep(0.3)
            assert read_to_end(sock).count(b"\r\nquit|q ") == 100


def test_prompt():
    """The banner comes once, when all is set up, and the prompt last."""
    for args in (["-serial", "mon:stdio"],
                 ["-chardev", "stdio,id=c,mux=on", "-mon", "c", "-mon", "c"]):
        with Emulator(*args) as e:
            e.wait_for("(qemu) ")
            assert e.output().count("QEMU 10.0.0 monitor - ") == 1, e.output()
            assert e.output().endswith("(qemu) "), e.output()
        with Emulator(*args, "-device", "no-such-device") as e:
            assert e.process.wait(TIMEOUT) == 1
            assert e.output() == "", e.output()


def test_mux_pipeline():
    """A mux loses nothing of a long pipeline; how long it takes is printed."""
    def seconds(*mux):
        data = commands(3000)
        with Emulator("-chardev", ",".join(["stdio", "id=c", *mux]), "-mon",
                      "chardev=c,mode=control",
                      stdin=data + QUIT.encode()) as e:
            start = time.monotonic()
            assert e.process.wait(TIMEOUT) == 0
            check_ids(e.output(), 3000)
            return time.monotonic() - start
    ratio = min(seconds("mux=on") for _ in range(3)) / min(
        seconds() for _ in range(3))
    print(f"# {ratio:.2f} times as long as without a mux")


BINARY = sys.argv[1]
if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals())))
