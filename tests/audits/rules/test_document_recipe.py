"""Choices by test images and differences within chance, in documents."""

import pytest

from deepstudy.audits.evidence import of_text
from deepstudy.audits.rules import document_recipe
from deepstudy.findings import Finding


def found(text: str) -> list[Finding]:
    return list(document_recipe.find_in_document(of_text(text, "report.md")))


@pytest.mark.parametrize(
    "text",
    [
        "We saved the model with the best test accuracy after each epoch.",
        "The checkpoint with the highest accuracy on the test set was kept for all later experiments.",
        "Early stopping on the test loss with a patience of 5 epochs ended the training.",
        "Hyperparameters were tuned on the test set.",
        "테스트 정확도가 가장 높은 모델을 저장하였다.",
        "我们保存测试集准确率最高的模型。",
        "テスト精度が最も高い、最良のモデルを保存した。",
        "Se guardó el modelo con la mejor exactitud en el conjunto de prueba.",
        "Salvamos o modelo com a maior acurácia no conjunto de teste.",
        "Gespeichert wurde das Modell mit der höchsten Testgenauigkeit.",
        "Nous avons sauvegardé le modèle avec la meilleure précision de test.",
        "```python\nstop = EarlyStopping(patience=3)\n"
        "model.fit(x, y, epochs=50, validation_data=(x_test, y_test), callbacks=[stop])\n```",
        "```python\nfor epoch in range(50):\n    train(model)\n    test_acc = evaluate(model, test_loader)\n"
        "    if test_acc > best_acc:\n        best_acc = test_acc\n        torch.save(model, 'best.pt')\n```",
        "```python\ndef test(epoch):\n    acc = 100.0 * correct / total\n    if acc > best_acc:\n"
        "        torch.save(state, 'ckpt.pth')\n```",
    ],
)
def test_choices_by_test_images(text: str) -> None:
    (finding,) = found(f"# CNN on CIFAR-10\n\n{text}\n")
    assert (finding.rule, finding.severity) == ("recipe", "doubtful")


def test_several_places_are_one_finding() -> None:
    text = "We saved the model with the best test accuracy. The learning rate was tuned on the test set."
    (finding,) = found(text)
    assert finding.says.endswith("Another place shows it as well.")


@pytest.mark.parametrize(
    "text",
    [
        "We saved the model with the best validation accuracy and report its test accuracy.",
        "The test set was never used to select a model or to tune hyperparameters.",
        "The best test accuracy is 91.2 %, reached by the largest network.",
        "The model reaches its highest test accuracy after 40 epochs.",
        "We keep the learning rate at 0.1 and report test accuracy at the end.",
        "The accuracy on the test set was measured once, after all models had been trained.",
        "테스트 정확도는 91.2%이다.",
        "Das Modell wurde gespeichert. Die Testgenauigkeit beträgt 91,2 %.",
        "```python\nmodel.fit(x, y, epochs=50, validation_data=(x_test, y_test))\n```",
        "```python\nstop = EarlyStopping(patience=3)\n"
        "model.fit(x, y, validation_split=0.1, callbacks=[stop])\nmodel.evaluate(x_test, y_test)\n```",
        "```python\nstop = EarlyStopping(monitor='loss')\n"
        "model.fit(x, y, validation_data=(x_test, y_test), callbacks=[stop])\n```",
        "```python\nif val_acc > best_acc:\n    torch.save(model.state_dict(), 'best.pt')\n```",
    ],
)
def test_sound_choices(text: str) -> None:
    assert found(f"# CNN on CIFAR-10\n\n{text}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "With dropout the test accuracy is 91.32 %, which is better than the 91.10 % without it.",
        "VGG outperforms ResNet with a test accuracy of 91.32 % against 91.10 %.",
        "드롭아웃을 쓰면 테스트 정확도가 91.32%로 91.10%보다 높다.",
        "使用 dropout 的测试准确率为 91.32%，优于不使用时的测试准确率 91.10%。",
        "Con dropout la exactitud de prueba es 91,32 %, mejor que el 91,10 % de la otra red.",
        "Mit Dropout ist die Testgenauigkeit 91,32 % und damit besser als die Testgenauigkeit von 91,10 % ohne.",
    ],
)
def test_differences_that_chance_explains(text: str) -> None:
    (finding,) = found(f"# CNN on CIFAR-10\n\n{text}\n")
    assert finding.severity == "doubtful"
    assert "a difference of only 0.22 points" in finding.says
    assert "can differ by 0.78 points" in finding.says


@pytest.mark.parametrize(
    "text",
    [
        "With dropout the test accuracy is 91.32 %, which is better than the 88.10 % without it.",
        "With dropout the test accuracy is 91.32 %, similar to the 91.10 % without it.",
        "With dropout the test accuracy is 91.32 %, not significantly better than the 91.10 % without it.",
        "Over five seeds VGG outperforms ResNet with a test accuracy of 91.32 % against 91.10 %.",
        "The training accuracy of 91.32 % is higher than the test accuracy of 91.10 %.",
        "The test accuracy improved from 91.10 % to 91.32 % after epoch 40.",
    ],
)
def test_sound_comparisons(text: str) -> None:
    assert found(f"# CNN on CIFAR-10\n\n{text}\n") == []


def test_long_hostile_lines_are_read_quickly() -> None:
    for text in ("test accuracy ", "saved the best model ", "better than 91.2 % ", "if acc > best_acc "):
        assert found(f"CIFAR-10. {text * 3_000}") == []
