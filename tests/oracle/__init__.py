"""A second opinion on the scoring and the tasks: the scheme read by hand in plain Python, sharing nothing with the engine.

`random_year` makes a year of facts, `points` and `rule_points` say what a month of it must post; `working_year` makes one
in which units work on their tasks, `standings` says how these must stand at a month's end.
"""

from .reading import points, rule_points
from .tasks import standings
from .working import working_year
from .years import random_year

__all__ = ["points", "random_year", "rule_points", "standings", "working_year"]
