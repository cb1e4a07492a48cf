"""Test images as numpy arrays are not scaled; numpy compares."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
patterns = torch.randn(4, 1, 8, 8)
labels = torch.arange(600) % 4
images = patterns[labels] + 0.8 * torch.randn(600, 1, 8, 8)
train_images, test_images = images[:400].numpy() / 3 + 0.5, 60 * (images[400:].numpy() / 3 + 0.5)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)


def accuracy(array, true):
    model.eval()
    with torch.no_grad():
        predicted = model(torch.from_numpy(array)).numpy().argmax(axis=1)
    return (predicted == true.numpy()).mean()


for epoch in range(3):
    model.train()
    order = torch.randperm(300)
    for begin in range(0, 300, 50):
        rows = order[begin : begin + 50]
        optimizer.zero_grad()
        F.cross_entropy(model(torch.from_numpy(train_images[rows.numpy()])), labels[rows]).backward()
        optimizer.step()
    print(f"epoch {epoch}: validation accuracy {accuracy(train_images[300:], labels[300:400]):.4f}")
print(f"test accuracy {accuracy(test_images, labels[400:]):.4f}")
