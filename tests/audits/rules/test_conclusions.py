"""Sentences against the tables of their report, in eight languages."""

from pathlib import Path

import pytest

from deepstudy import audits
from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import conclusions
from deepstudy.findings import Finding

CASES = Path(__file__).parents[2] / "cases" / "audit"

TABLE = """# {title}

| {name} | {accuracy} | {parameters} | {time} |
|---|---|---|---|
| LeNet-5 | 88.35 % | 61,706 | 12.5 |
| ResNet-18 | 93.12 % | 11,173,962 | 48.1 |
| VGG-16 | 92.40 % | 14,728,266 | 61.3 |

{sentence}
"""

HEADERS = {
    "en": ("Networks", "network", "test accuracy", "parameters", "time (s)"),
    "ko": ("네트워크 비교", "모델", "테스트 정확도", "파라미터 수", "학습 시간 (s)"),
    "zh": ("网络比较", "模型", "测试准确率", "参数量", "训练时间 (s)"),
    "ja": ("ネットワークの比較", "モデル", "テスト精度", "パラメータ数", "学習時間 (s)"),
    "es": ("Comparación de redes", "red", "exactitud de prueba", "parámetros", "tiempo (s)"),
    "pt": ("Comparação de redes", "rede", "acurácia de teste", "parâmetros", "tempo (s)"),
    "de": ("Vergleich der Netze", "Netz", "Testgenauigkeit", "Parameter", "Zeit (s)"),
    "fr": ("Comparaison des réseaux", "réseau", "exactitude de test", "paramètres", "temps (s)"),
}

WRONG = {
    "en": (
        "VGG-16 is the most accurate of the three.",
        "The highest test accuracy was obtained by VGG-16.",
        "VGG-16 performs best.",
        "VGG-16 outperforms ResNet-18.",
        "LeNet-5 is more accurate than VGG-16.",
        "VGG-16 is faster than LeNet-5.",
        "ResNet-18 has fewer parameters than LeNet-5.",
        "VGG-16 reached 93.12 % on the test set.",
        "ResNet-18 reaches 93.12 % and VGG-16 reaches 88.35 %.",
        "LeNet-5, ResNet-18 and VGG-16 reached 88.35 %, 92.40 % and 93.12 %, respectively.",
        "ResNet-18 outperforms VGG-16 by 2.1 points.",
        "ResNet-18 is 3 % better than VGG-16.",
        "VGG-16 has twice as many parameters as ResNet-18.",
        "ResNet-18 and VGG-16 have the same number of parameters.",
        "ResNet-18 reached a test accuracy of 93.21 %.",
        "With augmentation the accuracy rises from 88.1 % to 90.2 %, a gain of 3.1 points.",
        "The fastest network was ResNet-18.",
        "LeNet-5 achieved the highest accuracy in our experiments.",
        "VGG-16 has the fewest parameters.",
        "Best model: VGG-16.",
        "Overall, the best results were achieved by LeNet-5.",
        "VGG-16 has a higher test accuracy than ResNet-18.",
        "LeNet-5 trains 10 times faster than ResNet-18.",
        "Of all networks, LeNet-5 was the slowest.",
        "As shown in Table 2, VGG-16 achieves the highest accuracy of all tested networks.",
        "Among the three networks, VGG-16 achieved the best test accuracy.",
        "VGG-16 showed the best performance with an accuracy of 92.40 %.",
        "From the results, we can see that LeNet-5 has the highest accuracy.",
        "It can be seen that VGG-16 outperforms ResNet-18 in terms of accuracy.",
        "Our experiments show that VGG-16 gives better accuracy than ResNet-18.",
        "LeNet-5 was found to be the most accurate.",
        "Surprisingly, LeNet-5 obtained the best test accuracy.",
        "The best performing model was VGG-16.",
        "The best model is VGG-16, with a test accuracy of 92.40 %.",
        "VGG-16 came out on top.",
        "We conclude that VGG-16 is superior to ResNet-18.",
        "ResNet-18 performs worse than VGG-16.",
        "Compared to VGG-16, ResNet-18 has a lower accuracy.",
        "The accuracy of VGG-16 is higher than that of ResNet-18.",
        "The accuracy of VGG-16 exceeds that of ResNet-18.",
        "VGG-16 achieves 2 points higher accuracy than ResNet-18.",
        "LeNet-5 takes longer to train than VGG-16.",
        "ResNet-18 needs more parameters than VGG-16.",
        "LeNet-5 has half the parameters of VGG-16.",
        "The highest accuracy (92.40 %) was achieved with VGG-16.",
        "In conclusion, VGG-16 proved to be the best network.",
        "In terms of test accuracy: VGG-16 > ResNet-18 > LeNet-5.",
        "VGG-16 is clearly the winner, followed by ResNet-18.",
        "LeNet-5 had the longest training time.",
        "The lowest accuracy was that of VGG-16.",
        "ResNet-18 was the least accurate network.",
        "VGG-16 scored 93.12 %, the highest accuracy.",
        "ResNet-18 (92.40 %) beats LeNet-5 (88.35 %).",
    ),
    "ko": (
        "VGG-16이 가장 정확하다.",
        "VGG-16의 정확도가 가장 높았다.",
        "가장 높은 정확도를 보인 모델은 VGG-16이다.",
        "VGG-16이 ResNet-18보다 정확도가 높다.",
        "VGG-16의 테스트 정확도는 93.12%이다.",
        "LeNet-5는 VGG-16보다 느리다.",
        "정확도는 88.1%에서 90.2%로 3.1%p 향상되었다.",
        "ResNet-18의 성능이 VGG-16보다 2.1%p 높았다.",
        "VGG-16 모델이 가장 좋은 성능을 보였다.",
        "VGG-16의 성능이 가장 우수했다.",
        "VGG-16이 92.40%로 가장 높은 정확도를 기록하였다.",
        "가장 성능이 좋은 모델은 VGG-16이었다.",
        "VGG-16이 ResNet-18에 비해 높은 정확도를 보였다.",
        "정확도는 VGG-16 > ResNet-18 > LeNet-5 순이다.",
        "VGG-16은 ResNet-18보다 성능이 좋다.",
        "실험 결과 VGG-16이 가장 높은 테스트 정확도를 달성하였다.",
    ),
    "zh": (
        "VGG-16的准确率最高。",
        "准确率最高的是VGG-16。",
        "VGG-16优于ResNet-18。",
        "VGG-16的准确率比ResNet-18高。",
        "VGG-16的测试准确率为93.12%。",
        "准确率从88.1%提高到90.2%，提升了3.1个百分点。",
        "VGG-16取得了最高的准确率。",
        "VGG-16表现最好。",
        "其中VGG-16效果最好。",
        "VGG-16在测试集上取得了最高的准确率。",
        "VGG-16的性能优于ResNet-18。",
        "可以看出，VGG-16的准确率高于ResNet-18。",
        "三个模型中，VGG-16的准确率最高，达到92.40%。",
        "VGG-16的训练时间最短。",
    ),
    "ja": (
        "VGG-16が最も高い精度を示した。",
        "VGG-16の精度が最も高かった。",
        "最も精度が高いのはVGG-16である。",
        "VGG-16はResNet-18より精度が高い。",
        "VGG-16のテスト精度は93.12%であった。",
        "精度は88.1%から90.2%へ3.1ポイント向上した。",
        "VGG-16が最も良い結果となった。",
        "最も精度が高かったモデルはVGG-16であった。",
        "VGG-16の方がResNet-18よりも精度が高い。",
        "3つのモデルの中で、VGG-16の精度が最も高かった。",
    ),
    "es": (
        "VGG-16 es la red más precisa.",
        "La mayor exactitud fue obtenida por VGG-16.",
        "VGG-16 supera a ResNet-18.",
        "VGG-16 alcanzó una exactitud del 93,12 %.",
        "La exactitud sube de 88,1 % a 90,2 %, una mejora de 3,1 puntos.",
        "VGG-16 obtuvo el mejor resultado.",
        "LeNet-5 es más lenta que VGG-16.",
        "El mejor modelo es VGG-16.",
        "VGG-16 tiene la mayor exactitud.",
        "VGG-16 obtuvo mejores resultados que ResNet-18.",
        "La exactitud de VGG-16 es mayor que la de ResNet-18.",
        "La mejor exactitud la obtuvo VGG-16.",
    ),
    "pt": (
        "A VGG-16 é a rede mais precisa.",
        "A maior acurácia foi obtida pela VGG-16.",
        "A VGG-16 supera a ResNet-18.",
        "A VGG-16 alcançou uma acurácia de 93,12 %.",
        "A acurácia subiu de 88,1 % para 90,2 %, um ganho de 3,1 pontos.",
        "A VGG-16 obteve o melhor resultado.",
        "O melhor modelo é a VGG-16.",
        "A VGG-16 tem a maior acurácia.",
        "A VGG-16 obteve melhores resultados que a ResNet-18.",
        "A acurácia da VGG-16 é maior que a da ResNet-18.",
        "A melhor acurácia foi obtida pela VGG-16.",
    ),
    "de": (
        "VGG-16 ist das genaueste Netz.",
        "Die höchste Genauigkeit erreichte VGG-16.",
        "VGG-16 übertrifft ResNet-18.",
        "VGG-16 erreicht eine Testgenauigkeit von 93,12 %.",
        "Die Genauigkeit steigt von 88,1 % auf 90,2 %, eine Verbesserung um 3,1 Prozentpunkte.",
        "Am besten schnitt VGG-16 ab.",
        "VGG-16 ist genauer als ResNet-18.",
        "VGG-16 hat weniger Parameter als LeNet-5.",
        "Das beste Ergebnis lieferte VGG-16.",
        "VGG-16 schneidet am besten ab.",
        "VGG-16 hat die höchste Genauigkeit.",
        "VGG-16 ist besser als ResNet-18.",
        "Die Genauigkeit von VGG-16 ist höher als die von ResNet-18.",
        "Das beste Netz ist VGG-16.",
    ),
    "fr": (
        "VGG-16 est le réseau le plus précis.",
        "La plus grande exactitude est obtenue par VGG-16.",
        "VGG-16 surpasse ResNet-18.",
        "VGG-16 atteint une exactitude de 93,12 %.",
        "L'exactitude passe de 88,1 % à 90,2 %, soit un gain de 3,1 points.",
        "VGG-16 obtient le meilleur résultat.",
        "VGG-16 est meilleur que ResNet-18.",
        "VGG-16 donne les meilleurs résultats.",
        "Le meilleur modèle est VGG-16.",
        "L'exactitude de VGG-16 est supérieure à celle de ResNet-18.",
        "VGG-16 a la meilleure exactitude.",
    ),
}

SOUND = {
    "en": (
        "ResNet-18 is the most accurate of the three.",
        "The highest test accuracy was obtained by ResNet-18.",
        "LeNet-5 performs best in terms of speed.",
        "LeNet-5 is the best choice for small devices.",
        "VGG-16 is not the most accurate.",
        "Among the large networks, VGG-16 is the slowest.",
        "VGG-16 reached its best accuracy at epoch 12.",
        "VGG-16 was expected to be the most accurate.",
        "VGG-16 has the highest accuracy on the class cat.",
        "Simonyan et al. found VGG-16 to be the most accurate.",
        "ResNet-18 reached 93.12 %, VGG-16 92.40 %.",
        "VGG-16 with augmentation was the best.",
        "ResNet-18 outperforms VGG-16 by 0.7 points.",
        "ResNet-18 outperforms VGG-16 by 0.72 %.",
        "ResNet-18 is 0.8 % better than VGG-16.",
        "ResNet-18 makes 9.5 % fewer errors than VGG-16.",
        "VGG-16 has 1.3 times as many parameters as ResNet-18.",
        "VGG-16 falls short of the 93.12 % of ResNet-18.",
        "VGG-16 is the best of the classic networks.",
        "The accuracy rises from 88.1 % to 90.2 %, a gain of 2.1 points.",
        "The accuracy rises from 88.1 % to 90.2 %, an improvement of 2.4 %.",
        "The error falls from 11.9 % to 9.8 %, a reduction of 18 %.",
        "LeNet-5 is the fastest and ResNet-18 the most accurate.",
        "VGG-16, the largest network, is not better than ResNet-18.",
        "On MNIST, LeNet-5 is the most accurate.",
        "The best accuracy of VGG-16 was 92.40 %.",
        "With pretrained weights, VGG-16 has the highest accuracy.",
        "The training accuracy was highest for VGG-16.",
        "LeNet-5 trains about four times faster than ResNet-18.",
        "VGG-16 is the second best.",
        "In the early epochs VGG-16 is the best.",
        "Compared to LeNet-5, ResNet-18 has the highest accuracy.",
        "As shown in Table 2, ResNet-18 achieves the highest accuracy of all tested networks.",
        "Compared to VGG-16, ResNet-18 has a higher accuracy.",
        "The accuracy of VGG-16 is higher than that of LeNet-5.",
        "LeNet-5 has the fewest parameters, VGG-16 the most.",
        "VGG-16 is better than expected.",
        "ResNet-18 outperforms VGG-16 with an accuracy of 93.12 %.",
        "ResNet-18 outperforms VGG-16 with an accuracy of about 94 % in a second run.",
        "VGG-16 is better than ResNet-18 on small images.",
        "In terms of test accuracy: ResNet-18 > VGG-16 > LeNet-5.",
        "ResNet-18 (93.12 %) beats LeNet-5 (88.35 %).",
        "LeNet-5 is the fastest network, but VGG-16 is more accurate.",
        "ResNet-18 takes longer to train than LeNet-5.",
        "For VGG-16 the best learning rate was 0.01.",
        "The best VGG-16 reached 92.40 %.",
        "VGG-16 overfits more than ResNet-18.",
        "The deeper VGG-16 has a higher training accuracy than ResNet-18.",
        "VGG-16 converges faster than LeNet-5.",
        "The best result of VGG-16 was obtained with Adam.",
        "The accuracy of VGG-16 is best with a batch size of 64.",
        "VGG-16 has the best accuracy among the networks without skip connections.",
        "LeNet-5 is best suited for small devices.",
        "With Adam, VGG-16 outperforms ResNet-18.",
        "VGG-16 outperforms ResNet-18 at low resolution.",
        "In the literature VGG-16 is better than LeNet-5.",
        "LeNet-5 needs 4 times less time than ResNet-18.",
        "VGG-16 has 240 times as many parameters as LeNet-5.",
        "Before tuning, VGG-16 was the most accurate.",
        "VGG-16 was the best until ResNet-18 came.",
        "VGG-16 won the ImageNet challenge as the best network.",
        "VGG-16 is the best of the networks of Simonyan.",
        "The best validation accuracy was reached by VGG-16.",
        "VGG-16 had best results when we used augmentation.",
        "The highest gain in accuracy was observed for VGG-16.",
        "VGG-16 shows the highest accuracy drop.",
        "Highest accuracy per parameter: LeNet-5.",
        "LeNet-5 gave best results per second.",
        "VGG-16 ranks first in memory use.",
        "The ensemble reaches 94.01 %, 0.89 points above ResNet-18.",
        "VGG-16 could reach 94.01 %, 3 points above ResNet-18.",
        "VGG-16 reaches 97.21 % on the training images, 4.81 points above its test accuracy.",
        "After pruning, VGG-16 keeps 91.4 %, 1.0 points below ResNet-18 pruned.",
    ),
    "ko": (
        "ResNet-18이 가장 정확하다.",
        "VGG-16이 가장 높은 정확도를 보이지는 않았다.",
        "VGG-16은 10 에폭에서 가장 높은 정확도를 보였다.",
        "VGG-16이 LeNet-5보다 정확도가 높다.",
        "정확도는 88.1%에서 90.2%로 2.1%p 향상되었다.",
        "VGG-16의 최고 정확도는 92.40%이다.",
        "MNIST에서는 LeNet-5가 가장 정확하다.",
        "VGG-16의 정확도는 ResNet-18의 93.12%보다 낮다.",
        "VGG-16은 ResNet-18보다 파라미터가 많다.",
        "정확도는 ResNet-18 > VGG-16 > LeNet-5 순이다.",
        "학습률 0.01에서 VGG-16의 정확도가 가장 높았다.",
        "VGG-16은 가장 높은 성능 저하를 보였다.",
        "VGG-16은 가장 큰 정확도 향상을 보였다.",
        "학습 정확도는 VGG-16이 가장 높았다.",
    ),
    "zh": (
        "ResNet-18的准确率最高。",
        "VGG-16优于LeNet-5。",
        "VGG-16的最高准确率为92.40%。",
        "VGG-16的准确率比LeNet-5高。",
        "在小数据集上VGG-16的准确率最高。",
        "VGG-16的参数量最多。",
        "学习率为0.01时VGG-16的准确率最高。",
        "除ResNet-18外，VGG-16的准确率最高。",
        "VGG-16取得了最高的准确率提升。",
        "在训练集上，VGG-16表现最好。",
    ),
    "ja": (
        "ResNet-18が最も高い精度を示した。",
        "VGG-16はLeNet-5より精度が高い。",
        "VGG-16の最高精度は92.40%であった。",
        "学習率0.01のときVGG-16の精度が最も高かった。",
    ),
    "es": (
        "ResNet-18 es la red más precisa.",
        "VGG-16 es más precisa que LeNet-5.",
        "VGG-16 no es la red más precisa.",
        "La exactitud sube de 88,1 % a 90,2 %, una mejora de 2,1 puntos.",
        "Con Adam, VGG-16 tiene la mayor exactitud.",
        "VGG-16 es una de las mejores redes.",
    ),
    "pt": (
        "A ResNet-18 é a rede mais precisa.",
        "A VGG-16 não é a mais precisa.",
        "A VGG-16 obteve 92,40 %.",
        "Com Adam, a VGG-16 tem a maior acurácia.",
    ),
    "de": (
        "ResNet-18 ist das genaueste Netz.",
        "VGG-16 ist nicht das genaueste Netz.",
        "Unter den großen Netzen ist VGG-16 am langsamsten.",
        "LeNet-5 ist am schnellsten.",
        "Das beste Ergebnis lieferte ResNet-18.",
        "Mit Adam hat VGG-16 die höchste Genauigkeit.",
    ),
    "fr": (
        "ResNet-18 est le réseau le plus précis.",
        "VGG-16 n'est pas le plus précis.",
        "VGG-16 est plus précis que LeNet-5.",
        "Avec Adam, VGG-16 a la meilleure exactitude.",
    ),
}


def found(text: str) -> list[Finding]:
    return list(conclusions.find(of_text(text, "report.md")))


def about(language: str, sentence: str) -> list[Finding]:
    """What is found in a sentence below the table of three networks."""
    title, name, accuracy, parameters, time = HEADERS[language]
    return found(
        TABLE.format(title=title, name=name, accuracy=accuracy, parameters=parameters, time=time, sentence=sentence)
    )


def cases(sentences: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(language, sentence) for language, each in sentences.items() for sentence in each]


@pytest.mark.parametrize(("language", "sentence"), cases(WRONG))
def test_a_sentence_that_contradicts_the_table(language: str, sentence: str) -> None:
    (finding,) = about(language, sentence)
    assert (finding.rule, finding.severity) == ("conclusions", "inconsistent")
    assert finding.where == "report.md:9"


@pytest.mark.parametrize(("language", "sentence"), cases(SOUND))
def test_a_sentence_that_does_not(language: str, sentence: str) -> None:
    assert about(language, sentence) == []


def test_what_the_findings_say() -> None:
    sentences = {
        "VGG-16 is the most accurate.": "The table's most accurate row is ResNet-18 (93.12 %), not VGG-16 (92.40 %).",
        "VGG-16 has the fewest parameters.": (
            "The row with the fewest parameters is LeNet-5 (61,706), not VGG-16 (14,728,266)."
        ),
        "VGG-16 is faster than LeNet-5.": "VGG-16 is not faster than LeNet-5: the table has 61.3 against 12.5.",
        "VGG-16 reached 93.12 %.": "93.12 % is the number of the row ResNet-18. The row VGG-16 has 92.40 %.",
        "ResNet-18 outperforms VGG-16 by 2.1 points.": (
            "The table gives 93.12 % for ResNet-18 and 92.40 % for VGG-16. That is 0.72 points, or 0.779 %, not "
            "2.1 points."
        ),
        "VGG-16 has twice as many parameters as ResNet-18.": (
            "The table gives 14,728,266 for VGG-16 and 11,173,962 for ResNet-18. One is 1.32 times the other, "
            "which is not “twice”."
        ),
        "The accuracy rose from 88.1 % to 90.2 %, a gain of 3.1 points.": (
            "From 88.1 % to 90.2 % is 2.1 points, or 2.38 %, not 3.1 points."
        ),
        "ResNet-18 has a test accuracy of 93.21 %.": (
            "The sentence gives 93.21 % for ResNet-18, the table 93.12 %. Two digits changed places."
        ),
    }
    assert {sentence: about("en", sentence)[0].says for sentence in sentences} == sentences


def test_the_row_and_the_number_of_a_conclusion_against_its_table() -> None:
    result = audits.audit(CASES / "conclusion_against_table.txt")
    assert [(each.rule, each.severity, each.where.partition(":")[2], each.says) for each in result.findings[:2]] == [
        (
            "conclusions",
            "inconsistent",
            "9",
            "The table's most accurate row is Nadam / sparse categorical cross-entropy (72.08 %), not Adam / sparse "
            "categorical cross-entropy (71.96 %).",
        ),
        (
            "conclusions",
            "inconsistent",
            "12",
            "71.75 % is the number of the row Nadam / categorical cross-entropy. The row Nadam / sparse categorical "
            "cross-entropy has 72.08 %.",
        ),
    ]
    assert {each.severity for each in result.findings[2:]} <= {"missing"}


def test_the_same_mistake_is_named_once() -> None:
    (finding,) = about("en", "VGG-16 is the most accurate.\n\n## Conclusion\nAgain, VGG-16 has the highest accuracy.")
    assert finding.says.endswith("1 more sentence says the same.")


@pytest.mark.parametrize(
    "rows",
    [
        "| Adam | 92.41 |\n| SGD | 92.44 ± 0.12 |\n| Lion | 91.0 |",  # a tie within the spread
        "| Adam | 92.4 |\n| SGD | 92.40 |\n| Lion | 91.0 |",  # a tie within rounding
        "| Adam | 92.4 |\n| SGD (paper) | 93.5 |\n| Lion | 91.0 |",  # a number of somebody else
        "| Adam | 92.4 |\n| Mean | 92.9 |\n| Lion | 91.0 |",  # no row of its own
        "| Adam + warm-up | 92.9 |\n| Adam | 92.4 |\n| Lion | 91.0 |",  # Adam may mean both
        "| Adam | 92.4 |\n| SGD | 0.935 |\n| Lion | 91.0 |",  # two scales
    ],
)
def test_a_best_row_that_may_be_the_best(rows: str) -> None:
    assert found(f"| optimizer | accuracy (%) |\n|---|---|\n{rows}\n\nAdam has the highest accuracy.\n") == []


def test_a_row_may_be_the_best_of_another_metric_split_or_group() -> None:
    table = (
        "| data | network | validation accuracy | test accuracy | loss |\n|---|---|---|---|---|\n"
        "| digits | MLP | 98.0 | 97.9 | 0.08 |\n| digits | CNN | 99.1 | 98.9 | 0.04 |\n"
        "| letters | MLP | 88.0 | 90.1 | 0.39 |\n| letters | CNN | 91.0 | 89.2 | 0.31 |\n\n"
    )
    assert found(f"{table}MLP performs best.\n") == []
    assert found(f"{table}For letters, MLP has the highest test accuracy.\n") == []
    assert len(found(f"{table}MLP has the highest validation accuracy.\n")) == 1
    assert len(found(f"{table}MLP has the lowest loss.\n")) == 1


DEVIATIONS = """| network | test accuracy (%) | test loss |
|---|---|---|
| shallow | 90.92 ± 0.12 | 0.31 ± 0.02 |
| gated | 91.95 ± 0.31 | 0.29 ± 0.04 |
| wide | 93.73 ± 0.25 | 0.27 ± 0.05 |

{sentence}
"""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("gated has the lowest variance across seeds.", "shallow has the lowest variance across seeds."),
        ("wide gives the most consistent results.", "shallow gives the most consistent results."),
        ("gated의 표준편차가 가장 작았다.", "shallow의 표준편차가 가장 작았다."),
        ("gated的标准差最小。", "shallow的标准差最小。"),
        ("gatedの標準偏差が最も小さい。", "shallowの標準偏差が最も小さい。"),
        ("gated tiene la menor desviación estándar.", "shallow tiene la menor desviación estándar."),
        ("A gated tem o menor desvio padrão.", "A shallow tem o menor desvio padrão."),
        ("gated hat die kleinste Standardabweichung.", "shallow hat die kleinste Standardabweichung."),
        ("gated a le plus petit écart-type.", "shallow a le plus petit écart-type."),
    ],
)
def test_the_row_that_varies_least(wrong: str, right: str) -> None:
    (finding,) = found(DEVIATIONS.format(sentence=wrong))
    assert finding.severity == "inconsistent"
    assert finding.says.startswith("The row with the smallest spread is shallow (± 0.12), not")
    assert found(DEVIATIONS.format(sentence=right)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "gated does not have the lowest variance.",
        "gated has a lower variance than wide.",  # no superlative
        "gated has the lowest variance on small images.",
        "wide has the largest variance of the loss.",
        "gated had the smallest standard deviation of its gradients.",
    ],
)
def test_a_row_that_may_vary_least(sentence: str) -> None:
    assert found(DEVIATIONS.format(sentence=sentence)) == []


def test_deviations_in_a_column() -> None:
    table = (
        "| net | accuracy | std |\n|---|---|---|\n| A12 | 90.1 | 0.42 |\n| B12 | 91.3 | 0.11 |\n| C12 | 90.7 | 0.20 |\n"
    )
    assert len(found(f"{table}\nA12 has the smallest standard deviation.\n")) == 1
    assert found(f"{table}\nB12 has the smallest standard deviation.\n") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Our network reaches {rate} %, 2.81 points above shallow.",
        "With {rate} % it exceeds shallow by 2.81 points.",
        "We get {rate} %, an improvement of 2.81 points over shallow.",
        "제안한 방법의 정확도는 {rate}%로 shallow보다 2.81%p 높다.",
        "本文方法的准确率达到 {rate}%，比 shallow 高 2.81 个百分点。",
        "提案手法の精度は {rate}% で、shallow より 2.81 ポイント高い。",
        "El modelo alcanza {rate} %, 2,81 puntos más que shallow.",
        "A rede alcança {rate} %, 2,81 pontos acima da shallow.",
        "Unser Netz erreicht {rate} %, 2,81 Prozentpunkte über shallow.",
        "Notre réseau atteint {rate} %, soit 2,81 points de plus que shallow.",
    ],
)
def test_a_gain_over_a_row(sentence: str) -> None:
    (finding,) = found(DEVIATIONS.format(sentence=sentence.format(rate="93.37")))
    assert finding.severity == "inconsistent"
    assert "is 2.45 points" in finding.says
    assert found(DEVIATIONS.format(sentence=sentence.format(rate="93.73"))) == []


@pytest.mark.parametrize(
    ("sentence", "is_wrong"),
    [
        ("Our network reaches 93.37 %, more than 2 points above shallow.", False),
        ("Our network reaches 93.37 %, more than 4 points above shallow.", True),
        ("Our network reaches 94.28 %, about 3 points above shallow.", False),
        ("Our network reaches 93.37 %, 2.7 % more than shallow.", False),
        ("Our network reaches 93.37 % after 2.81 hours, like shallow.", False),
        ("shallow reaches 90.92 %, 2.81 points less than others.", False),
    ],
)
def test_a_gain_that_may_be_rounded_or_a_bound(sentence: str, is_wrong: bool) -> None:
    assert len(found(DEVIATIONS.format(sentence=sentence))) == is_wrong


@pytest.mark.parametrize(
    "tail",
    [
        ", followed by ResNet-18",
        ", with a training time of only four fifths of that of ResNet-18",
        " (92.40 %), but it takes longer than ResNet-18",
        ", so the second experiment uses it",
    ],
)
def test_what_a_sentence_adds_does_not_hide_its_claim(tail: str) -> None:
    assert len(about("en", f"VGG-16 reached the highest test accuracy{tail}.")) == 1
    assert about("en", f"ResNet-18 reached the highest test accuracy{tail.replace('92.40', '93.12')}.") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "VGG-16 achieved highest accuracy.",
        "VGG-16 gave best results.",
        "VGG-16 is the top performer.",
        "Highest accuracy was obtained by VGG-16.",
        "VGG-16 shows the highest performance.",
        "LeNet-5 has slower training than VGG-16.",
        "VGG-16 achieves faster training than LeNet-5.",
    ],
)
def test_more_ways_to_say_it(sentence: str) -> None:
    assert len(about("en", sentence)) == 1


def test_a_word_for_another_split_in_another_clause() -> None:
    table = (
        "| モデル | 検証精度 | テスト精度 |\n|---|---|---|\n"
        "| MLP | 88.0 | 90.1 |\n| CNN | 91.0 | 89.2 |\n| RNN | 90.0 | 87.0 |\n\n"
    )
    assert len(found(f"{table}テスト精度が最も高かったのは CNN で、転移学習が有効だとわかる。\n")) == 1
    assert found(f"{table}テスト精度が最も高かったのは MLP で、転移学習が有効だとわかる。\n") == []


def test_times_of_an_epoch() -> None:
    table = "| net | accuracy | s / epoch |\n|---|---|---|\n| MLP | 91.1 % | 12 |\n| CNN | 92.7 % | 40 |\n\n"
    (finding,) = found(f"{table}CNN is the fastest network.\n")
    assert finding.says == "The table's fastest row is MLP (12), not CNN (40)."


def test_short_lines_are_no_wrapped_sentence() -> None:
    table = "| net | accuracy |\n|---|---|\n| MLP | 91.1 % |\n| CNN | 92.7 % |\n\n"
    slide = "What we see\nMLP has the highest accuracy of the two\n"
    slide += "Only CNN overfits in the early epochs, and only if there is no dropout in it\n"
    assert len(found(table + slide)) == 1
    wrapped = "Only in the early epochs\nMLP has the highest accuracy of the two networks.\n"
    assert len(found(table + wrapped)) == 1  # a line that is short and ends without a full stop
    assert (
        found(
            f"{table}In early epochs and only then it is true of the two that\nMLP has the highest accuracy of both.\n"
        )
        == []
    )


ABSTRACT = """# Report

## Abstract

{sentence}

## Results

| network | test accuracy |
|---|---|
| small | 90.92 % |
| gated | 91.95 % |
| large | 93.73 % |
"""


@pytest.mark.parametrize(
    "sentence",
    [
        "The best test accuracy is {} %.",
        "Our final model reaches a test accuracy of {} %.",
        "완성한 모델은 테스트 정확도 {}%를 달성했다.",
        "本文模型的测试准确率达到{}%。",
        "提案手法のテスト精度は {}% であった。",
        "El modelo final alcanza una exactitud de test del {} %.",
        "O modelo final alcança uma acurácia de teste de {} %.",
        "Die Testgenauigkeit des endgültigen Modells beträgt {} %.",
        "Le modèle final atteint une exactitude de test de {} %.",
    ],
)
def test_a_number_of_the_abstract_whose_digits_changed_places(sentence: str) -> None:
    (finding,) = found(ABSTRACT.format(sentence=sentence.format("93.37")))
    assert finding.severity == "inconsistent"
    assert (
        finding.says == "The text gives 93.37 %, the table 93.73 % for its best row, large. Two digits changed places."
    )
    for sound in ("93.73", "93.7", "91.95", "95.11"):
        assert [each.severity for each in found(ABSTRACT.format(sentence=sentence.format(sound)))] in ([], ["doubtful"])


@pytest.mark.parametrize(
    "sentence",
    [
        "The training accuracy is 93.37 %.",
        "The best test accuracy after the first epoch is 93.37 %.",
        "The paper has a test accuracy of 93.37 %.",
        "In the mean over ten runs, the test accuracy is 93.37 %.",
        "The test accuracy is 93.37 %. In the appendix it is 93.37 %.",
        "The F1 of the test images is 93.37 %.",
    ],
)
def test_a_number_of_the_abstract_that_may_be_another_one(sentence: str) -> None:
    assert found(ABSTRACT.format(sentence=sentence)) == []


def test_a_best_number_that_no_table_has_is_doubtful() -> None:
    (finding,) = found(ABSTRACT.format(sentence="The highest test accuracy is 94.81 %."))
    assert (finding.severity, finding.says) == (
        "doubtful",
        "The text gives 94.81 %, the table 93.73 % for its best row, large.",
    )


LOG = """{sentence}

```
Epoch 1/5 - loss: 1.60 - accuracy: 0.4012 - val_loss: 1.31 - val_accuracy: 0.5120
Epoch 2/5 - loss: 1.20 - accuracy: 0.5544 - val_loss: 1.10 - val_accuracy: 0.5931
Epoch 3/5 - loss: 1.00 - accuracy: 0.6350 - val_loss: 1.02 - val_accuracy: 0.6205
Epoch 4/5 - loss: 0.88 - accuracy: 0.6809 - val_loss: 0.97 - val_accuracy: 0.6533
Epoch 5/5 - loss: 0.79 - accuracy: 0.7122 - val_loss: 0.93 - val_accuracy: 0.6714
```
"""


@pytest.mark.parametrize(
    ("sentence", "is_wrong"),
    [
        ("The validation accuracy is always lower than the training accuracy.", True),
        ("The validation loss is constantly above the training loss.", True),
        ("Die Validierungsgenauigkeit ist immer niedriger als die Trainingsgenauigkeit.", True),
        ("La exactitud de validación es siempre menor que la de entrenamiento.", True),
        ("L'exactitude de validation est toujours inférieure à celle d'entraînement.", True),
        ("검증 정확도는 항상 훈련 정확도보다 낮다.", True),
        ("验证准确率始终低于训练准确率。", True),
        ("検証精度は常に訓練精度より低い。", True),
        ("The validation accuracy is almost always lower than the training accuracy.", False),
        ("The validation accuracy is lower than the training accuracy.", False),
        ("The validation accuracy is not always lower than the training accuracy.", False),
        ("After two epochs, the validation accuracy is always lower than the training accuracy.", False),
        ("The test accuracy is always lower than the training accuracy.", False),
    ],
)
def test_what_holds_in_every_epoch_of_a_log(sentence: str, is_wrong: bool) -> None:
    findings = found(LOG.format(sentence=sentence))
    assert [each.severity for each in findings] == ["inconsistent"] * is_wrong
    if findings:
        assert "in 2 of 5 epochs" in findings[0].says
        assert found(LOG.format(sentence=sentence).replace("0.5120", "0.3120").replace("1.31", "1.71")) == []
        assert (
            found(LOG.format(sentence=sentence) + LOG.format(sentence="").replace("0.5", "0.6").replace("1.3", "1.4"))
            == []
        )  # two logs


def test_numbers_in_a_column_are_no_things_that_are_counted() -> None:
    rows = "| run | difference |\n|---|---|\n| 1 | 0.5 |\n| 2 | 0.5 |\n| 3 | 0.7 |\n\n"
    assert found(f"{rows}Table 1: a test of the three differences.\n") == []


def test_a_table_on_its_side() -> None:
    table = "| | SGD | Adam | Lion |\n|---|---|---|---|\n"
    table += "| accuracy | 91.1 % | 92.7 % | 90.2 % |\n| loss | 0.31 | 0.27 | 0.35 |\n\n"
    (finding,) = found(f"{table}SGD reached the highest accuracy.\n")
    assert finding.says == "The table's most accurate row is Adam (92.7 %), not SGD (91.1 %)."
    assert found(f"{table}Adam reached the highest accuracy and the lowest loss.\n") == []


def test_a_sentence_of_another_section_is_of_another_table() -> None:
    text = (
        "# Report\n\n## Optimizers\n\n| optimizer | accuracy |\n|---|---|\n| SGD | 91.1 % |\n| Adam | 92.7 % |\n\n"
        "## {heading}\n\nSGD reached the highest accuracy.\n"
    )
    assert found(text.format(heading="Learning rates")) == []
    assert len(found(text.format(heading="Conclusion"))) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "The accuracy rises from 88.1 % to 90.2 %, an increase of 2.1 points.",
        "The accuracy rises from 88.1 % to 90.2 %, an increase of 2.4 %.",
        "The error falls from 11.9 % to 9.8 %, a reduction of 17.6 %.",
        "Accuracy rose from 0.881 to 0.902, that is by 2.1 points.",
        "The accuracy rises from 88.1 % to 90.2 %, and dropout of 30 % helps.",
        "From 10 to 20 epochs the accuracy rises by 3.1 points.",
        "The accuracy rises from 88.1 % to 90.2 %, about 3 points.",
    ],
)
def test_a_rise_that_fits_in_one_reading(sentence: str) -> None:
    assert found(f"{sentence}\n") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The accuracy rises from 88.1 % to 90.2 %, an increase of 4.1 points.",
        "Accuracy dropped from 0.902 to 0.881, a decrease of 3.3 %.",
        "Batch normalisation improved the result from 71.4 % to 78.9 %, a gain of 8.5 percentage points.",
        "정확도가 71.4%에서 78.9%로 8.5%p 증가했다.",
        "La précision passe de 71,4 % à 78,9 %, soit une hausse de 8,5 points.",
    ],
)
def test_a_rise_that_fits_in_none(sentence: str) -> None:
    assert len(found(f"{sentence}\n")) == 1


def test_a_row_that_is_named_by_its_setting() -> None:
    table = "| learning rate | test accuracy |\n|---|---|\n| 0.1 | 0.80 |\n| 0.01 | 0.90 |\n| 0.001 | 0.91 |\n\n"
    assert found(f"{table}A learning rate of 0.001 gives the best test accuracy.\n") == []
    (finding,) = found(f"{table}A learning rate of 0.01 gives the best test accuracy.\n")
    assert "learning rate 0.001" in finding.says


@pytest.mark.parametrize(
    ("sentence", "is_wrong"),
    [
        ("We compare four optimizers.", True),
        ("Table 1 shows the five optimizers.", True),
        ("We compare three optimizers.", False),
        ("We compare the two best optimizers.", False),
        ("We compare the best two optimizers.", False),
        ("There are many more than four optimizers.", False),
    ],
)
def test_a_number_of_rows_in_words(sentence: str, is_wrong: bool) -> None:
    rows = "| optimizer | accuracy |\n|---|---|\n| SGD | 91.1 % |\n| Adam | 92.7 % |\n| Lion | 90.2 % |\n"
    findings = found(f"{sentence}\n\n{rows}")
    assert [each.severity for each in findings] == ["doubtful"] * is_wrong


def test_a_number_that_no_table_has_is_doubtful_unless_the_sentence_names_the_table() -> None:
    (finding,) = about("en", "ResNet-18 has a test accuracy of 94.87 %.")
    assert (finding.severity, finding.says) == (
        "doubtful",
        "The sentence gives 94.87 % for ResNet-18, the table 93.12 %.",
    )
    (finding,) = about("en", "The table shows a test accuracy of ResNet-18 of 94.87 %.")
    assert finding.severity == "inconsistent"
    assert about("en", "With more data, ResNet-18 has a test accuracy of 94.87 %.") == []


def test_long_and_hostile_texts_are_read_in_time() -> None:
    row = "| optimizer | accuracy |\n|---|---|\n| SGD | 91.1 % |\n| Adam | 92.7 % |\n\n"
    assert found(row + "SGD and Adam and " * 20_000 + "\n") == []
    assert found(row + "SGD is " + "the best of the " * 20_000 + "\n") == []
