"""The models of train.c in PyTorch: peer_torch.py curve|mlp|cnn [--variant eager|channels_last|compile] [options of train.c]."""

import math

import torch
from torch import nn
from torch.nn import functional as F

import peer

CLASSES = 10


def curve(_options):
    w = nn.Parameter(torch.empty(3, 1))
    nn.init.xavier_uniform_(w)

    def loss(x, y):
        f = torch.stack([torch.square(x), x, torch.ones_like(x)], 1)
        yhat = torch.squeeze(torch.matmul(f, w), 1)
        return ((yhat - y) ** 2).sum() / 2 + 0.1 * (w**2).sum() / 2

    return loss, [w], 0.1


def mlp(_options):
    network = nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, CLASSES)
    )
    return lambda x, y: F.cross_entropy(network(x), y), list(network.parameters()), 1e-3


def cnn(options):
    network = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(7 * 7 * 64, 128), nn.ReLU(), nn.Dropout(0.4), nn.Linear(128, CLASSES),
    )  # fmt: skip
    if options.variant == "channels_last":
        network = network.to(memory_format=torch.channels_last)
    return lambda x, y: F.cross_entropy(network(x), y), list(network.parameters()), 2e-3


def batches(name, options):
    made = []
    for images, labels in peer.batches(name):
        x, y = torch.from_numpy(images), torch.from_numpy(labels)
        if name == "cnn":
            x = x.permute(0, 3, 1, 2)
            x = x.contiguous(memory_format=torch.channels_last if options.variant == "channels_last" else torch.contiguous_format)
        made.append((x, y if name == "curve" else y.long()))
    return made


def main():
    options = peer.parse(["eager", "channels_last", "compile"])
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    name = options.name
    loss_of, parameters, rate = {"curve": curve, "mlp": mlp, "cnn": cnn}[name](options)
    if options.variant == "compile":
        loss_of = torch.compile(loss_of)
    optimizer = torch.optim.Adam(parameters, lr=rate)
    data = batches(name, options)

    def train(steps):
        for step in range(steps):
            x, y = data[step % len(data)]
            optimizer.zero_grad()
            loss = loss_of(x, y)
            loss.backward()
            optimizer.step()
            value = loss.item()
        if not math.isfinite(value):
            raise ValueError(f"the loss is {value}")

    peer.rounds(options, f"train/{name}/threads={options.threads}", train)


main()
