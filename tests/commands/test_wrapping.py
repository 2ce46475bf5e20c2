"""Long Chinese lines on a terminal: whole, no wider than it is, and no number cut in two."""

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.commands.wrapping import breaks


@given(st.text(st.sampled_from("甲乙（）〔〕，。；：12.5 abc"), max_size=120), st.integers(min_value=20, max_value=80))
def test_no_line_is_wider_than_the_terminal_and_no_number_is_cut(text, width):
    ends = [*breaks(text, width), len(text)]
    lines = [text[start:end] for start, end in zip([0, *ends], ends)]
    assert "".join(lines) == text
    assert all(cell_len(line.rstrip(" ")) <= width for line in lines)
    if not re.search("[（〔）〕，。；：]{5}", text):  # so many signs in a row may be wider than a line
        assert all(word in " ".join(lines) for word in re.findall("[!-~]+", text) if len(word) <= width - 20)
