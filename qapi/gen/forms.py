# SPDX-License-Identifier: GPL-2.0-or-later
"""Turns definitions as written into entities of the model.

Here is what a definition may look like: its keys, their values, the names in
it. Type names are taken as they are; schema.py resolves them.
"""
import re

from . import model
from .names import CAMEL_CASE, stem
from .source import SchemaError

# meta-type: (required keys, optional keys), besides 'if' and 'features'
KEYS = {
    "enum": ({"data"}, {"prefix"}),
    "struct": ({"data"}, {"base"}),
    "union": ({"base", "discriminator", "data"}, set()),
    "alternate": ({"data"}, set()),
    "command": (set(), {"data", "returns", "boxed", "gen", "success-response",
                        "allow-oob", "allow-preconfig", "coroutine"}),
    "event": (set(), {"data", "boxed"}),
}
# The flags of commands, and the only value that may be written down.
FLAGS = {"boxed": True, "allow-oob": True, "allow-preconfig": True,
         "coroutine": True, "gen": False, "success-response": False}
OPERATORS = ("all", "any", "not")


class Form:
    """Reads one definition."""

    def __init__(self, raw, pragmas):
        self.raw = raw
        self.data = raw.data
        self.pragmas = pragmas
        self.place = raw.place
        self.meta = None
        self.name = None

    def fail(self, message):
        raise SchemaError(self.place, message)

    def read(self):
        metas = [key for key in self.data if key in KEYS]
        if len(metas) != 1:
            self.fail("expression must have exactly one key "
                      + ", ".join(f"'{meta}'" for meta in KEYS))
        self.meta = metas[0]
        self.name = self.data[self.meta]
        if not isinstance(self.name, str):
            self.fail(f"'{self.meta}' requires a string name")
        self.place = self.place.within(f"{self.meta} '{self.name}'")
        self.check_doc_symbol()
        self.check_own_name()
        required, optional = KEYS[self.meta]
        self.check_keys(self.data, self.meta, required | {self.meta},
                        optional | {"if", "features"})
        self.check_flags()
        common = {"place": self.place, "module": self.raw.module,
                  "cond": self.cond(self.data, self.meta),
                  "features": self.features(self.data),
                  "doc": self.raw.doc}
        return getattr(self, "read_" + self.meta)(common)

    # --- the parts that several kinds have ---------------------------------

    def check_doc_symbol(self):
        doc = self.raw.doc
        if doc and doc.symbol != self.name:
            self.fail(f"documentation comment is for '{doc.symbol}'")
        if not doc and self.pragmas.doc_required:
            self.fail("documentation comment required")

    def check_own_name(self):
        base = stem(self.name)
        if not base:
            self.fail(f"{self.meta} has an invalid name")
        if self.meta == "event":
            if re.search(r"[a-z-]", base):
                self.fail("name of event must not use lowercase or '-'")
        elif self.meta == "command":
            if not self.pragmas.allows("command-name-exceptions", self.name) \
                    and re.search(r"[A-Z_]", base):
                self.fail("name of command must not use uppercase or '_'")
        else:
            if not CAMEL_CASE.match(base):
                self.fail(f"name of {self.meta} must use CamelCase")
            if self.name.endswith("List"):
                self.fail(f"{self.meta} name should not end in 'List'")

    def check_keys(self, value, what, required, optional):
        def listed(names):
            return ", ".join(f"'{name}'" for name in sorted(names))

        missing = required - value.keys()
        if missing:
            plural = "s" if len(missing) > 1 else ""
            self.fail(f"{what} misses key{plural} {listed(missing)}")
        unknown = value.keys() - required - optional
        if unknown:
            plural = "s" if len(unknown) > 1 else ""
            self.fail(f"{what} has unknown key{plural} {listed(unknown)}\n"
                      f"Valid keys are {listed(required | optional)}.")

    def check_flags(self):
        for flag, only in FLAGS.items():
            if flag in self.data and self.data[flag] is not only:
                self.fail(f"flag '{flag}' may only use"
                          f" {str(only).lower()} value")
        if "allow-oob" in self.data and "coroutine" in self.data:
            self.fail("flags 'allow-oob' and 'coroutine' are incompatible")

    def cond(self, holder, what):
        if "if" not in holder:
            return None
        return self.cond_value(holder["if"], what)

    def cond_value(self, value, what):
        if isinstance(value, str):
            if not re.fullmatch(r"[A-Z][A-Z0-9_]*", value):
                self.fail(f"'if' condition '{value}' of {what} is not a valid"
                          " identifier")
            return model.Cond("defined", value)
        if not isinstance(value, dict):
            self.fail(f"'if' condition of {what} must be a string or an"
                      " object")
        self.check_keys(value, f"'if' condition of {what}", set(),
                        set(OPERATORS))
        if len(value) != 1:
            self.fail(f"'if' condition of {what} has conflicting keys"
                      if value else
                      f"'if' condition {{}} of {what} is useless")
        (operator, args), = value.items()
        if operator == "not":
            return model.Cond("not", [self.cond_value(args, what)])
        if not isinstance(args, list):
            self.fail(f"'{operator}' condition of {what} must be an array")
        if not args:
            self.fail(f"'if' condition [] of {what} is useless")
        return model.Cond(operator, [self.cond_value(a, what) for a in args])

    def named_items(self, items, what, optional):
        """(name, item as an object) of a list of names or objects."""
        if not isinstance(items, list):
            self.fail(f"'{what}' must be an array")
        for item in items:
            if isinstance(item, str):
                item = {"name": item}
            if not isinstance(item, dict):
                self.fail(f"'{what}' member requires a string name")
            self.check_keys(item, f"'{what}' member", {"name"}, optional)
            if not isinstance(item["name"], str):
                self.fail(f"'{what}' member requires a string name")
            yield item["name"], item

    def features(self, holder):
        found = []
        for name, item in self.named_items(holder.get("features", []),
                                           "features", {"if"}):
            what = f"'features' member '{name}'"
            base = stem(name)
            if not base:
                self.fail(f"{what} has an invalid name")
            if re.search(r"[A-Z_]", base):
                self.fail(f"name of {what} must not use uppercase or '_'")
            found.append(model.Feature(name, self.cond(item, what),
                                       self.place))
        return found

    def type_ref(self, value, what, array=True):
        """Checks 'name' or ['name']; which type it is comes later."""
        if isinstance(value, str):
            return value
        if isinstance(value, list) and array:
            if len(value) != 1 or not isinstance(value[0], str):
                self.fail(f"{what}: array type must contain single type name")
            return value
        self.fail(f"{what} should be a type name"
                  + (" or array" if array else ""))
        return None

    def check_member_name(self, name, what, is_value=False, exempt=None):
        base = stem(name, is_value)
        if not base:
            self.fail(f"{what} has an invalid name")
        if exempt is None:
            exempt = self.pragmas.allows("member-name-exceptions", self.name)
        if not exempt and re.search(r"[A-Z_]", base):
            self.fail(f"name of {what} must not use uppercase or '_'")

    def members(self, value, source):
        """Members of an object as an object: name -> type or details."""
        found = []
        for key, item in value.items():
            what = f"'{source}' member '{key}'"
            name = key[1:] if key.startswith("*") else key
            self.check_member_name(name, what)
            if name == "u" or re.match(r"has[-_]", name):
                self.fail(f"{what} uses reserved name")
            if not isinstance(item, dict):
                item = {"type": item}
            self.check_keys(item, what, {"type"}, {"if", "features"})
            found.append(model.Member(
                name, self.type_ref(item["type"], what), self.place,
                optional=key.startswith("*"), cond=self.cond(item, what),
                features=self.features(item)))
        return found

    def branches(self, array, is_value):
        """Those of a union (named by enum values) or of an alternate."""
        if not isinstance(self.data["data"], dict):
            self.fail("'data' must be an object")
        found = []
        for name, item in self.data["data"].items():
            what = f"'data' member '{name}'"
            self.check_member_name(name, what, is_value, exempt=is_value)
            if not isinstance(item, dict):
                item = {"type": item}
            self.check_keys(item, what, {"type"}, {"if"})
            found.append(model.Member(
                name, self.type_ref(item["type"], what, array), self.place,
                cond=self.cond(item, what)))
        return found

    def argument(self, common):
        """'data' of a command or event: an implicit Object, a name, None."""
        value = self.data.get("data")
        boxed = self.data.get("boxed", False)
        if value is None:
            if boxed:
                self.fail("'boxed': true requires 'data'")
            return None
        if isinstance(value, str):
            return value
        if boxed:
            self.fail("'data' should be a type name")
        if not isinstance(value, dict):
            self.fail("'data' should be an object or type name")
        if not value:
            return None
        return self.implicit("arg", self.members(value, "data"), common)

    def implicit(self, role, members, common):
        return model.Object(
            f"q_obj_{self.name}-{role}", "object", members, implicit=True,
            place=common["place"], module=common["module"],
            cond=common["cond"])

    # --- the kinds -----------------------------------------------------------

    def read_enum(self, common):
        prefix = self.data.get("prefix")
        if prefix is not None and not isinstance(prefix, str):
            self.fail("'prefix' must be a string")
        values = []
        for name, item in self.named_items(self.data["data"], "data",
                                           {"if", "features"}):
            what = f"'data' member '{name}'"
            self.check_member_name(name, what, is_value=True)
            values.append(model.Member(name, None, self.place,
                                       cond=self.cond(item, what),
                                       features=self.features(item)))
        return model.Enum(self.name, values, prefix, **common)

    def read_struct(self, common):
        if not isinstance(self.data["data"], dict):
            self.fail("'data' should be an object or type name")
        base = self.data.get("base")
        if base is not None:
            base = self.type_ref(base, "'base'", array=False)
        return model.Object(self.name, "struct",
                            self.members(self.data["data"], "data"), base,
                            **common)

    def read_union(self, common):
        base = self.data["base"]
        if isinstance(base, dict):
            base = self.implicit("base", self.members(base, "base"), common)
        elif not isinstance(base, str):
            self.fail("'base' should be an object or type name")
        tag = self.data["discriminator"]
        if not isinstance(tag, str):
            self.fail("'discriminator' requires a string name")
        return model.Object(self.name, "union", [], base, tag,
                            self.branches(array=False, is_value=True),
                            **common)

    def read_alternate(self, common):
        branches = self.branches(array=True, is_value=False)
        if not branches:
            self.fail("'data' must not be empty")
        return model.Alternate(self.name, branches, **common)

    def read_command(self, common):
        returns = self.data.get("returns")
        if returns is not None:
            returns = self.type_ref(returns, "'returns'")
        flags = {flag: self.data.get(flag, not only)
                 for flag, only in FLAGS.items()}
        return model.Command(self.name, self.argument(common), returns, flags,
                             **common)

    def read_event(self, common):
        return model.Event(self.name, self.argument(common),
                           self.data.get("boxed", False), **common)
