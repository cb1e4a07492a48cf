"""Training is resumed with a new optimizer."""

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
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(2):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
torch.save({"model": model.state_dict(), "epoch": 2}, "last.pt")

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
checkpoint = torch.load("last.pt")
model.load_state_dict(checkpoint["model"])
for epoch in range(checkpoint["epoch"], 4):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    hits = sum((model(x).argmax(1) == y).sum().item() for x, y in test_loader)
print(f"test accuracy {hits / len(test_set):.4f}")
