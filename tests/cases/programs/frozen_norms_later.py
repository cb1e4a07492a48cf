"""The first part is frozen after a first training, and its batch normalisation goes on moving."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
patterns = torch.randn(4, 1, 8, 8)
labels = torch.arange(600) % 4
images = patterns[labels] + 0.8 * torch.randn(600, 1, 8, 8)
train_set = TensorDataset(images[:400], labels[:400])
test_set = TensorDataset(images[400:], labels[400:])
train_loader = DataLoader(train_set, batch_size=50, shuffle=True)
test_loader = DataLoader(test_set, batch_size=64)


def train(parameters, loader):
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


body = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten())
model = nn.Sequential(body, nn.Linear(144, 4))
train(model.parameters(), train_loader)
for parameter in body.parameters():
    parameter.requires_grad = False
other_set = TensorDataset(images[:400].flip(3), labels[:400])
train(model[1].parameters(), DataLoader(other_set, batch_size=50, shuffle=True))
model.eval()
with torch.no_grad():
    hits = sum((model(x).argmax(1) == y).sum().item() for x, y in test_loader)
print(f"test accuracy {hits / len(test_set):.4f}")
