# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes C code of a trace-events file.

    python3 scripts/tracetool --folder hw/core --backends log \\
        --header trace-hw_core.h --source trace-hw_core.c hw/core/trace-events

The folder, with underscores for slashes, is the group's name. A module from
outside the tree uses it the same way, with a folder name of its own.
"""
import argparse
import os
import re
import sys

# A build leaves nothing in the source tree.
sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
import emit  # noqa: E402
import events  # noqa: E402

BACKENDS = ('log', 'nop', 'dtrace')


def main():
    """Reads, writes both files; a mistake is one line and exit status 1."""
    parser = argparse.ArgumentParser(prog='tracetool', description=__doc__,
                                     formatter_class=argparse.
                                     RawDescriptionHelpFormatter)
    parser.add_argument('--folder', required=True)
    parser.add_argument('--backends', default='log',
                        help='comma-separated, of: ' + ', '.join(BACKENDS))
    parser.add_argument('--header', required=True)
    parser.add_argument('--source', required=True)
    parser.add_argument('file')
    args = parser.parse_args()

    backends = args.backends.split(',')
    for backend in backends:
        if backend not in BACKENDS:
            parser.error(f"unknown backend '{backend}'; there are "
                         + ', '.join(BACKENDS))
    group = re.sub(r'\W', '_', args.folder)
    try:
        with open(args.file, encoding='utf-8') as stream:
            found = events.read_events(stream, args.file)
    except (OSError, events.TraceError) as err:
        sys.exit(f'tracetool: {err}')

    header_name = 'trace/' + os.path.basename(args.header)
    for filename, text in (
            (args.header, emit.header(found, group, backends, args.header)),
            (args.source, emit.source(found, group, backends, args.source,
                                      header_name))):
        with open(filename, 'w', encoding='utf-8') as stream:
            stream.write(text)


if __name__ == '__main__':
    main()
