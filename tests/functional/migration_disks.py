#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks go with the guest: both processes have the image open, and only where
the guest is it is locked; what happens when something fails on the way.

    migration_disks.py EMULATOR [TEST]...
"""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from migration import BINARY, TIMEOUT, Machine, runs_on  # noqa: E402
from qmp import Failed  # noqa: E402
from tap import run_tap, tests_of  # noqa: E402

LOCK = 'Failed to get "write" lock'


def disk(tmp, name="image"):
    """The options of a disk with its image, of two nodes."""
    path = pathlib.Path(tmp, name)
    if not path.exists():
        path.write_bytes(bytes(1 << 20))
    return ["-blockdev", f"driver=raw,node-name={name},file.driver=file,"
            f"file.node-name={name}-file,file.filename={path}",
            "-device", f"virtio-blk-device,drive={name},id=d-{name}"]


def active(machine):
    """The nodes that are."""
    return sorted(n["node-name"] for n in
                  machine.command("query-named-block-nodes") if n["active"])


def locked(tmp, name="image"):
    """Whether a further process could not have it."""
    done = subprocess.run(
        [BINARY, "-M", "virt", "-nodefaults", "-display", "none", "-bios",
         "none", "-S", "-qmp", "stdio", *disk(tmp, name)], text=True,
        input='{"execute":"qmp_capabilities"}{"execute":"quit"}',
        capture_output=True, check=False, timeout=TIMEOUT)
    assert done.returncode in (0, 1), done
    assert (LOCK in done.stderr) == (done.returncode == 1), done
    return done.returncode == 1


BOTH = ["image", "image-file"]


def begin(tmp, source, target, *capabilities):
    """Up to where it waits; both have return-path."""
    source.enable("return-path", *capabilities)
    target.enable("return-path")
    target.command("migrate-incoming", uri=f"unix:{tmp}/s",
                   **{"exit-on-error": False})
    source.command("migrate", uri=f"unix:{tmp}/s")


def test_moves(tmp):
    one = disk(tmp)
    with Machine(tmp, *one) as source, \
            Machine(tmp, *one, "-incoming", "defer") as target:
        assert active(source) == BOTH and active(target) == []
        assert locked(tmp)
        assert "is inactive" in target.refused(
            "block_resize", **{"node-name": "image", "size": 2 << 20})
        begin(tmp, source, target, "pause-before-switchover")
        source.wait_for("pre-switchover")
        # It may be taken back yet.
        assert active(source) == BOTH and active(target) == []
        source.command("migrate-continue", state="pre-switchover")
        source.wait_for("completed")
        info = target.wait_for("completed")
        assert "error-desc" not in info, info
        assert active(source) == [] and active(target) == BOTH
        assert locked(tmp)
        # It is not here any more.
        assert LOCK in source.refused("cont")
        assert source.status() == "postmigrate" and active(source) == []
        runs_on(target, source.check())
        source.quit()
        target.command("block_resize", **{"node-name": "image",
                                          "size": 2 << 20})
        target.quit()
    assert not locked(tmp)


def test_cancelled(tmp):
    one = disk(tmp)
    with Machine(tmp, *one) as source, \
            Machine(tmp, *one, "-incoming", "defer") as target:
        begin(tmp, source, target, "pause-before-switchover")
        source.wait_for("pre-switchover")
        source.command("migrate_cancel")
        source.wait_for("cancelled")
        assert active(source) == BOTH
        runs_on(source, 1)
        target.wait_for("failed")
        assert active(target) == [] and locked(tmp)


def test_failed(tmp):
    """The destination has another device, as it finds out in the end."""
    one = disk(tmp)
    with Machine(tmp, *one, "-device", "virtio-rng-device") as source, \
            Machine(tmp, *one, "-incoming", "defer") as target:
        begin(tmp, source, target)
        info = source.wait_for("failed")
        assert info["error-desc"], info
        target.wait_for("failed")
        assert active(source) == BOTH and active(target) == []
        runs_on(source, 1)
        source.quit()
        assert not locked(tmp)


def test_source_paused(tmp):
    """A guest that is paused stays so there, without its disk; "cont" has it."""
    one = disk(tmp)
    with Machine(tmp, *one) as source, \
            Machine(tmp, *one, "-incoming", "defer") as target:
        runs_on(source, 1)
        begin(tmp, source, target, "late-block-activate")
        source.wait_for("completed")
        target.wait_for("completed")
        assert target.status() == "paused" and active(target) == []
        assert not locked(tmp)
        target.command("cont")
        assert active(target) == BOTH and locked(tmp)
        runs_on(target, source.check())


def test_somebody_else_has_it(tmp):
    """The guest stays paused where it cannot have its disk, and says why."""
    one, two = disk(tmp), disk(tmp, "other")
    with Machine(tmp, *two, *one) as source:
        runs_on(source, 0)
        source.command("cont")
        source.command("migrate", uri=f"file:{tmp}/stream")
        source.wait_for("completed")
        count = source.check()
        source.quit()
    with Machine(tmp, *one) as holder, Machine(
            tmp, *two, *one, "-incoming", f"file:{tmp}/stream") as target:
        info = target.wait_for("completed")
        assert LOCK in info["error-desc"], info
        assert "Node 'image" in info["error-desc"], info
        assert "the guest stays paused" in target.errors()
        assert target.status() == "paused"
        # Nor the one that would have been free: all or nothing.
        assert active(target) == [] and not locked(tmp, "other")
        assert LOCK in target.refused("cont")
        assert target.status() == "paused"
        holder.quit()
        target.command("cont")
        assert active(target) == BOTH + ["other", "other-file"]
        runs_on(target, count)


def test_snapshot(tmp):
    """After a snapshot the guest may go on where it was."""
    with Machine(tmp, *disk(tmp)) as source:
        runs_on(source, 0)
        source.command("cont")
        source.command("migrate", uri=f"file:{tmp}/stream")
        source.wait_for("completed")
        assert active(source) == [] and not locked(tmp)
        count = source.check()
        source.command("cont")
        assert active(source) == BOTH and locked(tmp)
        runs_on(source, count)
        source.quit()


def test_set_active(tmp):
    with Machine(tmp, *disk(tmp), *disk(tmp, "other")) as m:
        m.command("stop")

        def change(on, **node):
            m.command("blockdev-set-active", active=on, **node)

        def refused(on, name):
            return m.refused("blockdev-set-active", active=on,
                             **{"node-name": name})
        assert refused(True, "nothing") == \
            "Failed to find node with node-name='nothing'"
        assert refused(False, "image-file") == "Node has active parent node"
        change(False, **{"node-name": "image"})
        assert active(m) == ["other", "other-file"] and not locked(tmp)
        assert locked(tmp, "other")
        with Machine(tmp, *disk(tmp)) as holder:
            assert LOCK in refused(True, "image")
            assert active(m) == ["other", "other-file"]
            holder.quit()
        change(True, **{"node-name": "image-file"})
        assert active(m) == ["image-file", "other", "other-file"]
        change(True, **{"node-name": "image"})
        change(True, **{"node-name": "image"})
        assert active(m) == BOTH + ["other", "other-file"] and locked(tmp)
        change(False)
        change(False)
        assert active(m) == []
        # One that is added may wait as well, and what is its part with it.
        m.command("blockdev-add", **{
            "driver": "raw", "node-name": "late", "active": False, "file": {
                "driver": "null-co", "size": 4096, "node-name": "late-file"}})
        assert active(m) == []
        try:
            m.command("blockdev-add", **{
                "driver": "raw", "node-name": "above", "file": "late"})
            raise AssertionError("an active node above an inactive one")
        except Failed as error:
            assert "'late' is inactive" in str(error), error
        change(True)
        assert len(active(m)) == 6
        change(False)
        m.command("cont")
        assert len(active(m)) == 6
        m.quit()


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
