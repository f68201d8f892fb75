# SPDX-License-Identifier: GPL-2.0-or-later
"""qapi-types*: the C types of the schema's types."""

from . import model
from .cfile import CFile, conditional
from .names import c_name


def enum_type(name, c_lookup, constants):
    """enum, NAME_str() and the declaration of NAME_lookup. @constants are
    (constant, cond); the last one is the number of them."""
    lines = "".join(conditional(f"    {const},\n", cond)
                    for const, cond in constants)
    return f"""\
typedef enum {name} {{
{lines}}} {name};

#define {name}_str(val) qapi_enum_lookup(&{c_lookup}, (val))

extern const QEnumLookup {c_lookup};
"""


def lookup_table(c_lookup, values, size):
    """@values are (constant, name, features, cond)."""
    names = "".join(conditional(f'        [{const}] = "{name}",\n', cond)
                    for const, name, _, cond in values)
    masks = "".join(
        conditional(f"        [{const}] = {model.feature_mask(features)},\n",
                    cond)
        for const, _, features, cond in values if features)
    text = f"const QEnumLookup {c_lookup} = {{\n"
    # A zero-sized array is fine: no value is below the size.
    text += f"    .array = (const char *const[]) {{\n{names}    }},\n"
    if masks:
        text += (f"    .features = (const uint64_t[{size}]) {{\n{masks}"
                 "    },\n")
    return text + f"    .size = {size}\n}};\n"


def enum_constants(enum):
    return ([(enum.const(v.name), v.cond) for v in enum.values]
            + [(enum.const("_MAX"), None)])


def member_lines(members):
    text = ""
    for member in members:
        lines = ""
        if member.has_flag():
            lines = f"    bool has_{member.c};\n"
        lines += f"    {member.type.c_type()}{member.c};\n"
        text += conditional(lines, member.cond)
    return text


def union_lines(tag, branches, pointer):
    """The anonymous union u. Objects in it are embedded, unless @pointer."""
    lines = ""
    for branch in branches:
        c_type = branch.type.c_type()
        if isinstance(branch.type, model.Object) and not pointer:
            c_type = branch.type.c + " "
        lines += conditional(f"        {c_type}{branch.c};\n", branch.cond)
    return f"    union {{ /* selected by @{tag} */\n{lines}    }} u;\n"


def object_struct(entity):
    text = f"struct {entity.c} {{\n"
    base = entity.base
    if base and not base.implicit:
        text += f"    /* Members of {base.c}: */\n"
        text += member_lines(base.members())
        text += "    /* Own members: */\n"
    elif base:
        text += member_lines(base.members())
    text += member_lines(entity.own)
    if entity.branches is not None:
        text += union_lines(c_name(entity.tag.name), entity.branches, False)
    if entity.is_empty() and entity.branches is None:
        text += "    char qapi_dummy_for_empty_struct;\n"
    return text + "};\n"


def free_declaration(entity):
    name = entity.c
    return (f"void qapi_free_{name}({name} *obj);\n"
            f"G_DEFINE_AUTOPTR_CLEANUP_FUNC({name}, qapi_free_{name})\n")


def free_function(entity):
    name = entity.c
    return f"""\
void qapi_free_{name}({name} *obj)
{{
    Visitor *v;

    if (!obj) {{
        return;
    }}
    v = qapi_dealloc_visitor_new();
    visit_type_{name}(v, NULL, &obj, NULL);
    visit_free(v);
}}
"""


def upcast(entity):
    return f"""\
static inline {entity.base.c} *qapi_{entity.c}_base(const {entity.c} *obj)
{{
    return ({entity.base.c} *)obj;
}}
"""


class TypesWriter:
    """Writes the types of one module."""

    def __init__(self, header, source, types):
        self.header = header
        self.source = source
        self.types = types
        self.done = set()

    def write(self):
        for entity in self.types:
            if isinstance(entity, model.Enum):
                self.header.add(
                    enum_type(entity.c, entity.c + "_lookup",
                              enum_constants(entity)), entity.cond)
                self.source.add(self.lookup(entity), entity.cond)
            else:
                self.header.add(f"typedef struct {entity.c} {entity.c};",
                                entity.cond)
        for entity in self.types:
            if not isinstance(entity, model.Enum):
                self.structure(entity)

    @staticmethod
    def lookup(enum):
        return lookup_table(
            enum.c + "_lookup",
            [(enum.const(v.name), v.name, v.features, v.cond)
             for v in enum.values], enum.const("_MAX"))

    def structure(self, entity):
        if entity in self.done:
            return
        self.done.add(entity)
        for branch in getattr(entity, "branches", None) or []:
            # It is embedded, so its definition must come first.
            if isinstance(branch.type, model.Object) \
                    and branch.type in self.types:
                self.structure(branch.type)
        if isinstance(entity, model.Array):
            text = (f"struct {entity.c} {{\n    {entity.c} *next;\n"
                    f"    {entity.element.c_type()}value;\n}};\n")
        elif isinstance(entity, model.Alternate):
            text = (f"struct {entity.c} {{\n    QType type;\n"
                    + union_lines("type", entity.branches, False) + "};\n")
        else:
            text = object_struct(entity)
        if not getattr(entity, "implicit", False):
            if getattr(entity, "base", None) and not entity.base.implicit:
                text += "\n" + upcast(entity)
            text += "\n" + free_declaration(entity)
            self.source.add(free_function(entity), entity.cond)
        self.header.add(text, entity.cond)


def emit(schema, names):
    """The files for all modules of the schema."""
    for module in schema.modules:
        path = names.path("types", module)
        header = CFile(path + ".h", "The types of the schema.")
        source = CFile(path + ".c", "Names of enum values, and how to free.")
        header.include('"qapi/qapi-builtin-types.h"')
        header.include(*(names.include("types", m, module)
                         for m in module.includes))
        source.include('"qapi/dealloc-visitor.h"',
                       names.include("types", module, module),
                       names.include("visit", module, module),
                       f'"{names.path("features")}.h"')
        types = [t for t in schema.in_module(
            module, model.Enum, model.Object, model.Alternate, model.Array)]
        TypesWriter(header, source, types).write()
        yield header
        yield source


def emit_builtin(schema):
    header = CFile("qapi-builtin-types.h", "Lists of predefined types.")
    source = CFile("qapi-builtin-types.c", "Lists of predefined types.")
    header.include('"qapi/util.h"')
    source.include('"qapi/dealloc-visitor.h"', '"qapi/qapi-builtin-types.h"',
                   '"qapi/qapi-builtin-visit.h"')
    types = schema.in_module(None, model.Enum, model.Array)
    TypesWriter(header, source, types).write()
    yield header
    yield source


def emit_features(schema, names):
    """The numbers of all features of the schema."""
    header = CFile(names.path("features") + ".h", "The features' numbers.")
    header.include('"qapi/util.h"')
    lines = "".join(
        f"    {f.c()}"
        + (f" = QAPI_{f.name.upper()}" if f.name in model.Feature.SPECIAL
           else "") + ",\n" for f in schema.features)
    header.add(f"typedef enum {{\n{lines}}} QapiFeature;")
    yield header
    yield CFile(names.path("features") + ".c", "Nothing but its header.")
