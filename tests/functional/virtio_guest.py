#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux drives virtio-rng over virtio-mmio, legacy and modern, split and packed
rings: it reads random numbers from /dev/hwrng, of the kind that the backend
gives; the monitor agrees with it about the state of the device.

    virtio_guest.py [--short] EMULATOR [WORD-OF-THE-EMULATOR'S-COMMAND]...
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "guest"))
from guest import PROMPT, Guest, images, linux, run_tap  # noqa: E402

SHORT = sys.argv[1] == "--short"
COMMAND = sys.argv[2:] if SHORT else sys.argv[1:]
MODULES = "virtio_mmio,virtio_rng"
HWRNG = "/sys/class/misc/hw_random"


def start(*args):
    folder = images(MODULES)
    return Guest(COMMAND, *linux("quiet", folder), *args)


def read_numbers(guest, kib=64):
    """How many different bytes there are in what the device gives."""
    current = guest.shell(f"cat {HWRNG}/rng_current")
    assert re.match(r"virtio_rng", current), current
    got = guest.shell(f"dd if=/dev/hwrng of=/tmp/r bs=1k count={kib} "
                      "2>/dev/null; wc -c < /tmp/r")
    assert int(got) == kib * 1024, got
    return int(guest.shell("od -An -v -tu1 -w1 /tmp/r | sort -u | wc -l"))


def status(guest):
    if "query-virtio" not in str(guest.command("query-commands")):
        return None
    path = guest.command("x-query-virtio")[0]["path"]
    return path, guest.command("x-query-virtio-status", path=path)


def numbers(*args, modern):
    with start("-global",
               f"virtio-mmio.force-legacy={'off' if modern else 'on'}",
               *args) as guest:
        guest.expect(PROMPT)
        version = guest.shell("cat /sys/bus/virtio/devices/virtio0/features")
        assert version[32] == ("1" if modern else "0"), version
        assert read_numbers(guest) == 256
        known = status(guest)
        if known:
            path, state = known
            assert "VIRTIO_CONFIG_S_DRIVER_OK: Driver setup and ready" in \
                state["status"]["statuses"], state
            assert not state["broken"], state
            queue = guest.command("x-query-virtio-queue-status", path=path,
                                  queue=0)
            assert queue["used-idx"] > 0, queue
        return version


def legacy():
    numbers("-device", "virtio-rng-device", modern=False)


def modern_split():
    features = numbers("-device", "virtio-rng-device", modern=True)
    assert features[28] == "1" and features[29] == "1", features


def modern_packed():
    features = numbers("-device", "virtio-rng-device,packed=on", modern=True)
    assert features[34] == "1", features


def without_eventfds():
    numbers("-global", "virtio-mmio.ioeventfd=off",
            "-device", "virtio-rng-device,event_idx=off,indirect_desc=off",
            modern=True)


def from_a_file():
    """What the file has, and no more than the limit allows."""
    with start("-object", "rng-random,id=zeroes,filename=/dev/zero",
               "-device", "virtio-rng-device,rng=zeroes") as guest:
        guest.expect(PROMPT)
        assert read_numbers(guest, 4) == 1


def limited():
    """1 KiB in a second: 4 KiB take at least two."""
    with start("-device", "virtio-rng-device,max-bytes=1024,period=1000"
               ) as guest:
        guest.expect(PROMPT)
        seconds = guest.shell(
            "a=$(cut -d. -f1 /proc/uptime); "
            "dd if=/dev/hwrng of=/dev/null bs=512 count=8 2>/dev/null; "
            "b=$(cut -d. -f1 /proc/uptime); echo $((b - a))")
        assert int(seconds) >= 2, seconds


def driver_comes_and_goes():
    with start("-device", "virtio-rng-device",
               "-global", "virtio-mmio.force-legacy=off") as guest:
        guest.expect(PROMPT)
        driver = "/sys/bus/virtio/drivers/virtio_rng"
        for _ in range(3):
            guest.shell(f"echo virtio0 > {driver}/unbind")
            guest.shell(f"echo virtio0 > {driver}/bind")
            assert read_numbers(guest, 4) > 200


if __name__ == "__main__":
    images(MODULES)
    sys.exit(run_tap([legacy, modern_packed] if SHORT else
                     [legacy, modern_split, modern_packed, without_eventfds,
                      from_a_file, limited, driver_comes_and_goes]))
