# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/tracetool: the language, its errors, the line numbers."""
import io
import os
import re
import subprocess
import sys
import tempfile
import unittest

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    '..', '..', 'scripts', 'tracetool')
sys.path.insert(0, TOOL)
sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
import emit  # noqa: E402
import events  # noqa: E402

FILE = '''# a comment

one(int a, const char *b) "a %d b %s"
disable two(void) "nothing"
three(uint64_t q, void *p) "q 0x%" PRIx64 " p %p"
'''


def parse(line):
    """One line's event."""
    return events.parse_line(line)


class Language(unittest.TestCase):
    """What a line may be."""

    def test_args(self):
        event = parse('x(const char *s, unsigned long ul, void * p) "%s %lu %p"')
        self.assertEqual(event.args, [('const char *', 's'),
                                      ('unsigned long', 'ul'),
                                      ('void *', 'p')])
        self.assertEqual(event.params(),
                         'const char *s, unsigned long ul, void *p')
        self.assertEqual(event.call_args(), 's, ul, p')

    def test_no_args(self):
        for line in ('x(void) "y"', 'x() "y"', 'x ( void )  "y"'):
            self.assertEqual(parse(line).args, [])
            self.assertEqual(parse(line).params(), 'void')

    def test_format(self):
        for fmt in ('"a"', '"a %"PRIx64', '"a %" PRIx64 " b"', r'"\"q\" \\"',
                    '"# no comment (x)"'):
            self.assertEqual(parse('x(void) ' + fmt).fmt, fmt)

    def test_disabled(self):
        self.assertTrue(parse('disable x(void) "y"').disabled)
        self.assertFalse(parse('x(void) "y"').disabled)

    def test_file(self):
        found = events.read_events(io.StringIO(FILE), 'f')
        self.assertEqual([(e.name, e.lineno) for e in found],
                         [('one', 3), ('two', 4), ('three', 5)])

    def test_errors(self):
        many = ', '.join(f'int a{i}' for i in range(11))
        for line, text in (
                ('x(int a "%d"', 'expected NAME'),
                ('x(int) "%d"', 'needs a type and a name'),
                ('x(struct foo *a) "%p"', "type 'struct foo *' is not allowed"),
                ('x(CPUState *a) "%p"', "type 'CPUState *' is not allowed"),
                ('x(int a, int a) "%d %d"', 'same name'),
                (f'x({many}) "y"', '11 arguments'),
                ('x(void) y', 'bad format'),
                ('x(void) "y', 'bad format'),
                (r'x(void) "y\n"', 'newline'),
                ('fast x(void) "y"', "unknown property 'fast'"),
                ('9x(void) "y"', 'expected NAME')):
            with self.subTest(line=line):
                with self.assertRaises(events.TraceError) as caught:
                    parse(line)
                self.assertIn(text, str(caught.exception))
                self.assertTrue(str(caught.exception)
                                .startswith('<string>:1: '))

    def test_twice(self):
        with self.assertRaises(events.TraceError) as caught:
            events.read_events(io.StringIO('a(void) "x"\nA(void) "y"\n'), 'f')
        self.assertIn("f:2: event 'A' is also in line 1",
                      str(caught.exception))


class Code(unittest.TestCase):
    """What is written."""

    def setUp(self):
        self.events = events.read_events(io.StringIO(FILE), 'f')

    def test_lines(self):
        text = emit.source(self.events, 'g', ['log'], 'out.c', 'trace/h.h')
        lines = text.splitlines()
        marks = 0
        for number, line in enumerate(lines, 1):
            match = re.fullmatch(r'#line (\d+) "out.c"', line)
            if match:
                marks += 1
                self.assertEqual(int(match.group(1)), number + 1)
        self.assertEqual(marks, 4)
        self.assertIn('#line 5 "f"', lines)

    def test_disabled(self):
        text = emit.header(self.events, 'g', ['log', 'dtrace'], 'h')
        self.assertIn('#define TRACE_TWO_ENABLED 0', text)
        self.assertIn('#define TRACE_TWO_BACKEND_DSTATE() (false)', text)
        self.assertNotIn('_log__trace_two', text)
        self.assertIn('STAP_PROBE2(qemu, one, a, b);', text)

    def test_nop(self):
        text = emit.header(self.events, 'g', ['nop'], 'h')
        self.assertIn('static inline void trace_one(int a, const char *b)\n'
                      '{\n}', text)

    def test_command(self):
        with tempfile.TemporaryDirectory() as tmp:
            source = os.path.join(tmp, 'trace-events')
            out = [os.path.join(tmp, n) for n in ('trace-a_b.h', 'trace-a_b.c')]
            command = [sys.executable, TOOL, '--folder', 'a/b', '--backends',
                       'log', '--header', out[0], '--source', out[1], source]
            with open(source, 'w', encoding='utf-8') as stream:
                stream.write(FILE)
            subprocess.run(command, check=True)
            with open(out[1], encoding='utf-8') as stream:
                self.assertIn('#include "trace/trace-a_b.h"', stream.read())
            with open(source, 'a', encoding='utf-8') as stream:
                stream.write('bad\n')
            run = subprocess.run(command, check=False, capture_output=True,
                                 encoding='utf-8')
            self.assertEqual(run.returncode, 1)
            self.assertEqual(run.stderr.count('\n'), 1)
            self.assertIn('trace-events:6: expected NAME', run.stderr)


if __name__ == '__main__':
    unittest.main()
