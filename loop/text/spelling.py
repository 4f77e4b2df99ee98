"""English words that Britain and America spell differently, in both directions.

Written for this project from common knowledge of the two spellings. Words whose American form is a
different word in Britain (practice, program, check, tire) are turned one way only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import regex

_ISE = """
accessor actual agon alphabet amort anatom anglic anim anonym antagon apolog atom author automat bapt
bastard botan brutal bureaucrat burglar capital caramel categor cauter central character civil class colon
collectiv commercial commun computer conceptual concret contextual container critic crystall custom
decentral decimal decriminal demobil democrat demon demoral deodor depersonal desensit destabil dichotom
digit digital disorgan dramat econom empath emphas energ epitom equal etern eulog evangel external familiar
fantas fertil fictional final formal fossil fratern galvan general glamor global harmon homogen hospital
human hybrid hypnot hypothes ideal idol immobil immortal immun incentiv individual industrial initial
institutional instrumental internal international item jeopard legal legitim liberal lion liquid local
magnet marginal material maxim mechan memor mesmer metabol militar mineral miniatur minim mobil modern
modular monet monopol moral motor national natural neutral normal notar novel operational optim organ ostrac
overemphas oxid particular pasteur patron penal personal philosoph plagiar polar polem politic popular
pressur priorit privat professional propagand proselyt public pulver random rational real recogn regular
reorgan reprior revital revolution romantic rubber sanit satir scandal scrutin secular sensational sensit
serial sermon sexual signal social solemn special stabil standard steril stigmat strateg subsid summar
symbol sympath synchron synthes systemat tantal templat tempor tender terror theor token traumat tyrann
underutil union urban util vandal vapor verbal victim virtual visual vital vocal vulcan weapon western woman
"""
_YSE = "anal paral catal breathal dial electrol hydrol psychoanal"
_OUR = """
arbour ardour armour behaviour candour clamour colour discolour demeanour dishonour endeavour favour fervour
flavour harbour honour humour labour neighbour odour parlour rancour rigour rumour saviour savour splendour
succour tumour valour vapour vigour watercolour enamour misbehaviour belabour multicolour tricolour
"""
_OUR_TAILS = (
    *(
        "",
        "s",
        "ed",
        "ing",
        "er",
        "ers",
        "ful",
        "fully",
        "less",
        "able",
        "ably",
        "ite",
        "ites",
        "y",
        "hood",
        "hoods",
    ),
    *("ly", "some"),
)
_RE = """
calibre centre epicentre fibre goitre litre lustre meagre millilitre centilitre kilometre centimetre
millimetre nanometre mitre ochre reconnoitre sabre saltpetre sceptre sepulchre sombre spectre theatre titre
amphitheatre microfibre
"""
_DOUBLED = """
bevel cancel carol channel chisel counsel dial disembowel dishevel drivel duel enamel fuel funnel gravel
grovel initial jewel kennel label laurel level libel marshal marvel medal model panel parcel pedal pencil
pummel quarrel ravel refuel remodel relabel revel rival shovel shrivel signal snivel spiral squirrel stencil
swivel tassel total towel trammel travel trowel tunnel unravel victual worship yodel
"""
_DOUBLED_TAILS = ("ed", "ing", "er", "ers", "ings", "ist", "ists")
_PAIRS = """
acknowledgement:acknowledgment acknowledgements:acknowledgments aeroplane:airplane aeroplanes:airplanes
aesthetic:esthetic< aesthetically:esthetically< aesthetics:esthetics< afterwards:afterward ageing:aging
aluminium:aluminum amongst:among> anaemia:anemia anaemic:anemic anaesthesia:anesthesia
anaesthetic:anesthetic anaesthetics:anesthetics anaesthetist:anesthetist analogue:analog analogues:analogs
appal:appall appals:appalls archaeological:archeological< archaeologist:archeologist<
archaeologists:archeologists< archaeology:archeology< artefact:artifact artefacts:artifacts
backwards:backward> behavioural:behavioral behaviourally:behaviorally burnt:burned> caesarean:cesarean
caesium:cesium carburettor:carburetor catalogue:catalog catalogued:cataloged catalogues:catalogs
cataloguing:cataloging cauldron:caldron< cheque:check> chequebook:checkbook chequered:checkered
cheques:checks> chilli:chili chillies:chilies colourise:colorize cosier:cozier cosiest:coziest cosily:cozily
cosiness:coziness cosy:cozy councillor:councilor councillors:councilors counsellor:counselor
counsellors:counselors defence:defense defenceless:defenseless defences:defenses dialogue:dialog<
diarrhoea:diarrhea distil:distill distils:distills doughnut:donut< doughnuts:donuts< draught:draft>
draughts:drafts> draughty:drafty dreamt:dreamed> encyclopaedia:encyclopedia encyclopaedias:encyclopedias
enrol:enroll enrolment:enrollment enrolments:enrollments enrols:enrolls enthral:enthrall enthrals:enthralls
extrovert:extravert< faecal:fecal faeces:feces favourite:favorite favourites:favorites fibreglass:fiberglass
foetal:fetal foetus:fetus foetuses:fetuses fuelled:fueled fulfil:fulfill fulfilment:fulfillment
fulfils:fulfills gaol:jail> glycerine:glycerin< grey:gray greyed:grayed greyer:grayer greyest:grayest
greying:graying greyish:grayish greys:grays greyscale:grayscale gynaecologist:gynecologist
gynaecology:gynecology haemoglobin:hemoglobin haemophilia:hemophilia haemorrhage:hemorrhage
haemorrhages:hemorrhages haemorrhoids:hemorrhoids homoeopathic:homeopathic homoeopathy:homeopathy
honourable:honorable instalment:installment instalments:installments instil:instill instils:instills
jeweller:jeweler jewellers:jewelers jewellery:jewelry judgement:judgment judgemental:judgmental
judgements:judgments kerb:curb> kerbs:curbs> kerbside:curbside lacklustre:lackluster leant:leaned>
learnt:learned> leukaemia:leukemia licence:license> licenced:licensed> licences:licenses> likeable:likable>
liquorice:licorice liveable:livable loveable:lovable> manoeuvrability:maneuverability
manoeuvrable:maneuverable manoeuvre:maneuver manoeuvred:maneuvered manoeuvres:maneuvers
manoeuvring:maneuvering marvellous:marvelous marvellously:marvelously maths:math meagrely:meagerly
mediaeval:medieval> metre:meter> metres:meters> mollusc:mollusk molluscs:mollusks mould:mold moulded:molded
moulding:molding mouldings:moldings moulds:molds mouldy:moldy moult:molt moulted:molted moulting:molting
moults:molts moustache:mustache moustaches:mustaches mum:mom mums:moms neighbourhood:neighborhood
neurone:neuron> odourless:odorless oesophagus:esophagus oestrogen:estrogen offence:offense offences:offenses
omelette:omelet> omelettes:omelets> orthopaedic:orthopedic orthopaedics:orthopedics paediatric:pediatric
paediatrician:pediatrician paediatricians:pediatricians paediatrics:pediatrics paedophile:pedophile
palaeontologist:paleontologist palaeontology:paleontology plough:plow ploughed:plowed ploughing:plowing
ploughman:plowman ploughs:plows practise:practice> practised:practiced practises:practices>
practising:practicing pretence:pretense pretences:pretenses primaeval:primeval> programme:program>
programmes:programs> pyjamas:pajamas rateable:ratable saleable:salable sceptic:skeptic sceptical:skeptical
sceptically:skeptically scepticism:skepticism sceptics:skeptics sizeable:sizable skilful:skillful
skilfully:skillfully smoulder:smolder smouldered:smoldered smouldering:smoldering smoulders:smolders
snowplough:snowplow spelt:spelled> spoilt:spoiled> storey:story> storeys:stories> sulphate:sulfate
sulphates:sulfates sulphide:sulfide sulphur:sulfur sulphuric:sulfuric sulphurous:sulfurous
theatregoer:theatergoer towards:toward tranquillise:tranquilize tranquilliser:tranquilizer
tranquillity:tranquility tyre:tire> tyres:tires> unfavourable:unfavorable unfavourably:unfavorably
unsavoury:unsavory whilst:while> wilful:willful wilfully:willfully woollen:woolen woollens:woolens
yoghurt:yogurt yoghurts:yogurts
"""
_SIZED = frozenset(
    "size prize seize capsize resize downsize upsize oversize supersize midsize outsize apprize assize"
    " reprize rightsize maize baize".split()
)
"""-ize words that are spelled so on both sides of the ocean."""
_IZE_WORD = regex.compile(r"(\p{Ll}{3,}i)z(e|es|ed|er|ers|ing|ings|able|ation|ations|ational)")
_ISATION_WORD = regex.compile(r"(\p{Ll}{3,}i)s(ations?|ational)")
_VOWEL = regex.compile(r"[aeiouy]")
_ISATION_BOTH = ("improvis", "televis", "advis", "revis", "devis", "supervis", "rais")


def american_of(word: str) -> str | None:
    """The American spelling of a British word in lower case; None when it has no other spelling."""
    known = _to_american().get(word)
    if known is not None:
        return known
    match = _ISATION_WORD.fullmatch(word)
    if match is None or word.startswith(_ISATION_BOTH):
        return None
    return f"{match.group(1)}z{match.group(2)}"


def british_of(word: str) -> str | None:
    """The British spelling of an American word in lower case; None when it has no other spelling."""
    known = _to_british().get(word)
    if known is not None:
        return known
    match = _IZE_WORD.fullmatch(word)
    if match is None or _VOWEL.search(match.group(1)[:-1]) is None:
        return None
    if match.group(1) + "ze" in _SIZED:
        return None
    return f"{match.group(1)}s{match.group(2)}"


@cache
def _to_american() -> Mapping[str, str]:
    table = {british: american for british, american, way in _all() if way != "<" and british != american}
    for noun in ("analyses", "paralyses", "dialyses", "electrolyses", "hydrolyses"):
        table.pop(noun, None)
    return table


@cache
def _to_british() -> Mapping[str, str]:
    return {american: british for british, american, way in _all() if way != ">" and british != american}


def _all() -> Iterator[tuple[str, str, str]]:
    """(British, American, way): `>` to American only, `<` to British only, empty for both ways."""
    for stem in _ISE.split():
        for tail in ("e", "es", "ed", "er", "ers", "ing", "ation", "ations", "able"):
            yield f"{stem}is{tail}", f"{stem}iz{tail}", ""
    for stem in _YSE.split():
        for tail in ("e", "es", "ed", "er", "ers", "ing"):
            yield f"{stem}ys{tail}", f"{stem}yz{tail}", ""
    for word in _OUR.split():
        for tail in _OUR_TAILS:
            yield word + tail, word[:-3] + "or" + tail, ""
    yield from _re_words()
    yield from _doubled_words()
    for pair in _PAIRS.split():
        british, american = pair.split(":")
        way = american[-1] if american[-1] in "<>" else ""
        yield british, american.rstrip("<>"), way


def _re_words() -> Iterator[tuple[str, str, str]]:
    for word in _RE.split():
        stem = word[:-2]
        for british, american in (("re", "er"), ("res", "ers"), ("red", "ered"), ("ring", "ering")):
            yield stem + british, stem + american, ""


def _doubled_words() -> Iterator[tuple[str, str, str]]:
    for word in _DOUBLED.split():
        for tail in _DOUBLED_TAILS:
            yield word + word[-1] + tail, word + tail, ""
