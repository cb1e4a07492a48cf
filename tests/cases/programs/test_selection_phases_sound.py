"""One loop goes over training, validation and test; validation chooses."""

from copy import deepcopy

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
patterns = torch.randn(4, 1, 8, 8)
labels = torch.arange(600) % 4
images = patterns[labels] + 2.5 * torch.randn(600, 1, 8, 8)
train_set = TensorDataset(images[:300], labels[:300])
test_set = TensorDataset(images[400:], labels[400:])
train_loader = DataLoader(train_set, batch_size=50, shuffle=True)
test_loader = DataLoader(test_set, batch_size=64)
val_loader = DataLoader(TensorDataset(images[300:400], labels[300:400]), batch_size=50)
loaders = [train_loader, val_loader, test_loader]
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
best = {"acc": -1}
for epoch in range(4):
    row = {}
    for phase, loader in zip(("train", "val", "test"), loaders, strict=True):
        model.train(phase == "train")
        hits = 0
        for x, y in loader:
            with torch.set_grad_enabled(phase == "train"):
                scores = model(x)
                loss = F.cross_entropy(scores, y)
            if phase == "train":
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            hits += (scores.argmax(1) == y).sum().item()
        row[phase] = hits / len(loader.dataset)
    if row["val"] > best["acc"]:
        best = {"acc": row["val"], "epoch": epoch, "weights": deepcopy(model.state_dict()), "test": row["test"]}
print(f"epoch {best['epoch']} by validation: test accuracy {best['test']:.4f}")
