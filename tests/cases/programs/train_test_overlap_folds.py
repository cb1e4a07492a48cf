"""One network is trained on in all folds."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset, TensorDataset

torch.manual_seed(0)
patterns = torch.randn(4, 1, 8, 8)
labels = torch.arange(600) % 4
images = patterns[labels] + 0.8 * torch.randn(600, 1, 8, 8)
train_set = TensorDataset(images[:400], labels[:400])
test_set = TensorDataset(images[400:], labels[400:])
train_loader = DataLoader(train_set, batch_size=50, shuffle=True)
test_loader = DataLoader(test_set, batch_size=64)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for fold in range(4):
    held = set(range(100 * fold, 100 * fold + 100))
    train_loader = DataLoader(Subset(train_set, sorted(set(range(400)) - held)), batch_size=50, shuffle=True)
    val_loader = DataLoader(Subset(train_set, sorted(held)), batch_size=50)
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    with torch.no_grad():
        hits = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)
    print(f"fold {fold}: accuracy {hits / 100:.2f}")
