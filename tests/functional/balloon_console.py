#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux with a memory balloon and a virtio console: balloon_console.py PLATEAU

The balloon takes memory from the guest and gives it back, the host's memory
follows, and statistics come; the ports carry bytes in both directions and say
when they are opened and closed.
"""
import hashlib
import pathlib
import re
import socket
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/guest"))
from guest import PROMPT, Guest, images, linux, deadline, run_tap  # noqa: E402

MODULES = "virtio_mmio,virtio_balloon"
MIB = 1 << 20
BALLOON = "/machine/peripheral/balloon0"

plateau = sys.argv[1]
tmp = tempfile.TemporaryDirectory(prefix="plateau-balloon-")
guest = None
port = None


def resident(g):
    """Bytes of the guest's RAM that the host holds."""
    text = pathlib.Path(f"/proc/{g.process.pid}/smaps").read_text()
    size = 0
    for part in re.split(r"(?m)^(?=[0-9a-f]+-[0-9a-f]+ )", text):
        if re.search(r"^Size: +524288 kB", part, re.M):
            size += int(re.search(r"^Rss: +(\d+)", part, re.M).group(1))
    return size << 10


def wait_for(what, check, seconds=60):
    end = deadline(seconds)
    while not check():
        assert time.monotonic() < end, f"{what}: not in {seconds} s"
        time.sleep(0.1)


def listening(name):
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(f"{tmp.name}/{name}")
    sock.listen(1)
    sock.settimeout(60)
    return sock


def boots():
    global guest, port
    listener = listening("port")
    guest = Guest(
        [plateau], *linux(folder=images(MODULES)),
        "-device", "virtio-balloon-device,id=balloon0,deflate-on-oom=on,"
        "free-page-reporting=on",
        "-device", "virtio-serial-device,max_ports=4",
        "-chardev", f"socket,id=port,path={tmp.name}/port",
        "-device", "virtserialport,id=vport,chardev=port,name=org.plateau.0",
        "-chardev", f"file,id=con,path={tmp.name}/console",
        "-device", "virtconsole,chardev=con")
    port = listener.accept()[0]
    port.settimeout(60)
    guest.expect(PROMPT)


def inflates():
    before = resident(guest)
    assert guest.command("query-balloon")["actual"] == 512 * MIB
    # Touched, so that the host has something to get back.
    guest.shell("dd if=/dev/zero of=/tmp/fill bs=1M count=200; rm /tmp/fill")
    wait_for("touched", lambda: resident(guest) > before)
    guest.command("balloon", value=256 * MIB)
    wait_for("inflated", lambda: guest.command("query-balloon")["actual"]
             == 256 * MIB)
    assert resident(guest) < 290 * MIB, resident(guest) // MIB
    data = guest.event("BALLOON_CHANGE")
    assert data["actual"] < 512 * MIB, data
    assert "balloon: actual=256" in guest.hmp("info balloon")
    free = int(guest.shell("sed -n 's/MemAvailable: *//p' /proc/meminfo")
               .split()[0])
    assert free < 300 << 10, free


def deflates():
    guest.command("balloon", value=512 * MIB)
    wait_for("deflated", lambda: guest.command("query-balloon")["actual"]
             == 512 * MIB)
    out = guest.shell("dd if=/dev/urandom of=/tmp/r bs=1M count=20 2>/dev/null;"
                      " cp /tmp/r /tmp/s; cmp /tmp/r /tmp/s && echo same;"
                      " rm /tmp/r /tmp/s", 180)
    assert "same" in out, out


def reports_free_pages():
    """What the guest has freed comes back by itself."""
    wait_for("free pages", lambda: resident(guest) < 300 * MIB)


def statistics():
    assert "error" in guest.command("qom-set", path=BALLOON,
                                    property="guest-stats-polling-interval",
                                    value=-1)
    guest.command("qom-set", path=BALLOON,
                  property="guest-stats-polling-interval", value=1)

    def stats():
        return guest.command("qom-get", path=BALLOON, property="guest-stats")

    wait_for("statistics", lambda: stats()["last-update"])
    total = stats()["stats"]["stat-total-memory"]
    assert 400 * MIB < total <= 512 * MIB, total
    assert 0 < stats()["stats"]["stat-free-memory"] < total
    guest.command("qom-set", path=BALLOON,
                  property="guest-stats-polling-interval", value=0)


def one_balloon():
    answer = guest.command("device_add", driver="virtio-balloon-device")
    assert "Only one balloon device" in answer["error"]["desc"] or \
        "bus" in answer["error"]["desc"], answer


def port_name():
    """Of the port below /dev, such as vport0p1."""
    # One line of a terminal, so that its echo is not broken in two.
    path = guest.shell("grep -l plateau /sys/class/virtio-ports/*/name")
    return path.split("/")[-2]


def carries_bytes():
    out = guest.shell("cat /sys/class/virtio-ports/vport*/name")
    assert "org.plateau.0" in out, out
    name = port_name()
    guest.shell(f"echo hello > /dev/{name}")
    assert port.recv(100) == b"hello\n"
    data = bytes(range(256)) * 400
    guest.type(f"head -c {len(data)} /dev/{name} | md5sum\n")
    # At most one event a second, of the latest state: the close may be hidden.
    assert guest.event("VSERPORT_CHANGE") == {"open": True, "id": "vport"}
    while not guest.event("VSERPORT_CHANGE")["open"]:
        pass
    port.sendall(data)
    guest.expect(hashlib.md5(data).hexdigest())
    guest.expect(PROMPT)
    text = guest.hmp("info qtree")
    assert re.search(r"port 1, guest (on|off), host on, throttle off", text), \
        text


def terminal():
    guest.shell("echo from the guest > /dev/hvc0")
    wait_for("terminal", lambda: b"from the guest" in
             pathlib.Path(f"{tmp.name}/console").read_bytes())


def loses_nothing():
    """A reader that is slow: the guest waits."""
    name = port_name()
    guest.type(f"seq 100000 > /dev/{name}; echo done\n")
    time.sleep(1)
    want = "".join(f"{i}\n" for i in range(1, 100001)).encode()
    got = b""
    while len(got) < len(want):
        part = port.recv(65536)
        assert part
        got += part
    assert got == want
    guest.expect(PROMPT)


def powers_off():
    guest.type("poweroff -f\n")
    assert guest.wait() == 0


sys.exit(run_tap([boots, inflates, deflates, reports_free_pages, statistics,
                  one_balloon, carries_bytes, terminal, loses_nothing,
                  powers_off]))
