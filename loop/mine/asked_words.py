"""Critiques about words: what to say instead, what never to say, how to begin and to end.

The forms (X and Y are quoted, or single bare words, or longer phrases that the draft has):

    use|say|write X instead of|rather than|not Y      X, not Y      X instead of Y      instead of Y, use X
    replace|swap|change Y with|by|for|to X            Y should be X                     Y -> X
    don't say Y, say X                                with a quoted passage: use X (instead)
    never|don't|stop|avoid|no|drop|cut|remove ... (say|use|write) X (, Y or Z)
    never|don't|no start|begin (a sentence) with X    no sentences that start with X
    end|close|finish|sign off (it) with X             start|begin|open (it) with X
    always mention|include X                          with a quoted passage: delete|cut|drop this
"""

from __future__ import annotations

from collections.abc import Callable

import regex

from loop.mine.asking import Clause, Reading, operand, operands, plain
from loop.mine.lexicon import is_droppable
from loop.mine.quotations import MARK
from loop.mine.starts import at_start
from loop.model import Check

_NEVER = (
    r"(?:never|do\s+not|don[’']?t|not|stop|avoid|quit|no\s+more|no|without|skip|drop|remove|cut(?:\s+out)?|delete"
    r"|lose|leave\s+out|leave\s+off|get\s+rid\s+of|omit|ban|forbid|ditch|kill|strike|take\s+out)"
)
_OUT = regex.compile(
    r"(?:skip|drop|remove|cut(?:\s+out)?|delete|lose|leave\s+out|leave\s+off|get\s+rid\s+of|omit|ditch|kill|strike|take\s+out)\b",
    regex.IGNORECASE,
)
_SAY = r"(?:say|use|write|put|try|take|choose|prefer|include|mention)"
_SAYING = rf"(?:{_SAY}|saying|using|writing|putting|including|mentioning|adding|add|repeat|repeating)"
_PIECE = (
    r"(?:it|this|the\s+\w+|each\s+\w+|every\s+\w+|all\s+\w+|(?:your|my|our|a)\s+\w+|posts?"
    r"|e-?mails?|letters?|newsletters?|pieces?)"
)
_SWAP = r"(?:replace|swap(?:\s+out)?|substitute|change|turn|exchange)"
_WITH = r"(?:with|on|by\s+(?:saying|writing|using))"
_MOST_QUOTED = 6
_WHOLE_SENTENCE = 5


def _form(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, regex.IGNORECASE)


_REPLACE = (
    _form(
        rf"{_SAY}\s+(?P<new>.+?)\s*,?\s*(?:instead\s+of|rather\s+than|in\s+place\s+of|over|(?:and\s+)?not|never)\s+(?P<old>.+)"
    ),
    _form(rf"(?:instead\s+of|rather\s+than)\s+(?P<old>.+?)\s*,?\s+{_SAY}\s+(?P<new>.+)"),
    _form(rf"{_SWAP}\s+(?P<old>.+?)\s+(?:with|by)\s+(?P<new>.+)"),
    _form(rf"{_SWAP}\s+(?P<old>.+?)\s+(?:for|to|into)\s+(?P<new>.+)"),
    _form(
        rf"{_NEVER}\s+(?:ever\s+)?+(?:{_SAYING}\s+)?+(?P<old>.+?)\s*,?\s*(?:but|rather|just|{_SAY})\s+(?:{_SAY}\s+)?(?P<new>.+)"
    ),
    _form(r"(?P<old>.+?)\s*(?:should\s+be|must\s+be|ought\s+to\s+be|->|=>|→)\s*(?P<new>.+)"),
    _form(r"(?P<new>.+?)\s*,?\s*(?:instead\s+of|rather\s+than|in\s+place\s+of)\s+(?P<old>.+)"),
    _form(r"(?P<new>[^\s,]+)\s*,?\s*(?:and\s+)?(?:not|never)\s+(?P<old>\S+)"),
)
_REPLACE_QUOTE = _form(rf"(?:{_SAY}|make\s+(?:it|this|that)|better)\s*:?\s+(?P<new>.+)")
_SENTENCE_START = (
    _form(
        rf"{_NEVER}\s+(?:ever\s+)?(?:start|begin|open)(?:ing)?\s+(?:a|any|your|the|my|every)?\s*"
        r"(?:sentences?|paragraphs?|lines?)\s+with\s+(?P<old>.+)"
    ),
    _form(
        rf"{_NEVER}\s+(?:any\s+|the\s+)?sentences?\s+(?:that\s+|which\s+)?(?:start(?:s|ing)?|begin(?:s|ning)?|open(?:s|ing)?)"
        r"\s+with\s+(?P<old>.+)"
    ),
)
_NOT_OPENING = _form(
    rf"{_NEVER}\s+(?:ever\s+)?(?:start|begin|open)(?:ing)?(?:\s+{_PIECE})?\s+{_WITH}\s+(?P<old>.+)"
)
_NOT_CLOSING = _form(
    rf"{_NEVER}\s+(?:ever\s+)?(?:end|clos|finish|conclud|sign)(?:e|ing)?(?:\s+off)?(?:\s+{_PIECE})?\s+{_WITH}\s+(?P<old>.+)"
)
_OPENING = _form(
    rf"(?:start|begin|open|kick\s+off)(?:ing)?(?:\s+off)?(?:\s+{_PIECE})?(?:\s+{_WITH}\s*:?\s+|\s*:\s*)(?P<new>.+)"
)
_CLOSING = _form(
    rf"(?:end|close|finish|conclude|sign\s+off|wrap\s+up|sign)(?:\s+off)?(?:\s+{_PIECE})?"
    rf"(?:\s+(?:with|on|as|by\s+(?:saying|writing|using))\s*:?\s+|\s*:\s*)(?P<new>.+)"
)
_ALWAYS = _form(
    r"(?:mention|include|add|say)(?:\s+(?:the\s+)?(?:words?|phrase|line|sentence))?\s*:?\s+(?P<new>.+)"
)
_FORBID = _form(rf"{_NEVER}\s+(?:ever\s+)?(?:{_SAYING}\s+)?(?P<old>.+)")
_FORBID_AFTER = _form(r"(?P<old>.+?)\s+(?:is|are)\s+(?:banned|forbidden|out|not\s+allowed|a\s+no-go|taboo)")
_THIS = (
    r"(?:this|that|it|these|those|them|the\s+(?:phrase|words?|line|expression|bit|part|quote"
    r"|quoted\s+\w+)|this\s+\w+|that\s+\w+)"
)
_DELETE_QUOTE = _form(
    rf"(?:{_OUT.pattern}(?:\s+{_THIS})?(?:\s+out)?|cut\s+it\s+out|not\s+needed|unnecessary|superfluous|take\s+(?:it|this|that)\s+out)"
)
_AVOID_QUOTE = _form(
    rf"(?:{_NEVER}\s+(?:ever\s+)?(?:{_SAYING}\s*)?{_THIS}?|i(?:[’']d|\s+would)\s+never\s+{_SAY}\s+{_THIS})"
)


def about_words(clause: Clause) -> list[Reading] | None:
    """The checks that a clause about words asks for; None when it fits no form."""
    for read in _READERS:
        found = read(clause)
        if found:
            return [Reading(check.model_copy(update={"scope": clause.type})) for check in found]
    return None


def forbidden(phrase: str, *, out: bool = False) -> Check:
    """A check that forbids a phrase; what can be left out safely is, and a whole sentence goes as one."""
    find = plain(phrase)
    if is_droppable(find.casefold()):
        return Check(kind="forbid", find=find, fix="phrase")
    if len(find.split()) >= _WHOLE_SENTENCE:
        return Check(kind="forbid", find=find, fix="sentence")
    return Check(kind="forbid", find=find, fix="phrase" if out else "none")


def _replaced(clause: Clause) -> list[Check]:
    for form in _REPLACE:
        match = form.fullmatch(clause.text)
        if match is None:
            continue
        new = operand(clause, match.group("new"))
        old = operands(clause, match.group("old"))
        if new is None or old is None or not _literal(clause, match):
            continue
        checks = [
            Check(kind="replace", find=plain(one), text=plain(new))
            for one in old
            if plain(one) and plain(one) != plain(new)
        ]
        if checks:
            return checks
    match = _REPLACE_QUOTE.fullmatch(clause.text) if _short(clause.quote) else None
    new = operand(clause, match.group("new")) if match else None
    if match is None or new is None or not regex.search(MARK, match.group("new")):
        return []
    return [Check(kind="replace", find=plain(clause.quote), text=plain(new))]


def _literal(clause: Clause, match: regex.Match[str]) -> bool:
    """Bare words mean themselves when the draft has the old one, or when they can be nothing else."""
    new, old = match.group("new").strip(), match.group("old").strip()
    if regex.search(MARK, new) and regex.search(MARK, old):
        return True
    return len(new.split()) == 1 or regex.search(MARK, new) is not None or clause.draft != ""


def _sentence_start(clause: Clause) -> list[Check]:
    for form in _SENTENCE_START:
        if (match := form.fullmatch(clause.text)) and (old := operands(clause, match.group("old"))):
            return [
                Check(kind="forbid", find=at_start(plain(one)), pattern=True, fix="phrase") for one in old
            ]
    return []


def _not_there(clause: Clause) -> list[Check]:
    if (match := _NOT_OPENING.fullmatch(clause.text)) and (old := operands(clause, match.group("old"))):
        return [forbidden(one).model_copy(update={"place": "opening"}) for one in old]
    if (match := _NOT_CLOSING.fullmatch(clause.text)) and (old := operands(clause, match.group("old"))):
        return [forbidden(one).model_copy(update={"place": "closing"}) for one in old]
    return []


def _required(clause: Clause) -> list[Check]:
    if match := _OPENING.fullmatch(clause.text):
        text = operand(clause, match.group("new"), loose=True) or _line(match.group("new"))
        return [Check(kind="require", text=text, place="opening")] if text else []
    if match := _CLOSING.fullmatch(clause.text):
        text = operand(clause, match.group("new"), loose=True) or _line(match.group("new"))
        return [Check(kind="require", text=text, place="closing")] if text else []
    if (match := _ALWAYS.fullmatch(clause.text)) and regex.fullmatch(MARK, match.group("new").strip()):
        return [Check(kind="require", text=clause.masked.words(match.group("new").strip()))]
    return []


def _line(written: str) -> str:
    """A line such as `Cheers, Anna` that is written without quotation marks but with a capital."""
    piece = written.strip()
    if regex.search(MARK, piece) or not piece[:1].isupper() or len(piece.split()) > 12:
        return ""
    return piece


def _forbidden(clause: Clause) -> list[Check]:
    if _short(clause.quote) and _DELETE_QUOTE.fullmatch(clause.text):
        return [forbidden(clause.quote, out=True)]
    if _short(clause.quote) and _AVOID_QUOTE.fullmatch(clause.text):
        return [forbidden(clause.quote)]
    match = _FORBID.fullmatch(clause.text) or _FORBID_AFTER.fullmatch(clause.text)
    old = operands(clause, match.group("old")) if match else None
    if match is None or old is None:
        return []
    said = regex.search(rf"\b{_SAYING}\s", match.group(), regex.IGNORECASE) is not None
    named = said or regex.search(rf"{MARK}|\b(?:words?|phrases?)\b", match.group()) is not None
    if not named:
        return []
    return [forbidden(one, out=_OUT.match(clause.text) is not None) for one in old if plain(one)]


def _short(quote: str) -> bool:
    return 0 < len(quote.split()) <= _MOST_QUOTED


_READERS: tuple[Callable[[Clause], list[Check]], ...] = (
    _sentence_start,
    _not_there,
    _replaced,
    _required,
    _forbidden,
)
