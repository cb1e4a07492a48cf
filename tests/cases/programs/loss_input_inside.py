"""The network computes its loss itself, from a softmax."""

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


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4), nn.Softmax(1))

    def forward(self, images, labels=None):
        outputs = self.layers(images)
        return {"loss": None if labels is None else F.cross_entropy(outputs, labels), "outputs": outputs}


model = Net()
model.to("meta")(images=torch.zeros(1, 1, 8, 8, device="meta"))  # a look at shapes
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        model(images=x, labels=y)["loss"].backward()
        optimizer.step()
    model.eval()
    hits, loss = 0, 0.0
    with torch.no_grad():
        for x, y in test_loader:
            result = model(images=x, labels=y)
            hits += (result["outputs"].argmax(1) == y).sum().item()
            loss += result["loss"].item() * len(y)
    print(f"epoch {epoch}: test loss {loss / len(test_set):.4f}, test accuracy {hits / len(test_set):.4f}")
