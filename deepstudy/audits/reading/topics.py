"""What a report must say so that others can repeat it, and the words that show that it does, in eight languages.

Words are looked for in the whole document, also in its code, its printed dictionaries and its commands. A call whose
default is well known says the default: `optimizer="adam"` of Keras gives the learning rate too.
"""

import re
from collections.abc import Mapping
from functools import cache

_OPTIMIZERS = (
    r"(?<![a-z])(?:a?sgdm?|adam[wx]?|nadam|radam|adamax|rmsprop|adagrad|adadelta|lars|lamb|lion|muon|lbfgs"
    r"|l-bfgs)(?:optimi[sz]er)?(?![a-z])"
)
_BATCH = (
    r"batch[\s_-]{0,9}sizes?|mini-?batch(?:es)?|batch(?:es)?|\bbs\b|batchsize|minibatchsize|batch_sz|(?:train|per_device)\w{0,30}batch"
    r"|배치 ?(?:크기|사이즈)?|미니배치|批(?:量|次|处理)?(?:大小)?|バッチ(?:サイズ)?|lotes?|tamaño del? lote"
    r"|tamanho d[eo] lote|stapel\w{0,30}|"
    r"batch-?größe|lots? de|taille d[eu] (?:lot|batch)"
)

#: A pattern for each topic, over the text in lower case.
TOPICS: Mapping[str, str] = {
    "batch_size": r"\|\s{0,9}(?:mini-?)?batch\s{0,9}\||output data size: \d|lots? (?:contien|comp|comport)\w{0,5} \d|"
    rf"(?:{_BATCH})[^.\d]{{0,40}}\d|\d{{1,9}}\s{{0,9}}(?:er|-)?\s{{0,9}}(?:{_BATCH})"
    rf"|\d\s{{0,9}}(?:samples|images) per batch|\.fit\(|fit_generator\(",
    "optimizer": _OPTIMIZERS + r"|(?:momentum|gradientdescent|ftrl)optimizer"
    r"|nesterov|(?:stochastic|mini-?batch|batch)? ?gradient descent|확률적 ?경사|경사 ?하강|梯度下降|勾配降下|"
    r"descenso (?:de|del|por) gradiente|gradiente descendente|gradientenabstieg|descente de gradient|solver\s{0,9}[:=]",
    "optimizer.lr": r"initial rate\W{0,3}\d|(?:\balpha|α|\beta|η)\s?=\s?(?:0?[.,]\d|1e)|"
    r"learning[\s_-]{0,9}rates?|learn_?rate|(?<![a-z])(?:base_|init_|initial_|max_)?lr(?:_|\b|\d)"
    r"|step\s{1,9}size|학습 ?(?:률|율)|"
    r"学习(?:速)?率|[学學][习習](?:係数|速)?率|tasa(?: de aprendizaje)? ?(?:=|de|:)? ?[01][.,]\d|tasa de aprendizaje"
    r"|taxa ?(?:=|de|:)? ?[01][.,]\d|taxa de aprendizad[oe]|taxa de aprendizagem|lernraten?|taux d['’ ]apprentissage|"
    r"pas d['’]apprentissage|compile\(\s{0,9}['\"]\w{1,30}['\"]|(?:sgdm?|adamw?"
    r"|rmsprop)[^.\n]{0,30}?\b(?:\d{1,9}(?:\.\d{1,9})?e-\d|0[.,]\d{1,9})|default settings|기본 ?(?:설정|값)"
    r"|optimizer\s{0,9}=\s{0,9}['\"]\w{1,30}['\"]|(?:adam|rmsprop|adagrad)\(\s{0,9}\)"
    r"|(?:adamw?|sgd|rmsprop|nadam|adagrad|adadelta)\w{0,30}\s{0,9}\(\s{0,9}(?:\w{1,30}\.parameters|params|lr|0?\.\d|1e)",
    "epochs": r"\d/\d{1,9} \[[\d:]{1,9}<[^\]\n]{0,40}/ep|\d \u062f\u0648\u0631\u0647|\d wiederholungen|"
    r"range\(\s{0,9}(?:n_?|num_?|max_?)?(?:epo|iter|steps|wiederhol|durchl|runden)|"
    r"epochs?[）)\s]{0,9}[:：=|/]\s{0,9}\d|訓練次數\D{0,12}\d|(?:eleven|twelve|fifteen|twenty|thirty|forty"
    r"|fifty|sixty|hundred)(?:-\w{1,30})? epochs?|epochs? [/|][^\n]{0,40}\d|(?:épocas|épocas|runden"
    r"|durchläufe)\D{0,4}\d|\d{1,9} (?:runden|durchläufe|tours|dönem)|epochs?['\"]?\s{0,9}[:=,\])]{0,9}\s{0,9}\[?\d"
    r"|\d\s{0,9}(?:-|th|st|nd|rd)?\s{0,9}epochs?|(?:에폭|에포크|이폭)\s{0,9}수?\s{0,9}[:=]?\s{0,9}\d"
    r"|\d{1,9}\s{0,9}(?:번째 ?)?(?:에폭|에포크|이폭)|"
    r"\d{1,9}\s{0,9}(?:个|個)?\s{0,9}(?:轮|輪|epoch|エポック|周期|回)|(?:轮数|エポック数?|训练轮次|迭代次数)\D{0,6}\d|\d{1,9}\s{0,9}[ée]pocas?|[ée]pocas?\W{0,4}\d|\d{1,9}\s{0,9}epochen|"
    r"epoche\W{0,3}\d|\d{1,9}\s{0,9}[ée]poques?|[ée]poque\W{0,3}\d|(?:one|two|three|four|five|six|seven|eight|nine|ten"
    r"|twenty|thirty|fifty) epochs?|"
    r"\d[\d,.]{0,12}\s{0,9}k?\s{0,9}(?:iterations|steps|iters)|(?:num_|n_|max_|nb_)epochs?|maxepochs|max_iter|iterations?\W{0,3}\d|epoch,|^\s{0,9}epoch\b",
    "seeds": r"\brng\(\s{0,9}['\"]?\w|乱数の?種|난수|^\W{0,4}mean\b[^\n]{0,200}\n\W{0,4}std\b|"
    r"seeds?\b|random[_ ]state|manual_seed|시드|种子|種子|シード|semillas?|sementes?|graines?|startwerte?|±"
    r"|\+/-|\+-\s?\d"
    r"|\b(?:mean|average|averaged|median) (?:of|over|across) \w{1,30} (?:\w{1,30} )?(?:runs|seeds|trials|folds"
    r"|repetitions)"
    r"|\b(?:single|one|two|three|four|five|six|seven|eight|nine|ten|\d{1,9}) (?:\w{1,30} )?(?:runs?|repetitions|trials"
    r"|folds|repeats)\b"
    r"|(?:single|one|un seul|una sola?|einz\w{1,30}|ein) (?:training )?(?:run|lauf|ejecución|execução|essai"
    r"|entrenamiento)|each (?:once|twice)"
    r"|\d{1,9}\s{0,9}회\s{0,9}(?:반복|실행|학습)|한 ?번씩?|反复|重复\d|\d{1,9}\s{0,9}次(?:实验|运行|试验|训练|独立)"
    r"|各训练[一二三四五\d]+次|\d{1,9}\s{0,9}回(?:の|実行|学習|試行)|一回"
    r"|\d{1,9}\s{0,9}(?:läufe|wiederholungen|corridas|ejecuciones|execuções|repetições|répétitions|essais|exécutions)|cross-?validation|k-?fold|\d{1,9}-fold",
    "hardware": r"\bquadro\b|\bmx\d{3}\b|\btitan\b|radeon|jetson|"
    r"\b[gct]pus?\b|\brtx\b|\bgtx\b|tesla|\b[vahplt]\d{1,3}\b|\ba\d{4}\b|k80|colab|kaggle|geforce|\bcuda"
    r"|xeon|ryzen|macbook|\bm[1-4]\b"
    r"|\bi[3579]\b|intel|nvidia|raspberry|laptop|显卡|顯卡|그래픽|グラフィック|tarjeta gráfica|placa de vídeo"
    r"|grafikkarte|carte graphique",
    "augment": r"augment|flip|mirror|random[\s_-]{0,9}(?:crop|rotation|erasing|affine|resized)|cutout|mixup|cutmix"
    r"|증강|반전|자르기|增强|增廣|翻转|裁剪|"
    r"拡張|反転|水増し|aument(?:o|a[çc]|ación)|espej|volte|daten-?erweiterung|gespiegelt|spiegel|augmentation|retourn|imagedatagenerator|rotation_range|"
    r"imagedataaugmenter|get_transforms|aug_transforms|randaugment|autoaugment|trivialaugment",
    "init": r"weight_filler|学習済み?|学习好的|预先?训练|預訓練|imagenet\w{0,3} ?(?:weights|가중치|权重|の?重み)"
    r"|weights\s?=\s?['\"]imagenet|imagenet1k_v|(?:pesos|poids) (?:d\w{0,2} |d['’])?imagenet|imagenet-gewichte|"
    r"pre-?treinad|congelad|학습된 가중치|"
    r"initiali[sz]|\binit[\._]|_init_?\b|xavier|glorot|kaiming|\bhe[_ ](?:normal|uniform|init)|초기화|初始化"
    r"|初期化|inicializ|initialis|gewichtsinit|"
    r"pre-?trained|vortrainiert|pré-?entra[îi]n|pre-?entrenad|pré-?treinad|预训练|事前学習|사전 ?학습|pretrained"
    r"|fine-?tun|transfer",
    "normalize": r"/=\s{0,9}255|scale:\s{0,9}0?\.00\d|255(?:\.0)? ?(?:で(?:割|除)|로 ?나)"
    r"|除以 ?25[56]|(?:durch|por|par|by) 25[56]|"
    r"-?[01] ?(?:에서|から|到|至|부터) ?1(?!\d)|centrés|\u0646\u0631\u0645\u0627\u0644|"
    r"(?<!batch)(?<!batch[ -])(?<!layer[ -])normali[sz]|standardi[sz]|mean and std|totensor|/\s{0,9}255"
    r"|÷\s{0,9}255|255\.|1/255|\bby 255|\[0, ?1\]|\[-1, ?1\]|between 0 and 1|scal(?:ed|ing)|"
    r"resiz|pre-?process|divided by|정규화|표준화|전처리|归一化|標準化|标准化|正規化|预处理|前処理|缩放|リサイズ"
    r"|리사이즈|escalad|(?<!batch )normaliz|normier|skalier|"
    r"0 (?:bis|und|a|à|to|e|y|~|〜|-|–) 1\b|zerocenter|transforms?\.|vorverarbeit|pr[ée]-?trait|preproces|redimension"
    r"|réduit|dividid",
    "layers": r"hidden_layer_sizes|"
    r"resnet-?_?\d{1,9}|vgg-?_?\d{1,9}|lenet|googlenet|alexnet|mobilenet|efficientnet|densenet-?_?\d{1,9}"
    r"|\bvit\b|inception|wide_?resnet|squeezenet|"
    r"shufflenet|conv\w{0,30}\W{0,3}\d|\d\s{0,9}[x×*]\s{0,9}\d\s{0,9}(?:conv|kernel|filter)|kernel|filters?\b|\d{1,9}\s{0,9}(?:hidden|neurons|units|neurone)|dense\(|conv2d|linear\("
    r"|hidden (?:layer|unit)|卷积|卷積|합성곱|畳み込み|convolu[cç]|faltung|neuronas|neur[ôo]nios|neurones"
    r"|capas? (?:de|con|densa)|camadas?|schicht|couches?|层|層|레이어|층",
    "loss": r"cross[-_ ]?entropy|crossentropy|\bnll|log[-_ ]?likelihood|\bmse\b|mean squared|hinge|focal|logloss"
    r"|log loss|\bbce|교차 ?엔트로피|交叉熵|"
    r"交差エントロピー|entrop[ií]a cruzada|kreuzentropie|entropie croisée|softmax ?(?:loss|withloss)|loss ?function"
    r"|损失函数|損失関数|손실 ?함수|criterion",
}


@cache
def _pattern(topic: str) -> re.Pattern[str]:
    return re.compile(TOPICS[topic], re.MULTILINE)


def topics_of(text: str) -> frozenset[str]:
    """Find the topics that a document speaks of.

    Arguments:
        text: the whole document.

    Returns:
        Names of `TOPICS`.
    """
    lower = text.lower()
    return frozenset(topic for topic in TOPICS if _pattern(topic).search(lower))
