# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions as tests in TAP, which Meson reads."""
import inspect
import tempfile
import time
import traceback


class Skip(Exception):
    """A test cannot run here; why."""


def tests_of(module):
    """The functions test_... of a module's globals(), in their order."""
    return [f for name, f in module.items() if name.startswith("test_")]


def run_tap(tests, wanted=()):
    """Runs all, or those whose names are wanted, each with a folder of its own
    if it takes one; what one returns is a remark. The exit status."""
    named = {f.__name__.removeprefix("test_"): f for f in tests}
    named = {n: f for n, f in named.items() if not wanted or n in wanted}
    failed = 0
    print(f"1..{len(named)}", flush=True)
    for number, (name, test) in enumerate(named.items(), 1):
        begin = time.monotonic()
        try:
            with tempfile.TemporaryDirectory(prefix="plateau-") as tmp:
                takes_folder = inspect.signature(test).parameters
                note = test(tmp) if takes_folder else test()
            print(f"ok {number} {name} # {note or ''} "
                  f"{time.monotonic() - begin:.1f} s", flush=True)
        except Skip as why:
            print(f"ok {number} {name} # SKIP {why}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            text = traceback.format_exc().strip().replace("\n", "\n# ")
            print(f"# {text}\nnot ok {number} {name}", flush=True)
    return 1 if failed else 0
