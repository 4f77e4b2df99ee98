"""What nobody should learn by heart: keys, passwords, and how to reach or pay a person.

The forms of keys are those that gitleaks (config/gitleaks.toml) and detect-secrets (its plugins) look for
and that can stand in prose. Neither is used itself: the one is no Python; the other had no release since
May 2024, and brings a client that asks providers whether a key is good; both know nothing of persons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
    start: int
    """Where it starts."""
    end: int
    """Where it ends (exclusive)."""


_NAMED = r"(?:pass(?:word|wd|phrase)|(?:api|secret|private|account|encryption)[_ -]?key|"
_NAMED += r"(?:secret[_ -]?)?access[_ -]?key|client[_ -]?secret|(?:access|auth|refresh|api|bot)[_ -]?token)"
_IS = r"[\"']?\s*(?::=|=>|:(?!=)|=(?!>))\s*"
_QUOTED = (
    r"~((?:[^~\n]|~(?=\w)|(?<=\\)~(?!\w)){8,})~(?!\w)",  # ~ in a word, or behind a backslash, ends nothing
    r"~(?![^\n]*~(?!\w))(\S{8,})",  # nothing ends it in its line
)
_VALUE = "|".join(
    [*(form.replace("~", mark) for mark in "\"'" for form in _QUOTED), r"(?![\"'])(\S{8,})"],
)
_SECRETS = (
    (
        "a private key",  # all of it: the mark at its end may be missing
        re.compile(
            r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
            r"(?:(?:(?!-----)[\s\S]){0,20000}-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|"
            r"(?:\s*(?:[A-Za-z]+: [^\n]*|[A-Za-z0-9+/=]{16,}))*)"
        ),
    ),
    (
        "an API key",
        re.compile(
            r"\b(?:sk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,}|[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10,}|"
            r"whsec_[A-Za-z0-9+/=]{24,}|(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}|"
            r"AIza[0-9A-Za-z_-]{35}|(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|"
            r"glpat-[A-Za-z0-9_-]{20,}|xox[abeprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{20,}|"
            r"hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}|pypi-AgEI[A-Za-z0-9_-]{40,}|"
            r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|dop_v1_[a-f0-9]{64}|GOCSPX-[A-Za-z0-9_-]{20,}|"
            r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})"
        ),
    ),
    (
        "an API key",
        re.compile(rf"(?i)\bauthorization{_IS}[\"']?(?:bearer|basic|token)\s+([A-Za-z0-9._~+/-]{{8,}}=*)"),
    ),
    ("an API key", re.compile(r"(?i)\bbearer\s+(?=[^\s\d]*\d)([A-Za-z0-9._~+/-]{20,}=*)")),
    ("a password", re.compile(rf"(?i)(?<![a-z0-9]){_NAMED}{_IS}(?:{_VALUE})")),
    (
        "a password",
        re.compile(
            rf"\b[A-Z][A-Z0-9_]*_(?:KEY|TOKEN|SECRET|PASSWORD|PASS|CREDENTIALS)\s*[:=]\s*(?:{_VALUE})"
        ),
    ),
    ("a password", re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,80}:([^\s:/@…]{3,80})@[\w.-]+")),
)
_MAIL = re.compile(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_AMERICAN = re.compile(
    r"(?<![\w.+-])(?:\+?1[ .-]?)?(?:\(\d{3}\)[ -]?\d{3}[ .-]|\d{3}(?P<by>[ .-])\d{3}(?P=by))"
    r"\d{4}(?![\w-]|\.\d)"
)
"""North American numbers: area code, exchange, line (NANPA), as they are usually written."""
_APART = re.compile(r"[ \-/()+]")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_DIGITS = re.compile(r"(?<![\w.])\+?\(?\d(?:[ \-/().]{0,2}\d){7,18}(?![\w])")


def delicate(text: str) -> Iterator[Delicate]:
    """Every passage of a text that looks like a secret or like personal data, in no order.

    Of passages that share a part, the first one is told.
    """
    told = bytearray(len(text))
    for one in _passages(text):
        if not any(told[one.start : one.end]):
            told[one.start : one.end] = b"\1" * (one.end - one.start)
            yield one


def without(text: str) -> str:
    """The text with every such passage masked."""
    return "".join(covered([text]))


def covered(pieces: Sequence[str]) -> list[str]:
    """The pieces of a text with every such passage of the whole masked, in the piece where it begins."""
    text = "".join(pieces)
    masks = _joined(text)
    found = []
    start = 0
    for piece in pieces:
        end = place = start
        end += len(piece)
        made = ""
        for one in masks:
            if one.start < end and one.end > start:
                made += text[place : max(one.start, place)] + (one.masked if one.start >= start else "")
                place = min(one.end, end)
        found.append(made + text[place:end])
        start = end
    return found


def _joined(text: str) -> list[Delicate]:
    """The passages of a text in order; those that share a part are one."""
    found: list[Delicate] = []
    for one in sorted(_passages(text), key=lambda one: (one.start, -one.end)):
        if found and one.start < found[-1].end:
            found[-1] = found[-1]._replace(end=max(one.end, found[-1].end))
        else:
            found.append(one)
    return found


def _passages(text: str) -> Iterator[Delicate]:
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
    for match in _AMERICAN.finditer(text):
        yield _found("personal", "a telephone number", text, match.group(), match.start())
    for match in _DIGITS.finditer(text):
        if any(match.start() < bank.end() and bank.start() < match.end() for bank in banked):
            continue
        if what := _number(match.group()):
            yield _found("personal", what, text, match.group(), match.start())


def _found(kind: Literal["secret", "personal"], what: str, text: str, passage: str, start: int) -> Delicate:
    kept = min(4, len(passage) // 4)
    line = text.count("\n", 0, start) + 1
    return Delicate(kind, what, f"{passage[:kept]}…", line, start, start + len(passage))


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
