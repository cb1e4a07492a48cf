"""How sentences compare, in eight languages, as data: superlatives, comparatives, and what makes them uncertain.

Languages are English, Korean, Chinese, Japanese, Spanish, Portuguese, German and French. Each line of a table is a
sense and the words that have it, as regular expressions that ignore the case.
"""

from collections.abc import Mapping
from typing import Literal

Sense = Literal["best", "worst", "high", "low", "accurate", "inaccurate", "fast", "slow"]

#: Verbs that say that a row is the best; its name may follow at once: `gana Adam`.
WINS = r"\b(?:gana|ganó|vence|venceu|ganha|ganhou|gewinnt|gewann|siegt|wins|won)\b|\bliegt vorne?\b|\bl['’]emporte\b"

#: The words of "X is the ...". Romance words need their article, since they are comparatives without it. Words for
#: "its highest" are left out where a language does not tell them apart, such as `최고 정확도` and `最高准确率`.
SUPERLATIVES: Mapping[Sense, tuple[str, ...]] = {
    "best": (
        r"\bthe (?:overall |very |absolute |single )?best(?! epoch)\b",
        r"\b(?:is|was|are|were|performs?|performed|perform|did|does|works?|worked|scores?|scored|comes? out|came out) "
        r"(?:clearly |by far |overall |the )?best\b",
        r"\bbest[- ]performing\b",
        r"\b(?:is|was) (?:clearly |by far )?the (?:clear |overall )?winner\b|\b(?:came|comes|ends?|ended) (?:up |"
        r"out )?on top\b",
        WINS,
        r"\bgenerali[sz](?:es|ed) best\b|\b(?:takes?|took) (?:the )?first place\b|\b(?:leads?|tops?) the (?:table|"
        r"ranking|field)\b",
        r"\b(?:is|was) (?:clearly |by far )?the (?:top[- ]perform(?:er|ing)|strongest)\b|\b(?:ranks|ranked|comes|"
        r"came) first\b",
        r"\b(?:achiev|obtain|reach|deliver|show|yield|produc|record|attain)(?:s|es|e|ed)? best\b|\b(?:gave|gives|had|"
        r"has|got) best\b",
        r"^\W{0,4}best (?:model|optimi[sz]er|network|architecture|method|variant|configuration|setting|result)s?(?=:|"
        r" is| was)",
        r"(?:가장|제일) (?:[가-힣]{1,6} )?(?:좋|우수|뛰어|나은)",
        r"最好|最优|最佳(?!准|精|的?准|的?精)|最も(?:良|優|よ)|一番(?:良|よ)",
        r"\b(?:el|la|los|las) (?:de )?mejor(?:es)?\b(?! que)",
        r"\b[oa]s? melhor(?:es)?\b(?! que| do que)",
        r"\b(?:das|der|die|den|dem|am) (?:aller)?besten?\b|\b(?:das|der|die) beste[rs]?\b",
        r"\b(?:le|la|les) meilleure?s?\b|\b(?:le|la) plus performante?\b|\barrive en tête\b",
    ),
    "worst": (
        r"\bthe (?:overall |very )?worst\b|\b(?:is|was|performs?|performed|did|works?|worked) (?:clearly |by far |"
        r"the )?worst\b",
        r"(?:가장|제일) (?:나쁘|나빴|나쁜|저조|안 좋)",
        r"最差|最も悪|一番悪",
        r"\b(?:el|la) peor\b(?! que)",
        r"\b[oa] pior\b(?! que| do que)",
        r"\b(?:das|der|die|am) schlechteste[nrs]?\b",
        r"\b(?:le|la) (?:pire|moins bon(?:ne)?)\b",
    ),
    "high": (
        r"\bthe (?:overall |absolute |very )?(?:highest|greatest|most(?= parameters| weights)|longest|largest)\b",
        r"\b(?:achiev|obtain|reach|deliver|show|yield|produc|record|attain)(?:s|es|e|ed)? highest\b|"
        r"\b(?:gave|gives|had|has|got) highest\b|^\W{0,4}(?:overall )?highest\b",
        r"(?:가장|제일) (?:[가-힣]{1,6} )?(?:높|큰|많|컸)",
        r"最高的|最高(?=[。，,；;（(\s]|$)|最も[^、。，]{0,8}(?:高|多|大き)|一番(?:高|多)|最多",
        r"\b(?:el|la) (?:mayor|m[áa]xim[oa])\b(?! que)|\bmás alt[oa]\b(?! que)",
        r"\b[oa] (?:maior|máxim[oa])\b(?! que| do que)|\bmais alt[oa]\b(?! que| do que)",
        r"\b(?:das|der|die|den) (?:höchste|größte)[nrs]?\b|\bam (?:höchsten|größten)\b",
        r"\b(?:le|la) plus (?:haute?|élevée?|grande?)\b",
    ),
    "low": (
        r"\bthe (?:overall |absolute |very )?(?:lowest|smallest|fewest|shortest|least(?! accurate))\b",
        r"\b(?:achiev|obtain|reach|deliver|show|yield|produc|record|attain)(?:s|es|e|ed)? lowest\b|"
        r"\b(?:gave|gives|had|has|got) lowest\b|^\W{0,4}(?:overall )?lowest\b",
        r"(?:가장|제일) (?:[가-힣]{1,6} )?(?:낮|작|적|짧)",
        r"最低的|最低(?=[。，,；;（(\s]|$)|最小的|最小(?=[。，,；;（(\s]|$)|最少|最短|最も[^、。，]{0,8}(?:低|"
        r"小さ|少な|短)|一番(?:低|少)",
        r"\b(?:el|la) (?:menor|mínim[oa])\b(?! que)|\bmás baj[oa]\b(?! que)",
        r"\b[oa] (?:menor|mínim[oa])\b(?! que| do que)|\bmais baix[oa]\b(?! que| do que)",
        r"\b(?:das|der|die|den) (?:niedrigste|geringste|kleinste|kürzeste|wenigste)[nrs]?\b|\bam (?:niedrigsten|"
        r"geringsten)\b",
        r"\b(?:le|la) plus (?:basse|bas|faible|petite?|courte?)\b",
    ),
    "accurate": (
        r"\bmost accurate\b",
        r"(?:가장|제일) 정확(?!도)",
        r"最准确|最も正確|一番正確|最精确",
        r"\b(?:el|la) (?:\w{3,20} )?más (?:precis[oa]|exact[oa])\b(?! que)",
        r"\b[oa] (?:\w{3,20} )?mais (?:precis[oa]|exat[oa]|acurad[oa])\b(?! que| do que)",
        r"\bam genau(?:e)?sten\b|\b(?:das|der|die) genau(?:e)?ste[ns]?\b",
        r"\b(?:le|la) plus (?:précise?|exacte?)\b",
    ),
    "inaccurate": (
        r"\bleast accurate\b",
        r"\b(?:el|la) (?:\w{3,20} )?menos (?:precis[oa]|exact[oa])\b(?! que)",
        r"\b[oa] (?:\w{3,20} )?menos (?:precis[oa]|exat[oa]|acurad[oa])\b(?! que| do que)",
        r"\bam ungenau(?:e)?sten\b",
        r"\b(?:le|la) moins (?:précise?|exacte?)\b",
    ),
    "fast": (
        r"\bfastest\b|\bquickest\b",
        r"(?:가장|제일) (?:빠르|빠른|빨랐|빨리)",
        r"最快|最も(?:速|早)|一番(?:速|早)",
        r"\b(?:el|la) (?:\w{3,20} )?más rápid[oa]\b(?! que)",
        r"\b[oa] (?:\w{3,20} )?mais rápid[oa]\b(?! que| do que)",
        r"\bam schnellsten\b|\b(?:das|der|die) schnellste[rs]?\b",
        r"\b(?:le|la) plus rapide\b",
    ),
    "slow": (
        r"\bslowest\b",
        r"(?:가장|제일) (?:느리|느린|느렸)",
        r"最慢|最も遅|一番遅",
        r"\b(?:el|la) (?:\w{3,20} )?más lent[oa]\b(?! que)",
        r"\b[oa] (?:\w{3,20} )?mais lent[oa]\b(?! que| do que)",
        r"\bam langsamsten\b|\b(?:das|der|die) langsamste[rs]?\b",
        r"\b(?:le|la) plus lente?\b",
    ),
}

#: The words of "X is ... than Y", between the two names. `metric` stands for the words of a metric.
COMPARATIVES: Mapping[Sense, tuple[str, ...]] = {
    "best": (
        r"\b(?:clearly |slightly |consistently |significantly )?(?:outperform|beat|surpass)(?:s|es|ed)?\b",
        r"\b(?:is|was|are|were|performs?|performed|works?|worked|did|does) (?:clearly |slightly |much |"
        r"even )?better than\b",
        r"\b(?:es|fue|era|funciona|rinde) (?:\w{3,15} )?(?:mejor que|superior a)\b|\bsuper(?:a|ó) a\b",
        r"\b(?:é|foi|era) (?:\w{3,15} )?(?:melhor (?:do )?que|superior (?:ao?|à))\b|\bsuper(?:a|ou) (?:o|a)\b",
        r"\b(?:ist|war|schneidet|schnitt|arbeitet) (?:\w{3,15} )?besser (?:ab )?als\b|\bübertr(?:ifft|af)\b",
        r"\b(?:est|était|fut) (?:\w{3,15} )?(?:meilleure? que|supérieure? à)\b|\b(?:surpasse|dépasse)\b",
        r"\b(?:is|was|are|were) (?:clearly |slightly )?superior to\b",
        r"\b(?:a |an )?(?:\w{3,15} )?better (?:METRIC) than\b",
        r"\bmejor(?:es)? (?:METRIC) que\b|\bmelhor(?:es)? (?:METRIC) (?:do )?que\b|\bbessere[nrs]? (?:METRIC) als\b",
        r"\b(?:un |une |de )?meilleure?s? (?:METRIC) que\b",
        r"优于|好于",
    ),
    "worst": (
        r"\b(?:is|was|are|were|performs?|performed|works?|worked|did|does) (?:clearly |slightly |much |"
        r"even )?worse than\b",
        r"\b(?:es|fue|era) (?:\w{3,15} )?(?:peor que|inferior a)\b",
        r"\b(?:é|foi|era) (?:\w{3,15} )?(?:pior (?:do )?que|inferior (?:ao?|à))\b",
        r"\b(?:ist|war) (?:\w{3,15} )?schlechter als\b",
        r"\b(?:est|était) (?:\w{3,15} )?(?:moins bon(?:ne)? que|inférieure? à)\b",
        r"不如|差于|劣于",
    ),
    "accurate": (
        r"\b(?:is|was|are|were) (?:\w{3,15} )?more accurate than\b",
        r"\b(?:es|fue|era) (?:\w{3,15} )?más (?:precis[oa]|exact[oa]) que\b",
        r"\b(?:é|foi|era) (?:\w{3,15} )?mais (?:precis[oa]|exat[oa]|acurad[oa]) (?:do )?que\b",
        r"\b(?:ist|war) (?:\w{3,15} )?genauer als\b",
        r"\b(?:est|était) (?:\w{3,15} )?plus (?:précise?|exacte?) que\b",
    ),
    "inaccurate": (r"\b(?:is|was|are|were) (?:\w{3,15} )?less accurate than\b",),
    "fast": (
        r"\b(?:is|was|are|were|trains?|trained|runs?|ran) (?:\w{3,15} )?faster than\b",
        r"\bfaster (?:training|inference)(?: times?)? than\b",
        r"\b(?:takes?|took|needs?|needed) (?:\w{2,15} )?less (?:\w{3,15} )?time (?:to train )?than\b",
        r"\b(?:es|fue|entrena) (?:\w{3,15} )?más rápid[oa] que\b",
        r"\b(?:é|foi|treina) (?:\w{3,15} )?mais rápid[oa] (?:do )?que\b",
        r"\b(?:ist|war|trainiert|lernt) (?:\w{3,15} )?schneller als\b",
        r"\b(?:est|était) (?:\w{3,15} )?plus rapide que\b",
    ),
    "slow": (
        r"\b(?:is|was|are|were|trains?|trained|runs?|ran) (?:\w{3,15} )?slower than\b",
        r"\bslower (?:training|inference)(?: times?)? than\b",
        r"\b(?:takes?|took|needs?|needed) (?:\w{2,15} )?(?:longer|more time) (?:to train )?than\b",
        r"\b(?:es|fue) (?:\w{3,15} )?más lent[oa] que\b",
        r"\b(?:é|foi) (?:\w{3,15} )?mais lent[oa] (?:do )?que\b",
        r"\b(?:ist|war) (?:\w{3,15} )?langsamer als\b",
        r"\b(?:est|était) (?:\w{3,15} )?plus lente? que\b",
    ),
    "high": (
        r"\b(?:a |an )?(?:\w{3,15} )?(?:higher|greater|more|larger|longer) (?:METRIC) (?:than|compared to)\b",
        r"\b(?:is|was|are|were) (?:\w{3,15} )?(?:higher|greater|larger|longer) than\b(?: that of| those of)?",
        r"\bexceed(?:s|ed)?\b(?: that of| those of)?|高于|超过",
        r"\b(?:es|fue) (?:\w{3,15} )?(?:mayor|superior|más alt[oa]) (?:que|a)\b(?: l[ao]s? de| el de)?",
        r"\b(?:é|foi) (?:\w{3,15} )?(?:maior|mais alt[oa]) (?:do )?que\b(?: [oa]s? d[aoe])?",
        r"\b(?:ist|war) (?:\w{3,15} )?(?:höher|größer|länger) als\b(?: d(?:ie|as|er) (?:von|des|der))?",
        r"\b(?:est|était) (?:\w{3,15} )?(?:supérieure? à|plus (?:élevée?|haute?|grande?) que)\b(?: cel(?:le|"
        r"ui) d[eu])?",
        r"\b(?:una? )?(?:mayor|más) (?:METRIC) que\b",
        r"\b(?:uma? )?(?:maior|mais) (?:METRIC) (?:do )?que\b",
        r"\b(?:eine |einen |ein )?(?:höhere[nrs]?|größere[nrs]?|mehr|längere[nrs]?) (?:METRIC) als\b",
        r"\b(?:une? )?(?:meilleure|plus grande|plus de) (?:METRIC) que\b",
    ),
    "low": (
        r"\b(?:a )?(?:\w{3,15} )?(?:lower|fewer|less|smaller|shorter) (?:METRIC) (?:than|compared to)\b",
        r"\b(?:is|was|are|were) (?:\w{3,15} )?(?:lower|smaller|shorter) than\b(?: that of| those of)?|低于",
        r"\b(?:es|fue) (?:\w{3,15} )?(?:menor|inferior|más baj[oa]) (?:que|a)\b(?: l[ao]s? de| el de)?",
        r"\b(?:é|foi) (?:\w{3,15} )?(?:menor|mais baix[oa]) (?:do )?que\b(?: [oa]s? d[aoe])?",
        r"\b(?:ist|war) (?:\w{3,15} )?(?:niedriger|geringer|kleiner|kürzer) als\b(?: d(?:ie|as|er) (?:von|des|der))?",
        r"\b(?:est|était) (?:\w{3,15} )?(?:inférieure? à|plus (?:basse?|faible|petite?) que)\b(?: cel(?:le|ui) d[eu])?",
        r"\b(?:una? )?(?:menor|menos) (?:METRIC) que\b",
        r"\b(?:uma? )?(?:menor|menos) (?:METRIC) (?:do )?que\b",
        r"\b(?:eine |einen |ein )?(?:niedrigere[nrs]?|geringere[nrs]?|kleinere[nrs]?|weniger|"
        r"kürzere[nrs]?) (?:METRIC) als\b",
        r"\b(?:une? )?(?:plus petite|plus faible|moins de) (?:METRIC) que\b",
    ),
}

#: "X가 Y보다 높다", "XはYより高い", "X比Y高": the two names stand before the comparison, or around `比`.
COMPARATIVES_AFTER: Mapping[Sense, str] = {
    "best": r"좋(?:았|은|다|습)|우수|뛰어|능가|良(?:い|か)|優れ|好|更优",
    "worst": r"나쁘|나빴|저조|悪(?:い|か)|劣|差",
    "high": r"높(?:았|은|다|게|습)|많(?:았|은|다|습)|高(?:い|か|く|$|，|。|了|出|\d)|更高|多い|更多",
    "low": r"낮(?:았|은|다|게|습)|적(?:었|은|다|습)|低(?:い|か|く|$|，|。|了|\d)|更低|少な|更少",
    "fast": r"빠르|빨랐|빠른|速(?:い|か)|早(?:い|か)|更?快",
    "slow": r"느리|느렸|느린|遅|更?慢",
}

#: A clause with one of these compares something else, or does not claim it of the whole table.
UNCERTAIN = (
    # it is denied, supposed, or asked
    r"\bnot\b|n['’]t\b|\bnever\b|\bno longer\b|\bneither\b|\bnor\b|\bhardly\b|\bnone\b|않|못[했하]|아니|不是|"
    r"并不|没有|并非|ではな|でな|くな|なかった|\bno (?:es|fue|era|supera|obtuvo|logr\w*|alcanz\w*)\b|\bnão\b|"
    r"\bnunca\b|\bnicht\b|\bkein\w*|\bn['’]est\b|\bpas\b|\baucune?\b|\?|？|"
    r"\bwould\b|\bcould\b|\bshould\b|\bmight\b|\bmay\b|\bexpect\w*|\bhypothes\w*|\bsuppos\w*|\bassum\w*|\bbeliev\w*|"
    r"\bseem\w*|\bprobabl\w*|\blikely\b|\bif\b|\bunless\b|\bwhether\b|\busually\b|\bgenerally\b|\btypically\b|"
    r"\boften\b|\btend\w*|\bsometimes\b|예상|가정|보인다고|기대|"
    r"可能|应该|预计|假设|かもしれ|思わ|期待|予想|\bpodría\w*|\bpoderia\w*|\bdeveria\w*|\bkönnte\w*|\bsollte\w*|"
    r"\bwürde\w*|\bwenn\b|\bfalls\b|\bpourrait\b|\bdevrait\b|\bserait\b|\bsi\b|"
    # its own best, one of several, not the first
    r"\bits\b|\btheir\b|\bown\b|\beach\b|\bevery\b|\brespective\w*|\bsein\w*|\bihr\w*|\bjeweil\w*|\bsus?\b|\bseus?\b|"
    r"\bsuas?\b|\bsa\b|\bson\b|\bleurs?\b|\bchaque\b|\bcada\b|각각|각 |자체|自身|各|それぞれ|의 (?:최고|가장)|"
    r"(?<!も)の最|\bone of\b|\bun[ao] de\b|\bum(?:a)? d[oa]s\b|"
    r"\beine[rs]? der\b|\bune? des\b|중 하나|之一|の一つ|(?<!per )\bsecond\b|(?<!a )(?<!one )\bthird\b|\bnext\b|"
    r"\brunner|\bzweit\w*|\bsegund\w*|\bdeuxi\w*|두 ?번째|다음으로|第二|"
    r"次に|其次|二番目|"
    # a part of the table, or another time
    r"\bexcept\b|\bother than\b|\bapart\b|\baside\b|\bbesides\b|\bexcluding\b|\bwithin\b|제외|이외|외에|除了|"
    r"以外|除く|\bexcepto\b|\bsalvo\b|\baußer\b|\bsauf\b|"
    r"\bhors\b|\bepochs?\b|\biterations?\b|\bsteps?\b|에폭|에포크|轮|エポック|[ée]pocas?\b|[ée]poques?\b|\bepochen?\b|"
    r"\binitial\w*|\bearl(?:y|ier)\b|\bat first\b|\bso far\b|\buntil\b|\bprevious\w*|\bbefore\b|초기|이전|当初|最初|"
    r"\bpaper\b|\bpublished\b|\bliterature\b|\bauthors?\b|"
    r"\bet al\b|\[\d{1,3}\]|논문|论文|論文|\bstate[- ]of[- ]the[- ]art\b|\bsota\b|\bclass(?:es)?\b|\bcategor(?:y|"
    r"ies)\b|\bclases?\b|\bklassen?\b|클래스|类别|クラス|"
    # another criterion
    r"\btrade-?offs?\b|\bbalanc\w*|\bcompromis\w*|\bratios?\b|\befficien\w*|\bstab(?:le|ility|iliz\w*)\b|\bconverge\w*|"
    r"\bgenerali[sz]\w*|\brobust\w*|\boverfit\w*|\bgaps?\b|\bgains?\b|\bboosts?\b|\bjumps?\b|\bdegrad\w*|"
    r"\breduction\b|\bimprov\w*|\bincreas\w*|\bdecreas\w*|\bdrops?\b|\bvariance\b|\bdeviation\b|\bchoice\b|"
    r"\bcandidate\b|\bway\b|\bpractice\b|\bvalue for\b|효율|균형|수렴|안정|과적합|일반화|선택|折中|平衡|收敛|稳定|"
    r"过拟合|泛化|收斂|収束|安定|過学習|バランス|効率|汎化|\bequilibri\w*|\bequilíbri\w*|"
    r"\bestab\w*|\bconverg\w*|\bgenerali\w*|\bstabil\w*|\brapport\b|\béquilibre\b|\brelación\b|\brelação\b|"
    r"\bverhältnis\w*|\bkonverg\w*"
)

#: Behind a superlative: what changes or differs, and is no level: `the highest accuracy gain`, `가장 높은 성능 저하`.
OF_A_CHANGE = (
    r"(?:\s[^\W\d_]{2,14}){0,3}\s(?:gains?|drops?|increases?|decreases?|improvements?|differences?|gaps?|changes?|"
    r"loss of)\b|[가-힣]{0,2}\s?(?:[가-힣]{1,8}\s?)?(?:향상|저하|하락|증가|감소|차이|격차|개선|변화)|"
    r"的?(?:[一-龥]{1,6})?(?:提升|提高|下降|差距|变化|增长|损失)|[いな]?(?:[一-龥ァ-ヶー]{1,6})?(?:の)?(?:向上|低下|"
    r"変化|差)"
)
#: Conjunctions of a condition: what follows narrows a claim.
CONDITIONS = (
    r"(?i)\b(?:when(?:ever)?|where|once|as long as)\b"
    r"(?! (?:again|compared|comparing|it comes|considering|evaluated|tested|looking))|"
    r"\b(?:cuando|quando|wenn|sobald|lorsque|quand)\b"
)
#: What denies a claim at the end of a Korean or Japanese sentence.
DENIED_AT_THE_END = r"わけでは|限らな|言えな|いえな|수는? 없|단정|아니"
#: Words behind a comma that add something to a claim and do not narrow it; behind `with` that needs a number or metric.
ADDED = (
    r"\s*(?:(?P<with>with|at|mit|con|com|avec)\b|\d|(?:and|followed|ahead|before|making|reaching|achieving|attaining|scoring|"
    r"indicating|showing|confirming|suggesting|which|because|since|da|weil|denn|was|porque|ya que|lo que|pois|o que|"
    r"car|puisque|ce qui|so|thus|that is|i\.e\.|but|und|gefolgt|also|d\.\s?h\.|y|e|seguid\w*|es "
    r"decir|ou seja|et|suivi\w*|soit|c['’]est[- ]à[- ]dire)\b)"
)

#: Words that begin a part of a sentence that may narrow what is compared.
PREPOSITIONS = (
    "among amongst for with without on at under in when using after during where between of across over outside "
    "despite "
    "through via given trained entre para con sin en bajo cuando usando tras de del sobre com sem em no na nos nas sob "
    "quando após do da dos das unter für mit ohne auf bei beim im nach von vom vor aus zwischen parmi pour avec sans "
    "sur "
    "dans sous lorsque du des à au aux"
).split()

#: Words behind a preposition that narrow nothing: `in our experiments`, `of all three models`.
NEUTRAL = frozenset(
    (
        "by por pelo pela par durch per be been the a an our this that these those all any both of and or two "
        "three four five "
        "six seven eight nine ten other "
        "experiment experiments experimental comparison table tables figure figures result results study work report "
        "project set data dataset images models model network networks optimizer optimizers optimiser optimisers "
        "method "
        "methods architecture architectures variant variants configuration configurations setting settings setup run "
        "runs "
        "approach approaches candidates tested compared evaluated considered tried shown listed above below terms "
        "metric metrics measure regard respect performance score scores value values rate percent points task "
        "problem same "
        "conditions end overall far margin everything we i it there here total algorithm algorithms classifiers "
        "classifier case cases alternatives options row rows column trained function functions loss case level top "
        "el la los las lo un una unos unas este esta estos estas todos todas nuestro nuestra nuestros nuestras tres "
        "dos "
        "cuatro cinco experimento experimentos comparación tabla resultado resultados conjunto datos modelo modelos "
        "red "
        "redes método métodos optimizador optimizadores arquitectura arquitecturas término términos rendimiento "
        "valor conclusión resumen general "
        "o os as um uma este esta estes estas nosso nossa nossos nossas três quatro experimento comparação tabela "
        "dados "
        "modelo redes rede otimizador otimizadores arquitetura arquiteturas termos desempenho que é conclusão "
        "resumo geral "
        "der die das den dem des ein eine einen einem einer unsere unserem unseren unserer diese diesem diesen dieser "
        "allen "
        "alle drei zwei vier fünf experimente experimenten versuch versuche versuchen vergleich tabelle ergebnis "
        "ergebnisse "
        "ergebnissen datensatz modell modelle modellen netz netze netzen verfahren optimierer optimierern architektur "
        "architekturen hinsichtlich bezug wert insgesamt fazit ende ab aus "
        "le les un une ces cette cet ce notre nos tous toutes trois deux quatre cinq expérience expériences "
        "comparaison "
        "tableau résultat résultats jeu données modèle modèles réseau réseaux méthode méthodes optimiseur optimiseurs "
        "termes performance valeur conclusion résumé général"
    ).split()
)

#: Prepositions that add a number to a claim, where a metric follows them.
WITH = r"(?:with|at|mit|bei|con|com|avec)\b"
#: Verbs that end what stands behind a preposition.
VERBS = (
    r"is|are|was|were|has|had|have|achiev\w+|reach\w*|obtain\w*|g[ai]ve[sn]?|perform\w*|show\w*|yield\w*|score[sd]?|"
    r"produc\w+|attain\w*|deliver\w*|got|get|gets|turn\w*|prov\w+|came|comes|stood|stands|works?|worked|did|does|"
    r"ended|achieves|we|you|one|can|es|fue|obtuvo|obtiene|alcanz\w+|logr\w+|tiene|tuvo|dio|consig\w+|present\w+|"
    r"muestra|mostr\w+|result\w+|foi|obteve|obtém|alcanç\w+|teve|tem|apresent\w+|conseguiu|ating\w+|deu|mostrou|"
    r"ist|war|sind|waren|wurde\w*|erreicht\w*|erziel\w*|hat|hatte\w*|liefert\w*|zeigt\w*|ergab|ergibt|schneidet|"
    r"schnitt|est|était|sont|obtient|obtenue?|atteint\w*|donne|présente|offre|affiche"
)
#: Verbs between a superlative and the name behind it: `the highest accuracy was obtained by X`.
LINKS = (
    r"\b(?:is|was|were|are|by|belongs|goes|went|came|achieved|reached|es|fue|por|foi|pelo|pela|obtuvo|obteve|ist|war|"
    r"wurde|erreichte?|erzielte?|hatte?|lieferte?|schnitt|schneidet|é|foi|est|par|obtenue?|atteinte?)\b|:|[은는]\s|"
    r"것은|모델은|的是|为|是|のは|は"
)


#: Where a Korean, Chinese or Japanese sentence narrows what it speaks of: `在...上`, `...에서`, `...では`.
CJK_PLACES = (
    r"在(?P<zh>[^，。§\s]{1,16}?)(?:上|中|下|里|时|情况)|(?P<ko>[^\s,.§]{1,12})(?:에서는?|의 경우|일 때|할 때|했을 때)|"
    r"(?P<ja>[^、。§\s]{1,16}?)(?:では|において|における|での|の場合|のとき)"
)
#: What may stand there without narrowing anything.
CJK_NEUTRAL = (
    r"测试|验证|训练|测试集|数据集|数据|集|所有|全部|实验|三|两|四|五|六|个|种|模型|网络|表|本|这|该|此|结果|"
    r"比较|对比|方法|优化器|我们|的|次|中|실험|비교|결과|전체|모든|테스트|검증|학습|훈련|데이터셋|데이터|세트|셋|표|"
    r"모델|본|우리|이번|가지|개|중|네트워크|조건|사용|동일|같은|두|세|네|다섯|의|이|그|\d|"
    r"テスト|検証|訓練|学習|データセット|データ|セット|実験|比較|結果|全体|すべて|全て|表|本|今回|今|回|モデル|"
    r"ネットワーク|条件|つ|の|同じ|手法|精度|正解率|"
    r"准确率|正确率|정확도|성능|性能"
)
#: Words for "how good it is" without a metric.
QUALITY = (
    r"(?i)perform|results?\b|scores?\b|성능|결과|性能|效果|表现|结果|結果|ergebnis|leistung|resultado|rendimiento|"
    r"desempenho|résultat"
)
#: `Compared to Y, X has a higher accuracy`.
COMPARED_TO = (
    r"compared (?:to|with)(?: the)?|in comparison (?:to|with)(?: the)?|unlike(?: the)?|en comparación con|"
    r"comparad[oa] con|em comparação com|comparad[oa] com|im vergleich (?:zu|zum|mit)|verglichen mit|"
    r"par rapport (?:à|au)|comparée? (?:à|au)"
)
COMPARED: Mapping[Sense, str] = {
    "high": r"(?:a|an) (?:\w{4,14} )?(?:higher|greater|larger|longer)|una mayor|uma maior|eine höhere|une plus grande",
    "low": r"(?:a|an) (?:\w{4,14} )?(?:lower|smaller|shorter)|una menor|uma menor|eine (?:niedrigere|geringere)|"
    "une plus (?:faible|petite)",
    "best": r"(?:a|an) (?:\w{4,14} )?better|una mejor|uma melhor|eine bessere|une meilleure",
    "worst": r"(?:a|an) (?:\w{4,14} )?worse|una peor|uma pior|eine schlechtere|une moins bonne",
}

#: Numbers from 2 to 10 as words.
NUMBER_WORDS: Mapping[str, int] = {
    word: number
    for number, words in {
        2: "two dos dois duas zwei deux 두 两 2つ",
        3: "three tres três drei trois 세 三 3つ",
        4: "four cuatro quatro vier quatre 네 四 4つ",
        5: "five cinco fünf cinq 다섯 五 5つ",
        6: "six seis sechs 여섯 六 6つ",
        7: "seven siete sete sieben sept 일곱 七 7つ",
        8: "eight ocho oito acht huit 여덟 八 8つ",
        9: "nine nueve nove neun neuf 아홉 九 9つ",
        10: "ten diez dez zehn dix 열 十 10個",
    }.items()
    for word in words.split()
}
#: Before such a number, it counts a part: `the best two networks`.
COUNTS_A_PART = (
    r"(?:best|top|first|last|other|remaining|next|worst|another|these|those|of|between|only|any|with|mejores|"
    r"otros|primeros|melhores|outros|primeiros|besten|anderen|ersten|meilleurs|autres|premiers|상위|나머지|다른|前|"
    r"其他|其余|上位|他の)\s*$"
)

_SPREAD = (
    r"(?:variances?|std|standard deviations?|spread|variation|variability|표준 ?편차|편차|분산|标准差|方差|波动|"
    r"標準偏差|ばらつき|desviaci[óo]n(?: (?:est[áa]ndar|t[íi]pica))?|varianza|dispersi[óo]n|desvio(?:[- ]padrão)?|"
    r"variância|standardabweichung|varianz|streuung|[ée]cart[- ]type|dispersion)"
)
#: Superlatives of how much the runs of a row differ: `the lowest variance`, `most consistent`.
STEADIEST: Mapping[str, str] = {
    "lower": rf"\bmost (?:consistent|reproducible)\b|\bleast variable\b|\b(?:lowest|smallest|least) {_SPREAD}\b|"
    rf"{_SPREAD}(?:가|이|는|은|도)? (?:가장|제일) (?:작|낮|적)|(?:가장|제일) (?:작은|낮은|적은) {_SPREAD}|"
    rf"{_SPREAD}最(?:小|低)|最(?:小|低)的{_SPREAD}|{_SPREAD}[がは](?:最も|一番)(?:小さ|低)|最も小さい{_SPREAD}|"
    rf"\bmenor {_SPREAD}\b(?! que)|{_SPREAD} (?:más baj[oa]|mais baix[oa])\b(?! que)|\bmás consistente\b(?! que)|"
    rf"\bmais consistente\b(?! que)|\b(?:geringste|kleinste|niedrigste)[nrs]? {_SPREAD}\b|"
    rf"\b(?:le|la) plus (?:petite?|faible) {_SPREAD}|{_SPREAD} (?:le|la) plus (?:petite?|faible)",
    "higher": rf"\b(?:highest|largest|greatest) {_SPREAD}\b|{_SPREAD}(?:가|이|는|은)? (?:가장|제일) (?:크|큰|컸|높)|"
    rf"(?:가장|제일) (?:큰|높은) {_SPREAD}|{_SPREAD}最(?:大|高)|最(?:大|高)的{_SPREAD}|{_SPREAD}[がは](?:最も|"
    rf"一番)大き|最も大きい{_SPREAD}|\bmayor {_SPREAD}\b(?! que)|\bmaior {_SPREAD}\b(?! que)|"
    rf"\b(?:größte|höchste)[nrs]? {_SPREAD}\b|\b(?:le|la) plus (?:grande?|élevée?) {_SPREAD}|"
    rf"{_SPREAD} (?:le|la) plus (?:grande?|élevée?)",
}
#: Words of such a sentence that narrow nothing, and that make other claims uncertain.
OF_SPREAD = (
    rf"(?i)(?:\b(?:very |rather |quite |relatively )?(?:low|small|little|high|large|moderate) )?{_SPREAD}|"
    r"\bconsisten\w*|\bstab\w*|\bover\b|\bacross\b|\bseeds?\b|\bruns?\b|\bfolds?\b"
)

#: `X is <points> above Y`: § is the difference, ¤ the row that it is compared with.
ABOVE = (
    r"§(?: \w{2,12}){0,2} (?:above|over|than|compared to|compared with|relative to|beyond)(?: \w{2,8}){0,3} ¤|"
    r"(?:exceed|beat|outperform|surpass)\w* (?:\w{2,8} ){0,2}¤ (?:\w{2,8} ){0,2}by (?:\w{2,8} ){0,2}§|"
    r"(?:比|较|相比|相较于|高于|优于)[^，。§¤]{0,12}¤[^，。§¤]{0,12}§|"
    r"¤[^,.§¤]{0,12}(?:보다|대비|에 비해|より|に比べ|と比べ|に対し|から)[^,.、。§¤]{0,10}§|"
    r"§ (?:\w{2,12} )?(?:más que|mejor que|superior a|por encima de|sobre|respecto a|frente a)(?: \w{2,8}){0,2} ¤|"
    r"§ (?:\w{2,12} )?(?:a mais que|acima d|melhor que|superior|sobre|em relação)(?: ?\w{1,8}){0,3} ¤|"
    r"§ (?:\w{2,12} )?(?:über|mehr als|besser als|höher als|gegenüber)(?: \w{2,8}){0,2} ¤|"
    r"§ (?:de )?(?:\w{2,12} )?(?:plus que|au-dessus d|mieux que|supérieure? à|par rapport)(?: ?\w{1,8}['’]?){0,3} ?¤"
)
#: What makes an amount a lower bound: `more than 20 %`.
AT_LEAST = (
    r"(?i)(?:more than|over|at least|exceeding|超过|超過|高达|이상|최소|以上|más de|mais de|al menos|pelo menos|"
    r"mehr als|über|mindestens|plus de|au moins)\s?$"
)

#: `in every epoch`, and what stands above or below another thing.
ALWAYS = (
    r"(?i)\b(?:always|constantly|consistently|throughout|in (?:every|each|all) epochs?|at every epoch|immer|stets|"
    r"durchgehend|in jeder epoche|siempre|en (?:todas las|cada) épocas?|sempre|em (?:todas as|cada) épocas?|toujours|"
    r"constamment|à chaque "
    r"époque)\b|항상|언제나|모든 (?:에폭|에포크)|始终|总是|一直|每个?(?:轮|epoch)|常に|すべてのエポック|全エポック"
)
BESIDE: Mapping[str, str] = {
    "lower": r"(?i)\b(?:lower|below|smaller|under|less|niedriger|geringer|kleiner|unter|menor|inferior|más baj[oa]|"
    r"por debajo|mais baix[oa]|abaixo|inférieure?|plus (?:basse?|faible)|en dessous)\b|낮|작|低|小さ|小于",
    "higher": r"(?i)\b(?:higher|above|larger|greater|exceed\w*|höher|größer|über|mayor|superior|más alt[oa]|por "
    r"encima|maior|mais alt[oa]|acima|supérieure?|plus (?:haute?|élevée?)|au-dessus)\b|높|크다|큰|高|大于|大き",
}
