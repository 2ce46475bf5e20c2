"""What every official notice of a ruleset carries at its head and foot, whatever it tells."""

from __future__ import annotations

from engine.dsl.model import Ruleset
from engine.notices.context import Letterhead
from engine.notices.wording import date_words, month_words


def plain_letterhead(ruleset: Ruleset, *, year: str, month: str = "", number: str = "", date: str = "", draft: bool) -> Letterhead:
    """`month` as YYYY-MM, `date` of issue as YYYY-MM-DD; each "" where there is none."""
    words = ruleset.notice
    return Letterhead(
        scheme=ruleset.title,
        ruleset=ruleset.name,
        fingerprint=ruleset.fingerprint[:12],
        year=year,
        month=month_words(month) if month else "",
        issuer=words.get("issuer", ""),
        number_prefix=words.get("number_prefix", ""),
        to=words.get("to", "") or "，".join(f"各{category}" for category in ruleset.categories),
        signer=words.get("signer", "") or words.get("issuer", ""),
        cc=words.get("cc", ""),
        draft=draft,
        number=number,
        date=date_words(date) if date else "",
    )
