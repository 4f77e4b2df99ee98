"""English word lists that tell style from content: a word of these can turn up in any draft.

They only sort evidence: a phrase outside the lists needs to be seen in two briefs before anything rests
on it, in English as in any other language.
"""

from __future__ import annotations

FUNCTION_WORDS = frozenset(
    "a an the this that these those i me my mine own we us our ours you your yours he him his she her hers it"
    " its they them their theirs who whom whose which what one ones some any no none all both each every"
    " either neither other another such same and or but nor so yet if then than as because since while"
    " whilst when whenever where wherever whether though although unless until till once of in on at by to"
    " from with without within into onto upon about above across after against along among amongst around"
    " before behind below beneath beside besides between beyond despite down during except for inside like"
    " near off out outside over past per through throughout toward towards under up via am is are was were"
    " be been being have has had having do does did doing done can could may might must shall should will"
    " would ought not there here also too only even just still again ever never always often i'm i've i'll"
    " i'd we're we've we'll you're you've you'll it's that's there's don't doesn't didn't isn't aren't"
    " wasn't weren't can't cannot couldn't won't wouldn't shouldn't let's how why more most less least"
    " much many few".split()
)

PRONOUNS = frozenset(
    "it this that them these those me you him her us one anything something everything so such".split()
)

DROPPABLE = frozenset(
    "absolutely accordingly actually additionally admittedly altogether amazingly apparently arguably"
    " basically certainly clearly completely consequently currently definitely essentially eventually"
    " evidently exactly extremely fairly finally firstly frankly fundamentally furthermore generally"
    " genuinely greatly highly honestly hopefully however importantly incredibly indeed interestingly"
    " ironically just kindly lastly likewise literally maybe moreover namely naturally needless"
    " nevertheless nonetheless notably obviously overall particularly perfectly perhaps personally please"
    " practically presumably pretty probably quite rather really secondly seemingly seriously similarly"
    " simply so somehow somewhat specifically strongly supposedly surely surprisingly thankfully therefore"
    " thirdly thus totally truly truthfully typically ultimately undeniably undoubtedly unfortunately"
    " utterly very virtually".split()
)
"""Words that can be taken out of a sentence and leave a sentence."""

DROPPABLE_PHRASES = frozenset(
    (
        "as a matter of fact",
        "as previously mentioned",
        "as we all know",
        "at the end of the day",
        "at the present time",
        "believe me",
        "by and large",
        "for all intents and purposes",
        "for the most part",
        "i think",
        "i believe",
        "in a nutshell",
        "in a sense",
        "in a way",
        "in addition",
        "in conclusion",
        "in essence",
        "in fact",
        "in general",
        "in my opinion",
        "in other words",
        "in summary",
        "in the end",
        "in today's world",
        "it goes without saying that",
        "it is important to note that",
        "it is worth noting that",
        "it should be noted that",
        "it's important to note that",
        "it's worth noting that",
        "kind of",
        "last but not least",
        "more or less",
        "needless to say",
        "of course",
        "on the other hand",
        "or something",
        "please note that",
        "sort of",
        "to be fair",
        "to be honest",
        "to put it simply",
        "to sum up",
        "to summarise",
        "to summarize",
        "when all is said and done",
        "without a doubt",
        "without further ado",
        "you know",
    )
)
"""Phrases that can be taken out of a sentence and leave a sentence."""

STYLE_WORDS = DROPPABLE | frozenset(
    "ability able abundance accomplish achieve acquire address aforementioned aim allow amazing amount"
    " ascertain assist assistance attempt aware begin beginning best better big bring care case cause"
    " change chance come commence comprehensive conclude conclusion connect consider considered contact"
    " create crucial cutting-edge deal dear deem delve desire diverse due dynamic ease easy edge effective"
    " effort elevate embark employ enable end endeavor endeavour engage enhance enjoy ensure essential"
    " everyone evolving excellent excited exciting experience explore facilitate fact feel find finds"
    " first foster full game game-changer get give given go goal good great guide happy hear help helpful"
    " hesitate hope huge imagine impact imperative implement important importance improve including"
    " incredible individuals information initiate innovative inquire integral introduction involve join"
    " journey keep key kind know landscape large last learn let leverage life long look looking lot lots"
    " love made main maintain major make makes making manner matter mean means meaningful mention mind"
    " moment multiple myriad nature necessary need navigate new next nice note noting number numerous"
    " obtain offer opportunity optimal optimize order outcome part particular passion people perfect"
    " permit pivotal place play plays plenty plethora point possible power powerful prior process profound"
    " provide purchase purpose quick range reach read ready realm reason regard regarding regards"
    " remarkable remember remind require resonate result reveal rich right robust role say saying seamless"
    " see seek select showcase significant simple single sincerely small something soon special start"
    " state step steps stop strive subsequent sufficient sum summarise summarize summary support sure take"
    " talk tapestry tell terminate testament thank thanks thing things think thrilled time times tips"
    " today today's together took top touch transform transformative treasure treat true trust try turn"
    " ultimate uncover underscore unique unleash unlock unparalleled unveil use used useful using utilise"
    " utilised utilises utilising utilization utilize utilized utilizes utilizing valuable value variety"
    " various vast vibrant view vital want wanted way ways welcome well went whole wonder wonderful word"
    " words work world worth write year yearn years".split()
)
"""Words of style, filler and courtesy that drafts about anything are full of."""

TEXT_KINDS = frozenset(
    "abbreviation abbreviations acronym acronyms active adjective adjectives adverb adverbs allcaps"
    " analogies anecdote anecdotes bullets buzzwords caps capital capitals clause clauses cliche cliches"
    " cliché clichés colloquialisms colons comma commas description descriptions detail details dialogue"
    " digits ellipses ellipsis example examples fact facts figures filler fluff fragments grammar headers"
    " headings humor humour hype hyperbole idioms images intro introduction irony italics jargon jokes"
    " language lines links list lists metaphor metaphors names nouns numbers opinions paragraph paragraphs"
    " passive past phrase phrases praise present prose punctuation puns questions quotation quotations"
    " quotes repetition repetitions rhetoric sarcasm section sections sentence sentences slang slogans"
    " spelling statistics stories story style subheadings summaries summary superlatives synonyms tables"
    " tense terms text title titles tone transitions verbs verb voice word words".split()
)
"""Names for kinds of writing: `never use jargon` does not mean the word jargon."""


def is_common(words: tuple[str, ...]) -> bool:
    """True when every word can turn up in a draft about anything, and not all are grammar."""
    return all(word in FUNCTION_WORDS or word in STYLE_WORDS for word in words) and not is_grammar(words)


def is_grammar(words: tuple[str, ...]) -> bool:
    """True when the phrase is nothing but function words."""
    return all(word in FUNCTION_WORDS for word in words)


def is_droppable(phrase: str) -> bool:
    """True when the phrase (folded) can be taken out of a sentence and leave a sentence."""
    plain = phrase.strip(" ,;:").replace("’", "'")
    return (
        plain in DROPPABLE
        or plain in DROPPABLE_PHRASES
        or (" " not in plain and len(plain) > 5 and plain.endswith("ly"))
    )
