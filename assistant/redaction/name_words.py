"""What a name looks like, and the words that are none.

No list of names: a list knows some communities' names better than others'. What is listed are the
words that follow an introduction without being a name.
"""

import re
from pathlib import Path

from assistant.policy.model import PersonalKind
from assistant.redaction.found import Found

PART = r"[^\W\d_][^\W\d_]{0,24}(?:['-][^\W\d_]{1,24}){0,3}"
"""A word of a name in letters of any size."""
CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
BIG = rf"(?:{CAPITAL}')?{CAPITAL}[^\W\d_]{{1,24}}(?:['-][^\W\d_]{{1,24}}){{0,3}}"
INITIAL = rf"{CAPITAL}\.?"
_PARTICLES_TEXT = """
da das de del della den der di dos du al el ab ap bin bint ferch la las le los van von y
"""
PARTICLES = tuple(_PARTICLES_TEXT.split())
JOIN = rf"(?:(?:{'|'.join(PARTICLES)}) ){{0,2}}"
NAME = rf"{BIG}(?: {INITIAL}){{0,2}} {JOIN}{BIG}(?: {JOIN}{BIG}){{0,2}}"
"""Two words or more in capital letters."""
ONE_OR_MORE = rf"{BIG}(?:(?: {INITIAL}){{0,2}} {JOIN}{BIG}){{0,3}}"
INITIALS_AND_NAME = rf"(?:{CAPITAL}\. ?|{CAPITAL} ){{1,3}}{JOIN}{BIG}"
ANY_NAME = rf"(?:{INITIALS_AND_NAME}|{ONE_OR_MORE})"
"""One word or more in capital letters, or initials with a surname."""

_NEVER_TEXT = """
a about ac after again ago ai all almost already also am an and any ar are aren't as asking at ba
back be because been being both but by ca called can can't cannot changed changing claiming
correct could d'oes ddim did different do does doesn't don't due eisiau em er extremely fe for
from fy getting going gone got had has have having he help her here hers him his how hyn i i'd
i'll i'm i've if im in incorrect incorrectly is it it's its ju just like listed living looking me
missing misspelled misspelt more my nad name nawr need needs nid no not nothing now o oes of off
oh ok on only or our out over please printed quite ran recorded registered rhy right same she
should showing shown since so sorry spelled spelling spelt still such sut sy'n than thank thanks
that that's the their them then there these they this those to today too trying under up us used
very want was we we're wedi were what what's when where which while who who's why will with
without working would wrong wrongly y yes yet yn you your yr
"""
_DESCRIBE_TEXT = """
abroad academic accommodation adult advance afghan aged agency agents allowance american anglican
anyone anyway appointee apprentice argentine armed army arrangements asylum attendance attorney
aunt auntie autistic bank baptist bed bedroom benefit benefits bengali birth blind bloke bloody
blue borough breach britain british broke buddhist buddy builders business buyer buyers buying bye
capital car care carer carer's carers cash catholic certificate chief child children chinese
christmas citizen citizens civil claim claimant claimants claims class clinically college common
community companies company complaint complaints congratulations council council's county court
credit credits croat customs cymraeg cymraes cymro cymru cypriot czech dad daddy daughter dead
deaf debt deceased december degree dental department dependant deposit deputy diabetic direct
director disabilities disability disabled discretionary divorced doctor doctors done drivers
driving dude duty dwp earlier early education electoral emergency emirati employed employee
employer employment energy england english entitled entitlement esa estate eu european everybody
everyone everything ex executor exempt family father february fed female fifth filipino finance
first fit flat folks forces foreign form former forms foster four fourth free freelance french
friday friend friends full fund gateway general german gig good goodbye gov government gp graduate
gran grandad granddad grandfather grandma grandmother grandpa grandparent granny great guardian
guardians guys half happy head heartbroken heating heavily hello here's hi high hindu hiv holiday
home homeless homeowner homeowners hospital house household housing however human husband ill
immigration important income independence india indian inheritance inland insolvent insurance
invalid iraqi irish israeli january jewish job jobcentre jobseeker jobseeker's joint july jury kin
kiwi kosovan kurd kurdish kuwaiti ladies landlady landlord landlords last lasting late lawyer
leave legal legally letter level licence lifelong limited local london lost ltd mad madam main
maintenance male mam manager managing many march married mate maternity medical mental met
methodist mid middle minister mobility monday moslem motability mother mother's mp mps mum mummy
muslim nan nana national navy neighbour neighbours nepali new newly next nhs nobody nobody's
northern november nurse october office officer official ofsted old omani one online open
operations ordinary other outside overseas owner paid pakistani pal parent parents parking part
partial partner passport paternity patient pay payments penalty pension pensioner pensioners
people permanent person personal pet pip planning plc plus police polish poor post
power-of-attorney pregnant premium presbyterian prime private probate probation professional
property protestant public punjabi pupil qatari quaker question raf reception refugee regarding
regards register relevant reliant rent renting resident residents retail retired revenue romany
royal sad saesneg saeson safe sais sales saturday saudi scared scheme school schools scotland
scottish seat second secretary section security seeking seldom self selling senior september serb
seriously service settled seven severely shared shocked short sick sikh single sir sister six
skilled skint slovak small small-business so-called social sole somali somebody someone son
special spouse staff stamp standard state statutory stay stepdaughter stepson stuck student
students sunday support sure surviving swiss tamil tax teacher teachers team temporary tenant
tenants tens thai third three thursday time tired tory total trader trading trans transgender
traveller travellers treasury truly trust tuesday turk twins two uber uk ukrainian unable uncle
unemployed unfit unhappy union unit united universal university unwell urgent urgently usually
utterly valid various vat vegan vegetarian vehicle veteran victim violence visa visitor visitors
volunteer vulnerable wales warm waste water we'd wednesday weekly welsh widow widowed widower wife
winter woman women work workers world world's worried worse year yemeni young-person youth zero
"""
_BODIES_TEXT = """
academy account accounts act advice adviser advisers advisor agency agent agents agreement
allowance analyst appeal appeals application apprenticeship area arrears assessment assistance
assistant association attorney authority award badge bailiffs bank benefit benefits bill bonds
britain buildings business campaign catholic centre charge charges charity church citizen
citizenship claimant clerk clinic club college commission committee companies company consultant
contract contributions costs council county court courts credit credits crime customer debit
department director disease duties duty earnings education employed employer employers engineer
england enquiries enquiry entitlement executive executor expenses farms fees finance force form
forms foundation fuel gains government grants group handler holder homeowner homes hospital house
housing incapacity income inspector institute insurance interest ireland jobcentre kingdom
landlord landlords leader leave lecturer lettings level library licence limited limits loan loans
ltd manager managers market member mobility national needs notice notices nurse nursery office
officer officers offices ombudsman order orders organisation ownership panel parent parents
parliament partner partners partnership pass patient payment pension permit permits planning plc
police portal power practice professional profits programme properties protection pupil questions
rates rebate receiver recipient refund region register registration rehearing release relief
removal rental resident residents review rights rules sale savings scheme schemes school schools
sclerosis scotland secretary section sector seeker seekers service services sick society
solicitors solutions specialist state statement status stores student students subsidy supervisor
support surgery survivor syndrome system systems tax taxes teacher team technician tenancy tenant
tenants therapist ticket tickets trader traders transfer transport treatment tribunal trust
trustee trusts uk union university user vehicle vehicles violence visa visas visitor volunteer
vote vouchers wales welfare worker workers working works zone
"""
NEVER = frozenset(_NEVER_TEXT.split())
"""Words that end a name, or mean that none follows: "my name is on the deed"."""
_DESCRIBE = NEVER - {"will"} | frozenset(_DESCRIBE_TEXT.split())
"""What people are, claim or write to, and hardly ever a given name."""
_BODIES = frozenset(_BODIES_TEXT.split())
"""What the names of bodies, benefits and documents end with, and hardly ever a surname."""
_PEOPLES = re.compile(
    r"\w+(?:ish|ese|ean|[bdlnrst]ian|ican|ani|ench|utch|elsh|hai|reek|deshi|raqi|raeli|omali|epali|emeni)\Z",
    re.IGNORECASE,
)
"""How words for peoples and faiths end ("British", "Nigerian"). Some given names do too: after
"I'm" such a name is masked with a surname, and not by itself."""
_COLOURS = frozenset({"black", "white", "mixed"})
"""What stands before a people in the names of ethnic groups ("Black African")."""
_ADJECTIVES = re.compile(
    r"\w{2,}(?:ly|ing|[^em\W]ed|ic|ical|ist|less|ful|ous|able|ible|ive|[ae]nt|[ae]nce|[ts]ion|ment"
    r"|ness|ity)\Z",
    re.IGNORECASE,
)
"""How many words end that say what somebody is, and few names."""

_PLACES_TEXT = """
abu acas addis adobe airbnb aldi alzheimer's alzheimers amazon android apple april argos asda
ashton asperger asperger's aspergers aston audi august aviva barclays bbc bishop's bishops bitcoin
blaenau bmw boots bosnia brexit bt buckingham buenos bupa burkina burton bury canary cape capita
channel child's chipping christmas costa covid crohn's crohns czech dear december deliveroo disney
diwali dominican down's downing downs dr easter ebay ebbw ee eid el eon equatorial facebook
falkland february fiat ford friday google halifax hemel honda hong hsbc huntington's hyundai
iphone isle itv ivory jaguar january jersey july june kia king's kings kingston kuala lady las
leighton letchworth lidl lloyds lord los lycamobile madam march mastercard may mazda melton
mercedes merthyr microsoft milton mini miss monday monzo morrisons motability mr mrs ms mx natwest
neath netflix newcastle nissan november october ofcom ofgem ofsted openreach papua parkinson's
parkinsons paypal peterborough peugeot phnom port primark puerto ramadan raynaud's renault revolut
rhondda rio ryanair sainsbury's sainsburys saint samsung san santa santander sao saturday saudi
seat september serco shelter sierra sir sirs skoda sky solomon spotify sri st starling stoke
stratford subaru sunday suzuki tel tesco tesla thames thursday tourette's tower toyota trinidad
tsb tuesday tunbridge tyne uber vale vatican vauxhall virgin visa vodafone volkswagen volvo vw
waitrose wednesday welwyn weston whatsapp whitehall wickes windows windsor youtube zoom
"""
PLACES = frozenset(_PLACES_TEXT.split())
"""How names of places, companies, illnesses and days begin."""
_PLAIN = frozenset((Path(__file__).parent / "plain_words.txt").read_text(encoding="utf-8").split())

SPOKEN_OF = re.compile(r"[ (:\n-][^\W\d_a-z][^\W\d_]")
"""A capital letter inside the text stands in most names: it is quick to look for."""


def is_plain(word: str) -> bool:
    """Say whether guidance writes the word in small letters, or it tells what somebody is."""
    return all(
        part in _PLAIN or part in _DESCRIBE or part in _BODIES or part in PLACES
        for part in word.casefold().removesuffix("'s").split("-")
    )


def is_person(name: str, alone: bool) -> bool:
    """Say whether capitalised words are a name; one word only where it may stand `alone`."""
    words = name.casefold().split()
    acronym = any(len(word) > 2 and word.isupper() for word in name.split())
    other_small = any(word[0].islower() and not word[0].isascii() for word in name.split())
    if acronym or other_small or words[0] in _DESCRIBE or words[-1] in _BODIES:
        return False
    if words[0] in _COLOURS and is_people(words[-1]):
        return False
    return alone or len(words) > 1


def is_people(name: str) -> bool:
    """Say whether one word ends like a people or a faith ("Nigerian")."""
    return _PEOPLES.fullmatch(name) is not None


def may_describe(name: str) -> bool:
    """Say whether any of the words may as well say what somebody or something is."""
    return any(
        word in _DESCRIBE or word in _BODIES or is_people(word) or bool(_ADJECTIVES.fullmatch(word))
        for word in name.casefold().split()
    )


def name_in(match: re.Match[str], which: str = "name", length: int | None = None) -> Found:
    """Return a group of the match as a name, or so many of its first characters.

    Without a length, what makes it "Jo's" is left.
    """
    start = match.start(which)
    size = len(match[which].removesuffix("'s")) if length is None else length
    return Found(PersonalKind.NAME, start, start + size)
