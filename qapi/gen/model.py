# SPDX-License-Identifier: GPL-2.0-or-later
"""The schema as the emitters see it: checked, with all names resolved."""

from .names import c_const, c_name


class Cond:
    """A condition: a macro's name, or 'all', 'any', 'not' of conditions."""

    def __init__(self, op, args):
        self.op = op            # 'defined', 'all', 'any', 'not'
        self.args = args        # the macro's name, or a list of Cond

    def c(self, nested=False):
        if self.op == "defined":
            return f"defined({self.args})"
        if self.op == "not":
            return "!" + self.args[0].c(nested=True)
        sign = " && " if self.op == "all" else " || "
        text = sign.join(arg.c(nested=True) for arg in self.args)
        return f"({text})" if nested and len(self.args) > 1 else text


class Feature:
    SPECIAL = ("deprecated", "unstable")    # those that -compat is about

    def __init__(self, name, cond, place):
        self.name = name
        self.cond = cond
        self.place = place

    def c(self):
        return "QAPI_FEATURE_" + c_name(self.name, False).upper()


def feature_mask(features):
    """A C expression with a bit for each feature; "0" without any."""
    return " | ".join(f"1ULL << {f.c()}" for f in features) or "0"


class Member:
    """A member of an object, a branch of a union or alternate, or (without a
    type) a value of an enum."""

    def __init__(self, name, ref, place, optional=False, cond=None,
                 features=()):
        self.name = name
        self.ref = ref          # type as written: 'name' or ['name']
        self.type = None        # set when names are resolved
        self.place = place
        self.optional = optional
        self.cond = cond
        self.features = list(features)

    @property
    def c(self):
        return c_name(self.name)

    def has_flag(self):
        """Is there a member has_NAME? Not where NULL says as much."""
        return self.optional and self.type.needs_has


class Entity:
    """Anything with a name."""

    meta = None
    needs_has = True

    def __init__(self, name, place=None, module=None, cond=None, features=(),
                 doc=None):
        self.name = name
        self.place = place
        self.module = module
        self.cond = cond
        self.features = list(features)
        self.doc = doc

    @property
    def c(self):
        return c_name(self.name)

    def describe(self):
        return f"{self.meta} '{self.name}'"


class Type(Entity):
    qtype = None                # what it is in JSON, for alternates

    def c_type(self):
        """The C type of a variable, followed by an identifier."""
        return self.c + " *"

    def c_param(self):
        return self.c_type()

    def doc_name(self):
        return f"{self.meta} type '{self.name}'"


class Builtin(Type):
    meta = "built-in"

    def __init__(self, name, json, c_type, qtype):
        super().__init__(name)
        self.json = json
        self._c_type = c_type if c_type.endswith("*") else c_type + " "
        self.qtype = qtype
        self.needs_has = not c_type.endswith("*")

    @property
    def c(self):
        return self.name        # even where it is a word of C's

    def c_type(self):
        return self._c_type

    def c_param(self):
        return "const char *" if self.name == "str" else self._c_type


class Enum(Type):
    meta = "enum"
    qtype = "QTYPE_QSTRING"
    json = "string"

    def __init__(self, name, values, prefix=None, **kwargs):
        super().__init__(name, **kwargs)
        self.values = values
        self.prefix = prefix

    def c_type(self):
        return self.c + " "

    def const(self, value):
        return c_const(self.name, value, self.prefix)


class Array(Type):
    meta = "array"
    qtype = "QTYPE_QLIST"

    def __init__(self, element):
        super().__init__(element.name + "List", element.place, element.module,
                         element.cond)
        self.element = element

    def doc_name(self):
        return f"array type ['{self.element.name}']"


class Object(Type):
    """A struct or union, or the members of a command, event or union that are
    written down in place (an implicit one: there is only its C struct)."""

    qtype = "QTYPE_QDICT"
    needs_has = False

    def __init__(self, name, meta, members, base=None, tag=None, branches=None,
                 implicit=False, **kwargs):
        super().__init__(name, **kwargs)
        self.meta = meta
        self.base_ref = base
        self.base = None
        self.own = members
        self.tag_name = tag
        self.tag = None         # the Member that selects the branch
        self.branches = branches
        self.implicit = implicit

    def members(self):
        """All common members, those of the base first."""
        return (self.base.members() if self.base else []) + self.own

    def is_empty(self):
        return not self.members() and not self.branches


class Alternate(Type):
    meta = "alternate"
    needs_has = False

    def __init__(self, name, branches, **kwargs):
        super().__init__(name, **kwargs)
        self.branches = branches


class Command(Entity):
    meta = "command"

    def __init__(self, name, arg, ret, flags, **kwargs):
        super().__init__(name, **kwargs)
        self.arg_ref = arg      # name of a type, an implicit Object, or None
        self.arg = None
        self.ret_ref = ret
        self.ret = None
        self.boxed = flags["boxed"]
        self.flags = flags


class Event(Entity):
    meta = "event"

    def __init__(self, name, arg, boxed, **kwargs):
        super().__init__(name, **kwargs)
        self.arg_ref = arg
        self.arg = None
        self.boxed = boxed


INT = "QTYPE_QNUM"
BUILTINS = (
    # name, JSON type in introspection, C type, kind of QObject
    ("str", "string", "char *", "QTYPE_QSTRING"),
    ("number", "number", "double", INT),
    ("int", "int", "int64_t", INT),
    ("int8", "int", "int8_t", INT),
    ("int16", "int", "int16_t", INT),
    ("int32", "int", "int32_t", INT),
    ("int64", "int", "int64_t", INT),
    ("uint8", "int", "uint8_t", INT),
    ("uint16", "int", "uint16_t", INT),
    ("uint32", "int", "uint32_t", INT),
    ("uint64", "int", "uint64_t", INT),
    ("size", "int", "uint64_t", INT),
    ("bool", "boolean", "bool", "QTYPE_QBOOL"),
    ("any", "value", "QObject *", None),
    ("null", "null", "QNull *", "QTYPE_QNULL"),
)
QTYPE_VALUES = ("none", "qnull", "qnum", "qstring", "qdict", "qlist", "qbool")
