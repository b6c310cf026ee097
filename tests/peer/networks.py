"""Makes networks.json: PyTorch's numbers for every operation, layer, loss and optimiser of networks.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install torch numpy
    /tmp/peer/bin/python tests/peer/networks.py

Each case has its inputs, the weights w that make a scalar sum(y * w) of what comes out, y, and the gradient of that scalar by
every real input. PyTorch computes in float64 and rounds at the end, so that what is compared is our error in float32.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
chance = np.random.RandomState(7)


def reals(*shape):
    return torch.tensor(np.round(chance.normal(size=shape), 2))


def apart(*shape):
    """Far from 0 and from each other: no corner and no two largest numbers."""
    size = int(np.prod(shape))
    values = (chance.permutation(size) - size / 2 + 0.25) / 8
    return torch.tensor(values.reshape(shape))


def positive(*shape):
    return reals(*shape).abs() + 0.5


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{float(v):.9g}") for v in tensor.detach().reshape(-1)]}


def case(run, inputs, codes=None):
    given = [value.clone().requires_grad_() for value in inputs]
    y = run(*given, *([codes] if codes is not None else []))
    w = reals(*y.shape)
    (y * w).sum().backward()
    return {
        "inputs": [numbers(v) for v in given],
        **({} if codes is None else {"codes": {"shape": list(codes.shape), "values": [int(v) for v in codes.reshape(-1)]}}),
        "w": numbers(w),
        "y": numbers(y),
        "gradients": [numbers(v.grad) for v in given],
    }


images, table = (2, 2, 5, 6), (3, 4)
each = lambda loss: loss.reshape(loss.shape[0], -1).mean(1)  # a number for each row
whole = torch.tensor([2, 0, 3])


def batch_norm(training):
    def run(x, gamma, beta):
        mean, variance = torch.full((2,), 0.3), torch.full((2,), 1.7)
        return F.batch_norm(x, mean, variance, gamma, beta, training=training)

    return run


operations = {
    "add": case(lambda a, b: a + b, [reals(*table), reals(4)]),
    "subtract": case(lambda a, b: a - b, [reals(4), reals(*table)]),
    "multiply": case(lambda a, b: a * b, [reals(*table), reals(1)]),
    "divide": case(lambda a, b: a / b, [positive(*table), positive(4)]),
    "scaleAndShift": case(lambda a: a * -2 + 3, [reals(*table)]),
    "square": case(lambda a: a**2, [reals(*table)]),
    "sqrt": case(torch.sqrt, [positive(*table)]),
    "exp": case(torch.exp, [reals(*table)]),
    "log": case(torch.log, [positive(*table)]),
    "abs": case(torch.abs, [apart(*table)]),
    "erf": case(torch.erf, [reals(*table)]),
    "where": case(lambda a, b: torch.where(a > 0, a, b), [apart(*table), reals(4)]),
    "sum": case(lambda a: a.sum((1, 3)), [reals(*images)]),
    "mean": case(lambda a: a.mean((0, 2), keepdim=True), [reals(*images)]),
    "reshape": case(lambda a: a.reshape(4, 30), [reals(*images)]),
    "transpose": case(lambda a: a.permute(3, 0, 2, 1), [reals(*images)]),
    "slice": case(lambda a: a[:, :, 1:4], [reals(*images)]),
    "split": case(lambda a: a.split([2, 1, 3], 3)[2] ** 2, [reals(*images)]),
    "concat": case(lambda a, b: torch.cat([a, b, a], 1), [reals(*table), reals(3, 2)]),
    "pad": case(lambda a: F.pad(a, (1, 2)) ** 2, [reals(*images)]),
    "matmul": case(torch.matmul, [reals(2, 2, 3, 4), reals(2, 2, 4, 5)]),
    "linear": case(lambda x, w, b: x @ w + b, [reals(2, 3, 4), reals(4, 5), reals(5)]),
    "relu": case(F.relu, [apart(*table)]),
    "leakyRelu": case(lambda a: F.leaky_relu(a, 0.01), [apart(*table)]),
    "sigmoid": case(torch.sigmoid, [reals(*table)]),
    "tanh": case(torch.tanh, [reals(*table)]),
    "softplus": case(F.softplus, [reals(*table)]),
    "gelu": case(F.gelu, [reals(*table)]),
    "silu": case(F.silu, [reals(*table)]),
    "softmax": case(lambda a: F.softmax(a, -1), [reals(2, 2, 4)]),
    "logSoftmax": case(lambda a: F.log_softmax(a, -1), [reals(*table)]),
    "conv2d": case(lambda x, w, b: F.conv2d(x, w, b), [reals(*images), reals(3, 2, 3, 2), reals(3)]),
    "conv2dPaddedStrided": case(lambda x, w, b: F.conv2d(x, w, b, stride=(2, 3), padding=(1, 2)), [reals(*images), reals(3, 2, 3, 3), reals(3)]),
    "convTranspose2d": case(lambda x, w, b: F.conv_transpose2d(x, w, b), [reals(*images), reals(2, 3, 3, 2), reals(3)]),
    "convTranspose2dPaddedStrided": case(lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1), [reals(*images), reals(2, 3, 3, 3), reals(3)]),
    "maxPool": case(lambda x: F.max_pool2d(x, 2), [apart(*images)]),
    "maxPoolOverlap": case(lambda x: F.max_pool2d(x, (3, 2), stride=1), [apart(*images)]),
    "averagePool": case(lambda x: F.avg_pool2d(x, (2, 3)), [reals(*images)]),
    "averagePoolOverlap": case(lambda x: F.avg_pool2d(x, 3, stride=(2, 1)), [reals(*images)]),
    "globalAveragePool": case(lambda x: x.mean((2, 3)), [reals(*images)]),
    "upsample": case(lambda x: F.interpolate(x, scale_factor=2, mode="nearest"), [reals(*images)]),
    "layerNorm": case(lambda x, g, b: F.layer_norm(x, (5,), g, b), [reals(2, 2, 5), reals(5), reals(5)]),
    "batchNormTraining": case(batch_norm(True), [reals(*images), reals(2), reals(2)]),
    "batchNorm": case(batch_norm(False), [reals(*images), reals(2), reals(2)]),
    "embedding": case(lambda a, codes: F.embedding(codes, a), [reals(5, 3)], torch.tensor([4, 0, 4, 1])),
    "crossEntropy": case(lambda z, y: F.cross_entropy(z, y, reduction="none"), [reals(*table)], whole),
    "binaryCrossEntropy": case(lambda z, y: each(F.binary_cross_entropy_with_logits(z, y, reduction="none")), [reals(*table), torch.rand(*table)]),
    "squaredError": case(lambda z, y: each(F.mse_loss(z, y, reduction="none")), [reals(*table), reals(*table)]),
    "absoluteError": case(lambda z, y: each(F.l1_loss(z, y, reduction="none")), [apart(*table), reals(*table)]),
    "huber": case(lambda z, y: each(F.huber_loss(z, y, delta=0.7, reduction="none")), [2 * reals(*table), reals(*table)]),
    "hinge": case(lambda z, y: each(torch.clamp(1 - (2 * y - 1) * z, min=0)), [reals(*table), torch.tensor(chance.randint(0, 2, table).astype(float))]),
}


def recurrent(module, sequences):
    """Weights in the order of ours: kernel, recurrent kernel, bias, recurrent bias; kernels are turned."""

    def run(x, kernel, again, bias, bias_again):
        weights = {"weight_ih_l0": kernel.T, "weight_hh_l0": again.T, "bias_ih_l0": bias, "bias_hh_l0": bias_again}
        out = torch.func.functional_call(module, weights, (x,))[0]
        return out if sequences else out[:, -1]

    gates = module.weight_ih_l0.shape[0]
    return case(run, [reals(2, 4, 3), reals(3, gates) / 2, reals(5, gates) / 2, reals(gates), reals(gates)])


def attention(causal):
    def run(x, *weights):
        wq, bq, wk, bk, wv, bv, wo, bo = weights
        split = lambda a: a.reshape(2, 4, 2, 3).transpose(1, 2)
        q, k, v = split(x @ wq + bq), split(x @ wk + bk), split(x @ wv + bv)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return out.transpose(1, 2).reshape(2, 4, 6) @ wo + bo

    weights = [value for _ in range(4) for value in (reals(6, 6) / 2, reals(6))]
    return case(run, [reals(2, 4, 6), *weights])


def same(size, stride):
    return lambda x, w, b: F.conv2d(x, w, b, padding=size // 2, stride=stride)


layers = {
    "dense": case(lambda x, w, b: F.relu(x @ w + b), [reals(3, 4), reals(4, 5), reals(5)]),
    "conv2d": case(same(3, 1), [reals(2, 2, 5, 5), reals(3, 2, 3, 3), reals(3)]),
    "conv2dStrided": case(same(5, 2), [reals(2, 2, 7, 7), reals(3, 2, 5, 5), reals(3)]),
    "convTranspose2d": case(lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2), [reals(2, 2, 3, 3), reals(2, 3, 3, 3), reals(3)]),
    "batchNorm": case(lambda x, g, b: F.batch_norm(x, None, None, g, b, training=True), [reals(3, 2, 4, 4), reals(2), reals(2)]),
    "layerNorm": case(lambda x, g, b: F.layer_norm(x, (4,), g, b), [reals(3, 4), reals(4), reals(4)]),
    "embedding": case(lambda a, codes: F.embedding(codes, a), [reals(5, 3)], torch.tensor([[4, 0], [4, 1]])),
    "simpleRnn": recurrent(nn.RNN(3, 5, batch_first=True), False),
    "lstm": recurrent(nn.LSTM(3, 5, batch_first=True), False),
    "lstmSequences": recurrent(nn.LSTM(3, 5, batch_first=True), True),
    "gru": recurrent(nn.GRU(3, 5, batch_first=True), False),
    "gruSequences": recurrent(nn.GRU(3, 5, batch_first=True), True),
    "attention": attention(False),
    "attentionCausal": attention(True),
}


def steps(make):
    weights = nn.Parameter(reals(4))
    start, optimiser, flow, reached = numbers(weights), make([weights]), [], []
    for _ in range(5):
        weights.grad = reals(4)
        flow.append(numbers(weights.grad)["values"])
        optimiser.step()
        reached.append(numbers(weights)["values"])
    return {"start": start["values"], "gradients": flow, "weights": reached}


optimisers = {
    "sgd": steps(lambda p: torch.optim.SGD(p, lr=0.1)),
    "momentum": steps(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
    "nesterov": steps(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)),
    "rmsprop": steps(lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.9, eps=1e-6)),
    "adagrad": steps(lambda p: torch.optim.Adagrad(p, lr=0.1, eps=1e-6)),
    "adam": steps(lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.9, 0.99), eps=1e-6)),
    "adamw": steps(lambda p: torch.optim.AdamW(p, lr=0.1, betas=(0.9, 0.99), eps=1e-6, weight_decay=0.05)),
}

# after the others, whose numbers it would change: windows that leave rows between them, and columns that lie over each other
layers["convTranspose2dSame"] = case(
    lambda x, w, b: F.conv_transpose2d(x, w, b, stride=3, padding=(0, 1), output_padding=(1, 0)),
    [reals(2, 2, 3, 4), reals(2, 3, 2, 5), reals(3)],
)

versions = {"torch": torch.__version__.split("+")[0]}
parts = {"versions": versions, "operations": operations, "layers": layers, "optimisers": optimisers}
lines = [f' "{name}": ' + ("{\n" + ",\n".join(f'  "{k}": {json.dumps(v, separators=(",", ":"))}' for k, v in part.items()) + "\n }") for name, part in parts.items()]
Path(__file__).with_name("networks.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
