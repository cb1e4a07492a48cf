"""Pairs are counted with index_put_, and places that occur once with +=."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
patterns = torch.randn(4, 1, 8, 8)
labels = torch.arange(600) % 4
images = patterns[labels] + 2.5 * torch.randn(600, 1, 8, 8)
train_set = TensorDataset(images[:400], labels[:400])
test_set = TensorDataset(images[400:], labels[400:])
train_loader = DataLoader(train_set, batch_size=50, shuffle=True)
test_loader = DataLoader(test_set, batch_size=64)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(2):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
model.eval()
matrix, seen = torch.zeros(4, 4), torch.zeros(200, 4)
with torch.no_grad():
    for number, (x, y) in enumerate(test_loader):
        predicted = model(x).argmax(1)
        matrix.index_put_((y, predicted), torch.ones(len(y)), accumulate=True)
        seen[64 * number + torch.arange(len(y)), predicted] += 1
print(f"test accuracy {(matrix.trace() / matrix.sum()).item():.4f}, {seen.sum().item():.0f} images")
