"""The words of reports in eight languages, as data: what is measured, on which images, when, and what is set.

Languages are English, Korean, Chinese, Japanese, Spanish, Portuguese, German and French. A word is a regular expression
in lower case; `tokens.py` joins them into one pattern. Words in Latin letters match whole words, also those between
underscores and capitals (`val_acc`, `testAcc`); Korean, Chinese and Japanese words match anywhere, since these
languages do not set them apart, or add endings.
"""

import re
from collections.abc import Mapping

#: What is measured. A longer word wins over a shorter one that begins at the same letter.
METRICS: Mapping[str, tuple[str, ...]] = {
    "top5": (
        r"top[-_ ]?5(?:[-_ ]?(?:accuracy|acc|error(?: rate)?|err|precision))?",
        r"(?:acc|accuracy|prec|precision|err|error|hit)@?[-_ ]?5",
        r"top[-_ ]?(?:five)",
    ),
    "seconds": (
        r"(?:(?:elapsed|total|training|train|run|wall|execution|overall) ?)*time(?: (?:taken|cost|elapsed|spent"
        r"|used))?",
        r"time_elapsed",
        r"(?:[a-z]{2,9}[_ ])?seconds",
        r"wall",
        r"duration",
        r"run ?times?",
        r"elapsed",
        r"소요 ?시간",
        r"(?:학습|훈련|실행) ?시간",
        r"(?:总)?(?:耗时|用时)",
        r"(?:训练|运行)时间",
        r"(?:処理|学習|実行|総|経過)時間",
        r"tiempo(?: (?:total|de entrenamiento))*",
        r"tempo(?: (?:total|de (?:treino|treinamento|execução)))*",
        r"(?:trainings|lauf|gesamt|rechen)?(?:zeit|dauer)",
        r"(?:durée|temps)(?: (?:total|d['’]entra[îi]nement|de calcul))*",
    ),
    "other": (  # measured too, but no law holds it
        r"top[-_ ]?(?:[2-4]|10)(?:[-_ ]?(?:accuracy|acc|error|err))?",
        r"acc@(?:[2-4]|10)",
        r"m?ap(?:@[\d.:]+)?",
        r"m?iou",
        r"(?:cohen'?s )?kappa",
        r"mcc",
        r"specificity",
        r"perplexity",
        r"dice(?: score| coefficient)?",
        r"psnr",
        r"ssim",
        r"fid",
        r"r2(?:[-_ ]score)?",
        r"mae",
        r"rmse",
        r"mse",
        r"특이도",
        r"特异性",
        r"especificidad",
        r"especificidade",
        r"spezifität",
        r"spécificité",
    ),
    "f1": (
        r"f1(?:[-_ ]?(?:score|measure|macro|micro|weighted|wert|maß))?",
        r"f[-_ ](?:1|score|measure|beta)",
        r"f1 ?스코어",
        r"f1 ?[值値分]数?",
        r"f値",
        r"score[-_ ]f1",
        r"puntuación f1",
        r"f[-_ ]mesure",
    ),
    "error": (
        r"mis-?classification(?: errors?)?(?: rates?)?",
        r"classification errors?(?: rates?)?",
        r"top[-_ ]?1[-_ ]?(?:error(?: rate)?|err)",
        r"errors?(?: rates?)?",
        r"err(?:@?1)?",
        r"오류율",
        r"오차율",
        r"에러율",
        r"错误率",
        r"錯誤率",
        r"误差率",
        r"誤り?率",
        r"誤分類率",
        r"エラー率",
        r"tasa de errores?",
        r"tasa de error",
        r"taxas? de erros?",
        r"(?:test|trainings|klassifikations)?fehler(?:raten?|quoten?)?",
        r"taux d['’]erreurs?",
    ),
    "accuracy": (
        r"(?:balanced |classification |recognition |prediction )?accurac(?:y|ies)(?: scores?| rates?)?",
        r"accu?(?:racy)?\.?",
        r"(?:exact|acur|genauigk|gen|gena)(?=\.)",
        r"set score",
        r"acc@?[-_]?(?:1|top[-_]?1)",
        r"(?:prec|precision)@1",
        r"top[-_ ]?1(?:[-_ ]?(?:accuracy|acc|precision))?",
        r"(?:test |validation |training |classification )?performance",
        r"(?:recognition|classification|success|hit|identification|detection) rate",
        r"정확도",
        r"정확률",
        r"정답률",
        r"인식률",
        r"分类精度",
        r"准确(?:率|度)",
        r"準確(?:率|度)",
        r"正确率",
        r"正確(?:率|度)",
        r"精准度",
        r"精度",
        r"识别率",
        r"識別率",
        r"認識率",
        r"正解率",
        r"正答率",
        r"exactitud(?:es)?",
        r"tasa de (?:aciertos?|acierto|éxito)",
        r"aciertos?",
        r"acur[áa]cias?",
        r"exatid(?:ão|ao)",
        r"taxas? de acertos?",
        r"(?:klassifikations|erkennungs|test|trainings|validierungs|gesamt|treffer)?genauigkeit(?:en)?",
        r"(?:test|trainings|validierungs)?trefferquoten?",
        r"erkennungsraten?",
        r"exactitudes?",
        r"justesse",
        r"точност[ьи]",
        r"doğrulu[kğ]\w*(?: oranı)?",
        r"دقت",
        r"accuratezza",
        r"nauwkeurigheid",
        r"dokładność",
        r"taux de (?:reconnaissance|bonnes? (?:classification|prédiction|reconnaissance|réponse)s?|réussite|succès)",
    ),
    "precision": (
        r"precisions?",
        r"pr[ée]c(?=\.)",
        r"정밀도",
        r"精确(?:率|度)",
        r"精確(?:率|度)",
        r"查准率",
        r"適合率",
        r"precisi[óo]n",
        r"precis(?:ão|ao)",
        r"pr[äa]zision",
        r"précision",
    ),
    "recall": (
        r"recalls?",
        r"sensitivity",
        r"tpr",
        r"재현율",
        r"민감도",
        r"召回率",
        r"查全率",
        r"灵敏度",
        r"再現率",
        r"感度",
        r"sensibilidade?",
        r"exhaustividad",
        r"revocação",
        r"sensitivität",
        r"rappel",
        r"sensibilité",
    ),
    "loss": (
        r"(?:cross[-_ ]?entropy |log |nll |ce |softmax )?loss(?:es)?(?: values?)?",
        r"cross[-_ ]?entropy",
        r"x?ent",
        r"nll",
        r"logloss",
        r"cost",
        r"손실(?:값|률)?",
        r"로스",
        r"오차",
        r"(?:平均)?损失(?:函数)?值?",
        r"損失値?",
        r"ロス",
        r"p[ée]rdidas?",
        r"perdas?",
        r"custo",
        r"(?:test|trainings|validierungs)?verluste?",
        r"pertes?",
        r"(?:verl|p[ée]rd)(?=\.)",
        r"потер[ьия]",
        r"kayıp",
        r"perdita",
        r"verlies",
        r"co[ûu]t",
    ),
    "auc": (r"(?:roc[-_ ]?)?auc(?:[-_ ]?roc)?", r"auroc"),
    "parameters": (
        r"(?:(?:total|trainable|non-?trainable|learnable|model) )*(?:parameters?|params?|weights)(?: counts?| #)?",
        r"#\s?(?:parameters|params?)",
        r"(?:총 )?(?:파라미터|매개변수|패러미터)",
        r"(?:总|總)?(?:参数|參數)(?:总?量|總?量|数|數|个数)?",
        r"(?:総)?パラメータ[ー]?(?:総?数)?",
        r"par[áa]metros",
        r"par[âa]metros",
        r"parametern?(?:anzahl|zahl)?",
        r"gewichte",
        r"param[èe]tres",
    ),
    "correct": (
        r"correct(?:ly)?(?: classified| predictions?| images?)?",
        r"正确",
        r"정답",
        r"맞힘",
        r"correctas",
        r"corretas",
        r"richtig",
    ),
}

#: Words that mean accuracy where the report names no recall, and precision where it does.
AMBIGUOUS_PRECISION = re.compile(r"precisión|precis(?:ão|ao)|précision|präzision", re.IGNORECASE)

SPLITS: Mapping[str, tuple[str, ...]] = {
    "train": (
        r"train(?:ing|ed)?(?:s)?",
        r"trn",
        r"fitting",
        r"tr(?=[_ .-]?(?:acc|loss|err|\d))",
        r"훈련",
        r"학습",
        r"트레이닝",
        r"训练",
        r"訓練",
        r"学習",
        r"トレーニング",
        r"entrenamiento",
        r"treino",
        r"treinamento",
        r"training(?:s)?(?:daten[a-zä]{0,9}|bilder?n?|menge|satz)?",
        r"entra[îi]nement",
        r"(?:app|entr|entren|trein|lern)(?=\.)",
        r"entrenar|treinar|trainieren|lernen|entra[îi]ner",
        r"обуча\w+",
        r"eğitim",
        r"addestramento",
        r"آموزش\w*",
        r"apprentissage",
    ),
    "validation": (
        r"va(?=[ :=]{1,2}\d)",
        r"valid(?:ation)?",
        r"val",
        r"dev",
        r"hold[- ]?out",
        r"held[- ]?out",
        r"검증",
        r"验证",
        r"驗證",
        r"検証",
        r"バリデーション",
        r"validaci[óo]n",
        r"validar|validieren|valider",
        r"valida[çc][ãa]o",
        r"validierung(?:s)?(?:daten[a-zä]{0,9}|bilder?n?|menge|satz)?",
        r"валидац\w+",
        r"doğrulama",
        r"validazione",
        r"validatie",
    ),
    "test": (
        r"test(?:ing|ed|daten[a-zä]{0,9}|bilder?n?|menge|satz)?",
        r"eval(?:uation)?",
        r"tst",
        r"te(?=[_ .-]?(?:acc|loss|err|\d))",
        r"테스트",
        r"시험",
        r"평가",
        r"测试",
        r"測試",
        r"テスト",
        r"評価",
        r"prueba",
        r"essai",
        r"probar|testar|testen",
        r"тестов\w+",
        r"تست",
        r"teste",
    ),
}

EPOCHS: tuple[str, ...] = (
    r"epochs?",
    r"ep",
    r"에폭",
    r"에포크",
    r"이폭",
    r"轮",
    r"輪",
    r"周期",
    r"エポック",
    r"[ée]pocas?",
    r"epochen?",
    r"[ée]poques?",
    r"эпох[аи]?",
)
STEPS: tuple[str, ...] = (
    r"(?:mini-?)?batch(?:es)?(?:[ _](?:idx?|index))?",
    r"steps?",
    r"iter(?:ation)?s?",
    r"global_step",
    r"rounds?",
    r"스텝",
    r"배치",
    r"步",
    r"批次",
    r"迭代",
    r"ステップ",
    r"バッチ",
    r"pasos?",
    r"passos?",
    r"schritte?",
    r"iteraci[óo]n(?:es)?",
    r"itera[çc](?:ão|ões)",
    r"it[ée]rations?",
)

#: What is set, not measured. The number behind such a word is no result.
SETTINGS: tuple[str, ...] = (
    r"learning[-_ ]?rates?",
    r"base[-_ ]?lr",
    r"(?:max|min|init(?:ial)?|start)?[-_ ]?lr",
    r"eta_(?:min|max)",
    r"batch[-_ ]?sizes?",
    r"mini-?batch(?:es)? (?:of|size)",
    r"bs",
    r"drop[-_ ]?out(?:[-_ ]?(?:rate|prob(?:ability)?|p|ratio))?",
    r"drop[-_ ]?rate",
    r"momentum",
    r"weight[-_ ]?decay",
    r"wd",
    r"gamma",
    r"alpha",
    r"beta_?[12]?",
    r"eps(?:ilon)?",
    r"lambda",
    r"temperature",
    r"threshold",
    r"patience",
    r"min_delta",
    r"seeds?",
    r"random[-_ ]?state",
    r"num_workers",
    r"workers",
    r"kernels?(?:[-_ ]?sizes?)?",
    r"filters?",
    r"strides?",
    r"padding",
    r"pool(?:ing)?(?:[-_ ]?size)?",
    r"channels?",
    r"units?",
    r"neurons?",
    r"nodes?",
    r"classes",
    r"layers?",
    r"heads?",
    r"depth",
    r"width",
    r"height",
    r"image[-_ ]?size",
    r"input[-_ ]?(?:size|shape|dim)",
    r"resolution",
    r"rotation",
    r"zoom",
    r"shift",
    r"flip",
    r"crop",
    r"smoothing",
    r"warm-?up",
    r"version",
    r"python",
    r"validation_split",
    r"test_size",
    r"split",
    r"figure",
    r"fig\.?",
    r"table",
    r"section",
    r"chapter",
    r"page",
    r"step_size",
    r"학습률",
    r"배치 ?(?:크기|사이즈)",
    r"드롭아웃",
    r"모멘텀",
    r"가중치 감쇠",
    r"시드",
    r"学习率",
    r"学習率",
    r"批(?:量|次)?大小",
    r"批大小",
    r"バッチ ?サイズ",
    r"ドロップアウト",
    r"モーメンタム",
    r"动量",
    r"权重衰减",
    r"随机种子",
    r"丢弃率",
    r"tasa de aprendizaje",
    r"taxa de aprendizad[oe]",
    r"taxa de aprendizagem",
    r"tama[ñn]o de(?:l)? lote",
    r"tamanho d[eo] lote",
    r"lernraten?",
    r"batch-?größe",
    r"stapelgröße",
    r"taux d['’]apprentissage",
    r"taille (?:de|du) (?:lot|batch)s?",
)

#: A number before or behind one of these words is a difference, not a level.
CHANGES_BEFORE = (
    r"(?:improv|increas|decreas|declin|reduc|degrad|gain|drop|r(?:ise|ose)|fell|fall|boost|lift|los[et]s?\b|lower|higher|"
    r"better|worse|faster|slower|gap|differ|exceed|outperform|surpass|margin|mejor|aument|diminu|reduj|ganancia|"
    r"melhor|ganho|reduz|verbesser|steig|stieg|sinkt|sank|gesunken|gesenk|senk|erhöh|differenz|améliora|augment|baiss|écart|gain|"
    r"提升|提高|下降|降低|增加|减少|差距|相差|向上|低下|差は|향상|증가|감소|하락|상승|차이)"
)
CHANGES_AFTER = (
    r"\s*(?:-\s*)?(?:percentage[- ]points?|points?\b|pp\b|p\.p\.|pts?\b|percent points|%p|％p|포인트|个百分点|個百分點"
    r"|百分点|ポイント|"
    r"puntos|pontos|prozentpunkte?n?|points? de pourcentage)"
)
CHANGES_AFTER_PERCENT = (
    r"\s*(?:relative\s+|absolute\s+)?(?:better|worse|higher|lower|more|less|fewer|faster|slower|improvement|increase|"
    r"decrease|gain|drop|reduction|boost|mejor|más|menos|superior|inferior|melhor|mais|besser|schlechter|höher|"
    r"niedriger|mehr|weniger|de plus|de moins|supérieur|inférieur|meilleur|향상|증가|감소|높|낮)"
)

#: Beside the smallest difference that a rate of few images can have.
STEPS_BEFORE = (
    r"(?:\b(?:(?:in|by|the|only|takes?|des|les|par|en|de) (?:\w+ )?(?:steps?|increments?|jumps?|multiples|pas|"
    r"paliers?|sauts?|pasos?|saltos?|múltiplos|passos?|incrementos?|schritten|stufen|sprüngen|vielfachen)"
    r"|step(?:s|[- ]size)|increments|granularity|resolution|schrittweite|auflösung|granularidade?"
    r"|granularité|résolution|resolución|resolução|smallest (?:possible )?(?:difference|change|step)"
    r"|(?:each|one|a single|every) (?:test |validation |training )?(?:image|picture|sample|example|photo)"
    r"|(?:ein|jedes) (?:einzelnes )?bild|(?:chaque|une(?: seule)?) image"
    r"|(?:cada|una(?: sola)?|uma(?: só)?) (?:imagen|imagem))"
    r"\s(?:of|is|are|was|zu|von|ist|de|d['’]|est|es|é|counts?|weighs?|(?:is )?worth|makes?|equals?|means|"
    r"corresponds to|entspricht|zählt|macht|wiegt|vaut|compte pour|pèse|représente|vale|cuenta|pesa|"
    r"representa|corresponde a)"
    r"\s?(?:only |about |just |nur |etwa |rund |environ |unos |cerca de )?"
    r"|(?:步长|粒度|最小单位|最小差|刻み幅|간격|단위)(?:为|是|は|은|는)?\s?(?:约|約|약)?)\s?$"
)
STEPS_AFTER = (
    r"\s?(?:-\s?)?(?:steps|increments|jumps|schritten|stufen|刻み|単位で|单位|단위|씩|间隔|間隔)"
    r"|\s?(?:per|pro|par|por) (?:single )?(?:image|bild|imagen|imagem|picture)\b"
)

#: After a percentage: it is a part of the data, or a probability, and no result.
NOT_A_RESULT_AFTER = (
    r"\s*(?:\)|,)?\s*(?:of (?:the |all |our |its |this )?(?:\w+ )?(?:data|dataset|training|train|samples|images"
    r"|examples|"
    r"neurons|units|nodes|weights|time|total|connections|layers|channels|pixels|features|filters|parameters)"
    r"(?! (?:were|was|are|is) (?:correct|classified|recogni))|"
    r"(?:for|to|as) (?:the )?(?:training|train|test|testing|validation)(?! acc)|dropout|confidence|probability|chance"
    r"|ci\b|"
    r"sparsity|percentile|split|train(?:ing)?\b(?! acc| set acc| err| loss)|der (?:daten|bilder|trainings)|des données|"
    r"de los datos|dos dados|의 데이터|的数据|的训练|のデータ)"
)

#: What numbers of images are numbers of.
IMAGE_WORDS = (
    r"(?:images?|samples?|examples?|pictures?|photos?|data ?points|instances|digits|patterns|scans|slices|cases"
    r"|reviews|"
    r"spectrograms|spectrogrammes|vignettes|patches|frames|tiles|crops|chiffres|d[íi]gitos|records|files|jpe?gs|pngs|photographies|photographien|fotografías|fotografias|elements|critiques|photograph\w*|fotografia\w*|folhas|cr[íi]ticas|registros|im[áa]genes|imagens|fotos?|muestras|amostras|ejemplos|exemplos|exemples|échantillons|"
    r"[a-zäöü-]*(?:bilder[n]?|aufnahmen|beispiele?n?|ziffern)|изображени\w+|görüntü|تصویر)\b"
    r"|이미지|장의|장\b|개의|张|張|幅|枚|条|個の画像|件"
)

#: Words that say that a number belongs to somebody else's work.
CITED = (
    r"\bpaper(?:'s|s)?\b|\bet al\b|\bauthors?\b|\bliterature\b|state[- ]of[- ]the[- ]art|\bsota\b|\bpublished\b|"
    r"\boriginal(?:ly)? report|논문|论文|論文|원논문|artículo original|artigo original|originalarbeit|article original"
)
MEANS = (
    r"\bmean\b|\baverag|\bavg\b|\bmedian\b|±|\+/-|\+-|\bmacro\b|\bweighted\b|평균|平均|均值|\bmedia\b|\bpromedio\b|\bmédia\b|"
    r"mittel|durchschnitt|moyenne|gemittelt|\bfolds?\b"
)
ABOUT = (
    r"(?:\b(?:about|around|approx\w*\.?|roughly|nearly|almost|circa|ca\.?|some|over|under|above|below|more than"
    r"|less than|"
    r"at least|up to|between|close to|near(?:ly)?|unos?|cerca de|aproximadamente|alrededor de|más de|mais de|etwa|rund|"
    r"ungefähr|knapp|über|fast|environ|près de|plus de|autour de)|[약~≈≃∼]|约为?|近|超过|約[為为]?|ほぼ|およそ)\s*$"
)

#: Data sets by the words that name them; "other" is none whose sizes are known here.
DATASET_WORDS: tuple[tuple[str, str], ...] = (
    ("fashion_mnist", r"(?i)fashion[-_ ]?mnist|\bfmnist\b"),
    ("other", r"(?i)\b(?:[ekq]|moving|kuzushiji|medical|med|rotated|colou?red|not|affine|permuted)[-_ ]?mnist\b"),
    ("mnist", r"(?i)(?<![a-z-])mnist"),
    ("cifar100", r"(?i)cifar[-_ ]?100(?!\d)"),
    ("cifar10", r"(?i)cifar[-_ ]?10(?![\d])"),
    (
        "other",
        r"(?i)\b(?:tiny[-_ ]?imagenet|image-?net(?:te)?|imagewoof|svhn|stl-?10|(?:oxford-?iiit )?pets\b|caltech-?\d+"
        r"|food-?101|"
        r"flowers?-?(?:102|17)|places\d*|coco|celeba|usps|cinic-?10|cats? (?:and|vs\.?|&) dogs?|dogs? (?:and|vs\.?"
        r"|&) cats?|"
        r"gtsrb|eurosat|olivetti|lfw|omniglot)\b",
    ),
)

#: Numbers in the words of eight languages, as alternatives of a pattern.
NUMBERS_IN_WORDS: dict[float, str] = {
    2: "two|zwei|dos|duas|dois|deux|두|两|兩",
    3: "three|drei|tres|três|trois|세|三",
    4: "four|vier|cuatro|quatro|quatre|네|四",
    5: "five|fünf|cinco|cinq|다섯|五",
    6: "six|sechs|seis|여섯|六",
    7: "seven|sieben|siete|sete|sept|일곱|七",
    8: "eight|acht|ocho|oito|huit|여덟|八",
    9: "nine|neun|nueve|nove|neuf|아홉|九",
    10: "ten|zehn|diez|dez|dix|열|十",
}
