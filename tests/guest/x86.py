# SPDX-License-Identifier: GPL-2.0-or-later
"""Tiny x86 programs, made by the host's tools: as the firmware of a board, or
as its kernel.

Firmware begins in real mode at `start`, with CS = 0xf000: labels are offsets
there. Kernels are those of the folder x86.
"""
import os
import pathlib
import shutil
import subprocess

FOR_FIRMWARE = ("as", "ld", "nm")

# Prints A, then echoes each byte that comes, by interrupts: halted meanwhile.
ECHO = """
start:
    cli
    xor %ax, %ax
    mov %ax, %ds
    mov %ax, %ss
    mov $0x7000, %sp
    movw $serial, 0x90          /* vector 0x24 */
    movw $0xf000, 0x92
    mov $0x11, %al              /* the first PIC: vectors from 0x20 on */
    out %al, $0x20
    mov $0x20, %al
    out %al, $0x21
    mov $4, %al
    out %al, $0x21
    mov $1, %al
    out %al, $0x21
    mov $0xef, %al              /* all but IRQ 4 masked */
    out %al, $0x21
    mov $0x3f9, %dx             /* interrupts for bytes that came */
    mov $1, %al
    out %al, %dx
    mov $0x3fc, %dx
    mov $8, %al
    out %al, %dx
    mov $'A', %al
    mov $0x3f8, %dx
    out %al, %dx
    sti
sleep:
    hlt
    jmp sleep
serial:
    mov $0x3f8, %dx
    in %dx, %al
    out %al, %dx
    mov $0x20, %al
    out %al, $0x20
    iret
"""


def missing(*tools):
    """Why a test cannot run that needs these; None if it can."""
    if os.uname().machine != "x86_64":
        return "the host is no x86"
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "no /dev/kvm, or no permission"
    tool = next((t for t in tools or FOR_FIRMWARE if not shutil.which(t)),
                None)
    return tool and f"no {tool}"


def firmware(folder, source):
    """The image's path, and the addresses of the labels."""
    base = pathlib.Path(folder, "bios")
    base.with_suffix(".s").write_text(
        f".code16\n.globl start\n{source}\n.org 0xfff0\nljmp $0xf000, $start\n"
        ".org 0x10000\n")
    obj, elf, image = (str(base.with_suffix(s)) for s in (".o", ".elf", ".rom"))
    link = ["ld", "-m", "elf_i386", "-N", "-e", "start", "-Ttext", "0"]
    for command in (["as", "--32", "-o", obj, f"{base}.s"],
                    [*link, "-o", elf, obj],
                    [*link, "--oformat", "binary", "-o", image, obj]):
        subprocess.run(command, check=True, capture_output=True)
    names = subprocess.run(["nm", elf], check=True, text=True,
                           capture_output=True).stdout
    return image, {name: int(at, 16) for at, _, name in
                   (line.split() for line in names.splitlines())}


def kernel(folder, name):
    """x86/NAME.S as a kernel by PVH. It takes a "cc"."""
    path = pathlib.Path(folder, name)
    subprocess.run(
        ["cc", "-m32", "-nostdlib", "-static", "-no-pie", "-Wl,-e,start",
         "-Wl,-Ttext-segment=0x100000", "-Wl,--build-id=none", "-o", path,
         pathlib.Path(__file__).with_name("x86") / f"{name}.S"], check=True,
        timeout=60)
    return path
