"""The generator's gradients of the critic's loss are still there in its own step."""

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
generator = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 64))
critic = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
adam = torch.optim.Adam(generator.parameters(), lr=0.001)
other = torch.optim.Adam(critic.parameters(), lr=0.001)
for epoch in range(2):
    sums = [0.0, 0.0]
    for real, _ in train_loader:
        fake = generator(torch.randn(len(real), 8))
        adam.zero_grad()
        other.zero_grad()
        loss = F.softplus(-critic(real)).mean() + F.softplus(critic(fake)).mean()
        loss.backward(retain_graph=True)
        other.step()
        fooled = F.softplus(-critic(fake)).mean()
        fooled.backward()
        adam.step()
        sums = [sums[0] + loss.item(), sums[1] + fooled.item()]
    print(f"epoch {epoch}: critic {sums[0] / len(train_loader):.4f}, generator {sums[1] / len(train_loader):.4f}")
