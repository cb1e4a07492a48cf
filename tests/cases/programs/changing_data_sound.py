"""Noise is added to a copy of the image."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset

torch.manual_seed(0)
patterns = torch.randn(4, 1, 8, 8)
labels = torch.arange(600) % 4
images = patterns[labels] + 0.8 * torch.randn(600, 1, 8, 8)


class Images(Dataset):
    def __init__(self, first, last):
        self.images, self.targets = images[first:last].clone(), labels[first:last]

    def __len__(self):
        return len(self.images)

    def __getitem__(self, number):
        image = self.images[number].clone()
        image += 0.2 * torch.randn(1, 8, 8)
        return image, int(self.targets[number])


train_loader = DataLoader(Images(0, 400), batch_size=50, shuffle=True)
test_set = TensorDataset(images[400:], labels[400:])
test_loader = DataLoader(test_set, batch_size=50)
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
