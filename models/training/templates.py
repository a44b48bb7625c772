"""News sentences with names, numbers and dates put into them: what the corpus has too little of.

Owns: lists of people and bodies and the sentence patterns, all written for this project.
In: how many pairs, a seeded generator. Out: `[ar, en]` pairs that teach one lesson only: a name, a number
or a date of the Arabic side stands unchanged in the English one.
Never: facts. The sentences are inventions; people, places and figures are drawn at random.
"""

import random
from collections.abc import Callable

from noise import INDIC_DIGITS
from places import cities, countries


def table(text: str) -> list[tuple[str, str]]:
    """`ar=en, ar=en` to pairs."""
    return [tuple(part.strip().split("=")) for part in text.replace("\n", " ").split(",") if part.strip()]


GIVEN = table("""
    محمد=Mohammed, أحمد=Ahmed, علي=Ali, حسن=Hassan, حسين=Hussein, محمود=Mahmoud, خالد=Khaled, سعيد=Saeed,
    إبراهيم=Ibrahim, يوسف=Youssef, عمر=Omar, طارق=Tariq, مصطفى=Mustafa, عبد الله=Abdullah, فاطمة=Fatima,
    مريم=Maryam, ليلى=Layla, نادية=Nadia, سارة=Sarah, هدى=Huda, سامي=Sami, كريم=Karim, ياسر=Yasser,
    نبيل=Nabil, رشيد=Rashid, سلمان=Salman, فيصل=Faisal, جون=John, جورج=George, ديفيد=David, مايكل=Michael,
    جيمس=James, روبرت=Robert, توماس=Thomas, بيتر=Peter, بول=Paul, ماري=Mary, آنا=Anna, ماريا=Maria,
    إيلينا=Elena, فلاديمير=Vladimir, سيرغي=Sergei, دميتري=Dmitry, ألكسندر=Alexander, إيفان=Ivan,
    هانس=Hans, فرانسوا=Francois, جان=Jean, بيير=Pierre, كارلوس=Carlos, خوسيه=Jose, أنطونيو=Antonio,
    لويس=Luis, ماركو=Marco, جوزيف=Joseph, دانيال=Daniel, ويليام=William, ريتشارد=Richard, كريستين=Christine,
    أنجيلا=Angela, نيكولا=Nicolas, باتريك=Patrick, هنري=Henry, تشارلز=Charles, إدوارد=Edward, سايمون=Simon
""")
FAMILY = table("""
    المصري=al-Masri, الشامي=al-Shami, الحسيني=al-Husseini, العلي=al-Ali, الخطيب=al-Khatib, حداد=Haddad,
    منصور=Mansour, الأسعد=al-Asaad, نصر=Nasr, سليمان=Suleiman, عثمان=Othman, صالح=Saleh, قاسم=Qasim,
    الزهراني=al-Zahrani, القحطاني=al-Qahtani, بن سالم=bin Salem, بوعزة=Bouazza, التميمي=al-Tamimi,
    سميث=Smith, جونسون=Johnson, براون=Brown, ميلر=Miller, ويلسون=Wilson, أندرسون=Anderson, تايلور=Taylor,
    مارتن=Martin, كلارك=Clark, لويس=Lewis, ووكر=Walker, هاريس=Harris, روبنسون=Robinson, باركر=Parker,
    إيفانوف=Ivanov, بيتروف=Petrov, كوزلوف=Kozlov, سوكولوف=Sokolov, مولر=Muller, شميدت=Schmidt,
    فيشر=Fischer, فيبر=Weber, دوبوا=Dubois, موريل=Morel, لوران=Laurent, غارسيا=Garcia, لوبيز=Lopez,
    مارتينيز=Martinez, رودريغيز=Rodriguez, سانشيز=Sanchez, روسي=Rossi, بيانكي=Bianchi, كوستا=Costa,
    سيلفا=Silva, تاناكا=Tanaka, ياماموتو=Yamamoto, وانغ=Wang, تشانغ=Zhang, كيم=Kim, بارك=Park, سينغ=Singh,
    خان=Khan, أوزتورك=Ozturk, يلماز=Yilmaz, كوفاتش=Kovac, نوفاك=Novak, ماكدونالد=McDonald, أوكونور=O'Connor
""")
LEADERS = table("""
    فلاديمير بوتين=Vladimir Putin, جو بايدن=Joe Biden, دونالد ترامب=Donald Trump, باراك أوباما=Barack Obama,
    إيمانويل ماكرون=Emmanuel Macron, أنغيلا ميركل=Angela Merkel, أولاف شولتس=Olaf Scholz,
    بوريس جونسون=Boris Johnson, رجب طيب أردوغان=Recep Tayyip Erdogan, عبد الفتاح السيسي=Abdel Fattah el-Sisi,
    بشار الأسد=Bashar al-Assad, بنيامين نتنياهو=Benjamin Netanyahu, محمود عباس=Mahmoud Abbas,
    حسن روحاني=Hassan Rouhani, إبراهيم رئيسي=Ebrahim Raisi, شي جين بينغ=Xi Jinping, كيم جونغ أون=Kim Jong Un,
    ناريندرا مودي=Narendra Modi, فولوديمير زيلينسكي=Volodymyr Zelensky, سيرغي لافروف=Sergei Lavrov,
    أنتوني بلينكن=Antony Blinken, أنطونيو غوتيريش=Antonio Guterres, محمد بن سلمان=Mohammed bin Salman,
    سعد الحريري=Saad Hariri, ميشال عون=Michel Aoun, كامالا هاريس=Kamala Harris, هيلاري كلينتون=Hillary Clinton
""")
# country, its city, adjective (masculine, feminine), English forms
COUNTRIES = [
    tuple(row.split("|"))
    for row in """
روسيا|Russia|موسكو|Moscow|الروسي|الروسية|Russian
الولايات المتحدة|the United States|واشنطن|Washington|الأمريكي|الأمريكية|American
بريطانيا|Britain|لندن|London|البريطاني|البريطانية|British
فرنسا|France|باريس|Paris|الفرنسي|الفرنسية|French
ألمانيا|Germany|برلين|Berlin|الألماني|الألمانية|German
إيطاليا|Italy|روما|Rome|الإيطالي|الإيطالية|Italian
إسبانيا|Spain|مدريد|Madrid|الإسباني|الإسبانية|Spanish
الصين|China|بكين|Beijing|الصيني|الصينية|Chinese
اليابان|Japan|طوكيو|Tokyo|الياباني|اليابانية|Japanese
الهند|India|نيودلهي|New Delhi|الهندي|الهندية|Indian
تركيا|Turkey|أنقرة|Ankara|التركي|التركية|Turkish
إيران|Iran|طهران|Tehran|الإيراني|الإيرانية|Iranian
العراق|Iraq|بغداد|Baghdad|العراقي|العراقية|Iraqi
سوريا|Syria|دمشق|Damascus|السوري|السورية|Syrian
لبنان|Lebanon|بيروت|Beirut|اللبناني|اللبنانية|Lebanese
الأردن|Jordan|عمان|Amman|الأردني|الأردنية|Jordanian
مصر|Egypt|القاهرة|Cairo|المصري|المصرية|Egyptian
السودان|Sudan|الخرطوم|Khartoum|السوداني|السودانية|Sudanese
ليبيا|Libya|طرابلس|Tripoli|الليبي|الليبية|Libyan
تونس|Tunisia|صفاقس|Sfax|التونسي|التونسية|Tunisian
الجزائر|Algeria|وهران|Oran|الجزائري|الجزائرية|Algerian
المغرب|Morocco|الرباط|Rabat|المغربي|المغربية|Moroccan
اليمن|Yemen|صنعاء|Sanaa|اليمني|اليمنية|Yemeni
السعودية|Saudi Arabia|الرياض|Riyadh|السعودي|السعودية|Saudi
قطر|Qatar|الدوحة|Doha|القطري|القطرية|Qatari
الإمارات|the United Arab Emirates|أبو ظبي|Abu Dhabi|الإماراتي|الإماراتية|Emirati
أوكرانيا|Ukraine|كييف|Kyiv|الأوكراني|الأوكرانية|Ukrainian
بولندا|Poland|وارسو|Warsaw|البولندي|البولندية|Polish
السويد|Sweden|ستوكهولم|Stockholm|السويدي|السويدية|Swedish
سويسرا|Switzerland|جنيف|Geneva|السويسري|السويسرية|Swiss
النمسا|Austria|فيينا|Vienna|النمساوي|النمساوية|Austrian
اليونان|Greece|أثينا|Athens|اليوناني|اليونانية|Greek
البرازيل|Brazil|برازيليا|Brasilia|البرازيلي|البرازيلية|Brazilian
الأرجنتين|Argentina|بوينس آيرس|Buenos Aires|الأرجنتيني|الأرجنتينية|Argentine
المكسيك|Mexico|مكسيكو سيتي|Mexico City|المكسيكي|المكسيكية|Mexican
كندا|Canada|أوتاوا|Ottawa|الكندي|الكندية|Canadian
أستراليا|Australia|سيدني|Sydney|الأسترالي|الأسترالية|Australian
جنوب أفريقيا|South Africa|بريتوريا|Pretoria|الجنوب أفريقي|الجنوب أفريقية|South African
نيجيريا|Nigeria|أبوجا|Abuja|النيجيري|النيجيرية|Nigerian
إثيوبيا|Ethiopia|أديس أبابا|Addis Ababa|الإثيوبي|الإثيوبية|Ethiopian
باكستان|Pakistan|إسلام آباد|Islamabad|الباكستاني|الباكستانية|Pakistani
أفغانستان|Afghanistan|كابول|Kabul|الأفغاني|الأفغانية|Afghan
إندونيسيا|Indonesia|جاكرتا|Jakarta|الإندونيسي|الإندونيسية|Indonesian
كوريا الجنوبية|South Korea|سيول|Seoul|الكوري الجنوبي|الكورية الجنوبية|South Korean
""".strip().splitlines()
]
DAYS = table("""الاثنين=Monday, الثلاثاء=Tuesday, الأربعاء=Wednesday, الخميس=Thursday, الجمعة=Friday,
    السبت=Saturday, الأحد=Sunday""")
MONTHS = table("""يناير=January, فبراير=February, مارس=March, أبريل=April, مايو=May, يونيو=June, يوليو=July,
    أغسطس=August, سبتمبر=September, أكتوبر=October, نوفمبر=November, ديسمبر=December,
    كانون الثاني=January, شباط=February, آذار=March, نيسان=April, أيار=May, حزيران=June, تموز=July, آب=August,
    أيلول=September, تشرين الأول=October, تشرين الثاني=November, كانون الأول=December""")
BODIES = table("""الأمم المتحدة=the United Nations, الاتحاد الأوروبي=the European Union,
    مجلس الأمن الدولي=the UN Security Council, جامعة الدول العربية=the Arab League,
    منظمة الصحة العالمية=the World Health Organization, صندوق النقد الدولي=the International Monetary Fund,
    البنك الدولي=the World Bank, حلف شمال الأطلسي=NATO, منظمة أوبك=OPEC, اليونيسف=UNICEF,
    منظمة العفو الدولية=Amnesty International, هيومن رايتس ووتش=Human Rights Watch,
    الصليب الأحمر=the Red Cross, الوكالة الدولية للطاقة الذرية=the International Atomic Energy Agency,
    البيت الأبيض=the White House, الكرملين=the Kremlin, الاتحاد الأفريقي=the African Union""")
AGENCIES = table("""رويترز=Reuters, فرانس برس=Agence France-Presse, أسوشيتد برس=the Associated Press,
    روسيا اليوم=RT, الجزيرة=Al Jazeera, بي بي سي=the BBC, الأناضول=Anadolu, سانا=SANA, تاس=TASS, إيسنا=ISNA""")
# p q persons · f g their family names · c d countries · t u cities · am af bm bf adjectives · w day ·
# m month · y year · n big number · k small number · pc per cent · o body · a agency
# x z cities of the world · v a city with its country · r s countries of the world
PATTERNS = [line.split(" || ") for line in """
أكد الرئيس {am} {p} ونظيره {bm} {q} في اتصال هاتفي يوم {w} أنهما يرحبان بالتعاون بين البلدين. || {ae} President {p} and his {be} counterpart {q} confirmed in a phone call on {w} that they welcome cooperation between the two countries.
أجرى {p} محادثة هاتفية مع {q} تناولت الأزمة في {c}. || {p} held a phone conversation with {q} about the crisis in {c}.
قال وزير الخارجية {am} {p} إن بلاده لن تشارك في محادثات {t}. || {ae} Foreign Minister {p} said his country would not take part in the talks in {t}.
وبحسب وكالة {a}، قُتل {k} أشخاص وأصيب {n} آخرون في {t}. || According to {a}, {k} people were killed and {n} others injured in {t}.
وقال {f} إن الحكومة {af} لم تتلق أي طلب من {o}. || {f} said the {ae} government had not received any request from {o}.
أعلنت {o} يوم {w} أن عدد النازحين في {c} بلغ {n} شخص. || {o} announced on {w} that the number of displaced people in {c} had reached {n}.
وصل رئيس الوزراء {am} {p} إلى {t} يوم {w} في زيارة تستغرق {k} أيام. || {ae} Prime Minister {p} arrived in {t} on {w} for a {k}-day visit.
نقلت وكالة {a} عن {p} قوله إن الاتفاق مع {c} "لا يزال ممكنا". || {a} quoted {p} as saying that the agreement with {c} was "still possible".
ارتفع الإنتاج في {c} بنسبة {pc} في المائة خلال شهر {m} {y}. || Output in {c} rose by {pc} percent in {m} {y}.
انخفضت صادرات {c} إلى {d} بنسبة {pc}% في عام {y}. || Exports from {c} to {d} fell by {pc}% in {y}.
وُلد {p} في {t} في {k} {m} {y}. || {p} was born in {t} on {m} {k}, {y}.
التقى {p} في {t} بنظيره {bm} {q}، وبحثا العلاقات بين {c} و{d}. || {p} met his {be} counterpart {q} in {t}, and they discussed relations between {c} and {d}.
حذر {p} من أن الأسعار في {c} قد ترتفع {k} أضعاف. || {p} warned that prices in {c} could rise {k}-fold.
رفض المتحدث باسم {o}، {p}، التعليق على الهجوم. || {p}, a spokesman for {o}, declined to comment on the attack.
وقعت {c} و{d} اتفاقا بقيمة {n} دولار في {t}. || {c} and {d} signed an agreement worth {n} dollars in {t}.
فاز المنتخب {am} على نظيره {bm} بنتيجة {k}-1 في المباراة التي أقيمت في {t}. || The {ae} national team beat {d} {k}-1 in the match held in {t}.
وقال {f} في بيان: "لم نتخذ قرارا بعد". || "We have not made a decision yet," {f} said in a statement.
ونفى {p} أن يكون قد التقى {q} في {t}. || {p} denied having met {q} in {t}.
تولى {p} منصبه في {m} {y} خلفا لـ{q}. || {p} took office in {m} {y}, succeeding {q}.
أعلنت السلطات {af} اعتقال {k} أشخاص بينهم {p}. || {ae} authorities announced the arrest of {k} people, including {p}.
بدأت القمة في {t} في {k} {m} بمشاركة {c} و{d}. || The summit began in {t} on {m} {k} with the participation of {c} and {d}.
طالبت {o} الحكومة {af} بالإفراج عن الصحفي {p}. || {o} called on the {ae} government to release the journalist {p}.
انتقد {p} قرار {q}، ووصفه بأنه "خطأ تاريخي". || {p} criticized {q}'s decision, calling it "a historic mistake".
أدى الزلزال الذي ضرب {t} يوم {w} إلى مقتل ما لا يقل عن {n} شخصا. || The earthquake that struck {t} on {w} killed at least {n} people.
المصدر: وكالة {a} || Source: {a}
{t} ({a}) - قالت وزارة الدفاع {af} يوم {w} إنها أسقطت {k} طائرات مسيرة. || {t} ({a}) - The {ae} Defense Ministry said on {w} that it had shot down {k} drones.
ويبلغ عدد سكان المدينة {n} نسمة. || The city has a population of {n}.
كتب {p} على تويتر أن الاجتماع تأجل إلى يوم {w}. || {p} wrote on Twitter that the meeting had been postponed until {w}.
من المقرر أن يزور {f} {t} في {k} {m}. || {f} is scheduled to visit {t} on {m} {k}.
واتهمت {c} {d} بانتهاك الاتفاق الذي وُقع في {t} عام {y}. || {c} accused {d} of violating the agreement signed in {t} in {y}.
تقع {x} على بعد {k}0 كيلومترا من {z}. || {x} lies {k}0 kilometers from {z}.
وُلد {p} في مدينة {v} عام {y}، وتوفي في {z}. || {p} was born in the city of {v} in {y} and died in {z}.
قُتل {k} أشخاص في انفجار هز مدينة {v} يوم {w}. || {k} people were killed in an explosion that shook the city of {v} on {w}.
وسافر الوفد من {x} إلى {z} مرورا بـ{t}. || The delegation traveled from {x} to {z} via {t}.
زار {p} كلا من {r} و{s} و{c} في {m}. || {p} visited {r}, {s} and {c} in {m}.
درس {p} في جامعة {x} ثم عمل في {z}. || {p} studied at the University of {x} and then worked in {z}.
اندلعت احتجاجات في {x} و{z} ومدن أخرى في {r}. || Protests broke out in {x}, {z} and other cities in {r}.
أغلقت السلطات المدارس في {v} بعد الفيضانات. || Authorities closed schools in {v} after the floods.
{x} مدينة في {r} يبلغ عدد سكانها {n} نسمة. || {x} is a city in {r} with a population of {n}.
انتقل {f} من {x} إلى {z} في عام {y}. || {f} moved from {x} to {z} in {y}.
وقعت {r} و{s} معاهدة في {x} في {k} {m} {y}. || {r} and {s} signed a treaty in {x} on {m} {k}, {y}.
سقطت {x} في أيدي المتمردين بعد معارك استمرت {k} أيام. || {x} fell to the rebels after {k} days of fighting.
استضافت {x} البطولة عام {y}، وفازت بها {r}. || {x} hosted the tournament in {y}, which was won by {r}.
وتبعد القرية عن {x} نحو {k} كيلومترات إلى الشمال. || The village is about {k} kilometers north of {x}.
""".strip().splitlines()]


def number(rng: random.Random) -> tuple[str, str]:
    """A figure as Arabic and English papers print it."""
    kind, value = rng.random(), rng.randint(2, 99)
    if kind < 0.35:
        return str(value * 10), str(value * 10)
    if kind < 0.6:
        return f"{value} ألف", f"{value},000"
    if kind < 0.85:
        return f"{value} مليون", f"{value} million"
    return (f"{value},{rng.randint(1, 9)}00",) * 2


Person = tuple[tuple[str, str], tuple[str, str]]


def person(rng: random.Random) -> Person:
    """Full name and family name."""
    if rng.random() < 0.2:
        ar, en = rng.choice(LEADERS)
        surnames = (ar.split()[-1], en.split()[-1]) if len(ar.split()) == 2 else (ar, en)
        return (ar, en), surnames
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    return (f"{given[0]} {family[0]}", f"{given[1]} {family[1]}"), family


def city(rng: random.Random) -> tuple[tuple[str, str], tuple[str, str] | None]:
    """A city in one of its Arabic spellings, and its country."""
    spellings, english, country = rng.choices(*cities())[0]
    return (rng.choice(spellings), english), country


def city_and_country(rng: random.Random) -> tuple[str, str]:
    (arabic, english), country = city(rng)
    if country is None:
        return arabic, english
    return f"{arabic} {rng.choice(('في', 'ب'))} {country[0]}".replace(" ب ", " ب"), f"{english}, {country[1]}"


def fillings(rng: random.Random, person: Callable[[random.Random], Person]) -> tuple[dict[str, str], dict[str, str]]:
    one, two = rng.sample(COUNTRIES, 2)
    (p, f), (q, _) = person(rng), person(rng)
    third = rng.choice(COUNTRIES)
    (x, z), (r, s) = (city(rng)[0], city(rng)[0]), rng.sample(countries(), 2)
    town = city(rng)[0] if rng.random() < 0.5 else third[2:4]
    pairs = {"p": p, "f": f, "q": q, "c": one[:2], "d": two[:2], "t": town, "w": rng.choice(DAYS),
             "x": x, "z": z, "r": r, "s": s, "v": city_and_country(rng),
             "m": rng.choice(MONTHS), "n": number(rng), "o": rng.choice(BODIES), "a": rng.choice(AGENCIES),
             "y": (str(rng.randint(1948, 2026)),) * 2, "k": (str(rng.randint(3, 10)),) * 2}  # fmt: skip
    share = rng.randint(1, 99), rng.randint(1, 9)
    whole = rng.random() < 0.5
    pairs["pc"] = (str(share[0]),) * 2 if whole else (f"{share[0]},{share[1]}", f"{share[0]}.{share[1]}")
    arabic = {key: pair[0] for key, pair in pairs.items()}
    english = {key: pair[1] for key, pair in pairs.items()}
    arabic |= {"am": one[4], "af": one[5], "bm": two[4], "bf": two[5]}
    english |= {"ae": one[6], "be": two[6]}
    return arabic, english


def capitalised(line: str) -> str:
    return line[0].upper() + line[1:]


def template_pairs(count: int, rng: random.Random, person: Callable[[random.Random], Person] = person) -> list[list[str]]:
    """`count` pairs, patterns drawn evenly, people drawn by `person`; digits are Arabic-Indic in every fourth."""
    out = []
    for _ in range(count):
        arabic, english = fillings(rng, person)
        pattern = rng.choice(PATTERNS)
        ar, en = pattern[0].format(**arabic), pattern[1].format(**english)
        if rng.random() < 0.25:
            ar = ar.translate(INDIC_DIGITS)
        out.append([ar.replace("لـال", "لل"), capitalised(en)])
    return out
