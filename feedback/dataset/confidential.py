"""What nobody should learn by heart: keys, passwords, and how to reach or pay a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple


class Delicate(NamedTuple):
    """A passage that should not be learned."""

    kind: Literal["secret", "personal"]
    """secret: opens something; personal: belongs to a person."""
    what: str
    """What it looks like."""
    masked: str
    """Its beginning alone."""
    line: int
    """Its line, counting from 1."""


_SECRETS = (
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")),
    (
        "an API key",
        re.compile(
            r"\b(?:sk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,}|sk_live_[A-Za-z0-9]{16,}|AKIA[0-9A-Z]{16}|"
            r"AIza[0-9A-Za-z_-]{35}|(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|"
            r"glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|hf_[A-Za-z0-9]{30,}|"
            r"npm_[A-Za-z0-9]{30,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})"
        ),
    ),
    (
        "a password",
        re.compile(
            r"(?i)\b(?:password|passwd|api[_ -]?key|secret[_ -]key|access[_ -]token)\s*[:=]\s*(\S{8,})"
        ),
    ),
)
_MAIL = re.compile(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_APART = re.compile(r"[ \-/()+]")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_DIGITS = re.compile(r"(?<![\w.])\+?\(?\d(?:[ \-/().]{0,2}\d){7,18}(?![\w])")


def delicate(text: str) -> Iterator[Delicate]:
    """Every passage of a text that looks like a secret or like personal data, in no order."""
    for what, pattern in _SECRETS:
        for match in pattern.finditer(text):
            place = match.lastindex or 0
            yield _found("secret", what, text, match.group(place), match.start(place))
    if "@" in text:
        for match in _MAIL.finditer(text):
            yield _found("personal", "an e-mail address", text, match.group(), match.start())
    banked = [match for match in _IBAN.finditer(text) if _is_iban(match.group())]
    for match in banked:
        yield _found("personal", "a bank account", text, match.group(), match.start())
    for match in _DIGITS.finditer(text):
        if any(match.start() < bank.end() and bank.start() < match.end() for bank in banked):
            continue
        if what := _number(match.group()):
            yield _found("personal", what, text, match.group(), match.start())


def _found(kind: Literal["secret", "personal"], what: str, text: str, passage: str, start: int) -> Delicate:
    kept = min(4, len(passage) // 4)
    return Delicate(kind, what, f"{passage[:kept]}…", text.count("\n", 0, start) + 1)


def _number(passage: str) -> str:
    """What a run of digits is: the number of a card or of a telephone; empty for neither."""
    digits = [int(sign) for sign in passage if sign.isdigit()]
    if len(digits) >= 13 and len(set(digits)) > 1 and _luhn(digits):
        return "a card's number"
    dialled = passage.startswith(("+", "(0", "0")) and _APART.search(passage) and not _DATE.match(passage)
    return "a telephone number" if dialled and 8 <= len(digits) <= 15 else ""


def _luhn(digits: list[int]) -> bool:
    """The check digit of payment cards (ISO/IEC 7812)."""
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[::-2]) + sum(doubled)) % 10 == 0


def _is_iban(passage: str) -> bool:
    """The check digits of bank accounts (ISO 13616)."""
    plain = passage.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
