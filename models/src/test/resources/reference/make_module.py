"""Writes module.pt beside it, a scripted module, and module.json, what PyTorch computes with it in
evaluation mode; and two that cannot be trained: list.pt, which has its parameters in a list, and
training.pt, which was traced in training mode. Modules go without their debugging entries, which
hold paths of the machine that wrote them. Run with PyTorch 1.13 or later: python3 make_module.py
"""
import io
import json
import pathlib
import zipfile

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(7, 2)
        self.body = nn.Sequential(
            nn.Linear(3 + 4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 1))

    def forward(self, numeric: torch.Tensor, categorical: torch.Tensor) -> torch.Tensor:
        rows = categorical.long() + torch.tensor([0, 3])
        return self.body(torch.cat([numeric, self.embedding(rows).flatten(1)], 1))


class Listed(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(torch.ones(3, 1))])

    def forward(self, numeric: torch.Tensor, categorical: torch.Tensor) -> torch.Tensor:
        return numeric @ self.weights[0]


def save(module, path):
    written = io.BytesIO()
    torch.jit.save(module, written)
    with zipfile.ZipFile(written) as full, zipfile.ZipFile(path, 'w') as kept:
        for name in full.namelist():
            if not name.endswith('.debug_pkl'):
                kept.writestr(zipfile.ZipInfo(name), full.read(name))


if __name__ == '__main__':
    torch.manual_seed(1)
    here = pathlib.Path(__file__).parent
    module = Net()
    # Moments that are not those of a new layer, so that using them shows.
    module.body[1].running_mean += 0.25
    module.body[1].running_var *= 2
    script = torch.jit.script(module)
    save(script, here / 'module.pt')
    save(torch.jit.script(Listed()), here / 'list.pt')
    example = (torch.zeros(2, 3), torch.zeros(2, 2, dtype=torch.int32))
    save(torch.jit.trace(Net().train(), example, check_trace=False), here / 'training.pt')
    script.eval()
    x = torch.round(torch.randn(4, 3) * 1e3) / 1e3
    c = torch.tensor([[0, 3], [1, 2], [2, 0], [0, 1]], dtype=torch.int32)
    y = torch.tensor([0.0, 1.0, 1.0, 0.0])
    logits = script(x, c)
    loss = nn.functional.binary_cross_entropy_with_logits(logits[:, 0], y)
    gradients = torch.autograd.grad(loss, list(script.parameters()))
    (here / 'module.json').write_text(json.dumps({
        'numeric': x.flatten().tolist(),
        'categorical': c.flatten().tolist(),
        'labels': y.tolist(),
        'logits': logits.flatten().tolist(),
        'loss': loss.item(),
        'gradients': [g.flatten().tolist() for g in gradients],
    }) + '\n')
