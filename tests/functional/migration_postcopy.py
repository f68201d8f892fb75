#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest leaves before its memory: it counts on while its pages follow, also
when the connection breaks at any point and there is another later.

    migration_postcopy.py EMULATOR
"""
import os
import pathlib
import random
import select
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from migration import TIMEOUT, Machine, runs_on, start  # noqa: E402
from tap import Skip, run_tap, tests_of  # noqa: E402

POSTCOPY = ("postcopy-ram",)
PREEMPT = ("postcopy-ram", "postcopy-preempt")


class Proxy:
    """Between source and destination; cuts all connections after so many
    bytes towards the destination."""

    def __init__(self, there, here, cut=None):
        self.there, self.cut = there, cut
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(here)
        self.listener.listen(4)
        self.pairs = []
        self.passed = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                a, _ = self.listener.accept()
            except OSError:
                return
            b = socket.socket(socket.AF_UNIX)
            b.connect(self.there)
            self.pairs.append((a, b))
            threading.Thread(target=self.carry, args=(a, b),
                             daemon=True).start()

    def carry(self, a, b):
        try:
            while True:
                for ready in select.select([a, b], [], [])[0]:
                    size = 65536
                    if ready is a and self.cut is not None:
                        size = max(1, min(size, self.cut - self.passed))
                    data = ready.recv(size)
                    if not data:
                        return self.close_pair(a, b)
                    (b if ready is a else a).sendall(data)
                    with self.lock:
                        self.passed += len(data) if ready is a else 0
                    if self.cut is not None and self.passed >= self.cut:
                        return self.break_all()
        except (OSError, ValueError):
            self.close_pair(a, b)

    @staticmethod
    def close_pair(a, b):
        for s in (a, b):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def break_all(self):
        self.listener.close()
        for a, b in self.pairs:
            self.close_pair(a, b)


def supported(tmp):
    with Machine(tmp, "-incoming", "defer") as m:
        try:
            m.enable("postcopy-ram")
        except Exception as e:  # pylint: disable=broad-except
            if "Userfaultfd not available" in str(e):
                raise Skip(str(e)) from e
            raise


def begin(tmp, source, uri, capabilities, listen=None, args=(),
          **parameters):
    """A source that sends, so slowly that it is not done, even if the guest
    stands still; the destination."""
    target = Machine(tmp, "-incoming", "defer", *args)
    target.enable(*capabilities)
    target.command("migrate-incoming", uri=listen or uri,
                   **{"exit-on-error": False})
    source.enable(*capabilities)
    source.command("migrate-set-parameters",
                   **{"max-bandwidth": 4 << 20,
                      "zero-page-detection": "none", **parameters})
    source.command("migrate", uri=uri)
    source.wait_for("active", "failed")
    return target


def leave(source):
    """The guest has left when this returns."""
    source.command("migrate-start-postcopy")
    return source.wait_for("postcopy-active", "postcopy-paused", "completed",
                           "failed")


def end(source, target, harts=1):
    source.wait_for("completed")
    target.wait_for("completed")
    assert source.status() == "postmigrate", source.status()
    runs_on(target, 1, harts)
    source.quit()
    target.quit()


def wait_for_requests(source):
    deadline = time.monotonic() + TIMEOUT
    while not source.command("query-migrate")["ram"]["postcopy-requests"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def there(tmp, capabilities, harts=1):
    """So slowly that the guest has to ask; then as fast as it can."""
    uri = f"unix:{tmp}/sock"
    with start(tmp, harts) as source, \
            begin(tmp, source, uri, capabilities, args=["-smp", str(harts)],
                  **{"max-postcopy-bandwidth": 1 << 20,
                     "zero-page-detection": "none"}) as target:
        assert leave(source)["status"] == "postcopy-active"
        assert "in progress, cannot cancel" in source.refused("migrate_cancel")
        assert "not finalized" in source.refused("cont")
        wait_for_requests(source)
        source.command("migrate-set-parameters",
                       **{"max-postcopy-bandwidth": 0})
        source.wait_for("completed")
        info = source.command("query-migrate")
        assert info["ram"]["postcopy-bytes"] > 0, info
        assert info["downtime"] >= 0 and info["total-time"] > 0, info
        end(source, target, harts)


def test_there(tmp):
    supported(tmp)
    there(tmp, POSTCOPY)


def test_two_harts(tmp):
    supported(tmp)
    there(tmp, POSTCOPY, 2)


def test_preempt(tmp):
    supported(tmp)
    there(tmp, PREEMPT)


def test_blocktime(tmp):
    supported(tmp)
    uri = f"unix:{tmp}/sock"
    with start(tmp) as source, begin(
            tmp, source, uri, ("postcopy-ram", "postcopy-blocktime")
            ) as target:
        leave(source)
        info = target.wait_for("completed")
        assert len(info["postcopy-vcpu-blocktime"]) == 1, info
        assert info["postcopy-blocktime"] >= 0, info
        end(source, target)


def test_refused(tmp):
    supported(tmp)
    with start(tmp) as source:
        assert "Enable postcopy with" in source.refused(
            "migrate-start-postcopy")
        assert "requires postcopy-ram" in source.refused(
            "migrate-set-capabilities", capabilities=[
                {"capability": "postcopy-preempt", "state": True}])
        assert "ignore-shared" in source.refused(
            "migrate-set-capabilities", capabilities=[
                {"capability": "postcopy-ram", "state": True},
                {"capability": "x-ignore-shared", "state": True}])
        source.enable("postcopy-ram")
        assert "must be started after" in source.refused(
            "migrate-start-postcopy")
        assert "only supported during" in source.refused("migrate-pause")
        assert "when postcopy is paused" in source.refused(
            "migrate-recover", uri="unix:/no")
        assert "no paused migration" in source.refused(
            "migrate", uri=f"unix:{tmp}/no", resume=True)
        source.quit()


def recover(tmp, source, target, i):
    """Another connection, after both have seen that one was lost."""
    source.wait_for("postcopy-paused")
    target.wait_for("postcopy-paused")
    target.command("migrate-recover", uri=f"unix:{tmp}/r{i}")
    source.command("migrate", uri=f"unix:{tmp}/r{i}", resume=True)


def breaks(tmp, capabilities, harts=1):
    """The user breaks it, then the network, then it goes on to the end."""
    uri = f"unix:{tmp}/sock"
    with start(tmp, harts) as source, \
            begin(tmp, source, uri, capabilities, args=["-smp", str(harts)],
                  **{"max-postcopy-bandwidth": 4 << 20}) as target:
        assert leave(source)["status"] == "postcopy-active"
        target.wait_for("postcopy-active")
        for i in range(3):
            (source if i % 2 else target).command("migrate-pause")
            source.wait_for("postcopy-paused")
            assert "not finalized" in source.refused("cont")
            assert "cannot cancel" in source.refused("migrate_cancel")
            recover(tmp, source, target, i)
            source.wait_for("postcopy-active")
            target.wait_for("postcopy-active")
        source.command("migrate-set-parameters",
                       **{"max-postcopy-bandwidth": 0})
        end(source, target, harts)


def test_pause_and_recover(tmp):
    supported(tmp)
    breaks(tmp, POSTCOPY, 2)


def test_pause_and_recover_preempt(tmp):
    supported(tmp)
    breaks(tmp, PREEMPT)


class Crowded:
    """After so many connections, whoever connects waits for ever."""

    def __init__(self, there, here, passes):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(here)
        self.listener.listen(0)
        self.there, self.here, self.passes = there, here, passes
        self.filler = socket.socket(socket.AF_UNIX)
        self.ends = []
        if passes:
            threading.Thread(target=self.accept, daemon=True).start()
        else:
            self.filler.connect(here)

    def accept(self):
        for _ in range(self.passes):
            a, _ = self.listener.accept()
            b = socket.socket(socket.AF_UNIX)
            b.connect(self.there)
            self.ends += [a, b]
        self.filler.connect(self.here)
        Proxy.carry(self, a, b)

    cut, passed, lock = None, 0, threading.Lock()
    close_pair = staticmethod(Proxy.close_pair)

    @staticmethod
    def waits(task):
        try:
            return (task / "comm").read_text("utf-8") == "io-task-worker\n"
        except OSError:
            return False    # it has just ended

    def wait_for(self, machine):
        """Until a thread of it connects."""
        tasks = pathlib.Path(f"/proc/{machine.process.pid}/task")
        deadline = time.monotonic() + TIMEOUT
        while not any(map(self.waits, tasks.iterdir())):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def close(self):
        self.listener.close()
        for s in (self.filler, *self.ends):
            s.close()


def test_pause_while_connecting(tmp):
    """A connection that never comes about is given up."""
    supported(tmp)
    with Machine(tmp, "-name", "source,debug-threads=on") as source, \
            begin(tmp, source, f"unix:{tmp}/sock", PREEMPT,
                  **{"max-postcopy-bandwidth": 4 << 20}) as target:
        assert leave(source)["status"] == "postcopy-active"
        source.command("migrate-pause")
        for i in range(2):
            source.wait_for("postcopy-paused")
            target.wait_for("postcopy-paused")
            target.command("migrate-recover", uri=f"unix:{tmp}/t{i}")
            crowd = Crowded(f"{tmp}/t{i}", f"{tmp}/h{i}", 1 - i)
            source.command("migrate", uri=f"unix:{tmp}/h{i}", resume=True)
            crowd.wait_for(source)
            source.wait_for("postcopy-recover-setup" if i
                            else "postcopy-recover")
            source.command("migrate-pause")
            source.wait_for("postcopy-paused")
            crowd.close()
        target.command("migrate-recover", uri=f"unix:{tmp}/last")
        source.command("migrate", uri=f"unix:{tmp}/last", resume=True)
        source.command("migrate-set-parameters",
                       **{"max-postcopy-bandwidth": 0})
        end(source, target)


def test_breaks_anywhere(tmp):
    """After so many bytes: either it never left, and runs on here, or both
    wait for another connection, and nothing is lost."""
    supported(tmp)
    draw = random.Random(int(os.environ.get("PLATEAU_TEST_SEED", "1")))
    seen = set()
    for i in range(8):
        cut = draw.choice([2000, 500000, 1 << 20, 3 << 20, 9 << 20]) + \
            draw.randrange(20000)
        folder = f"{tmp}/{i}"
        os.mkdir(folder)
        proxy = Proxy(f"{folder}/there", f"{folder}/here", cut)
        capabilities = draw.choice([POSTCOPY, PREEMPT])
        with start(folder) as source, \
                begin(folder, source, f"unix:{folder}/here", capabilities,
                      f"unix:{folder}/there",
                      **{"max-postcopy-bandwidth": 20 << 20,
                         "zero-page-detection": "none"}) as target:
            source.command("migrate-start-postcopy")
            status = source.wait_for("postcopy-paused", "failed",
                                     "completed")["status"]
            seen.add(status)
            if status == "failed":
                runs_on(source, 1)
            elif status == "postcopy-paused":
                source.command("migrate-set-parameters",
                               **{"max-postcopy-bandwidth": 0})
                recover(folder, source, target, 0)
                end(source, target)
            else:
                end(source, target)
        proxy.break_all()
    assert "postcopy-paused" in seen, seen


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
