# SPDX-License-Identifier: GPL-2.0-or-later
"""qapi-visit*: how a visitor walks over a value of each type."""

from . import model
from .cfile import CFile, conditional


def signature(entity):
    pointer = "*" if isinstance(entity, (model.Enum, model.Builtin)) else "**"
    return (f"bool visit_type_{entity.c}(Visitor *v, const char *name,\n"
            f"                 {entity.c} {pointer}obj, Error **errp)")


def members_signature(entity):
    return (f"bool visit_type_{entity.c}_members(Visitor *v, {entity.c} *obj,"
            " Error **errp)")


def enum_function(entity):
    return f"""\
{signature(entity)}
{{
    int value = *obj;
    bool ok = visit_type_enum(v, name, &value, &{entity.c}_lookup, errp);

    *obj = value;
    return ok;
}}
"""


def indent(text, levels):
    pad = "    " * levels
    return "".join(line if line.startswith("#") else pad + line
                   for line in text.splitlines(keepends=True))


def member_visit(member):
    """Statements that visit one member; they return false on an error."""
    text = (f'if (!visit_type_{member.type.c}(v, "{member.name}",'
            f" &obj->{member.c}, errp)) {{\n    return false;\n}}\n")
    special = [f for f in member.features if f.name in model.Feature.SPECIAL]
    if special:
        mask = model.feature_mask(special)
        text = (f'if (visit_policy_reject(v, "{member.name}", {mask}, errp))'
                " {\n    return false;\n}\n"
                f'if (!visit_policy_skip(v, "{member.name}", {mask})) {{\n'
                f"{indent(text, 1)}}}\n")
    if member.optional:
        flag = "has_" + member.c
        if member.has_flag():
            flag = "obj->" + flag
        text = (f'if (visit_optional(v, "{member.name}", &{flag})) {{\n'
                f"{indent(text, 1)}}}\n")
    return conditional(indent(text, 1), member.cond)


def flags(entity):
    """Variables for optional members whose presence is a pointer's."""
    return "".join(
        conditional(f"    bool has_{m.c} ="
                    f" !!obj->{m.c};\n", m.cond)
        for m in entity.own if m.optional and not m.has_flag())


def branch_switch(entity):
    """The rest of a union: what the tag selects, and nothing for values that
    have no branch."""
    tag = entity.tag
    known = {b.name: b for b in entity.branches}
    text = f"    switch (obj->{tag.c}) {{\n"
    for value in tag.type.values:
        branch = known.get(value.name)
        const = tag.type.const(value.name)
        if branch and not branch.type.is_empty():
            lines = (f"    case {const}:\n"
                     f"        return visit_type_{branch.type.c}_members(v,"
                     f" &obj->u.{branch.c}, errp);\n")
            if branch.cond:
                # Where the branch is left out, the value may still exist.
                text += conditional(lines, both(value.cond, branch.cond))
                text += conditional(
                    f"    case {const}:\n        break;\n",
                    both(value.cond, model.Cond("not", [branch.cond])))
            else:
                text += conditional(lines, value.cond)
        else:
            text += conditional(f"    case {const}:\n        break;\n",
                                value.cond)
    return text + "    default:\n        abort();\n    }\n"


def both(one, other):
    if not one:
        return other
    return model.Cond("all", [one, other])


def members_function(entity):
    text = members_signature(entity) + "\n{\n"
    variables = flags(entity)
    text += variables + ("\n" if variables else "")
    if entity.base and not entity.base.is_empty():
        text += (f"    if (!visit_type_{entity.base.c}_members(v,"
                 f" ({entity.base.c} *)obj, errp)) {{\n"
                 "        return false;\n    }\n")
    text += "".join(member_visit(m) for m in entity.own)
    if entity.branches is not None:
        text += branch_switch(entity)
    return text + "    return true;\n}\n"


# What the visits of all structures have in common at the end: give back what
# an input visitor made before it failed.
GIVE_BACK = """\
    if (!ok && visit_is_input(v)) {{
        qapi_free_{name}(*obj);
        *obj = NULL;
    }}
    return ok;
}}
"""


def object_function(entity):
    name = entity.c
    return f"""\
{signature(entity)}
{{
    bool ok;

    if (!visit_start_struct(v, name, (void **)obj, sizeof({name}), errp)) {{
        return false;
    }}
    if (*obj) {{
        ok = visit_type_{name}_members(v, *obj, errp) &&
             visit_check_struct(v, errp);
    }} else {{
        /* Nothing to free: the object was never made. */
        assert(visit_is_dealloc(v));
        ok = true;
    }}
    visit_end_struct(v, (void **)obj);
""" + GIVE_BACK.format(name=name)


def array_function(entity):
    name = entity.c
    return f"""\
{signature(entity)}
{{
    bool ok = true;
    {name} *at;

    if (!visit_start_list(v, name, (GenericList **)obj, sizeof(**obj),
                          errp)) {{
        return false;
    }}
    for (at = *obj; at && ok;
         at = ok ? ({name} *)visit_next_list(v, (GenericList *)at,
                                             sizeof(*at)) : NULL) {{
        ok = visit_type_{entity.element.c}(v, NULL, &at->value, errp);
    }}
    ok = ok && visit_check_list(v, errp);
    visit_end_list(v, (void **)obj);
""" + GIVE_BACK.format(name=name)


def alternate_case(branch):
    text = f"    case {branch.type.qtype}:\n"
    if isinstance(branch.type, model.Object):
        text += f"""\
        ok = visit_start_struct(v, name, NULL, 0, errp);
        if (ok) {{
            ok = visit_type_{branch.type.c}_members(v, &(*obj)->u.{branch.c},
                                                    errp) &&
                 visit_check_struct(v, errp);
            visit_end_struct(v, NULL);
        }}
"""
    else:
        text += (f"        ok = visit_type_{branch.type.c}(v, name,"
                 f" &(*obj)->u.{branch.c}, errp);\n")
    return conditional(text + "        break;\n", branch.cond)


def alternate_function(entity):
    name = entity.c
    cases = "".join(alternate_case(b) for b in entity.branches)
    return f"""\
{signature(entity)}
{{
    bool ok = false;

    if (!visit_start_alternate(v, name, (GenericAlternate **)obj,
                               sizeof(**obj), errp)) {{
        return false;
    }}
    if (!*obj) {{
        /* Nothing to free: the object was never made. */
        assert(visit_is_dealloc(v));
        visit_end_alternate(v, (void **)obj);
        return true;
    }}
    switch ((*obj)->type) {{
{cases}    case QTYPE_NONE:
        abort();
    default:
        assert(visit_is_input(v));
        error_setg(errp,
                   "Invalid parameter type for '%s', expected: {entity.name}",
                   name ? name : "null");
        /* There is no branch that qapi_free_{name}() could visit. */
        g_free(*obj);
        *obj = NULL;
    }}
    visit_end_alternate(v, (void **)obj);
""" + GIVE_BACK.format(name=name)


def write(header, source, types):
    for entity in types:
        if isinstance(entity, model.Object):
            header.add(members_signature(entity) + ";", entity.cond)
            source.add(members_function(entity), entity.cond)
            if entity.implicit:
                continue
        header.add(signature(entity) + ";", entity.cond)
        function = {model.Enum: enum_function, model.Object: object_function,
                    model.Array: array_function,
                    model.Alternate: alternate_function}[type(entity)]
        source.add(function(entity), entity.cond)


def emit(schema, names):
    """The files for all modules of the schema."""
    for module in schema.modules:
        path = names.path("visit", module)
        header = CFile(path + ".h", "Visits of the schema's types.")
        source = CFile(path + ".c", "Visits of the schema's types.")
        header.include('"qapi/qapi-builtin-visit.h"',
                       names.include("types", module, module))
        header.include(*(names.include("visit", m, module)
                         for m in module.includes))
        source.include('"qapi/error.h"',
                       names.include("visit", module, module),
                       f'"{names.path("features")}.h"')
        write(header, source, schema.in_module(
            module, model.Enum, model.Object, model.Alternate, model.Array))
        yield header
        yield source


def emit_builtin(schema):
    header = CFile("qapi-builtin-visit.h", "Visits of predefined types.")
    source = CFile("qapi-builtin-visit.c", "Visits of predefined types.")
    header.include('"qapi/visitor.h"', '"qapi/qapi-builtin-types.h"')
    source.include('"qapi/error.h"', '"qapi/qapi-builtin-visit.h"')
    write(header, source, schema.in_module(None, model.Enum, model.Array))
    yield header
    yield source
