#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Migration over TLS: with certificates, shared keys, or nobody's; and all that
is refused, each with its reason, while the guest goes on.

    migration_tls.py EMULATOR MODULES [--repeat N] [TEST]...
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
os.environ["PLATEAU_MODULE_DIR"] = sys.argv[2]
from migration import (  # noqa: E402
    Machine, TIMEOUT, free_port, runs_on, start)
from migration_postcopy import PREEMPT, supported  # noqa: E402
from proxy import Proxy  # noqa: E402
from tap import Skip, run_tap, tests_of  # noqa: E402

REPEAT = 1
DAY = 86400


def certtool(*args):
    if not shutil.which("certtool"):
        raise Skip("no certtool (gnutls-bin)")
    subprocess.run(["certtool", *map(str, args)], check=True,
                   capture_output=True, timeout=60)


class Authority:
    """Certificates, in folders as the credentials want them."""

    def __init__(self, base):
        self.base = pathlib.Path(base)
        self.base.mkdir()
        self.key = self.base / "key.pem"
        certtool("--generate-privkey", "--key-type", "ecdsa", "--outfile",
                 self.key)
        self.cert = self.base / "ca-cert.pem"
        template = self.base / "ca.cfg"
        template.write_text("cn = authority\nca\ncert_signing_key\n")
        certtool("--generate-self-signed", "--load-privkey", self.key,
                 "--template", template, "--outfile", self.cert)

    def folder(self, name, server, host="localhost", expired=False, ca=None):
        folder = self.base / name
        folder.mkdir()
        role = "server" if server else "client"
        key = folder / f"{role}-key.pem"
        certtool("--generate-privkey", "--key-type", "ecdsa", "--outfile", key)
        template = folder / "cfg"
        template.write_text(
            f"cn = {host}\ndns_name = {host}\nsigning_key\n"
            f"tls_www_{role}\n" +
            ("activation_date = \"2001-01-01 00:00:00 UTC\"\n"
             "expiration_date = \"2002-01-01 00:00:00 UTC\"\n"
             if expired else ""))
        certtool("--generate-certificate", "--load-ca-certificate", self.cert,
                 "--load-ca-privkey", self.key, "--load-privkey", key,
                 "--template", template,
                 "--outfile", folder / f"{role}-cert.pem")
        shutil.copy((ca or self).cert, folder / "ca-cert.pem")
        return folder


def x509(folder, **more):
    return {"qom-type": "tls-creds-x509", "dir": str(folder), **more}


def secure(machine, endpoint, creds, **parameters):
    machine.command("object-add", id="tls0", endpoint=endpoint, **creds)
    machine.command("migrate-set-parameters", **{"tls-creds": "tls0"}, **{
        name.replace("_", "-"): value for name, value in parameters.items()})


def move(tmp, client, server, uri, capabilities=(), source=None,
         strangers=None, **parameters):
    target = Machine(tmp, "-incoming", "defer")
    source = source or start(tmp)
    channels = {"multifd-channels": 4} if "multifd" in capabilities else {}
    if capabilities:
        source.enable(*capabilities)
        target.enable(*capabilities)
    secure(source, "client", client, **channels, **parameters)
    secure(target, "server", server, **channels)
    target.command("migrate-incoming", uri=uri)
    there = strangers() if strangers else None
    source.command("migrate", uri=uri)
    info = source.wait_for("completed", "failed")
    assert info["status"] == "completed", (info, target.errors())
    target.wait_for("completed")
    for s in there or ():
        # Each is closed, at the latest when all others have come.
        s.settimeout(TIMEOUT)
        try:
            while s.recv(4096):
                pass
        except ConnectionResetError:
            pass
    count = source.check()
    source.quit()
    runs_on(target, count)
    target.quit()
    return there


def test_certificates(tmp):
    authority = Authority(f"{tmp}/a")
    client = x509(authority.folder("client", False))
    server = x509(authority.folder("server", True))
    move(tmp, client, server, f"tcp:localhost:{free_port()}")
    move(tmp, client, server, f"unix:{tmp}/s", ["return-path"],
         tls_hostname="localhost")
    move(tmp, client, server, f"tcp:localhost:{free_port()}",
         ["multifd", "return-path"])
    move(tmp, client, server, f"unix:{tmp}/s3", ["multifd"],
         tls_hostname="localhost", multifd_compression="none")


def keys(tmp, name, secret, user="qemu"):
    folder = pathlib.Path(tmp, name)
    folder.mkdir()
    (folder / "keys.psk").write_text(f"other:00\n{user}:{secret}\n")
    return {"qom-type": "tls-creds-psk", "dir": str(folder)}


def test_keys(tmp):
    one = keys(tmp, "one", "00112233445566778899aabbccddeeff")
    move(tmp, one, one, f"unix:{tmp}/s", ["return-path"])
    move(tmp, one, one, f"unix:{tmp}/s2", ["multifd"])


def test_anon(tmp):
    anon = {"qom-type": "tls-creds-anon"}
    move(tmp, anon, anon, f"unix:{tmp}/s")
    move(tmp, anon, anon, f"tcp:127.0.0.1:{free_port()}",
         ["multifd", "return-path"])


def recovers(tmp, *capabilities):
    """Postcopy with another connection, to which a stranger comes first."""
    creds = keys(tmp, "keys", "00112233445566778899aabbccddeeff")
    uri, again = f"unix:{tmp}/s", f"{tmp}/again"
    with start(tmp) as source, Machine(tmp, "-incoming", "defer") as target:
        for machine, endpoint in ((source, "client"), (target, "server")):
            machine.enable("postcopy-ram", *capabilities)
            # The first round takes long enough to be interrupted.
            secure(machine, endpoint, creds, zero_page_detection="none",
                   max_bandwidth=4 << 20,
                   max_postcopy_bandwidth=4 << 20)
        target.command("migrate-incoming", uri=uri)
        source.command("migrate", uri=uri)
        source.wait_for("active")
        source.command("migrate-start-postcopy")
        source.wait_for("postcopy-active")
        target.wait_for("postcopy-active")
        source.command("migrate-pause")
        source.wait_for("postcopy-paused")
        target.wait_for("postcopy-paused")
        with socket.socket(socket.AF_UNIX) as passed:
            target.pass_fd(passed.fileno(), "getfd", fdname="passed")
        error = target.refused("migrate-recover", uri="fd:passed")
        assert ("multi-channel" if capabilities else
                "needs an address to listen on") in error, error
        target.command("closefd", fdname="passed")  # it has not been taken
        target.command("migrate-recover", uri=f"unix:{again}")
        with socket.socket(socket.AF_UNIX) as stranger, \
                socket.socket(socket.AF_UNIX) as silent:
            for s in (stranger, silent):
                s.connect(again)
            stranger.sendall(b"this is no TLS\n")
            says(target, "TLS handshake failed")
            source.command("migrate-set-parameters",
                           **{"max-postcopy-bandwidth": 0})
            source.command("migrate", uri=f"unix:{again}", resume=True)
            source.wait_for("completed")
            target.wait_for("completed")
        runs_on(target, 1)
        source.quit()
        target.quit()


def test_recovers(tmp):
    recovers(tmp)


def test_recovers_preempt(tmp):
    recovers(tmp, "postcopy-preempt")


# --- refused ------------------------------------------------------------------

def says(machine, text):
    end = time.monotonic() + TIMEOUT
    while text not in machine.errors():
        assert time.monotonic() < end, machine.errors()
        time.sleep(0.02)


def comes_again(source, target, uri, mend):
    """A destination with TLS waits on for who is right."""
    mend(source)
    source.command("cont")
    source.command("migrate", uri=uri)
    source.wait_for("completed")
    target.wait_for("completed")
    runs_on(target, source.check())


def refused(tmp, client, server, at_source, at_target, capabilities=(),
            mend=None, **parameters):
    """None for plaintext at that end. Both tell the reason."""
    for _ in range(REPEAT):
        with start(tmp) as source, Machine(tmp, "-incoming",
                                           "defer") as target:
            for machine in source, target:
                machine.enable("return-path", *capabilities)
            if client:
                secure(source, "client", client, **parameters)
            if server:
                secure(target, "server", server)
            uri = f"unix:{tmp}/r{Machine.number}"
            target.command("migrate-incoming", uri=uri,
                           **{"exit-on-error": False})
            source.command("migrate", uri=uri)
            info = source.wait_for("failed")
            assert at_source in info["error-desc"], info
            if server:
                says(target, at_target)
                info = target.command("query-migrate")
                assert info["status"] == "setup", info
            else:
                info = target.wait_for("failed")
                assert at_target in info["error-desc"], info
            runs_on(source, 1)
            if mend:
                comes_again(source, target, uri, mend)
            source.quit()
            target.quit()


def test_refused_certificates(tmp):
    good, other = Authority(f"{tmp}/good"), Authority(f"{tmp}/other")
    client = x509(good.folder("client", False))
    server = x509(good.folder("server", True))
    host = {"tls_hostname": "localhost"}
    for capabilities in (), ("multifd",):
        refused(tmp, client, x509(other.folder(f"server{len(capabilities)}",
                                               True)),
                "the certificate is not valid: The certificate is NOT trusted",
                "refuses it", capabilities, **host)
        refused(tmp, client, server,
                "the certificate is not valid: it is not that of 'elsewhere'",
                "refuses it", capabilities, tls_hostname="elsewhere",
                mend=lambda source: source.command(
                    "migrate-set-parameters", **{"tls-hostname": "localhost"}))
    refused(tmp, client, x509(good.folder("expired", True, expired=True),
                              **{"sanity-check": False}),
            "expired", "refuses it", **host)
    # Whom the server does not know learns it when it has written.
    stranger = x509(other.folder("client2", False, ca=good),
                    **{"sanity-check": False})
    refused(tmp, stranger, server, "",
            "the certificate is not valid: The certificate is NOT trusted",
            **host)


def test_refused_keys(tmp):
    one, two = keys(tmp, "one", "0011223344556677"), keys(
        tmp, "two", "8899aabbccddeeff")
    def other_key(source):
        source.command("object-del", id="tls0")
        secure(source, "client", two)

    refused(tmp, one, two, "TLS handshake failed", "TLS handshake failed",
            mend=other_key)


def test_plaintext(tmp):
    anon = {"qom-type": "tls-creds-anon"}
    refused(tmp, None, anon, "", "TLS handshake failed",
            mend=lambda source: secure(source, "client", anon))
    refused(tmp, anon, None, "TLS handshake failed", "load of migration failed")
    refused(tmp, None, anon, "", "TLS handshake failed", ["multifd"],
            mend=lambda source: secure(source, "client", anon))


def test_strangers(tmp):
    """Those who are silent, or talk of other things, take nobody's place."""
    anon = {"qom-type": "tls-creds-anon"}

    def strangers():
        there = []
        for text in b"", b"GET / HTTP/1.0\r\n\r\n", b"", b"QEVM", b"\x16\x03":
            there.append(socket.socket(socket.AF_UNIX))
            there[-1].connect(f"{tmp}/s")
            there[-1].sendall(text)
        return there

    for s in move(tmp, anon, anon, f"unix:{tmp}/s", ["multifd", "return-path"],
                  strangers=strangers):
        s.close()


# --- handshakes that never end ------------------------------------------------

ANON = {"qom-type": "tls-creds-anon"}


class Silent(Proxy):
    """From that connection on it says nothing any more."""

    def __init__(self, path, there, passes):
        self.passes = passes
        self.held = threading.Semaphore(0)
        self.silent = []
        super().__init__(path, there)

    def connected(self, near):
        self.passes -= 1
        if self.passes >= 0:
            super().connected(near)
        else:
            self.silent.append(near)
            self.held.release()

    def wait(self):
        assert self.held.acquire(timeout=TIMEOUT)

    def is_let_go(self):
        """The other end has closed it."""
        a = self.silent.pop()
        a.settimeout(TIMEOUT)
        while a.recv(65536):
            pass
        a.close()


def test_cancel_in_handshake(tmp):
    """Of the first channel, and of the others."""
    for capabilities in (), ("multifd",):
        with start(tmp) as source, Machine(tmp, "-incoming",
                                           "defer") as target:
            base = f"{tmp}/{len(capabilities)}"
            for machine, endpoint in (source, "client"), (target, "server"):
                machine.enable("events", *capabilities)
                secure(machine, endpoint, ANON)
            target.command("migrate-incoming", uri=f"unix:{base}there")
            proxy = Silent(f"{base}here", f"{base}there", len(capabilities))
            source.command("migrate", uri=f"unix:{base}here")
            proxy.wait()
            source.command("migrate_cancel")
            source.wait_for("cancelled")
            proxy.is_let_go()
            runs_on(source, 1)
            source.command("cont")
            if not capabilities:
                source.command("migrate", uri=f"unix:{base}there")
                source.wait_for("completed")
                target.wait_for("completed")
                runs_on(target, source.check())
            source.quit()
            proxy.close()


def preempt(tmp, passes):
    """Two machines, and what lies between them, ready for postcopy."""
    source, target = start(tmp), Machine(tmp, "-incoming", "defer")
    for machine, endpoint in (source, "client"), (target, "server"):
        machine.enable(*PREEMPT)
        secure(machine, endpoint, ANON)
    target.command("migrate-incoming", uri=f"unix:{tmp}/there",
                   **{"exit-on-error": False})
    source.command("migrate-set-parameters", **{
        "max-bandwidth": 4 << 20, "max-postcopy-bandwidth": 4 << 20})
    proxy = Silent(f"{tmp}/here", f"{tmp}/there", passes)
    source.command("migrate", uri=f"unix:{tmp}/here")
    source.wait_for("active")
    return source, target, proxy


def test_preempt_in_handshake(tmp):
    """Before the guest has left it can be cancelled, and the process ended."""
    supported(tmp)
    for i in range(2):
        folder = f"{tmp}/{i}"
        os.mkdir(folder)
        source, target, proxy = preempt(folder, 1)
        with source, target:
            source.command("migrate-start-postcopy")
            proxy.wait()
            if i == 0:
                source.command("migrate_cancel")
                source.wait_for("cancelled")
                proxy.is_let_go()
                runs_on(source, 1)
            source.quit()
        proxy.close()


def test_objects(tmp):
    """What cannot be used is said when it is made, or before it is used."""
    authority = Authority(f"{tmp}/a")
    server = authority.folder("server", True)
    with Machine(tmp) as m:
        assert "crypto-tls" not in pathlib.Path(
            f"/proc/{m.process.pid}/maps").read_text(encoding="utf-8")
        for text, arguments in (
                ("Missing 'dir'", {"qom-type": "tls-creds-x509"}),
                ("ca-cert.pem", x509(f"{tmp}/none")),
                ("server-cert.pem", x509(authority.folder("c", False),
                                         endpoint="server")),
                ("has expired", x509(
                    authority.folder("old", True, expired=True),
                    endpoint="server")),
                ("failed validation", x509(
                    authority.folder("f", True, ca=Authority(f"{tmp}/b")),
                    endpoint="server")),
                ("Username me not found", {**keys(tmp, "k", "00"),
                                           "username": "me"}),
                ("username should not", {**keys(tmp, "k2", "00"),
                                         "username": "me",
                                         "endpoint": "server"})):
            got = m.refused("object-add", id="x", **arguments)
            assert text in got, (text, got)
        m.command("object-add", id="s", endpoint="server", **x509(server))
        m.command("object-add", id="c", **{"qom-type": "tls-creds-anon"},
                  priority="NONSENSE")
        m.command("object-add", id="d", **{"qom-type": "tls-creds-anon"})
        for name, value in (("endpoint", "server"), ("dir", tmp),
                            ("priority", "NORMAL"), ("verify-peer", False)):
            assert "once they are loaded" in m.refused(
                "qom-set", path="/objects/d", property=name, value=value), name
        for creds, text in (("nobody", "No TLS credentials with id 'nobody'"),
                            ("s", "for a client endpoint")):
            m.command("migrate-set-parameters", **{"tls-creds": creds})
            assert text in m.refused("migrate", uri=f"unix:{tmp}/x"), creds
        assert not m.hmp("migrate_set_parameter tls-creds d")
        assert "files" in m.refused("migrate", uri=f"file:{tmp}/x")
        m.quit()


if __name__ == "__main__":
    WANTED = sys.argv[3:]
    if WANTED[:1] == ["--repeat"]:
        REPEAT = int(WANTED[1])
        WANTED = WANTED[2:]
    sys.exit(run_tap(tests_of(globals()), WANTED))
