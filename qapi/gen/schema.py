# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole schema: resolves names and checks what needs more than one
definition to see."""
import os
import re

from . import model, parser
from .forms import Form
from .names import c_name
from .source import SchemaError

MAX_FEATURES = 64


class Schema:
    """All entities in order of definition, those that are implied (arrays,
    arguments written in place) before the first that needs them."""

    def __init__(self, path):
        loaded = parser.load(path)
        self.pragmas = loaded.pragmas
        self.modules = loaded.modules
        self.main = os.path.basename(path)
        self.entities = []
        self.by_name = {}
        self.features = [model.Feature(name, None, None)
                         for name in model.Feature.SPECIAL]
        self.add_builtins()
        for raw in loaded.definitions:
            self.add(Form(raw, self.pragmas).read())
        for entity in list(self.entities):
            self.resolve(entity)
        for entity in list(self.entities):
            Checker(self, entity).check()

    # --- looking up ------------------------------------------------------

    def in_module(self, module, *kinds):
        """The entities of these kinds of one module (None: predefined)."""
        return [e for e in self.entities
                if e.module is module and isinstance(e, kinds)]

    def of(self, *kinds):
        """The same of all modules, one module after the other."""
        return [e for module in self.modules
                for e in self.in_module(module, *kinds)]

    # --- entering ----------------------------------------------------------

    def add_builtins(self):
        for row in model.BUILTINS:
            builtin = model.Builtin(*row)
            self.enter(builtin)
        for row in model.BUILTINS:
            self.enter(model.Array(self.by_name[row[0]]))
        qtype = model.Enum(
            "QType", [model.Member(v, None, None) for v in model.QTYPE_VALUES],
            "QTYPE")
        self.enter(qtype)
        # The arguments of a command that has none, for introspection.
        self.empty = model.Object("q_empty", "object", [], implicit=True)

    def enter(self, entity):
        self.entities.append(entity)
        self.by_name[entity.name] = entity

    def add(self, entity):
        other = self.by_name.get(entity.name)
        if other:
            message = f"'{entity.name}' is already defined"
            if other.place:
                message += f"\n{other.place}: previous definition"
            else:
                message = f"{other.describe()} is predefined"
            raise SchemaError(entity.place, message)
        for implied in (getattr(entity, "base_ref", None),
                        getattr(entity, "arg_ref", None)):
            if isinstance(implied, model.Object):
                self.add(implied)
        self.enter(entity)
        self.collect_features(entity)

    def collect_features(self, entity):
        holders = [entity]
        for attribute in ("own", "values"):
            holders += getattr(entity, attribute, None) or []
        for holder in holders:
            for feature in holder.features:
                if any(f.name == feature.name for f in self.features):
                    continue
                if len(self.features) == MAX_FEATURES:
                    raise SchemaError(
                        entity.place, f"Maximum of {MAX_FEATURES} schema"
                        " features is permitted")
                self.features.append(feature)

    # --- resolving ---------------------------------------------------------

    def find(self, ref, entity, what):
        """The type that @ref names, for @what of @entity."""
        name = ref[0] if isinstance(ref, list) else ref
        found = self.by_name.get(name)
        if not isinstance(found, model.Type) or (
                isinstance(found, model.Object) and found.implicit):
            raise SchemaError(entity.place,
                              f"{what} uses unknown type '{name}'")
        if isinstance(ref, str):
            return found
        return self.array_of(found, entity)

    def array_of(self, element, entity):
        array = self.by_name.get(element.name + "List")
        if not array:
            array = model.Array(element)
            self.by_name[array.name] = array
            self.entities.insert(self.entities.index(entity), array)
        return array

    def resolve(self, entity):
        if isinstance(entity, model.Object):
            self.resolve_object(entity)
        elif isinstance(entity, model.Alternate):
            for branch in entity.branches:
                branch.type = self.find(branch.ref, entity,
                                        f"branch '{branch.name}'")
        elif isinstance(entity, (model.Command, model.Event)):
            self.resolve_call(entity)

    def resolve_object(self, entity):
        label = "parameter" if entity.name.endswith("-arg") else "member"
        for member in entity.own:
            member.type = self.find(member.ref, entity,
                                    f"{label} '{member.name}'")
        for branch in entity.branches or []:
            branch.type = self.find(branch.ref, entity,
                                    f"branch '{branch.name}'")
        if isinstance(entity.base_ref, model.Object):
            entity.base = entity.base_ref
        elif entity.base_ref:
            base = self.find(entity.base_ref, entity, "'base'")
            if not isinstance(base, model.Object) or base.branches is not None:
                raise SchemaError(entity.place, "'base' requires a struct"
                                  f" type, {base.doc_name()} isn't")
            entity.base = base

    def resolve_call(self, entity):
        if isinstance(entity.arg_ref, model.Object):
            entity.arg = entity.arg_ref
        elif entity.arg_ref:
            entity.arg = self.find(entity.arg_ref, entity,
                                   f"{entity.meta}'s 'data'")
        if getattr(entity, "ret_ref", None):
            entity.ret = self.find(entity.ret_ref, entity,
                                   "command's 'returns'")


class Checker:
    """Checks one entity whose references are resolved."""

    def __init__(self, schema, entity):
        self.schema = schema
        self.entity = entity

    def fail(self, message):
        raise SchemaError(self.entity.place, message)

    def check(self):
        entity = self.entity
        if not entity.place:
            return
        self.check_features()
        if isinstance(entity, model.Enum):
            self.check_clash(entity.values, "value", lambda m: "")
        elif isinstance(entity, model.Object):
            self.check_object()
        elif isinstance(entity, model.Alternate):
            self.check_alternate()
        elif isinstance(entity, model.Command):
            self.check_call()
            self.check_returns()
        elif isinstance(entity, model.Event):
            self.check_call()
        if not getattr(entity, "implicit", False):
            DocChecker(self.schema, entity).check()

    def check_features(self):
        entity = self.entity
        self.check_clash(entity.features, "feature", lambda f: "")
        if isinstance(entity, model.Type):
            for feature in entity.features:
                if feature.name in model.Feature.SPECIAL:
                    self.fail(f"feature '{feature.name}' is not supported for"
                              " types")
        members = getattr(entity, "own", getattr(entity, "values", []))
        for member in members:
            self.check_clash(member.features, "feature", lambda f: "")

    def check_clash(self, items, what, suffix):
        """No two of @items may get the same name in C."""
        seen = {}
        for item in items:
            key = c_name(item.name)
            if key in seen:
                self.fail(f"{what} '{item.name}'{suffix(item)} collides with"
                          f" {what} '{seen[key].name}'{suffix(seen[key])}")
            seen[key] = item

    def owner(self, entity):
        """member -> " of type ..." when it is inherited."""
        origin = {}
        base = entity.base
        while base:
            for member in base.own:
                origin[member] = ("" if base.implicit
                                  else f" of type '{base.name}'")
            base = base.base
        return lambda member: origin.get(member, "")

    def check_object(self):
        entity = self.entity
        seen = set()
        base = entity
        while base:
            if base in seen:
                self.fail(f"object {entity.name} contains itself")
            seen.add(base)
            base = base.base
        self.check_clash(entity.members(), "member", self.owner(entity))
        if entity.branches is not None:
            self.check_union()

    def check_union(self):
        entity = self.entity
        base = entity.base
        base_name = ("'base'" if base.implicit
                     else f"base type '{base.name}'")
        tag = next((m for m in base.members() if m.name == entity.tag_name),
                   None)
        if not tag:
            self.fail(f"discriminator '{entity.tag_name}' is not a member of"
                      f" {base_name}")
        about = f"discriminator member '{tag.name}' of {base_name} must"
        if not isinstance(tag.type, model.Enum):
            self.fail(about + " be of enum type")
        if tag.optional:
            self.fail(about + " not be optional")
        if tag.cond:
            self.fail(about + " not be conditional")
        entity.tag = tag
        values = {v.name: v for v in tag.type.values}
        if not entity.branches and not values:
            self.fail("union has no branches")
        for branch in entity.branches:
            if branch.name not in values:
                self.fail(f"branch '{branch.name}' is not a value of"
                          f" {tag.type.doc_name()}")
            if not isinstance(branch.type, model.Object):
                self.fail(f"branch '{branch.name}' cannot use"
                          f" {branch.type.doc_name()}")
            self.check_branch_members(branch.type)

    def check_branch_members(self, branch):
        """A branch, with all that it may hold itself, against the base."""
        common = {c_name(m.name): m for m in self.entity.members()}
        inherited = self.owner(self.entity)
        pending = [branch]
        seen = set()
        while pending:
            part = pending.pop()
            if not part or part in seen:
                continue
            seen.add(part)
            for member in part.own:
                other = common.get(c_name(member.name))
                if other:
                    self.fail(f"member '{member.name}' of type"
                              f" '{branch.name}' collides with member"
                              f" '{other.name}'{inherited(other)}")
            pending.append(part.base)
            pending += [b.type for b in part.branches or []
                        if isinstance(b.type, model.Object)]

    def check_alternate(self):
        entity = self.entity
        self.check_clash(entity.branches, "branch", lambda m: "")
        taken = {}
        for branch in entity.branches:
            kind = branch.type.qtype
            if isinstance(branch.type, model.Alternate) or not kind:
                self.fail(f"branch '{branch.name}' cannot use"
                          f" {branch.type.doc_name()}")
            for shape in self.shapes(branch.type):
                if shape in taken:
                    self.fail(f"branch '{branch.name}' can't be distinguished"
                              f" from '{taken[shape].name}'")
            for shape in self.shapes(branch.type):
                taken[shape] = branch

    @staticmethod
    def shapes(branch):
        """What a value may be, also where everything is a string (as on the
        command line)."""
        if branch.qtype != "QTYPE_QSTRING":
            return {branch.qtype}
        if not isinstance(branch, model.Enum):
            return {branch.qtype, "QTYPE_QNUM", "QTYPE_QBOOL"}
        shapes = {branch.qtype}
        for value in branch.values:
            if value.name in ("on", "off"):
                shapes.add("QTYPE_QBOOL")
            if re.match(r"[-+0-9.]", value.name):
                shapes.add("QTYPE_QNUM")
        return shapes

    def check_call(self):
        entity = self.entity
        arg = entity.arg
        if not arg:
            return
        what = f"{entity.meta}'s 'data'"
        if not isinstance(arg, model.Object):
            self.fail(f"{what} cannot take {arg.doc_name()}")
        if arg.branches is not None and not entity.boxed:
            self.fail(f"{what} can take {arg.doc_name()} only with"
                      " 'boxed': true")
        if not entity.boxed and any(m.cond for m in arg.members()):
            if entity.meta == "event":
                self.fail(f"{what} members may have 'if' conditions only with"
                          " 'boxed': true")
            self.fail("conditional command arguments require 'boxed': true")

    def check_returns(self):
        ret = self.entity.ret
        if not ret:
            return
        exempt = self.schema.pragmas.allows("command-returns-exceptions",
                                            self.entity.name)
        element = ret.element if isinstance(ret, model.Array) else ret
        if isinstance(ret, model.Alternate) or (
                not exempt and not isinstance(element, model.Object)):
            self.fail(f"command's 'returns' cannot take {ret.doc_name()}")


class DocChecker:
    """Compares a definition with its documentation."""

    def __init__(self, schema, entity):
        self.schema = schema
        self.entity = entity
        self.doc = entity.doc

    def fail(self, message, at=None):
        place = at.place.within(self.entity.describe()) if at else None
        raise SchemaError(place or self.entity.place, message)

    def check(self):
        if not self.doc:
            return
        entity = self.entity
        members, inherited = self.members()
        what = {"enum": "value", "alternate": "branch"}.get(entity.meta,
                                                            "member")
        self.compare(self.doc.members, members, what, "member",
                     inherited,
                     self.schema.pragmas.allows("documentation-exceptions",
                                                entity.name))
        holders = [entity] + members
        features = [f.name for h in holders for f in h.features]
        features = [model.Feature(n, None, None) for n in features]
        self.compare(self.doc.features, features, "feature", "feature", (),
                     False)
        self.check_sections()

    def members(self):
        """Those that must be documented here, and names that may be."""
        entity = self.entity
        if isinstance(entity, model.Enum):
            return entity.values, ()
        if isinstance(entity, model.Alternate):
            return entity.branches, ()
        if isinstance(entity, model.Object):
            members = list(entity.own)
            if entity.base and entity.base.implicit:
                members += entity.base.own
            return members, ()
        if entity.arg and entity.arg.implicit:
            return entity.arg.own, ()
        return [], ()

    def compare(self, described, existing, what, kind, also, lenient):
        names = {item.name for item in existing}
        if not lenient:
            for item in existing:
                if item.name not in described:
                    self.fail(f"{what} '{item.name}' lacks documentation")
        strange = [n for n in described if n not in names and n not in also]
        if strange:
            verb = "do" if len(strange) > 1 else "does"
            plural = "s" if len(strange) > 1 else ""
            listed = ", ".join(f"'{n}'" for n in strange)
            self.fail(f"documented {kind}{plural} {listed} {verb} not exist",
                      described[strange[0]])

    def check_sections(self):
        entity = self.entity
        for tag in ("Returns", "Errors"):
            if tag in self.doc.sections:
                if not isinstance(entity, model.Command):
                    self.fail(f"'{tag}' section is only valid for commands",
                              self.doc.sections[tag])
                if tag == "Returns" and not entity.ret and \
                        entity.flags["gen"]:
                    self.fail("'Returns' section, but command doesn't return"
                              " anything", self.doc.sections[tag])
