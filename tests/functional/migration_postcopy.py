#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest leaves before its memory: it counts on while its pages follow, also
when the connection breaks at any point and there is another later.

    migration_postcopy.py EMULATOR
"""
import os
import pathlib
import random
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from migration import TIMEOUT, Machine, runs_on, start  # noqa: E402
from proxy import Proxy  # noqa: E402
from tap import Skip, run_tap, tests_of  # noqa: E402

POSTCOPY = ("postcopy-ram",)
PREEMPT = ("postcopy-ram", "postcopy-preempt")


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


class Crowded(Proxy):
    """After so many connections, whoever connects waits for ever."""

    def __init__(self, path, there, passes):
        self.path, self.passes = path, passes
        self.filler = socket.socket(socket.AF_UNIX)
        super().__init__(path, there, backlog=0)

    def start(self):
        if self.passes:
            super().start()
        else:
            self.filler.connect(self.path)

    def accept(self):
        for _ in range(self.passes):
            self.connected(self.listener.accept()[0])
        self.filler.connect(self.path)

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
        super().close()
        self.filler.close()


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
            crowd = Crowded(f"{tmp}/h{i}", f"{tmp}/t{i}", 1 - i)
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
        proxy = Proxy(f"{folder}/here", f"{folder}/there", cut, cuts=True)
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
        proxy.close()
    assert "postcopy-paused" in seen, seen


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
