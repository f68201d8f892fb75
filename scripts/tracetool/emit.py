# SPDX-License-Identifier: GPL-2.0-or-later
"""The C code of a folder's trace events.

In the header each event is an inline function trace_NAME() that tests one
counter and one flag when it is off; what the log backend does then is out of
line, in the source, next to the flag and the event's description.
"""

BANNER = '/* Written by scripts/tracetool; do not edit. */'


class Writer:
    """Collects lines, and knows the number of the next one."""

    def __init__(self, filename):
        self.filename = filename
        self.lines = []

    def put(self, *lines):
        """Adds lines."""
        self.lines += lines

    def put_from(self, event, *lines):
        """Adds lines for which a compiler shall blame the event's line."""
        self.put(f'#line {event.lineno} "{event.filename}"', *lines)
        self.put(f'#line {len(self.lines) + 2} "{self.filename}"')

    def text(self):
        """All of it."""
        return '\n'.join(self.lines) + '\n'


def header(events, group, backends, filename):
    """trace-FOLDER.h"""
    out = Writer(filename)
    guard = f'TRACE_{group.upper()}_GENERATED_TRACERS_H'
    out.put(BANNER, f'#ifndef {guard}', f'#define {guard}', '',
            '#include "trace/control.h"')
    if 'dtrace' in backends:
        out.put('#include "trace/sdt.h"')
    for event in events:
        out.put('')
        header_event(out, event, [] if event.disabled else backends)
    out.put('', '#endif')
    return out.text()


def header_event(out, event, backends):
    """One event's part of the header."""
    up, name = event.upper, event.name
    out.put(f'extern TraceEvent _TRACE_{up}_EVENT;',
            f'extern uint16_t _TRACE_{up}_DSTATE;',
            f'#define TRACE_{up}_ENABLED {int(not event.disabled)}')
    state = []
    body = []
    if 'log' in backends:
        state.append(f'trace_event_get_state_dynamic_by_id(TRACE_{up})')
        out.put(f'void _log__trace_{name}({event.params()});')
        body += [f'    if (trace_event_get_state_dynamic_by_id(TRACE_{up})) {{',
                 f'        _log__trace_{name}({event.call_args()});',
                 '    }']
    if 'dtrace' in backends:
        state.append(f'__builtin_expect(qemu_{name}_semaphore, 0)')
        out.put(f'extern unsigned short qemu_{name}_semaphore;')
        args = ''.join(', ' + n for _, n in event.args)
        count = len(event.args) or ''
        body.append(f'    STAP_PROBE{count}(qemu, {name}{args});')
    state = ' || '.join(state) or 'false'
    out.put(f'#define TRACE_{up}_BACKEND_DSTATE() ({state})',
            f'static inline void trace_{name}({event.params()})',
            '{', *body, '}')


def source(events, group, backends, filename, header_name):
    """trace-FOLDER.c"""
    out = Writer(filename)
    out.put(BANNER, '#include "qemu/osdep.h"', '#include "qemu/log-for-trace.h"',
            '#include "qemu/error-report.h"', f'#include "{header_name}"')
    for event in events:
        out.put('')
        source_event(out, event, [] if event.disabled else backends)
    out.put('', f'static TraceEvent *{group}_trace_events[] = {{')
    out.put(*(f'    &_TRACE_{e.upper}_EVENT,' for e in events))
    out.put('    NULL,', '};', '',
            f'static void __attribute__((constructor)) '
            f'trace_{group}_register_events(void)',
            '{',
            f'    trace_event_register_group({group}_trace_events);',
            '}')
    return out.text()


def source_event(out, event, backends):
    """One event's part of the source."""
    up, name = event.upper, event.name
    out.put(f'uint16_t _TRACE_{up}_DSTATE;',
            f'TraceEvent _TRACE_{up}_EVENT = {{',
            f'    .name = "{name}",',
            f'    .sstate = TRACE_{up}_ENABLED,',
            f'    .dstate = &_TRACE_{up}_DSTATE,',
            '};')
    if 'dtrace' in backends:
        out.put(f'unsigned short qemu_{name}_semaphore '
                '__attribute__((section(".probes")));')
    if 'log' not in backends:
        return
    args = ''.join(', ' + n for _, n in event.args)
    out.put(f'void _log__trace_{name}({event.params()})', '{',
            '    if (!qemu_loglevel_mask(LOG_TRACE)) {', '        return;',
            '    }',
            '    if (message_with_timestamp) {',
            '        struct timeval _now;', '',
            '        gettimeofday(&_now, NULL);')
    out.put_from(event,
                 f'        qemu_log("%d@%zu.%06zu:{name} " {event.fmt} "\\n",',
                 '                 qemu_get_thread_id(), (size_t)_now.tv_sec,',
                 f'                 (size_t)_now.tv_usec{args});')
    out.put('    } else {')
    out.put_from(event,
                 f'        qemu_log("{name} " {event.fmt} "\\n"{args});')
    out.put('    }', '}')
