# SPDX-License-Identifier: GPL-2.0-or-later
"""qapi-introspect: what query-qmp-schema says, as a constant QLit.

Only what is reachable from commands and events is there. Types have numbers
for names, so that nobody relies on the names here; -u shows those.
"""

from . import model
from .cfile import CFile, conditional


class Node:
    """A value of the description, with the condition it is subject to."""

    def __init__(self, value, cond=None, comment=None):
        self.value = value
        self.cond = cond
        self.comment = comment


class Description:
    """Builds the list of SchemaInfo objects."""

    def __init__(self, schema, unmask):
        self.schema = schema
        self.unmask = unmask
        self.used = []          # types in the order of their first use
        self.nodes = []
        for entity in schema.of(model.Command, model.Event):
            self.call(entity)
        for entity in self.used:        # grows while it is worked on
            self.type(entity)

    def ref(self, entity):
        """The name by which a type is known; it will be described too."""
        if isinstance(entity, model.Builtin) and entity.json == "int":
            entity = self.schema.by_name["int"]
        elif isinstance(entity, model.Array) and \
                getattr(entity.element, "json", None) == "int":
            entity = self.schema.by_name["intList"]
        if entity not in self.used:
            self.used.append(entity)
        if isinstance(entity, model.Builtin):
            return entity.name
        if isinstance(entity, model.Array):
            return f"[{self.ref(entity.element)}]"
        if self.unmask:
            return entity.name
        masked = [e for e in self.used
                  if not isinstance(e, (model.Builtin, model.Array))]
        return str(masked.index(entity))

    @staticmethod
    def features(holder):
        if not holder.features:
            return {}
        return {"features": [Node(f.name, f.cond) for f in holder.features]}

    def add(self, name, meta, entity, fields):
        value = {"name": name, "meta-type": meta}
        value.update(fields)
        value.update(self.features(entity))
        comment = None
        if name not in (entity.name, f"[{entity.name}]"):
            comment = f'"{name}" is {entity.name}'
        self.nodes.append(Node(value, entity.cond, comment))

    def call(self, entity):
        fields = {"arg-type": self.ref(entity.arg or self.schema.empty)}
        if isinstance(entity, model.Command):
            fields["ret-type"] = self.ref(entity.ret or self.schema.empty)
            if entity.flags["allow-oob"]:
                fields["allow-oob"] = True
        self.add(entity.name, entity.meta, entity, fields)

    def type(self, entity):
        name = self.ref(entity)
        if isinstance(entity, model.Builtin):
            self.add(name, "builtin", entity, {"json-type": entity.json})
        elif isinstance(entity, model.Array):
            self.add(name, "array", entity,
                     {"element-type": self.ref(entity.element)})
        elif isinstance(entity, model.Enum):
            members = [Node({"name": v.name, **self.features(v)}, v.cond)
                       for v in entity.values]
            # "values" is the older form of the same, which is deprecated.
            self.add(name, "enum", entity, {
                "members": members,
                "values": [Node(v.name, v.cond) for v in entity.values]})
        elif isinstance(entity, model.Alternate):
            self.add(name, "alternate", entity, {
                "members": [Node({"type": self.ref(b.type)}, b.cond)
                            for b in entity.branches]})
        else:
            self.object(name, entity)

    def object(self, name, entity):
        members = []
        for member in entity.members():
            value = {"name": member.name, "type": self.ref(member.type)}
            if member.optional:
                value["default"] = None
            value.update(self.features(member))
            members.append(Node(value, member.cond))
        fields = {"members": members}
        if entity.branches is not None:
            fields["tag"] = entity.tag.name
            fields["variants"] = self.variants(entity)
        self.add(name, "object", entity, fields)

    def variants(self, entity):
        known = {b.name: b for b in entity.branches}
        found = []
        for value in entity.tag.type.values:
            branch = known.get(value.name)
            kind = branch.type if branch else self.schema.empty
            found.append(Node({"case": value.name, "type": self.ref(kind)},
                              (branch and branch.cond) or value.cond))
        return found


def literal(value, depth):
    """@value as a QLitObject initializer."""
    pad = "    " * depth
    if value is None:
        return "QLIT_QNULL"
    if value is True or value is False:
        return f"QLIT_QBOOL({str(value).lower()})"
    if isinstance(value, str):
        return f'QLIT_QSTR("{value}")'
    if isinstance(value, list):
        items = ""
        for node in value:
            comment = f"{pad}    /* {node.comment} */\n" if node.comment else ""
            items += conditional(
                f"{comment}{pad}    {literal(node.value, depth + 1)},\n",
                node.cond)
        return f"QLIT_QLIST(((QLitObject[]) {{\n{items}{pad}    {{}}\n{pad}}}))"
    items = "".join(
        f'{pad}    {{ "{key}", {literal(item, depth + 1)}, }},\n'
        for key, item in sorted(value.items()))
    return f"QLIT_QDICT(((QLitDictEntry[]) {{\n{items}{pad}    {{}}\n{pad}}}))"


def emit(schema, names, unmask):
    path = names.path("introspect")
    header = CFile(path + ".h", "The schema, for query-qmp-schema.")
    source = CFile(path + ".c", "The schema, for query-qmp-schema.")
    variable = f"const QLitObject {names.c_prefix}qmp_schema_qlit"
    header.include('"qobject/qlit.h"')
    header.add(f"extern {variable};")
    source.include(f'"{path}.h"')
    text = literal(Description(schema, unmask).nodes, 0)
    source.add(f"{variable} = {text};")
    yield header
    yield source
