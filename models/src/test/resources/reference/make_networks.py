"""Writes networks.json beside it: what PyTorch computes for small networks.

Every network is written out a second time here, row by row and member by member where that is
clearer, with parameters in the order in which the Java block lists them. Run with PyTorch 1.13 or
later: python3 make_networks.py
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

EDGES = [[-1.5, -0.5, 0.25, 1.0], [-2.0, 0.0], [0.5]]
CARDINALITIES = [3, 4]
ROWS = 5


def rounded(x):
    """Values that float32 and the file hold exactly enough: four digits."""
    return torch.round(x * 1e4) / 1e4


class Parameters:
    def __init__(self, seed):
        self.random = torch.Generator().manual_seed(seed)
        self.values = []

    def new(self, *shape, positive=False, trained=True):
        x = 0.5 * torch.randn(*shape, generator=self.random)
        x = rounded(x.abs() + 0.5 if positive else x)
        x.requires_grad_(trained)
        self.values.append(x)
        return x

    def linear(self, inputs, outputs):
        w, b = self.new(outputs, inputs), self.new(outputs)
        return lambda x: F.linear(x, w, b)

    def each(self, features, inputs, outputs):
        w, b = self.new(features, inputs, outputs), self.new(features, 1, outputs)
        return lambda j, x: x @ w[j] + b[j]

    def embeddings(self, width, cardinalities=CARDINALITIES):
        table = self.new(sum(cardinalities), width)
        starts = [sum(cardinalities[:j]) for j in range(len(cardinalities))]
        return lambda c: torch.stack(
            [table[starts[j] + c[:, j]] for j in range(len(cardinalities))], 1)

    def batch_norm(self, width):
        gamma, beta = self.new(width), self.new(width)
        mean = self.new(width, trained=False)
        variance = self.new(width, positive=True, trained=False)

        def norm(x, training):
            # The file keeps the running moments as they were before the step.
            return F.batch_norm(x, mean.clone(), variance.clone(), gamma, beta, training)
        return norm

    def layer_norm(self, width):
        gamma, beta = self.new(width), self.new(width)
        return lambda x: F.layer_norm(x, (width,), gamma, beta)


def one_hot(c, cardinalities=CARDINALITIES):
    return torch.cat([F.one_hot(c[:, j], n) for j, n in enumerate(cardinalities)], 1).double()


def ple(x, edges, bins):
    own = len(edges) - 1
    parts = []
    for t in range(bins):
        if t >= own:
            parts.append(torch.zeros_like(x))
            continue
        v = (x - edges[t]) / (edges[t + 1] - edges[t])
        if t > 0:
            v = torch.clamp(v, min=0)
        if t < own - 1:
            v = torch.clamp(v, max=1)
        parts.append(v)
    return torch.stack(parts, 1)


def numeric_embedding(p, kind, width, frequencies=3):
    n, bins = len(EDGES), 3
    if kind == 'none':
        return lambda x: x
    if kind == 'ple':
        layer = p.each(n, bins, width)
        return lambda x: torch.cat(
            [F.relu(layer(j, ple(x[:, j], EDGES[j], bins))) for j in range(n)], 1)
    if kind == 'ple-residual':
        layer = p.each(n, bins, width)
        direct = p.new(n, 1, width)
        return lambda x: torch.cat(
            [layer(j, ple(x[:, j], EDGES[j], bins)) + x[:, j:j + 1] * direct[j]
             for j in range(n)], 1)
    if kind == 'plr':
        f = p.new(n, 1, frequencies)
        layer = p.each(n, 2 * frequencies, width)
        return lambda x: torch.cat(
            [F.relu(layer(j, torch.cat([torch.cos(x[:, j:j + 1] * f[j]),
                                        torch.sin(x[:, j:j + 1] * f[j])], 1)))
             for j in range(n)], 1)
    f, phase = p.new(n, 1, frequencies), p.new(n, 1, frequencies)
    layer = p.each(n, frequencies, width - 1)
    return lambda x: torch.cat(
        [torch.cat([layer(j, torch.cos(x[:, j:j + 1] * f[j] + phase[j])), x[:, j:j + 1]], 1)
         for j in range(n)], 1)


def mlp(p, kind, outputs):
    embedded = numeric_embedding(p, kind, 2)
    categories = p.embeddings(2)
    inputs = (3 if kind == 'none' else 6) + 4
    first, second, last = p.linear(inputs, 5), p.linear(5, 4), p.linear(4, outputs)

    def forward(x, c, training):
        h = torch.cat([embedded(x), categories(c).flatten(1)], 1)
        return last(F.relu(second(F.relu(first(h)))))
    return forward


def linear(p, outputs):
    last = p.linear(3 + 7, outputs)
    return lambda x, c, training: last(torch.cat([x, one_hot(c)], 1))


def resnet(p, outputs):
    categories = p.embeddings(2)
    first = p.linear(7, 4)
    blocks = [(p.batch_norm(4), p.linear(4, 6), p.linear(6, 4)) for _ in range(2)]
    norm, last = p.batch_norm(4), p.linear(4, outputs)

    def forward(x, c, training):
        h = first(torch.cat([x, categories(c).flatten(1)], 1))
        for block_norm, inside, outside in blocks:
            h = h + outside(F.relu(inside(block_norm(h, training))))
        return last(F.relu(norm(h, training)))
    return forward


def ensemble_linear(p, members, rank, inputs, outputs):
    w = p.new(outputs, inputs)
    r, s = p.new(members, 1, inputs), p.new(members, 1, outputs)
    if rank > 1:
        more_r, more_s = p.new(members, rank - 1, inputs), p.new(members, rank - 1, outputs)
        r, s = torch.cat([r, more_r], 1), torch.cat([s, more_s], 1)
    b = p.new(members, outputs)
    return lambda i, x: F.linear(x, w * (s[i].T @ r[i]), b[i])


def tabm(p, kind, rank, outputs):
    members, few = 3, [3]
    embedded = numeric_embedding(p, kind, 2 if kind == 'ple-residual' else 3)
    width = {'none': 3, 'ple-residual': 6, 'pbld': 9}[kind]
    categories = p.embeddings(2, [4])
    inputs = width + 3 + 2
    if rank == 0:
        scale = p.new(members, inputs)
        shared = [p.linear(inputs, 5), p.linear(5, 4)]
        layers = [lambda i, x, layer=layer: layer(x) for layer in shared]
    else:
        layers = [ensemble_linear(p, members, rank, inputs, 5),
                  ensemble_linear(p, members, rank, 5, 4)]
    heads = p.each(members, 4, outputs)

    def forward(x, c, training):
        h = torch.cat([embedded(x), one_hot(c, few), categories(c[:, 1:]).flatten(1)], 1)
        logits = []
        for i in range(members):
            a = h * scale[i] if rank == 0 else h
            for layer in layers:
                a = F.relu(layer(i, a))
            logits.append(heads(i, a))
        return torch.stack(logits, 1)
    return forward


def first_order(p, outputs, cardinalities=CARDINALITIES):
    layer = p.linear(3, outputs)
    weights = p.embeddings(outputs, cardinalities)
    return lambda x, c: layer(x) + weights(c).sum(1)


def perceptron(p, inputs, outputs):
    first, second, last = p.linear(inputs, 5), p.linear(5, 4), p.linear(4, outputs)
    return lambda h: last(F.relu(second(F.relu(first(h)))))


def wide_deep(p, outputs):
    wide = first_order(p, outputs, [3, 4, 12])
    categories = p.embeddings(2)
    deep = perceptron(p, 7, outputs)

    def forward(x, c, training):
        crossed = torch.cat([c, c[:, :1] * 4 + c[:, 1:]], 1)
        return wide(x, crossed) + deep(torch.cat([x, categories(c).flatten(1)], 1))
    return forward


def deepfm(p, outputs):
    width = 2
    first = first_order(p, outputs)
    numeric = p.new(3, width * outputs)
    categories = p.embeddings(width * outputs)
    deep = perceptron(p, 5 * width * outputs, outputs)

    def forward(x, c, training):
        v = torch.cat([x[:, :, None] * numeric, categories(c)], 1)
        by_output = v.reshape(len(x), 5, outputs, width)
        pairs = sum((by_output[:, i] * by_output[:, j]).sum(2)
                    for i in range(5) for j in range(i + 1, 5))
        return first(x, c) + pairs + deep(v.flatten(1))
    return forward


def dcn2(p, outputs, rank, parallel):
    categories = p.embeddings(2)
    crosses = []
    for _ in range(2):
        v = p.new(rank, 7) if rank else None
        u, b = p.new(7, rank or 7), p.new(7)
        crosses.append((u, v, b) if rank else (u, b))
    deep = perceptron(p, 7, outputs)
    shortcut = p.new(outputs, 7) if parallel else None

    def forward(x, c, training):
        x0 = torch.cat([x, categories(c).flatten(1)], 1)
        h = x0
        for cross in crosses:
            w = cross[0] @ cross[1] if rank else cross[0]
            h = x0 * F.linear(h, w, cross[-1]) + h
        return deep(x0) + F.linear(h, shortcut) if parallel else deep(h)
    return forward


def ft_transformer(p, outputs, width=4, heads=2, hidden=5, layers=2):
    cls = p.new(1, 1, width)
    numeric, bias = p.new(3, width), p.new(5, width)
    categories = p.embeddings(width)
    parts = []
    for i in range(layers):
        parts.append({
            'attention_norm': p.layer_norm(width) if i else lambda x: x,
            'query': p.linear(width, width),
            'key_value': p.linear(width, 2 * width),
            'output': p.linear(width, width),
            'hidden_norm': p.layer_norm(width),
            'in': p.linear(width, 2 * hidden),
            'out': p.linear(hidden, width),
        })
    norm, last = p.layer_norm(width), p.linear(width, outputs)

    def attention(part, x):
        q, kv = part['query'](x), part['key_value'](x)
        k, v = kv[..., :width], kv[..., width:]
        each, found = width // heads, []
        for h in range(heads):
            own = slice(h * each, (h + 1) * each)
            scores = q[..., own] @ k[..., own].transpose(1, 2) / math.sqrt(each)
            found.append(F.softmax(scores, -1) @ v[..., own])
        return part['output'](torch.cat(found, -1))

    def forward(x, c, training):
        tokens = torch.cat([x[:, :, None] * numeric, categories(c)], 1) + bias
        h = torch.cat([cls.expand(len(x), 1, width), tokens], 1)
        for part in parts:
            h = h + attention(part, part['attention_norm'](h))
            a, b = part['in'](part['hidden_norm'](h)).split(hidden, -1)
            h = h + part['out'](a * F.relu(b))
        return last(F.relu(norm(h[:, 0])))
    return forward


def realmlp(p, activation, outputs):
    embedded = numeric_embedding(p, 'pbld', 3)
    categories = p.embeddings(2, [4])
    scale = p.new(9 + 3 + 2)
    layers, width = [], 14
    for size in (5, 4):
        layers.append((p.new(size, width), p.new(size), p.new(size)))
        width = size
    w_out, b_out = p.new(outputs, width), p.new(outputs)

    def forward(x, c, training):
        h = torch.cat([embedded(x), one_hot(c, [3]), categories(c[:, 1:]).flatten(1)], 1) * scale
        for w, b, share in layers:
            z = F.linear(h, w) / math.sqrt(h.shape[1]) + b
            h = (1 - share) * z + share * activation(z)
        return F.linear(h, w_out) / math.sqrt(h.shape[1]) + b_out
    return forward


def loss_of(logits, labels, outputs):
    """Cross entropy; of several members, the mean of theirs."""
    members = logits if logits.dim() == 3 else logits[:, None]
    losses = []
    for i in range(members.shape[1]):
        z = members[:, i]
        losses.append(F.binary_cross_entropy_with_logits(z[:, 0], labels.double())
                      if outputs == 1 else F.cross_entropy(z, labels))
    return sum(losses) / len(losses)


def case(seed, model, options, outputs, build, numeric=3, categorical=True):
    p = Parameters(seed)
    forward = build(p)
    random = torch.Generator().manual_seed(1000 + seed)
    x = rounded(1.5 * torch.randn(ROWS, numeric, generator=random))
    c = torch.stack([torch.randint(0, n, (ROWS,), generator=random) for n in CARDINALITIES], 1)
    labels = torch.randint(0, max(2, outputs), (ROWS,), generator=random)
    logits = forward(x, c, False)
    loss = loss_of(forward(x, c, True), labels, outputs)
    trained = [v for v in p.values if v.requires_grad]
    gradients = iter(torch.autograd.grad(loss, trained))
    flat = lambda v: [round(a, 9) for a in v.detach().flatten().tolist()]
    return {
        'model': {'name': model, **options},
        'outputs': outputs,
        'numeric': flat(x),
        'categorical': c.flatten().tolist(),
        'labels': labels.tolist(),
        'parameters': [flat(v) for v in p.values],
        'logits': flat(logits),
        'loss': loss.item(),
        'gradients': [flat(next(gradients)) if v.requires_grad else [] for v in p.values],
    }


def cases():
    small = {'hidden': [5, 4], 'embedding': 2, 'dropout': 0.0}
    wide = {**small, 'numericWidth': 2}
    yield case(1, 'mlp', small, 1, lambda p: mlp(p, 'none', 1))
    yield case(2, 'mlp', small, 3, lambda p: mlp(p, 'none', 3))
    yield case(3, 'linear', {}, 1, lambda p: linear(p, 1))
    yield case(4, 'mlp-ple', wide, 1, lambda p: mlp(p, 'ple', 1))
    yield case(5, 'mlp-plr', {**wide, 'frequencies': 3}, 1, lambda p: mlp(p, 'plr', 1))
    yield case(6, 'resnet',
               {'width': 4, 'blocks': 2, 'hiddenFactor': 1.5, 'embedding': 2, 'dropout': 0.0},
               3, lambda p: resnet(p, 3))
    mixed = {**small, 'members': 3, 'oneHot': 3}
    yield case(7, 'tabm', mixed, 1, lambda p: tabm(p, 'none', 1, 1))
    yield case(8, 'tabm-mini', mixed, 3, lambda p: tabm(p, 'none', 0, 3))
    yield case(9, 'tabm-ple', {**mixed, 'numericWidth': 2}, 1,
               lambda p: tabm(p, 'ple-residual', 1, 1))
    yield case(10, 'tabm-pbld', {**mixed, 'numericWidth': 3, 'frequencies': 3}, 1,
               lambda p: tabm(p, 'pbld', 1, 1))
    yield case(11, 'tabm-rank', {**mixed, 'numericWidth': 2, 'rank': 3}, 3,
               lambda p: tabm(p, 'ple-residual', 3, 3))
    yield case(12, 'wide-deep', small, 3, lambda p: wide_deep(p, 3))
    yield case(13, 'deepfm', small, 1, lambda p: deepfm(p, 1))
    yield case(14, 'deepfm', small, 3, lambda p: deepfm(p, 3))
    yield case(15, 'dcn2', small, 1, lambda p: dcn2(p, 1, 0, False))
    yield case(16, 'dcn2', {**small, 'rank': 2, 'structure': 'parallel'}, 3,
               lambda p: dcn2(p, 3, 2, True))
    still = {'attentionDropout': 0.0, 'hiddenDropout': 0.0}
    yield case(17, 'ft-transformer',
               {'width': 4, 'heads': 2, 'layers': 2, 'hiddenFactor': 1.25, **still}, 3,
               lambda p: ft_transformer(p, 3))
    yield case(18, 'realmlp', {**small, 'oneHot': 3, 'numericWidth': 3, 'frequencies': 3}, 1,
               lambda p: realmlp(p, F.selu, 1))
    yield case(19, 'realmlp', {**small, 'oneHot': 3, 'numericWidth': 3, 'frequencies': 3,
                               'activation': 'mish'}, 3,
               lambda p: realmlp(p, F.mish, 3))


if __name__ == '__main__':
    target = pathlib.Path(__file__).with_name('networks.json')
    lines = ',\n'.join(json.dumps(c) for c in cases())
    schema = json.dumps({'numeric': 3, 'edges': EDGES, 'cardinalities': CARDINALITIES})
    target.write_text('{"schema": %s,\n"cases": [\n%s\n]}\n' % (schema, lines))
