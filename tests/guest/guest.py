# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest under test: an emulator process, its serial console and its QMP.

    with Guest(["build/system/plateau"], *linux("guest.run=facts")) as guest:
        guest.expect(r"guest: harts (\\d+)")

Works with any emulator that has QEMU's command line, so that a test can be
tried on the reference too.
"""
import os
import pathlib
import re
import select
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from qmp import Failed, Qmp  # noqa: E402
from tap import run_tap  # noqa: E402, F401 (for the guests' tests)

SKIP = 77
PROMPT = r"guest# "


def images(modules="", programs=""):
    """The folder of kernel, initramfs and firmware; exits with 77 without.
    Kernel modules, with commas between, are loaded before the shell."""
    done = subprocess.run([HERE / "images", "--modules", modules,
                           "--programs", programs], text=True,
                          stdout=subprocess.PIPE, check=False)
    if done.returncode == SKIP:
        print("1..0 # SKIP the guest's packages are out of reach")
        sys.exit(SKIP)
    if done.returncode:
        sys.exit(done.returncode)
    return pathlib.Path(done.stdout.strip())


def linux(append="", folder=None):
    """The arguments that boot Debian's kernel with our initramfs."""
    folder = folder or images()
    return ["-M", "virt", "-m", "512M", "-bios", folder / "fw_dynamic.bin",
            "-kernel", folder / "Image",
            "-initrd", folder / "initramfs.cpio.gz",
            "-append", f"console=ttyS0 {append}"]


def deadline(seconds):
    """Slower under sanitizers and on a loaded machine."""
    return time.monotonic() + seconds * float(
        os.environ.get("PLATEAU_TEST_SLOWNESS", "1"))


class GuestError(Exception):
    pass


class GuestTimeout(GuestError, TimeoutError):
    """What was expected has not come, yet."""


class Guest:
    def __init__(self, command, *args, qmp=True):
        self.tmp = tempfile.TemporaryDirectory(prefix="plateau-guest-")
        self.log = b""       # all that the guest has printed
        self.at = 0          # what expect() has consumed
        path = f"{self.tmp.name}/serial"
        listener = self._listen(path)
        extra = ["-nodefaults", "-display", "none",
                 "-chardev", f"socket,id=serial0,path={path}",
                 "-serial", "chardev:serial0"]
        if qmp:
            qmp_path = f"{self.tmp.name}/qmp"
            qmp_listener = self._listen(qmp_path)
            extra += ["-qmp", f"unix:{qmp_path}"]
        self.stderr = open(f"{self.tmp.name}/stderr", "w+b")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [str(a) for a in [*command, *args, *extra]],
            stdin=subprocess.DEVNULL, stdout=self.stderr, stderr=self.stderr)
        try:
            self.serial = self._accept(listener)
            self.serial.setblocking(False)
            if qmp:
                self.qmp = self._qmp(
                    Qmp, self._accept(qmp_listener).makefile("rwb"))
        except Exception:
            self.close()
            raise

    @staticmethod
    def _listen(path):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(1)
        listener.settimeout(1)
        return listener

    def _accept(self, listener):
        end = deadline(60)
        while time.monotonic() < end:
            try:
                return listener.accept()[0]
            except socket.timeout:
                if self.process.poll() is not None:
                    break
        raise GuestError(f"the emulator did not connect: {self.errors()}")

    def errors(self):
        self.stderr.seek(0)
        return self.stderr.read().decode(errors="replace")

    # The serial console.

    def _read(self, timeout):
        ready, _, _ = select.select([self.serial], [], [], timeout)
        if ready:
            data = self.serial.recv(65536)
            if not data:
                raise EOFError
            self.log += data

    def expect(self, pattern, timeout=120):
        """Waits for the pattern in what was printed since the last match."""
        regex = re.compile(pattern.encode(), re.M)
        end = deadline(timeout)
        while True:
            match = regex.search(self.log, self.at)
            if match:
                self.at = match.end()
                return match
            try:
                self._read(min(1, max(0, end - time.monotonic())))
            except (EOFError, ConnectionError):
                raise GuestError(f"the console closed before '{pattern}'; "
                                 + self.tail()) from None
            if time.monotonic() > end:
                raise GuestTimeout(f"no '{pattern}' in {timeout} s; "
                                   + self.tail())

    def tail(self):
        text = self.log[-1500:].decode(errors="replace")
        return f"console:\n{text}\nstderr:\n{self.errors()[-1500:]}"

    def type(self, text):
        self.serial.setblocking(True)
        self.serial.sendall(text.encode())
        self.serial.setblocking(False)

    def shell(self, line, timeout=60):
        """Runs a command at the shell's prompt; what it printed."""
        begin = self.at
        self.type(line + "\n")
        self.expect(PROMPT, timeout)
        text = self.log[begin:self.at].decode(errors="replace")
        return text.split("\r\n", 1)[-1].rsplit("guest# ", 1)[0].strip()

    # QMP.

    def _qmp(self, function, *args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (EOFError, ConnectionError) as error:
            raise GuestError(f"QMP: {error}; {self.tail()}") from error

    def command(self, name, /, **arguments):
        """What it returns, or {"error": {"desc": why}}."""
        try:
            return self._qmp(self.qmp.command, name, **arguments)
        except Failed as error:
            return {"error": {"desc": str(error)}}

    def hmp(self, line):
        return self._qmp(self.qmp.hmp, line)

    def event(self, name):
        return self._qmp(self.qmp.event, name)

    # The end.

    def wait(self, timeout=60):
        """Until the process ends by itself; its status."""
        end = deadline(timeout)
        while self.process.poll() is None:
            try:
                self._read(0.05)
            except (OSError, EOFError):
                time.sleep(0.02)
            if time.monotonic() > end:
                raise GuestError(f"still running; {self.tail()}")
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.stderr.close()
        self.tmp.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
