"""A critique taken apart: sentences, then clauses, without courtesies and praise."""

from __future__ import annotations

import regex

_SENTENCE = regex.compile(
    r"(?<!\b(?:e\.g|i\.e|etc|vs|approx|mr|mrs|ms|dr)\.)(?<=[.!?…])\s+|\s*[\n;]+\s*|\s+[–—-]+\s+",
    regex.IGNORECASE,
)
_CLAUSE = regex.compile(
    r"\s*,\s*(?:and|but|also|plus)\s+|\s*,\s+|\s+(?:and|but|plus)\s+(?:also\s+)?", regex.IGNORECASE
)
_BULLET = regex.compile(r"^(?:[-*+•]|\d{1,3}[.)])\s+")
_COURTESY = regex.compile(
    r"^(?:(?:ok|okay|also|and|but|so|then|again|next time|in future|from now on|in general|generally|overall"
    r"|please|pls|just|simply|always|rather(?! than)|better|maybe|perhaps|instead(?! of))\b[,:]?\s+"
    r"|(?:can|could|would|will) you (?:please )?|you (?:should|must|need to|have to|may|can|could|might) "
    r"|(?:we|i) (?=(?:always|never|do not|don[’']t) )"
    r"|(?:i|we)(?:[’']d| would)? (?:want|like|love|prefer|need)(?: it| this)?(?: if)?(?: you)? to "
    r"|(?:i|we)(?:[’']d| would) (?:like|love|want) |(?:i|we) (?:want|need) |try to |make sure (?:to |you )?"
    r"|remember to |let[’']?s |there should be |there (?:are|is) |it (?:has|needs|should have|uses) )",
    regex.IGNORECASE,
)
_TAIL = regex.compile(
    r"(?:[,\s]+(?:please|pls|thanks|thank you|again|at all|ever|any ?more|anywhere|anymore|here|next time"
    r"|in future|in the future|from now on|going forward|throughout|everywhere|always|instead|whatsoever"
    r"|in (?:this|the|my|our|a|an|any|every|all) (?:piece|text|draft|post|posts|email|e-mail|emails|letter"
    r"|letters|newsletter|article|article|articles|blog)"
    r"|if (?:possible|you can)))+$",
    regex.IGNORECASE,
)
_REASON = regex.compile(
    r"(?:\s*[,:(]\s*|\s+)(?:(?:it|that|this|they|which)(?:[’']s|[’']re| is| are| sounds?| feels?"
    r"| reads?| looks?)"
    r"|because|since|as it|i (?:hate|dislike|don[’']t like)|nobody|no one)\b.*$",
    regex.IGNORECASE,
)
_END = regex.compile(r"[\s.!…,:;]+$")
_PRAISE = regex.compile(
    r"(?:thanks?(?: you)?(?: so much| a lot)?|great|good|nice|perfect|excellent|lovely|ok(?:ay)?|yes|hi|hello"
    r"|well done|(?:nice|good|great) (?:work|job|start|draft)|(?:i )?(?:really )?(?:love"
    r"|like) (?:it|this|(?:the|this|that|how|your|what|where)\b.*)|(?:much |far )?better"
    r"|(?:that[’']s|this is|it[’']s) (?:great|good|better|fine|nice|perfect))",
    regex.IGNORECASE,
)
_WHY = regex.compile(r"why\b(?!\s+(?:not|don[’']?t|can[’']?t)\b).*\?\s*", regex.IGNORECASE)


def sentences_of(text: str) -> list[str]:
    """The sentences of a critique as they were written; small letters may begin one."""
    pieces = (_BULLET.sub("", piece.strip()) for piece in _SENTENCE.split(text))
    return [piece for piece in pieces if regex.search(r"[\p{L}\p{N}\ue000-\uf8ff]", piece)]


def parts_of(sentence: str) -> list[str]:
    """The clauses of a sentence, split at commas, `and` and `but`."""
    return [part for part in (piece.strip() for piece in _CLAUSE.split(_END.sub("", sentence))) if part]


def bare(clause: str) -> str:
    """The clause without courtesies around it and without its full stop."""
    text = _END.sub("", clause.strip())
    while (shorter := _COURTESY.sub("", text, count=1).lstrip()) != text and shorter:
        text = shorter
    while (shorter := _END.sub("", _TAIL.sub("", text))) != text and shorter:
        text = shorter
    return text


def without_reason(clause: str) -> str:
    """The clause without the reason it gives: `never say X, it sounds stiff` -> `never say X`."""
    return _END.sub("", _REASON.sub("", clause, count=1)).strip()


def is_praise(clause: str) -> bool:
    """True for a clause that thanks or praises and asks for nothing."""
    return _PRAISE.fullmatch(bare(clause)) is not None


def is_puzzled(sentence: str) -> bool:
    """True for a question why something is so; `Why not end here?` asks for something."""
    return _WHY.fullmatch(sentence) is not None
