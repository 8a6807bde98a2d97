"""Writes module.pt beside it: the network that Lockstep builds as mlp with hidden [6], embedding 2,
for 3 numeric features and categorical ones of 5 and 3 indices. The test puts initial values into
it. Run with PyTorch 1.13 or later: python3 make_module.py
"""
import io
import pathlib
import zipfile

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(8, 2)
        self.body = nn.Sequential(nn.Linear(3 + 4, 6), nn.ReLU(), nn.Linear(6, 1))

    def forward(self, numeric: torch.Tensor, categorical: torch.Tensor) -> torch.Tensor:
        rows = categorical.long() + torch.tensor([0, 5])
        return self.body(torch.cat([numeric, self.embedding(rows).flatten(1)], 1))


if __name__ == '__main__':
    torch.manual_seed(1)
    written = io.BytesIO()
    torch.jit.save(torch.jit.script(Net()), written)
    # Without the debugging entries, which hold paths of the machine that wrote them.
    with zipfile.ZipFile(written) as full, \
            zipfile.ZipFile(pathlib.Path(__file__).parent / 'module.pt', 'w') as kept:
        for name in full.namelist():
            if not name.endswith('.debug_pkl'):
                kept.writestr(zipfile.ZipInfo(name), full.read(name))
