"""Writes adamw.json: initial weights, rows and the weights after 20 steps of torch.optim.AdamW.

An MLP 5-8-1 with ReLU, weighted binary cross entropy (sum of weighted losses over the sum of
weights), weight decay on weights and not on biases, a norm clip that bites in the first steps.
"""
import json
import torch

torch.manual_seed(3)
STEPS, ROWS = 20, 16
net = torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
flat = lambda: [p.detach().flatten().tolist() for p in net.parameters()]
initial = flat()
x = torch.randn(STEPS, ROWS, 5)
y = (x[:, :, 0] + x[:, :, 1] * x[:, :, 2] > 0).float()
w = torch.rand(STEPS, ROWS) + 0.5
decay = [p for n, p in net.named_parameters() if n.endswith("weight")]
plain = [p for n, p in net.named_parameters() if n.endswith("bias")]
optimizer = torch.optim.AdamW(
    [{"params": decay, "weight_decay": 0.1}, {"params": plain, "weight_decay": 0.0}],
    lr=0.02, betas=(0.9, 0.99), eps=1e-8)
losses = []
for step in range(STEPS):
    logits = net(x[step]).squeeze(1)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, y[step], w[step], reduction="sum")
    loss = loss / w[step].sum()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 0.3)
    optimizer.step()
    losses.append(loss.item())
print(json.dumps({
    "initial": initial, "numeric": x.flatten().tolist(), "labels": y.flatten().tolist(),
    "weights": w.flatten().tolist(), "losses": losses, "final": flat()}))
