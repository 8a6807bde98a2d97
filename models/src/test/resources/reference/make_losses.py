"""Writes losses.json beside it: losses by row, and the gradient of their sum, as PyTorch computes
them. Run with PyTorch 1.13 or later: python3 make_losses.py
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def case(spec, link, logits, labels, loss):
    z = torch.tensor(logits, requires_grad=True)
    rows = loss(z, torch.tensor(labels))
    gradient, = torch.autograd.grad(rows.sum(), z)
    return {'spec': spec, 'link': link, 'logits': logits, 'labels': labels,
            'rows': rows.tolist(), 'gradient': gradient.tolist()}


def binary(z, y, **options):
    return F.binary_cross_entropy_with_logits(z[:, 0], y, reduction='none', **options)


def focal_binary(gamma):
    def loss(z, y):
        p = torch.sigmoid(z[:, 0])
        p_of_label = y * p + (1 - y) * (1 - p)
        return -(1 - p_of_label) ** gamma * torch.log(p_of_label)
    return loss


def focal(gamma):
    def loss(z, y):
        p_of_label = F.softmax(z, 1).gather(1, y.long()[:, None])[:, 0]
        return -(1 - p_of_label) ** gamma * torch.log(p_of_label)
    return loss


def pinball(quantiles):
    def loss(z, y):
        terms = []
        for i, q in enumerate(quantiles):
            d = y - z[:, i]
            terms.append(torch.where(d >= 0, q * d, (q - 1) * d))
        return torch.stack(terms, 1).mean(1)
    return loss


def cases():
    one = [[-3.0], [-0.5], [0.25], [4.0]]
    bits = [0.0, 1.0, 0.0, 1.0]
    yield case({'name': 'cross-entropy'}, 'SIGMOID', one, bits, binary)
    yield case({'name': 'cross-entropy', 'smoothing': 0.1}, 'SIGMOID', one, bits,
               lambda z, y: binary(z, 0.9 * y + 0.05))
    yield case({'name': 'cross-entropy', 'classWeights': [0.5, 3]}, 'SIGMOID', one, bits,
               lambda z, y: binary(z, y) * torch.where(y > 0, 3.0, 0.5))
    yield case({'name': 'focal', 'gamma': 2}, 'SIGMOID', one, bits, focal_binary(2))
    yield case({'name': 'focal', 'gamma': 0.5}, 'SIGMOID', one, bits, focal_binary(0.5))
    three = [[0.5, -1.0, 2.0], [3.0, 0.0, -2.0], [0.1, 0.2, 0.3]]
    classes = [2.0, 1.0, 0.0]
    yield case({'name': 'cross-entropy'}, 'SOFTMAX', three, classes,
               lambda z, y: F.cross_entropy(z, y.long(), reduction='none'))
    yield case({'name': 'cross-entropy', 'smoothing': 0.2}, 'SOFTMAX', three, classes,
               lambda z, y: F.cross_entropy(z, y.long(), reduction='none', label_smoothing=0.2))
    yield case({'name': 'cross-entropy', 'classWeights': [1, 2, 0.25]}, 'SOFTMAX', three, classes,
               lambda z, y: F.cross_entropy(z, y.long(), reduction='none',
                                            weight=torch.tensor([1, 2, 0.25])))
    yield case({'name': 'focal', 'gamma': 1.5}, 'SOFTMAX', three, classes, focal(1.5))
    values = [0.5, 0.5, 0.5, 0.5]
    yield case({'name': 'squared'}, 'IDENTITY', one, values,
               lambda z, y: F.mse_loss(z[:, 0], y, reduction='none'))
    yield case({'name': 'huber', 'delta': 1.5}, 'IDENTITY', one, values,
               lambda z, y: F.huber_loss(z[:, 0], y, reduction='none', delta=1.5))
    yield case({'name': 'pinball', 'quantiles': [0.1, 0.5, 0.9]}, 'IDENTITY', three, [0.0, 1.0, 0.25],
               pinball([0.1, 0.5, 0.9]))


if __name__ == '__main__':
    target = pathlib.Path(__file__).with_name('losses.json')
    target.write_text('[\n' + ',\n'.join(json.dumps(c) for c in cases()) + '\n]\n')
