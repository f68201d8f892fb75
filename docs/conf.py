# SPDX-License-Identifier: GPL-2.0-or-later
"""Sphinx configuration of the Plateau manual."""
project = "Plateau"
author = "the Plateau developers"
copyright = "2026, the Plateau developers"
extensions = []
root_doc = "index"
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {
    "description": "A device emulator framework that can be read",
    "fixed_sidebar": True,
}
highlight_language = "c"
nitpicky = True
man_pages = [
    ("system/plateau.1", "plateau", "device emulator", [author], 1),
]
