/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions in HMP arguments: "0x1000+4*8", "($pc & ~0xfff)", "'A'".
 *
 * Values are 64-bit and wrap. Operators bind, from loosest to tightest:
 * + -, then & | ^, then * / %, then the prefixes + - ~. That is not C's order,
 * but the one that QEMU's monitor has. Space may stand before an operator.
 */
#include "qemu/osdep.h"
#include "qemu/ctype.h"
#include "monitor-internal.h"

/* Deeper nesting than anybody types; input can come from a program. */
#define MAX_DEPTH 200

typedef struct Expr {
    Monitor *mon;
    const char *p;
    int depth;
    bool failed;
} Expr;

static bool (*register_reader)(Monitor *mon, const char *name, int64_t *value);

static int64_t parse_level(Expr *e, int level);

void monitor_set_register_reader(bool (*reader)(Monitor *mon, const char *name,
                                                int64_t *value))
{
    register_reader = reader;
}

static void skip_space(Expr *e)
{
    while (qemu_isspace(*e->p)) {
        e->p++;
    }
}

static int64_t G_GNUC_PRINTF(2, 3) fail(Expr *e, const char *fmt, ...)
{
    va_list ap;

    if (!e->failed) {
        va_start(ap, fmt);
        monitor_vprintf(e->mon, fmt, ap);
        va_end(ap);
        monitor_printf(e->mon, "\n");
    }
    e->failed = true;
    return 0;
}

static int64_t parse_char(Expr *e)
{
    int64_t value;

    if (!e->p[0]) {
        return fail(e, "character constant expected");
    }
    value = (unsigned char)*e->p++;
    if (*e->p != '\'') {
        return fail(e, "missing terminating ' character");
    }
    e->p++;
    return value;
}

static int64_t parse_register(Expr *e)
{
    const char *start = e->p;
    g_autofree char *name = NULL;
    int64_t value = 0;

    while (qemu_isalnum(*e->p) || *e->p == '_' || *e->p == '.') {
        e->p++;
    }
    name = g_strndup(start, e->p - start);
    if (!register_reader || !register_reader(e->mon, name, &value)) {
        return fail(e, "unknown register");
    }
    return value;
}

static int64_t parse_number(Expr *e)
{
    char *end;
    uint64_t value;

    if (!*e->p) {
        return fail(e, "unexpected end of expression");
    }
    if (!qemu_isdigit(*e->p)) {
        return fail(e, "invalid char '%c' in expression", *e->p);
    }
    errno = 0;
    value = strtoull(e->p, &end, 0);
    if (errno == ERANGE) {
        return fail(e, "number too large");
    }
    e->p = end;
    return value;
}

static int64_t parse_parenthesis(Expr *e)
{
    int64_t value = parse_level(e, 0);

    if (!e->failed && *e->p != ')') {
        return fail(e, "')' expected");
    }
    e->p += !e->failed;
    return value;
}

static int64_t parse_prefix(Expr *e)
{
    int64_t value;
    char op;

    skip_space(e);
    op = *e->p;
    if (!op || !strchr("+-~('$", op)) {
        return parse_number(e);
    }
    if (e->depth == MAX_DEPTH) {
        return fail(e, "expression nested too deeply");
    }
    e->p++;
    e->depth++;
    switch (op) {
    case '+':
        value = parse_prefix(e);
        break;
    case '-':
        value = -parse_prefix(e);
        break;
    case '~':
        value = ~parse_prefix(e);
        break;
    case '(':
        value = parse_parenthesis(e);
        break;
    case '\'':
        value = parse_char(e);
        break;
    default:
        value = parse_register(e);
        break;
    }
    e->depth--;
    return value;
}

static int64_t apply(Expr *e, char op, int64_t a, int64_t b)
{
    switch (op) {
    case '+':
        return (uint64_t)a + b;
    case '-':
        return (uint64_t)a - b;
    case '&':
        return a & b;
    case '|':
        return a | b;
    case '^':
        return a ^ b;
    case '*':
        return (uint64_t)a * b;
    }
    if (!b) {
        return fail(e, "division by zero");
    }
    if (b == -1) {
        /* The machine's division traps when the smallest value is divided. */
        return op == '/' ? (int64_t) - (uint64_t)a : 0;
    }
    return op == '/' ? a / b : a % b;
}

/* The operators of each level of binding, loosest first. */
static const char *const operators[] = { "+-", "&|^", "*/%" };

static int64_t parse_level(Expr *e, int level)
{
    int64_t value;

    if (level == G_N_ELEMENTS(operators)) {
        value = parse_prefix(e);
        skip_space(e);
        return value;
    }
    value = parse_level(e, level + 1);
    while (!e->failed && *e->p && strchr(operators[level], *e->p)) {
        char op = *e->p++;
        int64_t right = parse_level(e, level + 1);

        if (!e->failed) {
            value = apply(e, op, value, right);
        }
    }
    return value;
}

bool hmp_get_expr(Monitor *mon, const char **pp, int64_t *value)
{
    Expr e = { .mon = mon, .p = *pp };

    *value = parse_level(&e, 0);
    *pp = e.p;
    return !e.failed;
}
