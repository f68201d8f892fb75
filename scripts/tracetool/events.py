# SPDX-License-Identifier: GPL-2.0-or-later
"""The language of trace-events files.

One event per line: [disable] NAME(TYPE ARG, ...) ["FORMAT"]. The format is C:
string literals with PRI macros between them. Comments begin with #.
"""
import re

MAX_ARGS = 10       # as QEMU's; what every backend can take

# What an argument's type may be made of: no header is needed to know them.
TYPE_WORDS = set('''
    int long short char bool unsigned signed void const
    int8_t uint8_t int16_t uint16_t int32_t uint32_t int64_t uint64_t
    size_t ssize_t uintptr_t intptr_t ptrdiff_t
'''.split())

PROPERTIES = {'disable', 'vcpu'}

EVENT_RE = re.compile(r'''
    (?P<props>(?:\w+\s+)*) (?P<name>[A-Za-z_]\w*) \s*
    \( (?P<args>[^)]*) \) \s* (?P<fmt>.*)''', re.X)
FORMAT_RE = re.compile(r'\s*("(?:[^"\\]|\\.)*"|PRI\w+)')


class TraceError(Exception):
    """A mistake in a trace-events file, with its place."""

    def __init__(self, filename, lineno, text):
        super().__init__(f'{filename}:{lineno}: {text}')


class Event:
    """One event: name, args as (type, name) pairs, fmt as C source."""

    def __init__(self, name, props, args, fmt, filename, lineno):
        self.name = name
        self.disabled = 'disable' in props
        self.args = args
        self.fmt = fmt
        self.filename = filename
        self.lineno = lineno

    @property
    def upper(self):
        """The name as it is in TRACE_NAME."""
        return self.name.upper()

    def params(self):
        """The parameter list of the event's function."""
        return ', '.join(t + ('' if t.endswith('*') else ' ') + n
                         for t, n in self.args) or 'void'

    def call_args(self):
        """The names of the arguments, for a call."""
        return ', '.join(n for _, n in self.args)


def parse_args(text):
    """'int a, const char *b' as [('int', 'a'), ('const char *', 'b')]."""
    text = text.strip()
    if text in ('', 'void'):
        return []
    args = []
    for arg in text.split(','):
        match = re.fullmatch(r'\s*(.*?[\s*])(\w+)\s*', arg)
        if not match:
            raise ValueError(f"argument '{arg.strip()}' needs a type and a name")
        ctype = ' '.join(match.group(1).replace('*', ' * ').split())
        ctype = ctype.replace('* *', '**')
        for word in ctype.replace('*', ' ').split():
            if word not in TYPE_WORDS:
                raise ValueError(
                    f"type '{ctype}' is not allowed: use standard C types, "
                    "and 'void *' for a pointer to anything else")
        args.append((ctype, match.group(2)))
    if len(args) > MAX_ARGS:
        raise ValueError(f'{len(args)} arguments, {MAX_ARGS} are possible')
    names = [n for _, n in args]
    if len(set(names)) != len(names):
        raise ValueError('two arguments have the same name')
    return args


def parse_format(text):
    """The format, checked: literals and PRI macros; it may be left out."""
    if not text:
        return '""'
    pos = 0
    while pos < len(text):
        match = FORMAT_RE.match(text, pos)
        if not match:
            raise ValueError(f"bad format at '{text[pos:].strip()}'")
        pos = match.end()
    if '\\n"' in text.rstrip():
        raise ValueError('the format must not end with a newline')
    return text.strip()


def parse_line(line, filename='<string>', lineno=1):
    """The event of a line that is neither empty nor a comment."""
    try:
        match = EVENT_RE.fullmatch(line.strip())
        if not match:
            raise ValueError('expected NAME(ARGS) "FORMAT"')
        props = match.group('props').split()
        for prop in props:
            if prop not in PROPERTIES:
                raise ValueError(f"unknown property '{prop}'")
        return Event(match.group('name'), props,
                     parse_args(match.group('args')),
                     parse_format(match.group('fmt').strip()),
                     filename, lineno)
    except ValueError as err:
        raise TraceError(filename, lineno, err) from None


def read_events(stream, filename):
    """All events of a file, in its order."""
    events = []
    seen = {}
    for lineno, line in enumerate(stream, 1):
        if not line.strip() or line.lstrip().startswith('#'):
            continue
        event = parse_line(line, filename, lineno)
        if event.upper in seen:
            raise TraceError(filename, lineno, f"event '{event.name}' is also "
                             f'in line {seen[event.upper]}')
        seen[event.upper] = lineno
        events.append(event)
    return events
