#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A device from a module that is built outside the tree.

Installs into a temporary folder, builds examples/module-device against only
what is installed there, and uses the device with the installed program, on
the command line and over QMP. Skips without the tools for that.

    module.py BUILD SANITIZERS MESON-COMMAND... -- COMPILER...
"""
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Qmp  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = TOP / "examples/module-device"
NAME = "demo-counter"
ROUNDS = 200


def run(args, **kwargs):
    return subprocess.run([str(a) for a in args], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120,
                          check=False, **kwargs)


def need(done, status=0):
    assert done.returncode == status, \
        f"{done.args} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


class Installed:
    """A prefix that Plateau is installed in, and a compiler for modules."""

    def __init__(self, build, sanitizers, meson, compiler, tmp):
        self.tmp = tmp
        need(run([*meson, "install", "-C", build, "--no-rebuild", "--quiet",
                  "--tags", "runtime,devel", "--destdir", tmp / "root"]))
        # Somewhere else than what it was configured for.
        configured = json.loads(need(run(
            [*meson, "introspect", "--buildoptions", build])))
        prefix = next(o["value"] for o in configured if o["name"] == "prefix")
        self.prefix = tmp / "moved"
        (tmp / "root" / prefix.lstrip("/")).rename(self.prefix)
        self.program = self.prefix / "bin/plateau"
        pc = next(self.prefix.rglob("plateau.pc")).parent
        old = os.environ.get("PKG_CONFIG_PATH")
        self.env = dict(os.environ, CC=" ".join(compiler), PKG_CONFIG_PATH=(
            f"{pc}:{old}" if old else str(pc)))
        self.flags = "-O1 -g -Wall -Werror"
        if sanitizers not in ("", "none"):
            self.flags += f" -fsanitize={sanitizers}"
        self.modules = tmp / "modules"
        shutil.copytree(EXAMPLE, tmp / "source", ignore=shutil.
                        ignore_patterns("*.so", "*.modinfo"))
        self.make("source")
        self.modules.mkdir()
        self.take(self.modules)

    def make(self, folder, *targets):
        return need(run(["make", "-C", self.tmp / folder,
                         f"CFLAGS={self.flags}", *targets], env=self.env))

    def take(self, folder):
        for suffix in (".so", ".modinfo"):
            shutil.copy(self.tmp / "source" / (NAME + suffix), folder)

    def variable(self, name):
        return need(run(["pkg-config", f"--variable={name}", "plateau"],
                        env=self.env)).strip()

    def compile(self, source, output):
        flags = need(run(["pkg-config", "--cflags", "plateau"],
                         env=self.env)).split()
        return run([*self.env["CC"].split(), *self.flags.split(), *flags,
                    "-fPIC", "-shared", "-o", output, source])

    def start(self, *args, modules=None):
        env = dict(self.env, PLATEAU_MODULE_DIR=str(modules or self.modules))
        return run([self.program, "-M", "none", "-display", "none",
                    "-nodefaults", *args], env=env)

    @contextlib.contextmanager
    def qmp(self, *args, modules=None):
        ours, theirs = socket.socketpair()
        ours.settimeout(60)
        env = dict(self.env, PLATEAU_MODULE_DIR=str(modules or self.modules))
        with theirs:
            process = subprocess.Popen(
                [self.program, "-M", "none", "-display", "none", "-nodefaults",
                 "-chardev", f"socket,id=q,fd={theirs.fileno()}",
                 "-mon", "q,mode=control", *args],
                env=env, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True)
        client = Client(ours, process)
        try:
            yield client
            client.command("quit")
            client.stderr = process.communicate(timeout=60)[1]
            assert process.returncode == 0, \
                f"status {process.returncode}: {client.stderr}"
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
            ours.close()


class Client(Qmp):
    def __init__(self, sock, process):
        self.process = process
        self.stderr = ""
        super().__init__(sock.makefile("rwb"))

    def read(self):
        try:
            return super().read()
        except EOFError:
            raise EOFError(
                "the connection ended: "
                + self.process.communicate(timeout=60)[1]) from None

    def refused(self, name, /, *texts, **arguments):
        desc = super().refused(name, **arguments)
        for text in texts:
            assert text in desc, f"'{desc}' lacks '{text}'"

    def get(self, name, path="d0"):
        return self.command("qom-get", path=f"/machine/peripheral/{path}",
                            property=name)

    def loaded(self):
        maps = pathlib.Path(f"/proc/{self.process.pid}/maps")
        return NAME + ".so" in maps.read_text(encoding="utf-8")


# --- What is installed -----------------------------------------------------

# Two names of one target: QEMU's, and ours.
ALIASES = {"i386": "x86"}
ALIASED = {ours: theirs for theirs, ours in ALIASES.items()}


def all_included(top, name):
    """The header, and all of ours that it includes, by what they include."""
    found, todo = set(), [name]
    while todo:
        name = todo.pop()
        if name in found or not (top / name).exists():
            continue
        found.add(name)
        text = (top / name).read_text(encoding="utf-8")
        for other in re.findall(r'^#include "([^"]+)"', text, re.M):
            near = pathlib.PurePath(name).parent / other
            todo += [str(near) if (top / near).exists() else other]
    return found


def headers_are_complete(inst):
    """One source with every header that is installed."""
    top = inst.prefix / "include/plateau"
    names = sorted(str(p.relative_to(top)) for p in top.rglob("*.h"))
    assert "config-host.h" in names and "qapi/qapi-types-qom.h" in names
    expected = {str(p.relative_to(TOP / "include"))
                for p in (TOP / "include").rglob("*.h")}
    assert expected <= set(names), expected - set(names)
    # A few are for the sources of one target, which bring "cpu.h" themselves.
    names = [n for n in names if '#include "cpu.h"' not in
             (top / n).read_text(encoding="utf-8")]
    # Each target has its own CPUArchState: no source can have two.
    targets = {d.name for d in (top / "target").iterdir() if d.is_dir()}
    for target in targets - ALIASES.keys():
        others = targets - {target, ALIASED.get(target)}
        chosen = [n for n in names if not
                  others & {t for t in targets if any(
                      h.startswith(f"target/{t}/")
                      for h in all_included(top, n))}]
        source = inst.tmp / f"all-{target}.c"
        source.write_text('#include "qemu/osdep.h"\n' + "".join(
            f'#include "{n}"\n' for n in chosen), encoding="utf-8")
        need(inst.compile(source, inst.tmp / "all.so"))


def tracetool_works(inst):
    events = inst.tmp / "trace-events"
    events.write_text('demo_tick(int level) "level %d"\n', encoding="utf-8")
    need(run([sys.executable, inst.variable("tracetool"), "--folder", "demo",
              "--header", inst.tmp / "trace-demo.h",
              "--source", inst.tmp / "trace-demo.c", events]))
    assert "trace_demo_tick" in (inst.tmp / "trace-demo.h").read_text()


def found_where_installed(inst):
    inst.make("source", "install")
    where = pathlib.Path(inst.variable("moduledir"))
    assert (where / (NAME + ".so")).exists(), where
    out = need(inst.start("-device", "help", modules="/nonexistent"))
    for suffix in (".so", ".modinfo"):
        (where / (NAME + suffix)).unlink()
    assert f'name "{NAME}", desc "Counter of edges"' in out, out


# --- The device ------------------------------------------------------------

def device_help(inst):
    out = need(inst.start("-device", "help"))
    assert f'Misc devices:\nname "{NAME}", desc "Counter of edges"' in out, out


def property_help(inst):
    out = need(inst.start("-device", f"{NAME},help"))
    lines = [" ".join(l.split()) for l in out.splitlines()]
    for line in ("demo-counter options:", "label=<str>",
                 "saturating=<bool> - on/off (default: off)",
                 "start=<uint32> - (default: 0)"):
        assert line in lines, f"no '{line}' in {lines}"


def on_the_command_line(inst):
    with inst.qmp("-device", f"{NAME},id=d0,start=5,label=front") as qmp:
        assert qmp.get("start") == 5 and qmp.get("count") == 5
        assert qmp.get("label") == "front"
        qmp.command("qom-set", path="d0", property="count", value=77)
        qmp.command("system_reset")
        qmp.event("RESET")
        assert qmp.get("count") == 5


def wrong_on_the_command_line(inst):
    for args, text in (
            ("start=many", "Parameter 'start' expects integer"),
            ("start=4294967296", "uint32"),
            ("saturating=perhaps", "Parameter 'saturating' expects"),
            ("colour=red", "Property 'demo-counter.colour' not found"),
            ("label=" + 20 * "x", "is longer than 16 bytes")):
        done = inst.start("-device", f"{NAME},{args}")
        need(done, 1)
        assert text in done.stderr, f"{args}: {done.stderr}"


def over_qmp(inst):
    with inst.qmp() as qmp:
        assert not qmp.loaded(), "loaded before anybody asked"
        qmp.command("device_add", driver=NAME, id="d0", start=7,
                    saturating=True)
        assert qmp.loaded()
        here = qmp.command("qom-list", path="/machine/peripheral")
        assert {"name": "d0", "type": f"child<{NAME}>"} in here, here
        assert qmp.get("start") == 7 and qmp.get("saturating") is True
        assert qmp.get("realized") is True
        lines = {p["name"] for p in qmp.command("qom-list", path="d0")}
        assert {"tick[0]", "overflow[0]"} <= lines, lines

        qmp.refused("qom-set", "Attempt to set property 'start' on device "
                    "'d0' (type 'demo-counter') after it was realized",
                    path="d0", property="start", value=1)
        qmp.refused("qom-set", "Parameter 'count' expects uint64", path="d0",
                    property="count", value="many")
        qmp.refused("device_add", "Duplicate device ID 'd0'", driver=NAME,
                    id="d0")
        qmp.refused("device_add", "Parameter 'start' expects uint64",
                    driver=NAME, id="d1", start="many")
        qmp.refused("device_add", "Invalid parameter type for 'saturating', "
                    "expected: boolean", driver=NAME, id="d1", saturating=1)
        qmp.refused("device_add", "Property 'demo-counter.colour' not found",
                    driver=NAME, id="d1", colour="red")
        qmp.refused("device_add", "longer than 16 bytes", driver=NAME,
                    id="d1", label=20 * "x")
        assert len(qmp.command("qom-list", path="/machine/peripheral")) \
            == len(here)

        qmp.command("device_del", id="d0")
        gone = qmp.event("DEVICE_DELETED")
        assert gone == {"device": "d0", "path": "/machine/peripheral/d0"}, gone
        qmp.refused("device_del", "Device 'd0' not found", id="d0")
        qmp.refused("qom-get", path="/machine/peripheral/d0",
                    property="start")


def introspection(inst):
    with inst.qmp() as qmp:
        types = qmp.command("qom-list-types", implements="device")
        entry = [t for t in types if t["name"] == NAME]
        assert entry == [{"name": NAME, "parent": "device"}], entry
    with inst.qmp() as qmp:
        props = {p["name"]: p for p in
                 qmp.command("device-list-properties", typename=NAME)}
        assert props["start"]["type"] == "uint32"
        assert props["start"]["default-value"] == 0
        assert props["saturating"]["default-value"] is False
        assert props["label"]["type"] == "str"
        names = {p["name"] for p in
                 qmp.command("qom-list-properties", typename=NAME)}
        assert {"realized", "start", "count"} <= names, names


def many_rounds(inst):
    """The sanitizer build sees a leak; any build sees its memory grow."""
    def memory(qmp):
        text = pathlib.Path(f"/proc/{qmp.process.pid}/statm").read_text()
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")

    with inst.qmp() as qmp:
        def turn(times):
            for i in range(times):
                qmp.command("device_add", driver=NAME, id="d0", start=i,
                        label="again")
                assert qmp.get("count") == i
                qmp.command("device_del", id="d0")
                gone = qmp.event("DEVICE_DELETED")
                assert gone["device"] == "d0", gone
        turn(ROUNDS)
        before = memory(qmp)
        turn(ROUNDS)
        grown = memory(qmp) - before
        assert "-fsanitize" in inst.flags or grown < 512 << 10, \
            f"{grown} bytes more after {ROUNDS} rounds"


def behaves(inst):
    """The lines, driven by a second module with the first one's pin."""
    folder = inst.tmp / "driver"
    folder.mkdir()
    inst.take(folder)
    (folder / "driver.c").write_text(DRIVER, encoding="utf-8")
    need(inst.compile(folder / "driver.c", folder / "driver.so"))
    (folder / "driver.modinfo").write_text("obj demo-driver\n")
    with inst.qmp("-device", f"{NAME},id=d0,start=4294967294",
                  "-device", f"{NAME},id=d1,start=4294967295,saturating=on",
                  modules=folder) as qmp:
        for name, counts in (("d0", [4294967295, 0, 1]),
                             ("d1", [4294967295, 4294967295])):
            qmp.command("device_add", driver="demo-driver", id=f"x-{name}",
                    target=name)
            for i, count in enumerate(counts):
                qmp.command("qom-set", path=f"x-{name}", property="pulse",
                        value=True)
                got = qmp.get("count", name)
                assert got == count, f"{name}, edge {i + 1}: {got}"
            assert qmp.get("seen", f"x-{name}") is True, name
        qmp.command("system_reset")
        qmp.event("RESET")
        assert qmp.get("count", "d0") == 4294967294
        assert qmp.get("seen", "x-d0") is False


DRIVER = r"""
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/module.h"

typedef struct {
    DeviceState parent_obj;
    DeviceState *target;
    bool seen;
} Driver;

static void see(void *opaque, int n, int level)
{
    ((Driver *)opaque)->seen = level;
}

static bool get_seen(Object *obj, Error **errp)
{
    return ((Driver *)obj)->seen;
}

static void pulse(Object *obj, bool value, Error **errp)
{
    qemu_irq line = qdev_get_gpio_in_named(((Driver *)obj)->target, "tick", 0);

    qemu_irq_raise(line);
    qemu_irq_raise(line); /* no second edge */
    qemu_irq_lower(line);
}

static void driver_realize(DeviceState *dev, Error **errp)
{
    Driver *s = (Driver *)dev;

    if (!s->target) {
        error_setg(errp, "no target");
        return;
    }
    qdev_connect_gpio_out_named(s->target, "overflow", 0,
                                qdev_get_gpio_in(dev, 0));
}

static void driver_init(Object *obj)
{
    qdev_init_gpio_in(DEVICE(obj), see, 1);
}

static const Property driver_props[] = {
    DEFINE_PROP_LINK("target", Driver, target, TYPE_DEVICE, DeviceState *),
};

static void driver_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->realize = driver_realize;
    device_class_set_props(DEVICE_CLASS(klass), driver_props);
    object_class_property_add_bool(klass, "pulse", NULL, pulse);
    object_class_property_add_bool(klass, "seen", get_seen, NULL);
}

static const TypeInfo driver_types[] = { {
    .name = "demo-driver",
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(Driver),
    .instance_init = driver_init,
    .class_init = driver_class_init,
} };
DEFINE_TYPES(driver_types)
"""


# --- Modules that cannot be used -------------------------------------------

def broken(inst, folder, file, *texts):
    """Whoever asks for the type bad-device is told of @file, and why."""
    (folder / "bad.modinfo").write_text("obj bad-device\n")
    done = inst.start("-device", "bad-device", modules=folder)
    need(done, 1)
    lines = [l for l in done.stderr.splitlines() if l]
    assert len(lines) == 1, lines
    for text in (str(folder / file), "'bad-device'", *texts):
        assert text in lines[0], f"'{lines[0]}' lacks '{text}'"
    need(inst.start("-device", "bad-device,help", modules=folder), 1)

    # The rest is there all the same.
    inst.take(folder)
    done = inst.start("-device", "help", modules=folder)
    assert f'name "{NAME}"' in need(done)
    assert str(folder / file) in done.stderr, done.stderr
    with inst.qmp(modules=folder) as qmp:
        for command, arguments in (
                ("device_add", {"driver": "bad-device", "id": "b"}),
                ("device-list-properties", {"typename": "bad-device"}),
                ("qom-list-properties", {"typename": "bad-device"})):
            qmp.refused(command, str(folder / file), **arguments)
        for _ in range(2):
            types = qmp.command("qom-list-types", implements="device")
            assert NAME in {t["name"] for t in types}
        qmp.command("device_add", driver=NAME, id="d0")
    assert qmp.stderr.count("bad.so") == 1, qmp.stderr


def missing_symbol(inst):
    folder = inst.tmp / "missing-symbol"
    folder.mkdir()
    source = folder / "bad.c"
    source.write_text("void no_such_function(void);\n"
                      "void bad(void);\n"
                      "void bad(void) { no_such_function(); }\n")
    need(inst.compile(source, folder / "bad.so"))
    broken(inst, folder, "bad.so", "undefined symbol: no_such_function")


def not_elf(inst):
    for name, content in (("text", b"a text, and long enough for a header\n"),
                          ("empty", b""), ("cut", b"\x7fELF\x02\x01\x01")):
        folder = inst.tmp / f"not-elf-{name}"
        folder.mkdir()
        (folder / "bad.so").write_bytes(content)
        broken(inst, folder, "bad.so")


def without_object(inst):
    folder = inst.tmp / "without-object"
    folder.mkdir()
    broken(inst, folder, "bad.so", "No such file")


def without_type(inst):
    """The .modinfo promises more than the object has."""
    folder = inst.tmp / "without-type"
    folder.mkdir()
    inst.take(folder)
    with (folder / f"{NAME}.modinfo").open("a") as modinfo:
        modinfo.write("obj demo-other\n")
    done = inst.start("-device", "demo-other", modules=folder)
    need(done, 1)
    assert "'demo-other' is not a valid device model name" in done.stderr


def odd_modinfo(inst):
    folder = inst.tmp / "odd"
    folder.mkdir()
    inst.take(folder)
    (folder / "odd.modinfo").write_bytes(b"\0obj\0\xff\xfe obj\nobj \n# obj x")
    (folder / "folder.modinfo").mkdir()
    need(inst.start("-device", f"{NAME},help", modules=folder))
    need(inst.start("-device", f"{NAME},help", modules=folder / "none"), 1)


CASES = [headers_are_complete, tracetool_works, found_where_installed,
         device_help, property_help, on_the_command_line,
         wrong_on_the_command_line, over_qmp, introspection, many_rounds,
         behaves, missing_symbol, not_elf, without_object, without_type,
         odd_modinfo]


def main():
    build, sanitizers, *commands = sys.argv[1:]
    split = commands.index("--")
    meson, compiler = commands[:split], commands[split + 1:]
    for tool in ("make", "objcopy", "pkg-config"):
        if not shutil.which(tool):
            print(f"1..0 # SKIP no {tool}")
            return 0
    if run(["pkg-config", "--exists", "glib-2.0"]).returncode:
        print("1..0 # SKIP no glib-2.0 for modules")
        return 0

    failures = 0
    with tempfile.TemporaryDirectory(prefix="plateau-module-") as tmp:
        inst = Installed(build, sanitizers, meson, compiler,
                         pathlib.Path(tmp))
        print(f"1..{len(CASES)}")
        for number, case in enumerate(CASES, 1):
            try:
                case(inst)
                problem = None
            except (AssertionError, OSError, KeyError, ValueError,
                    subprocess.TimeoutExpired) as err:
                problem = f"{type(err).__name__}: {err}".replace("\n", " | ")
            failures += problem is not None
            print(f"{'not ' if problem else ''}ok {number} "
                  + case.__name__.replace("_", " ")
                  + (f" # {problem[:1500]}" if problem else ""), flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
