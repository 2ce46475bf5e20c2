"""A plausible year of workbooks for `init --demo`: the ruleset's sample.yaml, told by a seeded generator.

Everything that a workbook says (kinds, units, stories, names) is data of the ruleset; this room only draws from it.
The same ruleset gives the same bytes, so that the demo, its documentation and the tests show one year.
"""
