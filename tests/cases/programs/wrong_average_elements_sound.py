"""Vectors with one 1 are compared as a whole."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
patterns = torch.randn(4, 1, 8, 8)
labels = torch.arange(600) % 4
images = patterns[labels] + 2.5 * torch.randn(600, 1, 8, 8)
train_set = TensorDataset(images[:400], F.one_hot(labels[:400], 4).float())
test_set = TensorDataset(images[400:], F.one_hot(labels[400:], 4).float())
train_loader = DataLoader(train_set, batch_size=50, shuffle=True)
test_loader = DataLoader(test_set, batch_size=64)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(3):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        F.binary_cross_entropy_with_logits(model(x), y).backward()
        optimizer.step()
model.eval()
predicted, true = [], []
with torch.no_grad():
    for x, y in test_loader:
        predicted.append(torch.eye(4)[model(x).argmax(1)].numpy())
        true.append(y.numpy())
predicted, true = np.concatenate(predicted), np.concatenate(true)
print(f"test accuracy {(predicted == true).all(1).mean():.4f}")
