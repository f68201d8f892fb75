#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the schema compiler (qapi/gen)."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

TOPDIR = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOPDIR / "qapi"))

# pylint: disable=wrong-import-position
from gen import main, names                                     # noqa: E402
from gen.schema import Schema                                   # noqa: E402
from gen.source import SchemaError                              # noqa: E402


class SchemaTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "schema.json")

    def write(self, text, name="schema.json"):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)

    def load(self, text):
        self.write(text)
        return Schema(self.path)

    def generate(self, text, prefix="", unmask=True):
        """path -> text of all files."""
        schema = self.load(text)
        return {f.path: f.text()
                for f in main.generate(schema, prefix, True, unmask)}

    def refuse(self, text, line, *words):
        with self.assertRaises(SchemaError) as caught:
            self.load(text)
        message = str(caught.exception)
        self.assertIn(f"schema.json:{line}:", message)
        for word in words:
            self.assertIn(word, message)


class Names(unittest.TestCase):
    def test_c_name(self):
        for name, want in (("a-b", "a_b"), ("default", "q_default"),
                           ("2nd", "q_2nd"), ("wchar-t", "q_wchar_t"),
                           ("__org.x_y-z", "__org_x_y_z"),
                           ("unix", "q_unix"), ("Default", "Default")):
            self.assertEqual(names.c_name(name), want)
        self.assertEqual(names.c_name("unix", False), "unix")

    def test_constants(self):
        for name, want in (("OnOffAuto", "ON_OFF_AUTO"),
                           ("X86CPURegister32", "X86_CPU_REGISTER32"),
                           ("QCryptoIVGenAlgo", "QCRYPTO_IV_GEN_ALGO"),
                           ("XDbgBlock", "XDBG_BLOCK"),
                           ("QMPCapability", "QMP_CAPABILITY"),
                           ("PCIELinkSpeed", "PCIE_LINK_SPEED"),
                           ("S390CpuState", "S390_CPU_STATE"),
                           ("HMATLBType", "HMATLB_TYPE"),
                           ("test_QAPIEvent", "TEST_QAPI_EVENT"),
                           ("__org.x_y-Enum", "ORG_X_Y_ENUM")):
            self.assertEqual(names.c_upper(name), want)
        self.assertEqual(names.c_const("FooBar", "a-b"), "FOO_BAR_A_B")
        self.assertEqual(names.c_const("FooBar", "2", "P"), "P_2")

    def test_stem(self):
        self.assertEqual(names.stem("x-foo"), "foo")
        self.assertEqual(names.stem("__com.example_bar"), "bar")
        self.assertEqual(names.stem("1x", True), "1x")
        for name in ("", "1x", "q-foo", "_a", "a b", "__a", "a.b"):
            self.assertIsNone(names.stem(name), name)


class Syntax(SchemaTest):
    def test_places(self):
        self.refuse("\n{ 'command' 'a' }", 2, "expected ':'")
        self.refuse("{ 'a': [ 'b', ] }", 1, "expected '{'")
        self.refuse("{ 'a': 'b' ", 1, "expected ',' or '}'")
        self.refuse("\n\n{ 'a': 1 }", 3, "stray '1'")
        self.refuse("{ 'a\n': 1 }", 1, "missing terminating")
        self.refuse("{ 'a': '\\n' }", 1, "unknown escape \\n")
        self.refuse("{ 'a': 'é' }", 1, "funny character")
        self.refuse("{ 'a': true, 'a': true }", 1, "duplicate key 'a'")
        self.refuse("[ { } ]", 1, "must be an object")

    def test_includes(self):
        self.write("{ 'include': '../schema.json' }", "sub/loop.json")
        self.refuse("{ 'include': 'sub/loop.json' }", 1, "inclusion loop")
        self.refuse("{ 'include': 'none.json' }", 1, "none.json")
        self.write("{ 'struct': 'Foo', 'data': {} }", "sub/one.json")
        self.write("{ 'include': 'one.json' }", "sub/two.json")
        schema = self.load("{ 'include': 'sub/one.json' }\n"
                           "{ 'include': 'sub/two.json' }\n")
        self.assertEqual([m.name for m in schema.modules],
                         [None, "sub/one", "sub/two"])

    def test_error_names_the_way(self):
        self.write("\n{ 'struct': 'Foo' }", "sub/bad.json")
        self.write("{ 'include': 'bad.json' }", "sub/mid.json")
        with self.assertRaises(SchemaError) as caught:
            self.load("\n{ 'include': 'sub/mid.json' }")
        lines = str(caught.exception).splitlines()
        self.assertRegex(lines[0], r"^In file included from .*schema.json:2:")
        self.assertRegex(lines[1], r"^In file included from .*mid.json:1:")
        self.assertRegex(lines[2], r"bad.json: In struct 'Foo':")
        self.assertRegex(lines[3], r"bad.json:2: struct misses key 'data'")

    def test_doc_is_checked(self):
        pragma = "{ 'pragma': { 'doc-required': true } }\n"
        self.refuse(pragma + "{ 'command': 'a' }", 2, "documentation comment")
        self.refuse("##\n# @a:\n#\n# @b: what\n##\n{ 'command': 'a' }", 4,
                    "'b' does not exist")
        self.refuse("##\n# @a:\n##\n{ 'command': 'a', 'data': {'b': 'int'} }",
                    4, "'b' lacks documentation")
        self.refuse("##\n# @a:\n#\n# Note: x\n##\n{ 'command': 'a' }", 4,
                    "'Note:'")
        self.refuse("##\n# @b:\n##\n{ 'command': 'a' }", 4, "is for 'b'")
        self.refuse("##\n# @b:\n", 2, "must end with '##'")
        self.refuse("##\n# @b:\n##\n", 1, "not followed")


class Meaning(SchemaTest):
    def test_wrong(self):
        struct = "{ 'struct': 'Foo', 'data': { 'a': 'int' } }\n"
        enum = "{ 'enum': 'Num', 'data': [ 'one', 'on' ] }\n"
        for text, words in (
                ("{ 'struct': 'Bar', 'base': 'Foo', 'data': {'a': 'str'} }",
                 ("'a'", "collides")),
                ("{ 'struct': 'Bar', 'data': {'x': 'Nix'} }", ("'Nix'",)),
                ("{ 'struct': 'Bar', 'data': {'has-x': 'int'} }",
                 ("'has-x'", "reserved")),
                ("{ 'struct': 'Foo', 'data': {} }", ("already defined",)),
                ("{ 'enum': 'Bar', 'data': ['a-b', 'a_b'] }", ("'a_b'",)),
                ("{ 'alternate': 'Alt', 'data': {'s': 'str', 'i': 'int'} }",
                 ("'i'", "'s'")),
                ("{ 'alternate': 'Alt', 'data': {'e': 'Num', 'b': 'bool'} }",
                 ("'b'", "'e'")),
                ("{ 'alternate': 'Alt', 'data': {'a': 'any'} }", ("any",)),
                ("{ 'union': 'Uni', 'base': {'t': 'Num'}, 'discriminator':"
                 " 't', 'data': {'two': 'Foo'} }", ("'two'", "'Num'")),
                ("{ 'union': 'Uni', 'base': {'t': 'str'}, 'discriminator':"
                 " 't', 'data': {'one': 'Foo'} }", ("'t'", "enum")),
                ("{ 'union': 'Uni', 'base': {'t': 'Num', 'a': 'int'},"
                 " 'discriminator': 't', 'data': {'one': 'Foo'} }",
                 ("'a'", "'Foo'", "collides")),
                ("{ 'command': 'c', 'returns': 'int' }", ("'int'",)),
                ("{ 'command': 'c', 'data': ['Foo'] }", ("'data'",)),
                ("{ 'command': 'c', 'gen': true }", ("'gen'", "false")),
                ("{ 'command': 'c', 'allow-oob': true, 'coroutine': true }",
                 ("incompatible",)),
                ("{ 'event': 'e' }", ("lowercase",)),
                ("{ 'command': 'c', 'bogus': true }", ("'bogus'",)),
                ("{ 'command': 'c', 'if': { 'all': [] } }", ("useless",)),
                ("{ 'command': 'c', 'if': 'not-a-macro' }",
                 ("not a valid identifier",))):
            with self.subTest(text=text):
                self.refuse(struct + enum + text, 3, *words)

    def test_too_many_features(self):
        features = ", ".join(f"'f{i}'" for i in range(62))
        self.load(f"{{ 'command': 'c', 'features': [ {features} ] }}")
        self.refuse(f"{{ 'command': 'c', 'features': [ {features}, 'g' ] }}",
                    1, "64")


class Output(SchemaTest):
    EXAMPLE = """
        { 'enum': 'Kind', 'data': [ 'a', { 'name': 'b', 'if': 'HAVE_B',
                                          'features': [ 'deprecated' ] } ] }
        { 'struct': 'Inner', 'data': { 'x': 'int' } }
        { 'union': 'Uni', 'base': { 'kind': 'Kind' },
          'discriminator': 'kind', 'data': { 'a': 'Inner' } }
        { 'struct': 'Foo', 'data': {
            '*str': 'str', '*num': 'int', '*list': ['Inner'], '*o': 'Inner',
            '*e': 'Kind', '*any': 'any',
            'old': { 'type': 'int', 'features': [ 'unstable', 'x' ] } } }
        { 'command': 'do-it', 'data': { 'in': 'str', '*n': 'size' },
          'returns': ['Foo'], 'if': { 'any': [ 'A', { 'not': 'B' } ] } }
        { 'command': 'by-hand', 'gen': false }
        { 'event': 'DONE', 'data': 'Foo' }
        """

    def test_members(self):
        types = self.generate(self.EXAMPLE)["qapi-types.h"]
        struct = re.search(r"struct Foo \{(.*?)\n\};", types, re.S).group(1)
        fields = [line.strip() for line in struct.strip().splitlines()]
        self.assertEqual(fields, [
            "char *str;", "bool has_num;", "int64_t num;", "bool has_list;",
            "InnerList *list;", "Inner *o;", "bool has_e;", "Kind e;",
            "QObject *any;", "int64_t old;"])
        self.assertIn("#if defined(HAVE_B)\n    KIND_B,\n#endif", types)

    def test_commands(self):
        files = self.generate(self.EXAMPLE, "x-")
        header = files["x-qapi-commands.h"]
        self.assertIn("FooList *qmp_do_it(const char *in, bool has_n,"
                      " uint64_t n, Error **errp);", header)
        self.assertIn("#if defined(A) || !defined(B)\n", header)
        self.assertNotIn("by_hand", header)
        self.assertIn("void x_qmp_init_marshal(QmpCommandList *cmds)",
                      files["x-qapi-init-commands.c"])
        self.assertNotIn("by-hand", files["x-qapi-init-commands.c"])
        self.assertIn("by-hand", files["x-qapi-introspect.c"])

    def test_policy(self):
        visit = self.generate(self.EXAMPLE)["qapi-visit.c"]
        self.assertIn('visit_policy_skip(v, "old",'
                      " 1ULL << QAPI_FEATURE_UNSTABLE)", visit)

    def test_masked_names(self):
        files = self.generate(self.EXAMPLE, unmask=False)
        code = re.sub(r"/\*.*?\*/", "", files["qapi-introspect.c"])
        for name in ("Foo", "Inner", "Kind", "q_empty"):
            self.assertNotIn(f'"{name}"', code)
        self.assertIn('"do-it"', code)

    def test_same_file_is_left_alone(self):
        schema = self.load(self.EXAMPLE)
        file = next(main.generate(schema, "", False, False))
        file.write(self.folder.name)
        path = os.path.join(self.folder.name, file.path)
        os.utime(path, (1, 1))
        file.write(self.folder.name)
        self.assertEqual(os.stat(path).st_mtime, 1)

    def test_modules(self):
        self.write("{ 'struct': 'Sub', 'data': {} }", "a/b/sub.json")
        self.write("{ 'include': 'b/sub.json' }", "a/mid.json")
        files = self.generate("{ 'include': 'a/mid.json' }", "p-")
        self.assertIn('#include "b/p-qapi-types-sub.h"',
                      files["a/p-qapi-types-mid.h"])
        self.assertIn('#include "a/p-qapi-types-mid.h"',
                      files["p-qapi-types.h"])


class CommandLine(SchemaTest):
    MAIN = TOPDIR / "qapi/gen/main.py"

    def run_it(self, *args):
        return subprocess.run([sys.executable, self.MAIN, *args], check=False,
                              stderr=subprocess.PIPE, text=True)

    def test_error(self):
        self.write("{ 'struct': 'foo', 'data': {} }")
        done = self.run_it(self.path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("schema.json:1: name of struct", done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_bad_prefix(self):
        self.write("")
        self.assertEqual(self.run_it("-p", "1x", self.path).returncode, 1)

    def test_own_schema(self):
        """The product's schema goes through, and names what it promises."""
        out = os.path.join(self.folder.name, "out")
        done = self.run_it("-b", "-o", out, TOPDIR / "qapi/qapi-schema.json")
        self.assertEqual(done.stderr, "")
        commands = pathlib.Path(out, "qapi-introspect.c").read_text(
            encoding="utf-8")
        for name in ("qmp_capabilities", "object-add", "device_add",
                     "qom-list-get", "query-qmp-schema"):
            self.assertIn(json.dumps(name), commands)


if __name__ == "__main__":
    unittest.main()
