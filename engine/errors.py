"""The one family of errors that reach a user; everything else that is raised is a defect of ours.

JifenError                  says what is wrong and what to do next
├── InputError        (1)   the input, the data or the workspace is at fault
│   ├── RulesetFaulty (1)   a ruleset with errors, every finding carried along
│   └── IntakeRefused (1)   workbooks with faults, every fault carried along
└── Busy              (3)   another writer holds the workspace
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.dsl.findings import Finding
    from engine.intake.faults import Fault

_SAID = {
    errno.ENOSPC: "磁盘空间不足", errno.EDQUOT: "磁盘空间不足", errno.EFBIG: "磁盘空间不足",
    errno.ENOENT: "没有这个文件或文件夹", errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.EROFS: "只能读，不能写",
    errno.EISDIR: "是文件夹，不是文件", errno.ENOTDIR: "路径中有一段不是文件夹", errno.EEXIST: "已经存在",
    errno.ENAMETOOLONG: "名称太长",
}  # fmt: skip


class JifenError(Exception):
    """An error for a person: `what` went wrong (Chinese, one line) and the `hint` to go on with."""

    exit_code = 1

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


class InputError(JifenError):
    """What the user gave, or what the workspace holds, cannot be worked with."""


def file_error(error: OSError) -> InputError:
    """A file or folder that the system refuses, in the family's words."""
    what = _SAID.get(error.errno) or error.strerror or error
    return InputError(f"{error.filename or '文件'}：{what}", "检查路径、权限与磁盘空间后重试")


class RulesetFaulty(InputError):
    """A ruleset whose errors would give wrong points; nothing is scored with it. `outcome` says what was left undone."""

    def __init__(self, findings: Sequence[Finding], *, outcome: str = "未作任何计分") -> None:
        self.findings = tuple(findings)
        errors = sum(finding.level == "error" for finding in self.findings)
        super().__init__(f"规则集有 {errors} 处错误，{outcome}", "逐条改正后，用 `jifen rules check` 复查")


class IntakeRefused(InputError):
    """Files with faulty rows; `outcome` says what of the import is kept, most often nothing."""

    def __init__(
        self, faults: Sequence[Fault], warnings: Sequence[Fault] = (), *, outcome: str = "本次导入全部未保存"
    ) -> None:
        self.faults = tuple(faults)
        self.warnings = tuple(warnings)
        super().__init__(f"有 {len(self.faults)} 处错误，{outcome}", "按上列说明改正后再来一次")


class Busy(JifenError):
    """Another writer holds the workspace, and waiting for it took too long."""

    exit_code = 3
