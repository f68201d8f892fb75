# SPDX-License-Identifier: GPL-2.0-or-later
"""qapi-commands*, qapi-events* and what ties them together: marshallers for
commands, and functions that send events."""

from . import model
from .cfile import CFile
from .emit_types import enum_type, lookup_table
from .names import c_const, c_name


def params(entity, last):
    """The parameter list for arguments of @entity, with @last at its end."""
    arg = entity.arg
    found = []
    if arg and entity.boxed:
        found.append(f"{arg.c_type()}arg")
    elif arg:
        for member in arg.members():
            if member.has_flag():
                found.append(f"bool has_{member.c}")
            found.append(f"{member.type.c_param()}{member.c}")
    if last:
        found.append(last)
    return ", ".join(found) or "void"


# --- commands ---------------------------------------------------------------

def handler(command):
    ret = command.ret.c_type() if command.ret else "void "
    return (f"{ret}qmp_{c_name(command.name, False)}"
            f"({params(command, 'Error **errp')})")


def marshaller(command):
    return (f"void qmp_marshal_{c_name(command.name, False)}"
            "(QDict *args, QObject **ret, Error **errp)")


def pack_function(ret):
    """Turns a command's result into a QObject, and frees it."""
    return f"""\
static G_GNUC_UNUSED void qmp_marshal_output_{ret.c}({ret.c_type()}value,
                                QObject **ret, Error **errp)
{{
    Visitor *v = qobject_output_visitor_new_qmp(ret);

    if (visit_type_{ret.c}(v, "unused", &value, errp)) {{
        visit_complete(v, ret);
    }}
    visit_free(v);
    v = qapi_dealloc_visitor_new();
    visit_type_{ret.c}(v, "unused", &value, NULL);
    visit_free(v);
}}
"""


def passed(command):
    if command.arg and command.boxed:
        return "&arg, "
    text = ""
    for member in command.arg.members() if command.arg else []:
        if member.has_flag():
            text += f"arg.has_{member.c}, "
        text += f"arg.{member.c}, "
    return text


def marshal_function(command):
    arg = command.arg
    takes = bool(arg) and (not arg.is_empty() or command.boxed)
    call = f"qmp_{c_name(command.name, False)}({passed(command)}&err);\n"
    text = marshaller(command) + "\n{\n    Error *err = NULL;\n"
    text += "    bool ok;\n    Visitor *v;\n"
    if command.ret:
        text += f"    {command.ret.c_type()}retval;\n"
    if takes:
        text += f"    {arg.c} arg = {{ 0 }};\n"
    members = (f"visit_type_{arg.c}_members(v, &arg, errp) &&\n             "
               if takes else "")
    text += f"""
    v = qobject_input_visitor_new_qmp(QOBJECT(args));
    ok = visit_start_struct(v, NULL, NULL, 0, errp);
    if (ok) {{
        ok = {members}visit_check_struct(v, errp);
        visit_end_struct(v, NULL);
    }}
    visit_free(v);
    if (ok) {{
"""
    if command.ret:
        text += f"""\
        retval = {call}\
        if (err) {{
            error_propagate(errp, err);
        }} else {{
            qmp_marshal_output_{command.ret.c}(retval, ret, errp);
        }}
    }}
"""
    else:
        text += f"        {call}        error_propagate(errp, err);\n    }}\n"
    if takes:
        text += f"""\
    v = qapi_dealloc_visitor_new();
    visit_start_struct(v, NULL, NULL, 0, NULL);
    visit_type_{arg.c}_members(v, &arg, NULL);
    visit_end_struct(v, NULL);
    visit_free(v);
"""
    return text + "}\n"


def emit_commands(schema, names):
    for module in schema.modules:
        path = names.path("commands", module)
        header = CFile(path + ".h", "Handlers of commands (written by hand) "
                                    "and their marshallers.")
        source = CFile(path + ".c", "Marshallers: QDict in, handler called, "
                                    "QObject out.")
        header.include(*(names.include("commands", m, module)
                         for m in module.includes),
                       names.include("types", module, module))
        source.include('"qapi/compat-policy.h"', '"qapi/visitor.h"',
                       '"qobject/qdict.h"', '"qapi/dealloc-visitor.h"',
                       '"qapi/error.h"',
                       names.include("visit", module, module),
                       names.include("commands", module, module))
        packed = set()
        for command in schema.in_module(module, model.Command):
            if not command.flags["gen"]:
                continue        # marshalled and registered by hand
            header.add(f"{handler(command)};\n{marshaller(command)};",
                       command.cond)
            if command.ret and command.ret not in packed:
                packed.add(command.ret)
                source.add(pack_function(command.ret), command.ret.cond)
            source.add(marshal_function(command), command.cond)
        yield header
        yield source


def options(command):
    chosen = [("allow-oob", True, "QCO_ALLOW_OOB"),
              ("allow-preconfig", True, "QCO_ALLOW_PRECONFIG"),
              ("coroutine", True, "QCO_COROUTINE"),
              ("success-response", False, "QCO_NO_SUCCESS_RESP")]
    return " | ".join(c for flag, value, c in chosen
                      if command.flags[flag] is value) or "0"


def emit_registration(schema, names):
    path = names.path("init-commands")
    header = CFile(path + ".h", "Enters all commands into a list.")
    source = CFile(path + ".c", "Enters all commands into a list.")
    header.include('"qapi/qmp-registry.h"')
    function = f"void {names.c_prefix}qmp_init_marshal(QmpCommandList *cmds)"
    header.add("/* Makes @cmds the list of all commands of the schema. */\n"
               + function + ";")
    source.include(f'"{names.path("commands")}.h"', f'"{path}.h"',
                   f'"{names.path("features")}.h"')
    lines = ""
    for command in schema.of(model.Command):
        if not command.flags["gen"]:
            continue
        if command.cond:
            lines += f"#if {command.cond.c()}\n"
        lines += (f'    qmp_register_command(cmds, "{command.name}",\n'
                  "                         qmp_marshal_"
                  f"{c_name(command.name, False)},\n"
                  f"                         {options(command)},"
                  f" {model.feature_mask(command.features)});\n")
        if command.cond:
            lines += "#endif\n"
    source.add(f"{function}\n{{\n    QTAILQ_INIT(cmds);\n{lines}}}")
    yield header
    yield source


# --- events -----------------------------------------------------------------

def sender(event):
    name = c_name(event.name.lower(), False)
    return f"void qapi_event_send_{name}({params(event, None)})"


def send_function(event, names):
    arg = event.arg if event.arg and (event.boxed
                                      or event.arg.members()) else None
    const = c_const(names.c_prefix + "QAPIEvent", event.name)
    hide = [f for f in event.features if f.name in model.Feature.SPECIAL]
    text = sender(event) + "\n{\n    QDict *event;\n"
    if arg:
        text += "    QObject *data;\n    Visitor *v;\n"
        if not event.boxed:
            values = ""
            for m in arg.members():
                flag = "has_" + m.c
                if m.has_flag():
                    values += f"        .{flag} = {flag},\n"
                cast = "(char *)" if m.type.c_param() == "const char *" else ""
                values += f"        .{m.c} = {cast}{m.c},\n"
            text += f"    {arg.c} param = {{\n{values}    }};\n"
    text += "\n"
    for feature in hide:
        text += (f"    if (compat_policy.{feature.name}_output =="
                 " COMPAT_POLICY_OUTPUT_HIDE) {\n        return;\n    }\n")
    text += f'    event = qmp_event_build_dict("{event.name}");\n'
    if arg:
        what = "arg" if event.boxed else "&param"
        text += f"""
    v = qobject_output_visitor_new_qmp(&data);
    visit_start_struct(v, "{event.name}", NULL, 0, &error_abort);
    visit_type_{arg.c}_members(v, {what}, &error_abort);
    visit_check_struct(v, &error_abort);
    visit_end_struct(v, NULL);
    visit_complete(v, &data);
    visit_free(v);
    if (qdict_size(qobject_to(QDict, data))) {{
        qdict_put_obj(event, "data", data);
    }} else {{
        qobject_unref(data);
    }}

"""
    return text + (f"    {names.c_prefix}qapi_event_emit({const}, event);\n"
                   "    qobject_unref(event);\n}\n")


def emit_events(schema, names):
    for module in schema.modules:
        path = names.path("events", module)
        header = CFile(path + ".h", "Functions that send events.")
        source = CFile(path + ".c", "Functions that send events.")
        header.include(*(names.include("events", m, module)
                         for m in module.includes),
                       '"qapi/util.h"',
                       names.include("types", module, module))
        source.include(f'"{names.path("emit-events")}.h"',
                       names.include("events", module, module),
                       names.include("visit", module, module),
                       '"qapi/compat-policy.h"', '"qapi/error.h"',
                       '"qobject/qdict.h"', '"qapi/qmp-event.h"')
        for event in schema.in_module(module, model.Event):
            header.add(sender(event) + ";", event.cond)
            source.add(send_function(event, names), event.cond)
        yield header
        yield source


def emit_event_enum(schema, names):
    path = names.path("emit-events")
    header = CFile(path + ".h", "All events, and where they go.")
    source = CFile(path + ".c", "The names of all events.")
    enum = names.c_prefix + "QAPIEvent"
    size = c_const(enum, "_MAX")
    events = [(c_const(enum, e.name), e) for e in schema.of(model.Event)]
    header.include('"qapi/util.h"')
    header.add(enum_type(enum, enum + "_lookup",
                         [(c, e.cond) for c, e in events] + [(size, None)]))
    header.add("/* Delivers an event, which stays the caller's. Whoever links"
               " the schema's events\n * defines it. */\n"
               f"void {names.c_prefix}qapi_event_emit({enum} event,"
               " QDict *qdict);")
    source.include(f'"{path}.h"')
    source.add(lookup_table(enum + "_lookup",
                            [(c, e.name, [], e.cond) for c, e in events],
                            size))
    yield header
    yield source
