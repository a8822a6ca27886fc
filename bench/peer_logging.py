"""One scalar call on the caller's thread: peer_logging.py scalar [--variant tensorboardX|torch] [options of logging.c].

Both writers have their default queues; what a call waits for them belongs to its price."""

import tempfile

import peer


def main():
    options = peer.parse(["tensorboardX", "torch"], {"scalar": 2000})
    if options.variant == "torch":
        from torch.utils.tensorboard import SummaryWriter
    else:
        from tensorboardX import SummaryWriter
    with tempfile.TemporaryDirectory() as folder:
        log = SummaryWriter(folder)
        step = 0

        def scalars(count):
            nonlocal step
            for step in range(step + 1, step + count + 1):
                log.add_scalar("train/loss", 1.0 / step, step)

        peer.rounds(options, "logging/scalar", scalars, "ns")
        log.close()


main()
