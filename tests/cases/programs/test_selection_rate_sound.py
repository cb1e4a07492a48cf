"""Validation images choose the learning rate; test scores are printed for each, and for the chosen one."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
patterns = torch.randn(4, 1, 8, 8)
labels = torch.arange(600) % 4
images = patterns[labels] + 2.5 * torch.randn(600, 1, 8, 8)
train_set = TensorDataset(images[:300], labels[:300])
test_set = TensorDataset(images[400:], labels[400:])
train_loader = DataLoader(train_set, batch_size=50, shuffle=True)
test_loader = DataLoader(test_set, batch_size=64)
val_loader = DataLoader(TensorDataset(images[300:400], labels[300:400]), batch_size=50)


def train(rate):
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for _ in range(2):
        for x, y in train_loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
    return model


@torch.no_grad()
def accuracy(model, loader):
    model.eval()
    hits = sum((model(x).argmax(1) == y).sum().item() for x, y in loader)
    return hits / len(loader.dataset)


validated, tested = {}, {}
for rate in (0.001, 0.01, 0.1):
    model = train(rate)
    validated[rate], tested[rate] = accuracy(model, val_loader), accuracy(model, test_loader)
    print(f"rate {rate}: validation {validated[rate]:.4f}")
winner = max(validated, key=validated.get)
print(f"chosen: {winner}, test accuracy {tested[winner]:.4f}")
