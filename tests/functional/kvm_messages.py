#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said where the host's KVM cannot be had, or lacks something, and what
is taken then. The host's need not be there: kvm_messages.py PAPER-KVM.
"""
import os
import pathlib
import platform
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from tap import run_tap  # noqa: E402

EMULATOR = sys.argv[-1]

# Numbers of <linux/kvm.h>
NEEDED = {"USER_MEMORY": 3, "DESTROY_MEMORY_REGION_WORKS": 21,
          "JOIN_MEMORY_REGIONS_WORKS": 30, "IOEVENTFD": 36,
          "INTERNAL_ERROR_DATA": 40, "IOEVENTFD_ANY_LENGTH": 122,
          "IMMEDIATE_EXIT": 136}
X86 = {"SET_TSS_ADDR": 4, "EXT_CPUID": 7, "MP_STATE": 14,
       "SET_IDENTITY_MAP_ADDR": 37, "VCPU_EVENTS": 41, "DEBUGREGS": 50,
       "XSAVE": 55, "XCRS": 56}
SPLIT_IRQCHIP = 121


def start(*args, **env):
    """What it says, and its status: 0 if it came as far as its monitor."""
    done = subprocess.run(
        [EMULATOR, "-nodefaults", "-display", "none", "-monitor", "stdio",
         *args], input="info kvm\nquit\n", text=True, timeout=120,
        env=dict(os.environ, **env), capture_output=True, check=False)
    return done.stdout, done.stderr, done.returncode


KVM = ["-M", "none", "-accel", "kvm,device=/dev/null"]


def all_is_there():
    out, err, status = start(*KVM)
    assert "kvm support: enabled" in out and not err and not status, (out, err)


def capabilities():
    needed = NEEDED | (X86 if platform.machine() == "x86_64" else {})
    for name, number in needed.items():
        _, err, status = start(*KVM, PAPER_KVM_WITHOUT=str(number))
        assert status == 1, (name, err)
        lines = err.splitlines()
        assert lines[0].endswith(f"kvm does not support KVM_CAP_{name}"), err
        assert "5.10" in lines[1] and len(lines) == 2, err


def in_use():
    _, err, status = start(*KVM, PAPER_KVM_BUSY="1")
    assert status == 1, err
    assert "ioctl(KVM_CREATE_VM) failed: Device or resource busy" in err
    assert "Another hypervisor uses" in err, err


def split():
    """The two ways to ask for it, of a host that cannot."""
    for args in (["-M", "none", "-accel",
                  "kvm,device=/dev/null,kernel-irqchip=split"],
                 ["-M", "none,kernel-irqchip=split", *KVM[2:]]):
        out, err, status = start(*args)
        assert "enabled" in out and not err and not status, (out, err)
        _, err, status = start(*args, PAPER_KVM_WITHOUT=str(SPLIT_IRQCHIP))
        assert status == 1 and "split" in err.lower(), err


def falls_back():
    for args in (["-accel", "kvm,device=/dev/null", "-accel", "qtest"],
                 ["-accel", "kvm,device=/dev/null", "-accel", "soft"]):
        out, err, status = start("-M", "none", *args, PAPER_KVM_BUSY="1")
        assert status == 0 and "kvm support: disabled" in out, (out, err)
        assert f"falling back to {args[-1]}" in err.lower(), err
    # The first that can is taken, and nothing is said.
    out, err, _ = start(*KVM, "-accel", "soft")
    assert "enabled" in out and not err, (out, err)


if __name__ == "__main__":
    sys.exit(run_tap([all_is_there, capabilities, in_use, split, falls_back]))
