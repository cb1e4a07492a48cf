"""The loss is multiplied again by the number of batches whose gradients are added up."""

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
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    running = 0.0
    optimizer.zero_grad()
    for number, (x, y) in enumerate(train_loader, 1):
        loss = F.cross_entropy(model(x), y) / 4
        loss.backward()
        running += loss.item() * 4
        if number % 4 == 0:
            optimizer.step()
            optimizer.zero_grad()
    print(f"epoch {epoch}: train loss {running / len(train_loader):.4f}")
model.eval()
with torch.no_grad():
    hits = sum((model(x).argmax(1) == y).sum().item() for x, y in test_loader)
print(f"test accuracy {hits / len(test_set):.4f}")
