#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instruction tables into a decoder, handlers, names and a list for tests.

A table has one line per instruction:

    NAME  PATTERN  FORMAT  WHEN  SEMANTICS

NAME is the mnemonic. PATTERN is 32 or 16 of 0, 1 and '.'. FORMAT is one of
those declared by lines '%FORMAT FIELD=BITS ...' in any of the tables. WHEN is
'-' or an expression of extension names (Zbb|Zbkb, !C), and after commas, or
alone, flags: 'ends' (the block ends here), 'fp' (needs the floating-point
unit). SEMANTICS is
C in the vocabulary of accel/soft-insn.h, or '= OTHER' for the handler of OTHER;
lines that begin with white space continue it. '#' begins a comment line.

    FUSE A B [IF CONDITION]

makes one handler of two instructions that follow one another when B reads as
its first source what A wrote; 'same' among the conditions: and writes the same
register, so that A's result is never stored.

Two patterns may overlap if one is a special case of the other (which is then
tried first), if what is common to both is a third pattern, or if they are
equal and have different WHENs (tried in the order of the table).
"""

import argparse
import json
import re
import sys

FLAGS = {'ends': 'SOFT_OP_ENDS', 'fp': 'SOFT_OP_FP'}
FIELDS = ('rd', 'frd', 'rs1', 'rs2', 'rs3', 'imm', 'aux')


class TableError(Exception):
    """What is wrong with a table, and where."""

    def __init__(self, where, text):
        super().__init__(f'{where}: {text}')


def c_name(name):
    return re.sub(r'[^A-Za-z0-9]', '_', name)


class Field:
    """How one operand is taken out of the instruction's bits."""

    def __init__(self, where, name, text):
        self.name, self.base, self.const = name, 0, None
        self.signed, self.parts, self.text = False, [], text
        if text.startswith('='):
            self.const = int(text[1:], 0)
            return
        match = re.match(r'(\d+)\+(.*)', text)
        if match:
            self.base, text = int(match[1]), match[2]
        if text.startswith('s'):
            self.signed, text = True, text[1:]
        for part in text.split(','):
            match = re.fullmatch(r'0\*(\d+)|(\d+)(?::(\d+))?', part)
            if not match:
                raise TableError(where, f"field {name}: '{part}' is neither "
                                 "H:L, a bit, nor 0*N")
            if match[1]:
                self.parts.append((None, int(match[1])))
            else:
                high = int(match[2])
                low = int(match[3]) if match[3] else high
                if high < low or high > 31:
                    raise TableError(where, f"field {name}: '{part}' is no "
                                     'range of bits')
                self.parts.append((low, high - low + 1))
        self.width = sum(n for _, n in self.parts)
        if self.width > 32:
            raise TableError(where, f'field {name} has {self.width} bits')

    def c_value(self):
        """A C expression of the field's value."""
        if self.const is not None:
            return str(self.const)
        terms, shift = [], self.width
        for low, count in self.parts:
            shift -= count
            if low is None:
                continue
            mask = (1 << count) - 1
            term = f'((bits >> {low}) & {mask:#x}u)' if low else \
                f'(bits & {mask:#x}u)'
            terms.append(f'{term} << {shift}' if shift else term)
        value = ' | '.join(f'({t})' for t in terms) or '0'
        if self.signed and self.width < 32:
            pad = 32 - self.width
            value = f'(int32_t)(({value}) << {pad}) >> {pad}'
        elif self.signed:
            value = f'(int32_t)({value})'
        return f'{self.base} + ({value})' if self.base else value


class Format:
    def __init__(self, where, name, text):
        self.name, self.where, self.fields, self.text = name, where, {}, text
        for item in text.split():
            field, sep, bits = item.partition('=')
            if not sep or field not in FIELDS:
                raise TableError(where, f"format {name}: '{item}' is not "
                                 f"FIELD=BITS with one of {', '.join(FIELDS)}")
            if field in self.fields:
                raise TableError(where, f'format {name} has {field} twice')
            self.fields[field] = Field(where, field, bits)
        if 'rd' in self.fields and 'frd' in self.fields:
            raise TableError(where, f'format {name} has rd and frd')
        if 'aux' in self.fields and self.uses_rs2():
            raise TableError(where, f'format {name}: aux lies where rs2 and '
                             'rs3 are')

    def uses_rs2(self):
        return 'rs2' in self.fields or 'rs3' in self.fields


class Insn:
    def __init__(self, where, name, pattern, fmt, when, order):
        self.where, self.name, self.fmt_name = where, name, fmt
        self.order, self.text, self.other = order, '', None
        if len(pattern) not in (16, 32) or set(pattern) - set('01.'):
            raise TableError(where, f"{name}: pattern '{pattern}' is not 16 or "
                             "32 of 0, 1 and '.'")
        self.width = len(pattern)
        self.pattern = pattern
        self.mask = int(''.join('0' if c == '.' else '1' for c in pattern), 2)
        self.match = int(pattern.replace('.', '0'), 2)
        self.when, *flags = when.split(',')
        if self.when in FLAGS:
            flags.insert(0, self.when)
            self.when = ''
        if self.when == '-':
            self.when = ''
        if not re.fullmatch(r'[A-Za-z0-9_|&!()]*', self.when):
            raise TableError(where, f"{name}: WHEN '{self.when}' is not an "
                             'expression of extension names')
        for flag in flags:
            if flag not in FLAGS:
                raise TableError(where, f"{name}: flag '{flag}' is not one of "
                                 f"{', '.join(FLAGS)}")
        self.flags = flags

    def when_c(self):
        return re.sub(r'[A-Za-z_]\w*', lambda m: f'WHEN_{m[0]}(ctx)',
                      self.when.replace('|', ' || ').replace('&', ' && '))

    def has(self, word):
        return re.search(rf'\b{word}\b', self.text) is not None


class Tables:
    """All that the tables say."""

    def __init__(self, paths):
        self.formats, self.insns, self.by_name, self.fuses = {}, [], {}, []
        for path in paths:
            self.read(path)
        self.resolve()
        self.check_overlap()

    def read(self, path):
        last = None
        with open(path, encoding='utf-8') as file:
            for number, line in enumerate(file, 1):
                where = f'{path}:{number}'
                line = line.rstrip()
                if not line or line.startswith('#'):
                    continue
                if line[0].isspace():
                    if last is None:
                        raise TableError(where, 'continues nothing')
                    if not line.strip().startswith('#'):
                        last.text += '\n    ' + line.strip()
                    continue
                last = self.read_line(where, line)

    def read_line(self, where, line):
        if line.startswith('%'):
            name, _, text = line[1:].partition(' ')
            if name in self.formats:
                raise TableError(where, f'format {name} was declared at '
                                 f'{self.formats[name].where}')
            self.formats[name] = Format(where, name, text)
            return None
        words = line.split(None, 4)
        if words[0] == 'FUSE':
            self.fuses.append((where, line.split()[1:]))
            return None
        if len(words) < 4:
            raise TableError(where, f"'{words[0]}': not NAME PATTERN FORMAT "
                             'WHEN SEMANTICS')
        insn = Insn(where, *words[:4], len(self.insns))
        insn.text = words[4] if len(words) > 4 else ''
        self.insns.append(insn)
        return insn

    def resolve(self):
        for insn in self.insns:
            insn.text = insn.text.strip()
            key = insn.name
            if key in self.by_name:
                # The same name again (another encoding, another WHEN).
                count = 2
                while f'{key}.{count}' in self.by_name:
                    count += 1
                key = f'{key}.{count}'
            insn.key = key
            insn.id = c_name(key)
            self.by_name[key] = insn
        ids = {}
        for insn in self.insns:
            if insn.id in ids:
                raise TableError(insn.where, f'{insn.name} and '
                                 f'{ids[insn.id].name} are one C name')
            ids[insn.id] = insn
            if insn.fmt_name not in self.formats:
                raise TableError(insn.where, f"{insn.name}: no format "
                                 f"'{insn.fmt_name}'")
            insn.fmt = self.formats[insn.fmt_name]
            if not insn.text:
                raise TableError(insn.where, f'{insn.name} has no semantics')
        for insn in self.insns:
            match = re.fullmatch(r'=\s*(\S+)', insn.text)
            if not match:
                continue
            other = self.by_name.get(match[1])
            if other is None:
                raise TableError(insn.where, f"{insn.name} is '= {match[1]}', "
                                 'which there is not')
            insn.other = other
        for insn in self.insns:
            seen, other = set(), insn
            while other.other is not None:
                if other.key in seen:
                    raise TableError(insn.where, f'{insn.name} is itself')
                seen.add(other.key)
                other = other.other
            insn.impl = other
            insn.flags = sorted(set(insn.flags) | set(other.flags))
        for insn in self.insns:
            self.classify(insn)

    @staticmethod
    def classify(insn):
        impl = insn.impl
        insn.branch = impl.has('BRANCH')
        jumps = re.findall(r'\bJUMP\s*\(', impl.text)
        direct = re.findall(r'\bJUMP\s*\(\s*PC\s*\+\s*IMM\s*\)', impl.text)
        insn.direct = bool(direct) and len(direct) == len(jumps)
        insn.indirect = bool(jumps) and not insn.direct
        insn.ends = 'ends' in insn.flags
        if insn.branch and jumps:
            raise TableError(impl.where, f'{impl.name} has both BRANCH and '
                             'JUMP')
        rest = re.sub(r'\bJUMP\s*\(\s*PC\s*\+\s*IMM\s*\)', '', impl.text)
        insn.pcrel = not jumps and not insn.branch and \
            re.search(r'\bPC\s*\+\s*IMM\b', rest) is not None and \
            len(re.findall(r'\bN?PC\b', rest)) == 1
        insn.uses_pc = re.search(r'\bPC\b', rest) is not None and \
            not insn.pcrel
        insn.uses_npc = re.search(r'\bNPC\b', rest) is not None
        insn.aux_pc = (insn.uses_pc or insn.uses_npc) and not insn.ends and \
            not insn.impl.fmt.uses_rs2() and not insn.fmt.uses_rs2()
        if insn.uses_pc and insn.uses_npc and insn.aux_pc:
            insn.aux_pc = False
        insn.memory = impl.has('LOAD') or impl.has('STORE') or \
            impl.has('AMO') or impl.has('LR') or impl.has('SC') or \
            impl.has('AMOCAS')

    def check_overlap(self):
        groups = {}
        for insn in self.insns:
            groups.setdefault(insn.width, []).append(insn)
        for insns in groups.values():
            exact = {(i.mask, i.match) for i in insns}
            for i, one in enumerate(insns):
                for two in insns[i + 1:]:
                    both = one.mask & two.mask
                    if (one.match ^ two.match) & both:
                        continue
                    if both in (one.mask, two.mask):
                        if one.mask == two.mask and one.when == two.when:
                            raise TableError(
                                two.where, f'{two.name} has the pattern of '
                                f'{one.name} ({one.where}) and the same WHEN')
                        continue
                    if (one.mask | two.mask, one.match | two.match) in exact:
                        continue
                    raise TableError(
                        two.where, f'{two.name} overlaps {one.name} '
                        f'({one.where}), and neither is a special case of '
                        'the other')


# ---- the decoder -----------------------------------------------------------

def runs_of(mask):
    """The runs of ones in @mask as (low, count)."""
    runs, bit = [], 0
    while mask >> bit:
        if mask >> bit & 1:
            low = bit
            while mask >> bit & 1:
                bit += 1
            runs.append((low, bit - low))
        else:
            bit += 1
    return runs


def emit_tree(out, insns, used, depth):
    pad = '    ' * (depth + 1)
    common = ~used
    for insn in insns:
        common &= insn.mask
    common &= 0xffffffff
    if len(insns) > 2 and common:
        low, count = max(runs_of(common), key=lambda r: min(r[1], 7))
        count = min(count, 7)
        field = (1 << count) - 1
        cases = {}
        for insn in insns:
            cases.setdefault(insn.match >> low & field, []).append(insn)
        if len(cases) > 1:
            out.append(f'{pad}switch (bits >> {low} & {field:#x}) {{')
            for value in sorted(cases):
                out.append(f'{pad}case {value:#x}:')
                emit_tree(out, cases[value], used | field << low, depth + 1)
                out.append(f'{pad}    break;')
            out.append(f'{pad}}}')
            return
        # All have the same there, but that must be looked at too.
        value = next(iter(cases))
        out.append(f'{pad}if ((bits >> {low} & {field:#x}) == {value:#x}) {{')
        emit_tree(out, insns, used | field << low, depth + 1)
        out.append(f'{pad}}}')
        return
    order = sorted(insns, key=lambda i: (-bin(i.mask).count('1'), i.order))
    for insn in order:
        tests = []
        if insn.mask & ~used:
            tests.append(f'(bits & {insn.mask:#x}) == {insn.match:#x}')
        if insn.when:
            when = insn.when_c()
            tests.append(f'({when})' if tests and '|' in when else when)
        if tests:
            out.append(f"{pad}if ({' && '.join(tests)}) {{")
            out.append(f'{pad}    return SOFT_INSN_{insn.id};')
            out.append(f'{pad}}}')
        else:
            out.append(f'{pad}return SOFT_INSN_{insn.id};')
            break


def emit_decode(tables, out):
    for width in (16, 32):
        insns = [i for i in tables.insns if i.width == width]
        out.append(f'static int decode_{width}(const DecodeContext *ctx, '
                   'uint32_t bits)')
        out.append('{')
        if insns:
            emit_tree(out, insns, 0, 0)
        out.append('    return SOFT_INSN_none;')
        out.append('}')
        out.append('')


def emit_extract(tables, out):
    out.append('static void extract(int format, uint32_t bits, '
               'SoftInsn *insn)')
    out.append('{')
    out.append('    switch (format) {')
    for fmt in tables.formats.values():
        out.append(f'    case SOFT_FORMAT_{fmt.name}:')
        for field in fmt.fields.values():
            value = field.c_value()
            if field.name == 'rd':
                out.append(f'        insn->rd = soft_rd({value});')
            elif field.name == 'frd':
                out.append(f'        insn->rd = {value};')
            else:
                out.append(f'        insn->{field.name} = {value};')
        out.append('        break;')
    out.append('    }')
    out.append('}')
    out.append('')


def emit_names(tables, out):
    out.append('enum {')
    for fmt in tables.formats:
        out.append(f'    SOFT_FORMAT_{fmt},')
    out.append('};')
    out.append('')
    out.append('enum {')
    out.append('    SOFT_INSN_none,')
    for insn in tables.insns:
        out.append(f'    SOFT_INSN_{insn.id},')
    out.append('    SOFT_INSN__COUNT')
    out.append('};')
    out.append('')


def emit_ops(tables, out):
    out.append('static const SoftOp soft_ops[SOFT_INSN__COUNT] = {')
    for insn in tables.insns:
        flags = [FLAGS[f] for f in insn.flags]
        for test, name in ((insn.branch, 'BRANCH'), (insn.direct, 'JUMP'),
                           (insn.indirect, 'INDIRECT'),
                           (insn.pcrel, 'PCREL'),
                           (insn.aux_pc and insn.uses_pc, 'AUX_PC'),
                           (insn.aux_pc and insn.uses_npc, 'AUX_NPC'),
                           (insn.memory, 'MEMORY')):
            if test:
                flags.append(f'SOFT_OP_{name}')
        far = f'op_{insn.impl.id}_far' if insn.direct else 'NULL'
        out.append(f'    [SOFT_INSN_{insn.id}] = {{')
        out.append(f'        "{insn.name}", SOFT_HANDLER(op_{insn.impl.id}),')
        out.append(f'        SOFT_HANDLER({far}), {insn.mask:#x}, '
                   f'{insn.match:#x},')
        out.append(f'        SOFT_FORMAT_{insn.fmt_name}, {insn.width // 8},')
        out.append(f"        {' | '.join(flags) or '0'},")
        out.append('    },')
    out.append('};')
    out.append('')


# ---- the handlers ----------------------------------------------------------

def body_of(insn, kind, name):
    """The semantics with the vocabulary of one kind of handler."""
    text = insn.text.rstrip()
    if not text.endswith((';', '}')):
        text += ';'
    if insn.branch:
        return text
    if insn.pcrel:
        text = re.sub(r'\bPC\s*\+\s*IMM\b', 'PAGE + IMM', text)
    if insn.direct:
        word = 'JUMP_FAR()' if kind == 'far' else 'JUMP_NEAR()'
        if kind == 'far':
            word = 'JUMP_FAR(PAGE + insn[1].imm)'
        text = re.sub(r'\bJUMP\s*\(\s*PC\s*\+\s*IMM\s*\)', word, text)
    elif insn.ends:
        text = re.sub(r'\bJUMP\s*\(', 'LEAVE(', text)
    elif insn.indirect:
        text = re.sub(r'\bJUMP\s*\(', 'JUMP_FAR(', text)
    if insn.ends:
        text = re.sub(r'\bNPC\b', 'NPC_END', text)
        text = re.sub(r'\bPC\b', 'PC_SLOW', text)
    else:
        if not insn.aux_pc:
            text = re.sub(r'\bPC\b', 'PC_SLOW', text)
            text = re.sub(r'\bNPC\b', 'NPC_SLOW', text)
        else:
            text = re.sub(r'\bN?PC\b', 'PC_AUX', text)
    for word in ('LOAD', 'STORE', 'AMO', 'LR', 'SC', 'AMOCAS'):
        if kind == 'slow':
            text = re.sub(rf'\b{word}\s*\(', f'{word}_SLOW(', text)
        else:
            text = re.sub(rf'\b{word}\s*\(', f'{word}_FAST(op_{name}_slow, ',
                          text)
    return text


def indent(text):
    return '\n'.join('    ' + line.strip() if not line.startswith('    ')
                     else line for line in text.split('\n'))


def emit_handler(out, insn, kind, name):
    suffix = '' if kind == 'fast' else '_' + kind
    attr = 'SOFT_SLOW_OP' if kind == 'slow' else 'SOFT_OP'
    out.append(f'{attr}(op_{name}{suffix})')
    out.append('{')
    if kind == 'slow':
        out.append('    SLOW_BEGIN();')
    if 'fp' in insn.flags:
        out.append('    FP_BEGIN();')
    out.append(indent(body_of(insn, kind, name)))
    if insn.branch or insn.direct or (insn.indirect and not insn.ends):
        pass
    elif insn.ends:
        out.append('    LEAVE(NPC_END);')
    elif kind == 'slow':
        out.append('    NEXT_SLOW();')
    else:
        out.append('    NEXT();')
    out.append('}')
    out.append('')


def emit_handlers(tables, out):
    for insn in tables.insns:
        if insn.other is not None:
            continue
        if insn.memory:
            emit_handler(out, insn, 'slow', insn.id)
        emit_handler(out, insn, 'fast', insn.id)
        if insn.direct:
            emit_handler(out, insn, 'far', insn.id)


def fuse_body(insn, text):
    text = text.rstrip()
    if not text.endswith((';', '}')):
        text += ';'
    if insn.pcrel:
        text = re.sub(r'\bPC\s*\+\s*IMM\b', 'PAGE + IMM', text)
    return text


def emit_fuses(tables, out):
    """Handlers of pairs, and the function that finds the pairs."""
    pairs = {}
    for where, words in tables.fuses:
        if len(words) < 2 or any(w not in tables.by_name for w in words[:2]):
            raise TableError(where, 'FUSE needs the names of two instructions')
        one, two = (tables.by_name[w] for w in words[:2])
        same = 'same' in words[2:]
        if one.impl is not one or two.impl is not two:
            raise TableError(where, 'FUSE takes instructions that are not '
                             "'= OTHER'")
        if one.branch or one.direct or one.indirect or one.ends or \
                one.uses_pc or one.uses_npc or 'rd' not in one.fmt.fields or \
                one.impl.has('CALL'):
            raise TableError(where, f'{one.name} cannot be the first of a pair')
        if two.indirect or two.direct or two.ends or two.uses_pc or \
                two.uses_npc or two.pcrel:
            raise TableError(where, f'{two.name} cannot be the second of a '
                             'pair')
        if same and two.memory and not two.has('LOAD'):
            raise TableError(where, f'{two.name} has no result')
        name = f'fuse_{one.id}_{two.id}' + ('_same' if same else '')
        out.append(f'SOFT_OP(op_{name})')
        out.append('{')
        out.append('    uint64_t first;')
        out.append('')
        text = fuse_body(one, one.text)
        text = re.sub(r'\bRD\b', 'first', text)
        for word in ('LOAD', 'STORE'):
            text = re.sub(rf'\b{word}\s*\(', f'{word}_FAST(op_{one.id}_slow, ',
                          text)
        out.append(indent(text))
        if not same or two.memory:
            out.append('    RD = first;')
        out.append('    insn++;')
        text = fuse_body(two, two.text)
        text = re.sub(r'\bRS1\b', 'first', text)
        for word in ('LOAD', 'STORE'):
            text = re.sub(rf'\b{word}\s*\(', f'{word}_FAST(op_{two.id}_slow, ',
                          text)
        out.append(indent(text))
        if not two.branch:
            out.append('    NEXT();')
        out.append('}')
        out.append('')
        pairs.setdefault(one.id, []).append((two, same, name))
    out.append('static void fuse(SoftInsn *one, const SoftInsn *two)')
    out.append('{')
    out.append('    if (one->rd != two->rs1) {')
    out.append('        return;')
    out.append('    }')
    for number, (first, seconds) in enumerate(pairs.items()):
        out.append(f'    if (one->fn == op_{first}) {{')
        for two, same, name in sorted(seconds, key=lambda s: not s[1]):
            test = f'two->fn == op_{two.id}'
            if same:
                test += ' && two->rd == one->rd'
            if 'rs2' in two.fmt.fields and same:
                test += ' && two->rs2 != one->rd'
            out.append(f'        if ({test}) {{')
            out.append(f'            one->fn = op_{name};')
            out.append('            return;')
            out.append('        }')
        out.append('    }')
    out.append('}')
    out.append('')


def emit_disas(tables, out):
    """Names and formats by pattern, the special cases first."""
    out.append('static const SoftDisas soft_disas_table[] = {')
    # What stands in when an extension is off looks the same.
    insns = [i for i in tables.insns if '!' not in i.when]
    for insn in sorted(insns, key=lambda i: (-bin(i.mask).count('1'),
                                             i.order)):
        name = insn.impl.name
        if insn.impl is insn and insn.width == 16:
            name = re.sub(r'^c[.](?!mop)', '', name)
        out.append(f'    {{ "{name}", {insn.mask:#x}, {insn.match:#x}, '
                   f'{insn.width // 8},')
        out.append(f'      SOFT_FORMAT_{insn.fmt_name}, '
                   f'SOFT_FORMAT_{insn.impl.fmt_name} }},')
    out.append('};')
    out.append('')


def listing(tables):
    """What tests and tools want to know."""
    return [{
        'name': i.name, 'pattern': i.pattern, 'mask': i.mask,
        'match': i.match, 'width': i.width, 'format': i.fmt_name,
        'fields': {f.name: f.text for f in i.fmt.fields.values()},
        'when': i.when, 'flags': i.flags, 'handler': i.impl.key,
        'where': i.where,
    } for i in tables.insns]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('tables', nargs='*', metavar='TABLE')
    parser.add_argument('--names', metavar='FILE',
                        help='write the enumerations of formats and names')
    parser.add_argument('--handlers', metavar='FILE',
                        help='write the handlers')
    parser.add_argument('--decoder', metavar='FILE',
                        help='write the decoder')
    parser.add_argument('--disas', metavar='FILE',
                        help='write what a disassembler needs')
    parser.add_argument('--list', metavar='FILE',
                        help='write a list as JSON')
    args = parser.parse_args()
    try:
        tables = Tables(args.tables)
        texts = {}
        head = ['/* Made by scripts/decodetable.py. */', '']
        if args.names:
            emit_names(tables, texts.setdefault(args.names, list(head)))
        if args.handlers:
            out = texts.setdefault(args.handlers, list(head))
            emit_handlers(tables, out)
            emit_fuses(tables, out)
        if args.decoder:
            out = texts.setdefault(args.decoder, list(head))
            emit_extract(tables, out)
            emit_ops(tables, out)
            emit_decode(tables, out)
        if args.disas:
            out = texts.setdefault(args.disas, list(head))
            emit_names(tables, out)
            emit_extract(tables, out)
            emit_disas(tables, out)
        if args.list:
            texts[args.list] = [json.dumps(listing(tables), indent=1)]
    except (TableError, OSError) as err:
        print(f'decodetable: {err}', file=sys.stderr)
        return 1
    for path, lines in texts.items():
        with open(path, 'w', encoding='utf-8') as file:
            file.write('\n'.join(lines) + '\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
