"""A defect of ours: its report goes to a file, and the user is told where that lies instead of a traceback."""

from __future__ import annotations

import sys
import tempfile
import traceback

EXIT_CODE = 70


def report() -> int:
    """Writes the exception now being handled to a file, tells where, and gives the exit status."""
    from engine import __version__

    with tempfile.NamedTemporaryFile("w", prefix="jifen-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write(f"jifen {__version__}\nPython {sys.version}\n{' '.join(sys.argv)}\n\n{traceback.format_exc()}")
    print(f"错误：程序出现缺陷，本次操作没有完成；报告在 {file.name}\n提示：请把该报告交给维护人员", file=sys.stderr)
    return EXIT_CODE
