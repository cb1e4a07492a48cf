"""Precision and recall are exchanged."""

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
matrix = torch.zeros(4, 4)
with torch.no_grad():
    for x, y in test_loader:
        for true, predicted in zip(y.tolist(), model(x).argmax(1).tolist(), strict=True):
            matrix[true, predicted] += 1
precision = matrix.diagonal() / matrix.sum(1).clamp(min=1)
recall = matrix.diagonal() / matrix.sum(0).clamp(min=1)
print("class  precision  recall")
for name, p, r in zip("abcd", precision, recall, strict=True):
    print(f"{name:5}  {p:9.3f}  {r:6.3f}")
print(f"macro recall {recall.mean():.4f}, macro precision {precision.mean():.4f}")
