"""A second opinion on the scoring: the scheme read by hand in plain Python, sharing nothing with the engine.

`random_year` makes a year of facts, `points` and `rule_points` say what a month of it must post.
"""

from .reading import points, rule_points
from .years import random_year

__all__ = ["points", "random_year", "rule_points"]
