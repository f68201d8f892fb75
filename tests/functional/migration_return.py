#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a destination answers while a guest is sent: good messages, hostile
ones, and none; the source goes on running whatever they are.

    migration_return.py EMULATOR
"""
import fcntl
import pathlib
import re
import signal
import socket
import struct
import sys
import termios
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from migration import TIMEOUT, Machine, hop, runs_on, start  # noqa: E402
from migration_postcopy import supported  # noqa: E402
from tap import run_tap, tests_of  # noqa: E402

SHUT, PONG, REQ_PAGES_ID, REQ_PAGES, RECV_BITMAP, RESUME_ACK, ACK = range(1, 8)


def message(kind, data=b""):
    return struct.pack(">HH", kind, len(data)) + data


class Destination:
    """Takes a stream, and says what it is told to; a thread reads."""

    def __init__(self, source, path, **arguments):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(1)
        listener.settimeout(TIMEOUT)
        source.command("migrate", uri=f"unix:{path}", **arguments)
        self.connection, _ = listener.accept()
        self.connection.settimeout(TIMEOUT)
        listener.close()
        self.data = bytearray()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        try:
            while got := self.connection.recv(1 << 20):
                self.data += got
        except OSError:
            pass

    def wait_for_data(self, bytes_=1):
        end = time.monotonic() + TIMEOUT
        while len(self.data) < bytes_:
            assert time.monotonic() < end
            time.sleep(0.01)

    def close(self):
        self.connection.shutdown(socket.SHUT_RDWR)
        self.reader.join(TIMEOUT)
        self.connection.close()


def test_hostile_answers(tmp):
    pages = struct.pack(">QI", 0, 4096)
    with start(tmp) as source:
        source.enable("return-path")
        for i, (data, text) in enumerate((
                (b"\x12\x34\0\1a", "invalid message 0x1234 length 0x0001"),
                (message(0), "invalid message 0x0000"),
                (message(SHUT, b"abc"), "'SHUT' message"),
                (message(SHUT, b"\0\0\0\1"), "could not load the guest"),
                (message(PONG, b"\0\0\0\1") + message(PONG), "'PONG' message"),
                (message(REQ_PAGES_ID, pages + b"\5x"), "'REQ_PAGES_ID' mess"),
                (message(REQ_PAGES, pages), "nobody waits for"),
                (message(RECV_BITMAP, b"\1x"), "RECV_BITMAP"),
                (message(RESUME_ACK, b"\0\0\0\1"), "RESUME_ACK"))):
            destination = Destination(source, f"{tmp}/h{i}")
            destination.wait_for_data()
            destination.connection.sendall(data)
            info = source.wait_for("failed")
            assert text in info["error-desc"], (text, info)
            destination.close()
            runs_on(source, 1)
            source.command("cont")
        hop(tmp, source, f"unix:{tmp}/end",
            capabilities=["return-path"]).quit()


def test_bitmap_of_another_block(tmp):
    """After a pause, it tells of a block that it was not asked about."""
    supported(tmp)
    with start(tmp) as source:
        source.enable("postcopy-ram")
        source.command("migrate-set-parameters",
                       **{"max-bandwidth": 4 << 20,
                          "max-postcopy-bandwidth": 1 << 20})
        destination = Destination(source, f"{tmp}/d")
        destination.connection.sendall(message(PONG, b"\0\0\0\1"))
        source.wait_for("active")
        source.command("migrate-start-postcopy")
        source.wait_for("postcopy-active")
        destination.close()
        source.wait_for("postcopy-paused")
        names = re.findall(r"^\s*(\S+\.\S+)\s+\d", source.hmp("info ramblock"),
                           re.MULTILINE)
        assert len(names) > 1, source.hmp("info ramblock")
        destination = Destination(source, f"{tmp}/d2", resume=True)
        destination.wait_for_data(6)
        end = 6 + destination.data[5]
        destination.wait_for_data(end)
        asked = destination.data[6:end].decode()
        other = next(n for n in names if n != asked).encode()
        destination.connection.sendall(
            message(RECV_BITMAP, bytes([len(other)]) + other))
        source.wait_for("postcopy-paused")
        assert f"where '{asked}' was asked for" in source.errors(), \
            source.errors()
        destination.close()
        source.quit()


def test_no_answer(tmp):
    """All is sent, but the destination goes away without a word."""
    with start(tmp) as source:
        source.enable("return-path")
        destination = Destination(source, f"{tmp}/n")
        source.wait_for("device")
        destination.close()
        info = source.wait_for("failed")
        # The last of it may have been under way.
        assert "does not answer" in info["error-desc"] or \
            "Broken pipe" in info["error-desc"], info
        runs_on(source, 1)
        source.quit()


def all_sent(source, destination):
    """The last that comes is the description of the devices."""
    source.wait_for("device")
    end = time.monotonic() + TIMEOUT
    while not complete(destination.data):
        assert time.monotonic() < end, len(destination.data)
        time.sleep(0.01)


def complete(data):
    start_ = data.rfind(b'{"configuration":')
    return start_ > 4 and len(data) == start_ + struct.unpack_from(
        ">I", data, start_ - 4)[0]


def test_cancel_at_the_end(tmp):
    """All has left: the destination says whether it has the guest."""
    with start(tmp) as source:
        source.enable("return-path")
        destination = Destination(source, f"{tmp}/n")
        all_sent(source, destination)
        source.command("migrate_cancel")
        # That is how it is asked.
        destination.reader.join(TIMEOUT)
        assert not destination.reader.is_alive()
        assert source.command("query-migrate")["status"] == "cancelling"
        assert source.status() == "finish-migrate"
        destination.close()
        source.wait_for("cancelled")
        runs_on(source, 1)
        source.command("cont")

        destination = Destination(source, f"{tmp}/refuses")
        all_sent(source, destination)
        source.command("migrate_cancel")
        destination.connection.sendall(message(SHUT, b"\0\0\0\1"))
        source.wait_for("cancelled")
        destination.close()
        runs_on(source, 1)
        source.command("cont")

        destination = Destination(source, f"{tmp}/has")
        all_sent(source, destination)
        source.command("migrate_cancel")
        destination.connection.sendall(message(SHUT, bytes(4)))
        source.wait_for("completed")
        assert source.status() == "postmigrate"
        destination.close()
        source.quit()


def test_quit_at_the_end(tmp):
    """A destination that says nothing does not keep the process."""
    with start(tmp) as source:
        source.enable("return-path")
        destination = Destination(source, f"{tmp}/n")
        all_sent(source, destination)
        source.command("migrate_cancel")
        source.quit()
        destination.close()


def has_read(stream):
    """The other side has taken all that was sent."""
    end = time.monotonic() + TIMEOUT
    while any(fcntl.ioctl(stream, termios.TIOCOUTQ, bytes(4))):
        assert time.monotonic() < end
        time.sleep(0.01)


def stopped(process):
    """Nothing of it runs until it is woken."""
    process.send_signal(signal.SIGSTOP)
    end = time.monotonic() + TIMEOUT
    for task in pathlib.Path(f"/proc/{process.pid}/task").iterdir():
        while (task / "stat").read_text().rsplit(")")[-1].split()[0] != "T":
            assert time.monotonic() < end
            time.sleep(0.01)


def test_guest_is_wanted_back(tmp):
    """The stream is complete, but ends before the source could be told."""
    with start(tmp) as source:
        source.enable("return-path")
        for how in socket.SHUT_WR, socket.SHUT_RDWR:
            destination = Destination(source, f"{tmp}/record{how}")
            all_sent(source, destination)
            with Machine(tmp, "-incoming", "defer") as target, \
                    socket.socket(socket.AF_UNIX) as stream:
                target.enable("return-path")
                target.command("migrate-incoming", uri=f"unix:{tmp}/t{how}",
                               **{"exit-on-error": False})
                stream.settimeout(TIMEOUT)
                stream.connect(f"{tmp}/t{how}")
                stream.sendall(destination.data[:-1000])
                has_read(stream)
                stopped(target.process)
                stream.sendall(destination.data[-1000:])
                stream.shutdown(how)
                target.process.send_signal(signal.SIGCONT)
                target.wait_for("failed")
                assert "the source has ended" in target.errors()
                assert target.status() == "inmigrate"
                if how == socket.SHUT_WR:
                    said = b""
                    while got := stream.recv(100):
                        said += got
                    assert said == message(PONG, b"\0\0\0\1") + \
                        message(SHUT, b"\0\0\0\1"), said
                target.quit()
            destination.close()
            source.wait_for("failed")
            runs_on(source, 1)
            source.command("cont")
        source.quit()


def test_switchover_ack(tmp):
    """The guest runs until the destination agrees, however little is left."""
    with start(tmp) as source:
        assert "requires capability 'return-path'" in source.refused(
            "migrate-set-capabilities", capabilities=[
                {"capability": "switchover-ack", "state": True}])
        source.enable("return-path", "switchover-ack")
        source.command("migrate-set-parameters",
                       **{"max-bandwidth": 0, "downtime-limit": 20000})
        destination = Destination(source, f"{tmp}/s")
        end = time.monotonic() + TIMEOUT
        # The first look, that after the first round, and one without haste.
        while source.command("query-migrate").get(
                "ram", {}).get("dirty-sync-count", 0) < 4:
            assert time.monotonic() < end
            time.sleep(0.01)
        assert source.status() == "running"
        assert source.command("query-migrate")["status"] == "active"
        destination.connection.sendall(message(ACK))
        source.wait_for("device")
        destination.connection.sendall(message(SHUT, bytes(4)))
        source.wait_for("completed")
        destination.close()
        source.quit()
    with start(tmp) as source:
        source.enable("return-path", "switchover-ack")
        hop(tmp, source, f"unix:{tmp}/real",
            capabilities=["return-path", "switchover-ack"]).quit()


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
