#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/decodetable.py: tables that are wrong, and what it makes of good ones."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else
                    pathlib.Path(__file__).parents[2] /
                    "scripts/decodetable.py")

FORMATS = """
%R  rd=11:7 rs1=19:15 rs2=24:20
%I  rd=11:7 rs1=19:15 imm=s31:20
%C  rd=8+4:2 rs1==2 imm=10:7,12:11,5,6,0*2
%J  rd=11:7 imm=s31,19:12,20,30:21,0*1
"""
ADD = "add  0000000..........000.....0110011  R  -  RD = RS1 + RS2;\n"
ADDI = "addi .................000.....0010011  I  -  RD = RS1 + IMM;\n"


class DecodeTable(unittest.TestCase):
    def run_tool(self, text, *outputs):
        with tempfile.TemporaryDirectory() as tmp:
            table = pathlib.Path(tmp) / "test.table"
            table.write_text(FORMATS + text, encoding="utf-8")
            args = []
            for option in outputs:
                args += [option, f"{tmp}/out{option}"]
            done = subprocess.run([sys.executable, TOOL, table, *args],
                                  capture_output=True, text=True, check=False)
            texts = [pathlib.Path(f"{tmp}/out{o}").read_text(encoding="utf-8")
                     for o in outputs] if done.returncode == 0 else []
            return done, texts

    def wrong(self, text, *messages):
        done, _ = self.run_tool(text, "--handlers")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        for message in messages:
            self.assertIn(message, done.stderr)

    def test_wrong(self):
        self.wrong(ADD + "two 0000000..........000.....0110011 R - RD = 1;\n",
                   "test.table:7", "two has the pattern of add", "test.table:6")
        self.wrong("a 1...............................  R - ;\n"
                   "b .1..............................  R - ;\n",
                   "b overlaps a", "special case")
        self.wrong("a 1.. R - ;\n", "not 16 or 32")
        self.wrong("a 1............................... Q - ;\n", "no format")
        self.wrong("a 1............................... R -,x ;\n", "flag 'x'")
        self.wrong("a 1............................... R A+B ;\n", "WHEN")
        self.wrong("a 1............................... R - = b\n", "= b")
        self.wrong("a 1............................... R - = a\n", "itself")
        self.wrong("a 1............................... R -\n", "no semantics")
        self.wrong("a 1............................... R\n", "SEMANTICS")
        self.wrong("  more\n", "continues nothing")
        self.wrong("%R rd=11:7\n", "format R was declared")
        self.wrong("%Q xx=1:0\n", "FIELD=BITS")
        self.wrong("%Q rd=1:5\n", "no range")
        self.wrong("%Q rd=1:0 frd=2\n", "rd and frd")
        self.wrong(ADD + "FUSE add sub\n", "FUSE")
        self.wrong(ADD + "jal .........................1101111 J - "
                   "RD = NPC; JUMP(PC + IMM);\nFUSE add jal\n", "second")
        self.wrong("a 1............................... R - BRANCH(1); "
                   "JUMP(RS1);\n", "both BRANCH and JUMP")

    def test_right(self):
        done, (names, handlers, decoder, listing) = self.run_tool(
            ADD + ADDI +
            "nop 00000000000000000000000000010011 R - ;\n"
            "c.a 000...........00 C C = addi\n"
            "FUSE add addi\n",
            "--names", "--handlers", "--decoder", "--list")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("SOFT_INSN_c_a,", names)
        self.assertIn("SOFT_OP(op_fuse_add_addi)", handlers)
        self.assertNotIn("op_c_a", handlers)
        # The special case first.
        self.assertLess(decoder.index("return SOFT_INSN_nop"),
                        decoder.index("return SOFT_INSN_addi"))
        rows = {row["name"]: row for row in json.loads(listing)}
        self.assertEqual(rows["c.a"]["handler"], "addi")
        self.assertEqual(rows["c.a"]["width"], 16)
        self.assertEqual(rows["add"]["mask"], 0xfe00707f)


if __name__ == "__main__":
    unittest.main(verbosity=0)
