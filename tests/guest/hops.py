# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways on which a running guest hops from one process to another: the
transport, the capabilities and parameters at both ends, and what a user does
meanwhile. Guests of any kind are taken along them (migration_guest.py under
Linux, migration_hops.py with tiny guests).

A machine is a Qmp, or has one as `qmp`.
"""
import concurrent.futures
import dataclasses
import itertools
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Failed  # noqa: E402

TIMEOUT = 300
SLOW = 1 << 20      # bytes a second while somebody wants to do something
numbers = itertools.count()

# What a row does not name has these values at both ends. Every capability that
# it does not name is off.
DEFAULTS = {
    "max-bandwidth": 0, "downtime-limit": 1000, "max-postcopy-bandwidth": 0,
    "multifd-channels": 2, "multifd-compression": "none",
    "zero-page-detection": "multifd", "direct-io": False, "tls-creds": "",
    "mode": "normal"}
# Where the destination needs to know, too. All others are of both ends.
ONLY_SOURCE = {"background-snapshot", "auto-converge"}


class Unsupported(Exception):
    """This program or this host has it not, and says so."""


@dataclasses.dataclass(frozen=True)
class Way:
    """`memory` is what the guest's RAM must be: "any", "file" if both processes
    share a file, or "memfd" if it goes along as a descriptor."""
    name: str
    kind: str = "unix"
    capabilities: tuple = ()
    parameters: dict = dataclasses.field(default_factory=dict)
    memory: str = "any"
    tls: bool = False

    @property
    def through_file(self):
        return self.kind in ("file", "exec")

    @property
    def postcopy(self):
        return "postcopy-ram" in self.capabilities

    @property
    def transfer(self):
        return self.parameters.get("mode") == "cpr-transfer"

    @property
    def source_goes_on(self):
        return "background-snapshot" in self.capabilities

    @property
    def memory_is_shared(self):
        """What runs at the destination changes the source's memory."""
        return self.memory != "any"

    def __str__(self):
        return self.name


def way(words, kind="unix", memory="any", tls=False, **parameters):
    """A row; its name is made of what it has."""
    capabilities = tuple(words.split())
    parts = [kind, *capabilities, *(["tls"] if tls else []),
             *(f"{k.replace('_', '-')}={v}" for k, v in parameters.items())]
    return Way("+".join(parts), kind, capabilities,
               {k.replace("_", "-"): v for k, v in parameters.items()},
               memory, tls)


POSTCOPY = {"downtime_limit": 0}    # it would never end by itself
WAYS = [
    # Each transport, each capability alone.
    way(""), way("", "tcp"), way("", "file"), way("", "exec"),
    way("return-path"), way("return-path", "tcp"),
    way("events"), way("pause-before-switchover"),
    way("pause-before-switchover", "file"), way("validate-uuid"),
    way("auto-converge"), way("xbzrle"), way("release-ram"),
    way("zero-blocks late-block-activate"),
    way("", zero_page_detection="none"), way("", zero_page_detection="legacy"),
    way("return-path switchover-ack"),
    way("multifd"), way("multifd", "tcp"),
    way("mapped-ram", "file"), way("background-snapshot", "file"),
    way("background-snapshot", "unix"),
    way("postcopy-ram", **POSTCOPY), way("postcopy-ram", "tcp", **POSTCOPY),
    way("", tls=True), way("", "tcp", tls=True),
    way("x-ignore-shared", "unix", "file"),
    way("x-ignore-shared", "file", "file"),
    way("", "unix", "memfd", mode="cpr-transfer"),
    way("x-ignore-shared", "file", "file", mode="cpr-reboot"),
    # What is used together.
    way("return-path pause-before-switchover events validate-uuid"),
    way("return-path auto-converge", "tcp"),
    way("return-path", tls=True),
    way("multifd", multifd_channels=1), way("multifd", multifd_channels=8),
    way("multifd", multifd_compression="zlib"),
    way("multifd", multifd_compression="zstd"),
    way("multifd", zero_page_detection="none"),
    way("multifd", zero_page_detection="legacy"),
    way("multifd return-path pause-before-switchover", "tcp"),
    way("multifd auto-converge"),
    way("multifd", tls=True),
    way("multifd", "tcp", tls=True, multifd_compression="zlib"),
    way("multifd zero-copy-send", "tcp"),
    way("mapped-ram multifd", "file"),
    way("mapped-ram", "file", direct_io=True),
    way("mapped-ram multifd", "file", direct_io=True),
    way("mapped-ram multifd pause-before-switchover", "file",
        multifd_channels=4),
    way("postcopy-ram return-path", **POSTCOPY),
    way("postcopy-ram postcopy-preempt", **POSTCOPY),
    way("postcopy-ram postcopy-preempt", "tcp", **POSTCOPY),
    way("postcopy-ram postcopy-blocktime", **POSTCOPY),
    way("postcopy-ram release-ram", **POSTCOPY),
    way("postcopy-ram pause-before-switchover", **POSTCOPY),
    way("postcopy-ram auto-converge", **POSTCOPY),
    way("postcopy-ram", tls=True, **POSTCOPY),
    way("postcopy-ram postcopy-preempt", tls=True, **POSTCOPY),
    way("x-ignore-shared return-path", "unix", "file"),
    way("x-ignore-shared multifd", "unix", "file"),
    way("x-ignore-shared mapped-ram", "file", "file"),
    way("x-ignore-shared mapped-ram multifd", "file", "file"),
    way("events", "unix", "memfd", mode="cpr-transfer"),
]
# The RAM of a guest is of one kind for all its life.
SERIES = {"any": ("any",), "memfd": ("any", "memfd"), "file": ("file",)}


def ways(memory="any", word=""):
    """The rows for a guest with such memory; with a word, those that have it.
    Where RAM is a memfd, those that need it come first and then in between."""
    found = [w for w in WAYS if w.memory in SERIES[memory] and word in w.name]
    if memory == "memfd":
        special = [w for w in found if w.memory == "memfd"]
        others = [w for w in found if w.memory == "any"][:6]
        return [w for pair in zip(itertools.cycle(special), others)
                for w in pair] or special
    return found


def ram(memory, folder, name, size):
    """The option of a backend with such memory."""
    if memory == "any":
        return f"memory-backend-ram,id={name},size={size}"
    if memory == "memfd":
        return f"memory-backend-memfd,id={name},size={size},share=on"
    return (f"memory-backend-file,id={name},size={size},share=on,"
            f"mem-path={folder}/{name}.ram")


# --- one hop ------------------------------------------------------------------

def qmp_of(machine):
    return getattr(machine, "qmp", machine)


def try_command(qmp, name, /, **arguments):
    try:
        return qmp.command(name, **arguments)
    except Failed as error:
        text = str(error)
        if "not supported" in text or "invalid object type" in text:
            raise Unsupported(text) from error
        raise


def credentials(qmp, endpoint, folder):
    """The name of the object with the keys, which it makes the first time."""
    keys = pathlib.Path(folder, "keys.psk")
    if not keys.exists():
        keys.write_text("qemu:" + "5e" * 32 + "\n", encoding="ascii")
    name = f"tls-{endpoint}"
    if name not in {o["name"] for o in qmp.command("qom-list",
                                                   path="/objects")}:
        try_command(qmp, "object-add", id=name, endpoint=endpoint,
                    dir=str(folder), **{"qom-type": "tls-creds-psk",
                                        "username": "qemu"}
                    if endpoint == "client" else {"qom-type": "tls-creds-psk"})
    return name


def prepare(machine, chosen, folder, endpoint, bandwidth=0):
    """Capabilities and parameters at one end."""
    qmp = qmp_of(machine)
    on = set(chosen.capabilities)
    if endpoint == "server":
        on -= ONLY_SOURCE
    parameters = {**DEFAULTS, **chosen.parameters}
    if chosen.tls:
        parameters["tls-creds"] = credentials(qmp, endpoint, folder)
    if bandwidth:
        parameters["max-bandwidth"] = bandwidth
    names = {c["capability"]
             for c in qmp.command("query-migrate-capabilities")}
    # Off before on: they exclude each other.
    for state in (False, True):
        try_command(qmp, "migrate-set-capabilities", capabilities=[
            {"capability": name, "state": state} for name in sorted(names)
            if (name in on) == state])
    try_command(qmp, "migrate-set-parameters", **parameters)


def wait_for(machine, *wanted):
    """The migration's status, once it is one of these."""
    end = time.monotonic() + TIMEOUT
    while True:
        info = qmp_of(machine).command("query-migrate")
        if info.get("status") in wanted:
            return info
        assert info.get("status") not in ("failed", "completed",
                                          "cancelled"), info
        assert time.monotonic() < end, (info, wanted)
        time.sleep(0.01)


def addresses(chosen, folder, number):
    """URIs for the source and for the destination, which takes a free port."""
    path = f"{folder}/hop{number}"
    if chosen.kind == "tcp":
        return None, "tcp:127.0.0.1:0"
    if chosen.kind == "exec":
        return f"exec:cat > {path}", f"exec:cat {path}"
    return (f"{chosen.kind}:{path}",) * 2


def begin_postcopy(source):
    """After some pages that the guest changes again. Nothing is changed where
    the host lets no CPU of it run for a while; then RAM may be done first."""
    end = time.monotonic() + TIMEOUT
    while True:
        info = wait_for(source, "active", "completed")
        if info["status"] == "completed" or info["ram"]["normal"]:
            break
        assert time.monotonic() < end, info
        time.sleep(0.01)
    qmp_of(source).command("migrate-start-postcopy")


def port_of(target):
    """The URI of the port that it has taken."""
    address, = qmp_of(target).command("query-migrate")["socket-address"]
    return f"tcp:{address['host']}:{address['port']}"


def see_through(source, chosen, during):
    """What is to do until the source is done."""
    qmp = qmp_of(source)
    if during:
        wait_for(source, "active", "completed")
        during(source)
        qmp.command("migrate-set-parameters", **{"max-bandwidth": 0})
    if chosen.postcopy:
        begin_postcopy(source)
    if "pause-before-switchover" in chosen.capabilities:
        wait_for(source, "pre-switchover")
        qmp.command("migrate-continue", state="pre-switchover")
    return wait_for(source, "completed")


def is_listened_on(path):
    """Without a connection, which it would take for the source's."""
    listening = "00010000"  # the flag __SO_ACCEPTCON
    with open("/proc/net/unix", encoding="utf-8") as sockets:
        return any(line.split()[3] == listening and line.split()[-1] == path
                   for line in sockets)


def transfer(source, start, chosen, folder, number):
    """The destination has no monitor before it has the descriptors."""
    main, cpr = (f"{folder}/{what}{number}" for what in ("main", "cpr"))
    channels = [{"channel-type": kind, "addr": {
        "transport": "socket", "type": "unix", "path": path}}
        for kind, path in (("main", main), ("cpr", cpr))]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        target = pool.submit(start, ["-incoming", f"unix:{main}", "-incoming",
                                     json.dumps(channels[1])])
        end = time.monotonic() + TIMEOUT
        while not is_listened_on(cpr) and not target.done():
            assert time.monotonic() < end
            time.sleep(0.01)
        qmp_of(source).command("migrate", channels=channels)
        target = target.result()
    return target, wait_for(source, "completed")


def can_be_slow(chosen):
    """Whether the guest can be asked for something while it moves."""
    return not (chosen.postcopy or chosen.source_goes_on or
                "mode" in chosen.parameters or
                chosen.memory_is_shared)


def hop(source, start, chosen, folder, during=None, at_source=None):
    """Takes the running guest along a way: the process where it is then, and
    the source's query-migrate. `start(words)` makes a process with more words
    on its command line. during(source) is called while the guest runs and
    migrates; at_source(source) once it has stopped, where its memory is still
    its own."""
    during = during if can_be_slow(chosen) else None
    number = next(numbers)
    prepare(source, chosen, folder, "client",
            SLOW if during or chosen.postcopy else 0)
    if chosen.transfer:
        target, info = transfer(source, start, chosen, folder, number)
    else:
        target = start(["-incoming", "defer"])
        try:
            prepare(target, chosen, folder, "server")
            there, here = addresses(chosen, folder, number)
            if not chosen.through_file:
                qmp_of(target).command("migrate-incoming", uri=here)
            try_command(qmp_of(source), "migrate",
                        uri=there or port_of(target))
            info = see_through(source, chosen, during)
            if chosen.source_goes_on:
                qmp_of(source).command("stop")
            elif at_source and not chosen.memory_is_shared and \
                    "release-ram" not in chosen.capabilities:
                at_source(source)
            if chosen.through_file:
                qmp_of(target).command("migrate-incoming", uri=here)
        except BaseException as error:
            raise ended(target, error) from error
    try:
        wait_for(target, "completed")
        status = qmp_of(target).command("query-status")
        assert status["status"] == "running", status
    except BaseException as error:
        raise ended(target, error) from error
    return target, info


def ended(machine, error):
    """What to raise where a hop failed, with what the destination said, which
    ends."""
    if isinstance(error, Exception) and not isinstance(error, Unsupported):
        error = AssertionError(
            f"{error}; at the destination: {machine.errors()}")
    if hasattr(machine, "close"):
        machine.close()
    else:
        machine.__exit__(None, None, None)
    return error
