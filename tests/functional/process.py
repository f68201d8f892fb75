#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The options that concern the process: background, pid file, user, sandbox,
log and trace files, messages, configuration files, the name it starts by."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Qmp  # noqa: E402
from tap import Skip, run_tap, tests_of  # noqa: E402

BINARY = sys.argv[1]
TIMEOUT = 30
# libasan's leak check needs ptrace, which a changed user or a sandbox lacks.
NO_LEAK_CHECK = dict(
    os.environ,
    ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")


class Listener:
    """A listening socket that the emulator connects to."""

    def __init__(self, tmp):
        self.path = f"{tmp}/qmp"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(1)
        self.listener.settimeout(TIMEOUT)

    def accept(self):
        connection, _ = self.listener.accept()
        connection.settimeout(TIMEOUT)
        return Qmp(connection.makefile("rwb"))


class Emulator:
    """The emulator with one QMP connection."""

    def __init__(self, tmp, *args, binary=BINARY, **kwargs):
        self.listener = Listener(tmp)
        self.stderr = open(f"{tmp}/stderr", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [binary, "-M", "none", "-nodefaults", "-display", "none",
             "-qmp", f"unix:{self.listener.path}", *args],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self.stderr, **kwargs)

    def __enter__(self):
        self.qmp = self.listener.accept()
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.stderr.close()

    def quit(self):
        self.qmp.command("quit")
        assert self.process.wait(TIMEOUT) == 0, self.errors()

    def errors(self):
        self.stderr.seek(0)
        return self.stderr.read()


def test_daemonize(tmp):
    pidfile = f"{tmp}/pid"
    listener = Listener(tmp)
    done = subprocess.run(
        [BINARY, "-M", "none", "-nodefaults", "-display", "none", "-qmp",
         f"unix:{listener.path}", "-daemonize", "-pidfile", pidfile],
        stdin=subprocess.DEVNULL, timeout=TIMEOUT, check=False,
        env=NO_LEAK_CHECK)
    assert done.returncode == 0
    pid = int(pathlib.Path(pidfile).read_text())
    try:
        qmp = listener.accept()
        assert os.readlink(f"/proc/{pid}/cwd") == "/"
        assert os.readlink(f"/proc/{pid}/fd/0") == "/dev/null"
        assert os.getsid(pid) != os.getsid(0)
        qmp.command("quit")
        for _ in range(TIMEOUT * 50):
            if not os.path.exists(pidfile):
                break
            time.sleep(0.02)
        assert not os.path.exists(pidfile)
    finally:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def test_daemonize_fails(tmp):
    """What goes wrong in the background is the status of the command."""
    done = subprocess.run(
        [BINARY, "-M", "none", "-nodefaults", "-daemonize", "-display", "none",
         "-qmp", f"unix:{tmp}/no/such/dir,server=on,wait=off"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=TIMEOUT, check=False, env=NO_LEAK_CHECK)
    assert done.returncode == 1
    assert "/no/such/dir" in done.stderr


def test_pidfile_locked(tmp):
    with Emulator(tmp, "-pidfile", f"{tmp}/pid") as e:
        assert int(pathlib.Path(f"{tmp}/pid").read_text()) == e.process.pid
        done = subprocess.run(
            [BINARY, "-M", "none", "-nodefaults", "-display", "none",
             "-pidfile", f"{tmp}/pid"], capture_output=True, text=True,
            timeout=TIMEOUT, check=False)
        assert done.returncode == 1 and f"{tmp}/pid" in done.stderr
        e.quit()
    assert not os.path.exists(f"{tmp}/pid")


def test_signal(tmp):
    with Emulator(tmp) as e:
        e.process.send_signal(signal.SIGTERM)
        event = e.qmp.event("SHUTDOWN")
        assert event == {"guest": False, "reason": "host-signal"}
        assert e.process.wait(TIMEOUT) == 0
        assert "terminating on signal 15" in e.errors()


def test_signal_no_shutdown(tmp):
    with Emulator(tmp, "-no-shutdown") as e:
        e.process.send_signal(signal.SIGINT)
        assert e.process.wait(TIMEOUT) == 0


def test_sandbox(tmp):
    with Emulator(tmp, "-sandbox",
                  "on,spawn=deny,elevateprivileges=deny,resourcecontrol=deny",
                  env=NO_LEAK_CHECK) as e:
        status = pathlib.Path(f"/proc/{e.process.pid}/status").read_text()
        assert "Seccomp:\t2" in status, status
        e.qmp.command("query-qmp-schema")
        e.qmp.command("stop")
        e.qmp.command("system_reset")
        e.qmp.command("cont")
        e.quit()


def test_sandbox_children(tmp):
    with Emulator(tmp, "-sandbox", "on,elevateprivileges=children",
                  env=NO_LEAK_CHECK) as e:
        status = pathlib.Path(f"/proc/{e.process.pid}/status").read_text()
        assert "NoNewPrivs:\t1" in status
        e.quit()


def test_user(tmp):
    if os.getuid() != 0:
        raise Skip("needs root")
    os.chmod(tmp, 0o755)
    with Emulator(tmp, "-run-with", "user=1234:5678,chroot=/",
                  env=NO_LEAK_CHECK) as e:
        e.qmp.command("query-status")
        status = pathlib.Path(f"/proc/{e.process.pid}/status").read_text()
        assert "Uid:\t1234\t1234\t1234\t1234" in status
        assert "Gid:\t5678\t5678\t5678\t5678" in status
        assert "Groups:\t5678 \n" in status
        e.quit()



def test_name(tmp):
    with Emulator(tmp, "-name", "guest=g1,process=p1", "-uuid",
                  "00112233-4455-6677-8899-aabbccddeeff") as e:
        assert e.qmp.command("query-name") == {"name": "g1"}
        assert e.qmp.command("query-uuid") == {
            "UUID": "00112233-4455-6677-8899-aabbccddeeff"}
        comm = pathlib.Path(f"/proc/{e.process.pid}/comm").read_text()
        assert comm == "p1\n"
        e.quit()


def test_target_by_name(tmp):
    link = f"{tmp}/plateau-system-riscv64"
    os.symlink(os.path.abspath(BINARY), link)
    with Emulator(tmp, binary=link) as e:
        assert e.qmp.command("query-target") == {"arch": "riscv64"}
        e.quit()
    link = f"{tmp}/qemu-system-nonsense"
    os.symlink(os.path.abspath(BINARY), link)
    done = subprocess.run([link, "-M", "none"], capture_output=True,
                          stdin=subprocess.DEVNULL, text=True,
                          timeout=TIMEOUT, check=False)
    assert done.returncode == 1 and "nonsense" in done.stderr, done.stderr


def test_log(tmp):
    """A trace event by -d, in the file of -D."""
    with Emulator(tmp, "-d", "trace:*", "-D", f"{tmp}/log-%d") as e:
        e.qmp.command("query-status")
        pid = e.process.pid
        e.quit()
    text = pathlib.Path(f"{tmp}/log-{pid}").read_text()
    assert text, "nothing was logged"


def test_trace_file(tmp):
    pathlib.Path(f"{tmp}/events").write_text("# all\n*\n")
    with Emulator(tmp, "-trace",
                  f"events={tmp}/events,file={tmp}/trace") as e:
        states = e.qmp.command("trace-event-get-state", name="*")
        assert states and all(s["state"] == "enabled" for s in states)
        e.qmp.command("trace-event-set-state", name="*", enable=False)
        states = e.qmp.command("trace-event-get-state", name="*")
        assert all(s["state"] == "disabled" for s in states)
        e.quit()
    assert os.path.getsize(f"{tmp}/trace") > 0


def test_messages(tmp):
    done = subprocess.run(
        [BINARY, "-msg", "timestamp=on,guest-name=on", "-name", "g1", "-M",
         "none", "-nodefaults", "-display", "none", "-device", "nope"],
        capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert done.returncode == 1
    year = time.strftime("%Y-", time.gmtime())
    assert done.stderr.startswith(year) and " g1 " in done.stderr, done.stderr


def test_readconfig(tmp):
    listener = Listener(tmp)
    pathlib.Path(f"{tmp}/conf").write_text(
        f'[machine]\n  type = "none"\n  dump-guest-core = "off"\n'
        f'[name]\n  guest = "from-file"\n'
        f'[chardev "c"]\n  backend = "socket"\n  path = "{listener.path}"\n'
        f'[mon]\n  chardev = "c"\n  mode = "control"\n')
    with subprocess.Popen(
            [BINARY, "-nodefaults", "-display", "none", "-readconfig",
             f"{tmp}/conf"], stdin=subprocess.DEVNULL) as process:
        qmp = listener.accept()
        assert qmp.command("query-name") == {"name": "from-file"}
        assert qmp.command("qom-get", path="/machine",
                           property="dump-guest-core") is False
        qmp.command("quit")
        assert process.wait(TIMEOUT) == 0


def test_actions(tmp):
    """-no-reboot makes a reset end the process; -S waits."""
    with Emulator(tmp, "-S", "-action", "reboot=shutdown") as e:
        assert e.qmp.command("query-status")["status"] == "prelaunch"
        e.qmp.command("system_reset")
        event = e.qmp.event("SHUTDOWN")
        assert event["reason"] == "host-qmp-system-reset"
        assert e.process.wait(TIMEOUT) == 0


def test_overcommit(tmp):
    if os.getuid() != 0:
        raise Skip("needs root")
    with Emulator(tmp, "-overcommit", "mem-lock=on-fault",
                  env=NO_LEAK_CHECK) as e:
        proc = pathlib.Path(f"/proc/{e.process.pid}")
        status = (proc / "status").read_text()
        sanitized = "san.so" in (proc / "maps").read_text()
        e.quit()
    if sanitized:
        raise Skip("sanitizers leave out mlockall")
    assert "VmLck:\t       0 kB" not in status
    return None


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))
