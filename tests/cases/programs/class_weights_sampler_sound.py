"""The sampler has the weights of the subset's images."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset, TensorDataset, WeightedRandomSampler

torch.manual_seed(0)
patterns = torch.randn(4, 1, 8, 8)
labels = torch.arange(600) % 4
images = patterns[labels] + 0.8 * torch.randn(600, 1, 8, 8)
train_set = TensorDataset(images[:400], labels[:400])
test_set = TensorDataset(images[400:], labels[400:])
test_loader = DataLoader(test_set, batch_size=64)
order = torch.randperm(400)[:240]
keep = order[(labels[order] > 1) | (torch.rand(240) < 0.4)]
subset = Subset(train_set, keep.tolist())
counts = torch.bincount(labels[keep], minlength=4).float()
weights = (1 / counts)[labels[keep]]
train_loader = DataLoader(subset, batch_size=40, sampler=WeightedRandomSampler(weights, len(keep)))
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        hits = sum((model(x).argmax(1) == y).sum().item() for x, y in test_loader)
    print(f"epoch {epoch}: test accuracy {hits / len(test_set):.4f}")
