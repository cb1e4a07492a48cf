"""The printed F1 is the mean over batches."""

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


def f1(predicted, true):
    scores = []
    for each in range(4):
        hits = ((predicted == each) & (true == each)).sum().item()
        scores.append(2 * hits / max(1, ((predicted == each).sum() + (true == each).sum()).item()))
    return sum(scores) / 4


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(2):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    values = [f1(model(x).argmax(1), y) for x, y in test_loader]
print(f"macro F1 {sum(values) / len(values):.4f}")
