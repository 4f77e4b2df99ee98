r"""Changes as CriticMarkup that can be reviewed in any editor, and back.

    {++inserted++}  {--deleted--}  {~~old~>new~~}  {==words==}{>>a comment on them<<}

A text that contains such signs itself is escaped: one backslash goes between the brace and the
signs (`{\++`, `++\}`), or into the arrow (`~\>`); where backslashes stand there already, one more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

import regex

from feedback.align import changes
from feedback.anchor import anchor, place_of
from loop.errors import UsageError
from loop.model import Change, Record
from loop.text.sentences import Span, sentences

_HELP_START = "<!-- redraft: "
_HELP = (
    _HELP_START
    + """how to review. {++put in++} {--taken out--} {~~old~>new~~}
A mark that stays as it is: the change is accepted. Right behind a mark you may write
  {>>reject<<}         the draft's words stay
  {>>do not learn<<}   the change is kept, but no rule is made from it
  {>>anything else<<}  a critique of these words
A critique of other words: {==these words==}{>>too stiff<<}. You may also edit the text, inside the marks
and outside of them. This note is left out when the review is read. -->

"""
)
_HELP_BLOCK = regex.compile(r"\A<!-- redraft: (?:(?!-->).)*+-->(?:\r\n|\r|\n){0,2}", regex.DOTALL)
# A brace at the end of a piece could become a mark with what follows it, so it is escaped as well.
_ESCAPE = regex.compile(
    r"(?<=\{)\\*+(?=\+\+|--|~~|==|>>|[+\-~=>]?\Z) | (?<=\+\+|--|~~|==|<<)\\*+(?=\}) | (?<=~)\\*+(?=>)",
    regex.VERBOSE,
)
_MARK = regex.compile(r"\{(?P<open>\+\+|--|~~|==|>>)|(?P<close>\+\+|--|~~|==|<<)\}")
_CLOSERS = {"++": "++", "--": "--", "~~": "~~", "==": "==", ">>": "<<"}
_REJECT = frozenset({"reject", "rejected"})
_EXCLUDE = frozenset({"do not learn", "don't learn", "don’t learn", "do not learn from this"})
_LINE_END = regex.compile(r"\r\n|\r|\n")
_LOOK_BACK = 2000
"""A comment between words is about the sentence before it, as far back as this."""
_PARAGRAPH = regex.compile(r"(?:(?>\r\n|\r|\n)[^\S\r\n]*+){2}")


class Comment(Record):
    """What a reviewer says about some words."""

    quote: str
    """The draft's words it is about; empty when it is about words it does not have, or about all."""
    text: str
    """The comment."""
    place: int = 1
    """Which of the draft's passages that read like the quote is meant, counting from 1."""


class Review(Record):
    """What a reviewed text says."""

    draft: str
    """The draft, as it was given."""
    final: str
    """The text with the accepted changes made."""
    excluded: tuple[str, ...] = ()
    """Ids of Changes between `draft` and `final` that are kept, but not to be learned from."""
    comments: tuple[Comment, ...] = ()
    """Comments, in the order of the text."""


def to_markup(draft: str, final: str, *, excluded: Collection[str] = (), help: bool = False) -> str:  # noqa: A002
    """The draft with its Changes marked; `help` puts a note on how to review in front."""
    pieces = []
    position = 0
    for change in changes(draft, final):
        pieces += [_escape(draft[position : change.draft_start]), _mark(change)]
        if change.id in excluded:
            pieces.append("{>>do not learn<<}")
        position = change.draft_end
    pieces.append(_escape(draft[position:]))
    markup = "".join(pieces)
    return _HELP + markup if help or markup.startswith(_HELP_START) else markup


def comment_on(change: Change, text: str, draft: str) -> Comment:
    """What a reviewer says about a Change: it quotes the draft's words, or the sentence beside new ones."""
    span = quoted(change, draft)
    if span is None:
        return Comment(quote="", text=text.strip())
    return Comment(quote=draft[slice(*span)], text=text.strip(), place=place_of(draft, span))


def quoted(change: Change, draft: str) -> Span | None:
    """The passage of the draft that a comment on a Change quotes: its words that went or were replaced.

    For new words it is the sentence before them in their paragraph, or else the one behind them; None where
    there is neither.
    """
    if said := change.before.strip():
        start = draft.index(said, change.draft_start)
        return Span(start, start + len(said))
    if before := _last_sentence(draft[: change.draft_start]).strip():
        start = draft.rindex(before, 0, change.draft_start)
        return Span(start, start + len(before))
    behind = draft[change.draft_end : change.draft_end + _LOOK_BACK]
    found = next((behind[slice(*span)].strip() for span in sentences(behind)), "")
    start = draft.find(found, change.draft_end)
    return Span(start, start + len(found)) if found else None


def is_review(text: str) -> bool:
    """True for a text with marks, or with the note on how to review in front."""
    return bool(_HELP_BLOCK.match(text) or _MARK.search(text))


def from_markup(text: str, draft: str) -> Review:
    """What the reviewer made of the draft. Raises UsageError naming the line of a broken mark.

    A mark is accepted, unless {>>reject<<} follows. What was typed outside of the marks, or changed
    inside them, is part of the final.
    """
    begin = match.end() if (match := _HELP_BLOCK.match(text)) else 0
    reading = _Reading(text, begin)
    reading.read()
    new = "".join(reading.new)
    comments = tuple(_in_draft(comment, draft) for comment in reading.comments)
    return Review(draft=draft, final=new, excluded=_excluded(draft, new, reading.kept), comments=comments)


def _escape(text: str) -> str:
    return _ESCAPE.sub(lambda match: match.group() + "\\", text)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: match.group()[1:], text)


def _mark(change: Change) -> str:
    before, after = _escape(change.before), _escape(change.after)
    if not before:
        return f"{{++{after}++}}"
    if not after:
        return f"{{--{before}--}}"
    return f"{{~~{before}~>{after}~~}}"


class _Kept(NamedTuple):
    """An accepted mark: its words, where the new ones begin in the final, and whether they may teach."""

    before: str
    after: str
    start: int
    learn: bool


class _Subject:
    """What comments right behind it are about: a mark, or highlighted words (then `before` is None)."""

    def __init__(self, before: str | None, after: str, quote: str) -> None:
        self.before = before
        self.after = after
        self.quote = quote
        self.rejected = False
        self.learn = True


class _Reading:
    """Goes through a reviewed text once, from mark to mark."""

    def __init__(self, text: str, begin: int) -> None:
        self.text = text
        self.old: list[str] = []
        self.new: list[str] = []
        self.kept: list[_Kept] = []
        self.comments: list[Comment] = []
        self._marks = list(_MARK.finditer(text, begin))
        self._next = 0
        self._position = begin
        self._length = 0
        self._subject: _Subject | None = None
        self._highlight: tuple[int, int] | None = None

    def read(self) -> None:
        """Fill `new`, `kept` and `comments`."""
        while self._next < len(self._marks):
            mark = self._marks[self._next]
            sign = mark.group("open")
            if sign == ">>":
                self._read_comment(mark.start())
            elif sign == "==":
                self._outside(mark.start())
                if self._highlight is not None:
                    raise self._broken(mark.start(), "highlighted words begin inside highlighted words")
                self._highlight = (len(self.old), mark.start())
                self._step(mark.end())
            elif sign is not None:
                self._outside(mark.start())
                self._read_mark(sign)
            elif mark.group("close") == "==" and self._highlight is not None:
                self._outside(mark.start())
                self._subject = _Subject(None, "", "".join(self.old[self._highlight[0] :]))
                self._highlight = None
                self._step(mark.end())
            else:
                raise self._broken(mark.start(), f"“{mark.group()}” ends a mark that does not begin")
        if self._highlight is not None:
            raise self._broken(self._highlight[1], "the mark “{==” has no end")
        self._outside(len(self.text))

    def _step(self, position: int) -> None:
        self._next += 1
        self._position = position

    def _outside(self, end: int) -> None:
        """What stands outside of marks up to here belongs to the final as it is."""
        self._resolve()
        self._keep(_unescape(self.text[self._position : end]))

    def _keep(self, text: str) -> None:
        self.old.append(text)
        self.new.append(text)
        self._length += len(text)

    def _resolve(self) -> None:
        """The comments on the last mark are all read: make it so."""
        subject, self._subject = self._subject, None
        if subject is None or subject.before is None:
            return
        if subject.rejected:
            self._keep(subject.before)
            return
        self.kept.append(_Kept(subject.before, subject.after, self._length, subject.learn))
        self.old.append(subject.before)
        self.new.append(subject.after)
        self._length += len(subject.after)

    def _read_mark(self, sign: str) -> None:
        start = self._marks[self._next]
        content, end = self._content(sign)
        before, after = "", ""
        if sign == "++":
            after = content
        elif sign == "--":
            before = content
        else:
            before, arrow, after = content.partition("~>")
            if not arrow:
                raise self._broken(
                    start.start(), "the mark “{~~” has no “~>” between the old and the new words"
                )
        before, after = _unescape(before), _unescape(after)
        self._subject = _Subject(before, after, before.strip())
        self._step(end)

    def _content(self, sign: str) -> tuple[str, int]:
        """What stands in the mark that begins here, and where it ends; `_next` is its end's."""
        start = self._marks[self._next]
        while self._next + 1 < len(self._marks):
            self._next += 1
            mark = self._marks[self._next]
            if mark.group("close") == _CLOSERS[sign]:
                return self.text[start.end() : mark.start()], mark.end()
            if sign != ">>" or mark.group("open") == ">>":
                line = self._line(mark.start())
                raise self._broken(start.start(), f"the mark “{start.group()}” has no end before line {line}")
        raise self._broken(start.start(), f"the mark “{start.group()}” has no end")

    def _read_comment(self, start: int) -> None:
        between = self.text[self._position : start]
        content, end = self._content(">>")
        if self._subject is None or between.strip(" \t"):
            self._outside(start)
        elif between and end < len(self.text) and not self.text[end].isspace():
            # The blank was there before the comment was put behind it: it belongs to the text.
            subject = self._subject
            self._comment(content, start, subject)
            self._outside(start)
            self._step(end)
            return
        self._comment(content, start, self._subject)
        self._step(end)

    def _comment(self, content: str, start: int, subject: _Subject | None) -> None:
        said = _unescape(content).strip()
        verdict = " ".join(said.casefold().rstrip(".!").split())
        if verdict in _REJECT | _EXCLUDE:
            if subject is None or subject.before is None:
                raise self._broken(start, f"“{said}” does not stand right behind a change")
            subject.rejected = subject.rejected or verdict in _REJECT
            subject.learn = subject.learn and verdict not in _EXCLUDE
        elif said:
            before, quote = self._about(subject)
            place = place_of(before + quote, Span(len(before), len(before) + len(quote))) if quote else 1
            self.comments.append(Comment(quote=quote, text=said, place=place))

    def _about(self, subject: _Subject | None) -> tuple[str, str]:
        """What of the draft stands before the words that a comment is about, and these words."""
        old = "".join(self.old)
        quote = (subject.quote if subject else "").strip()
        if subject is None or subject.before is None or not quote:
            quote = quote or self._sentence_before().strip()
            return old[: old.rindex(quote)], quote
        return old + subject.before[: subject.before.index(quote)], quote

    def _sentence_before(self) -> str:
        """The draft's last sentence before this place, if one stands before it in the same paragraph."""
        tail = ""
        for piece in reversed(self.old):
            tail = piece + tail
            if len(tail) > _LOOK_BACK or _PARAGRAPH.search(piece):
                break
        return _last_sentence(tail)

    def _line(self, position: int) -> int:
        return sum(1 for _ in _LINE_END.finditer(self.text, 0, position)) + 1

    def _broken(self, position: int, what: str) -> UsageError:
        return UsageError(
            f"Line {self._line(position)} of the review: {what}.",
            hint="Mend the mark; or, if it is your own text, put a backslash between brace and signs: {\\++",
        )


def _last_sentence(text: str) -> str:
    """The last sentence of the last paragraph of a text."""
    paragraph = _PARAGRAPH.split(text[-_LOOK_BACK:])[-1]
    spans = sentences(paragraph)
    return paragraph[slice(*spans[-1])] if spans else ""


def _in_draft(comment: Comment, draft: str) -> Comment:
    """The comment about words of the draft, which the reviewer may have changed outside of marks."""
    if comment.quote and comment.quote in draft:
        there = anchor(draft, comment.quote, comment.place) is not None
        return comment if there else comment.model_copy(update={"place": 1})
    span = anchor(draft, comment.quote)
    quote, place = (draft[slice(*span)], place_of(draft, span)) if span else ("", 1)
    return comment.model_copy(update={"quote": quote, "place": place})


def _excluded(draft: str, final: str, kept: Collection[_Kept]) -> tuple[str, ...]:
    """The Changes that marks stand for which must not teach.

    A mark that is as it was stands for the Change with its words and its place. Where rejected or
    edited marks made other Changes of it, it stands for all that touch its words.
    """
    if all(mark.learn for mark in kept):
        return ()
    found = changes(draft, final)
    exact: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for change in reversed(found):
        exact[change.final_start, change.before, change.after].append(change.id)
    ends = [change.final_end for change in found]
    ids: list[str] = []
    for mark in kept:
        same = exact[mark.start, mark.before, mark.after]
        if same:
            only = same.pop()
            ids += [] if mark.learn else [only]
        elif not mark.learn:
            ids += _touching(found, ends, Span(mark.start, mark.start + len(mark.after)))
    return tuple(dict.fromkeys(ids))


def _touching(found: tuple[Change, ...], ends: list[int], span: Span) -> list[str]:
    near = []
    place = bisect_left(ends, span.start)
    while place < len(found) and found[place].final_start <= span.end:
        near.append(found[place])
        place += 1
    over = [change for change in near if change.final_start < span.end and span.start < change.final_end]
    return [change.id for change in over or near]
