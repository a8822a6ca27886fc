"""What TensorBoard's two readers hold of a log directory, asked by the interface that its plugins use.

    shown(logdir, "python")          # the Python loader
    shown(logdir, "server")          # the data server in Rust
    # {(run, tag): [(step, value)]}, value None for pictures and sounds, or None where the tag cannot be read
"""
import os
import time

from tensorboard import context
from tensorboard.backend.event_processing import data_ingester, data_provider, plugin_event_multiplexer
from tensorboard.data import server_ingester
from tensorboard.util import grpc_util

EVERYTHING = 10**6
PLUGINS = ("scalars", "images", "audio", "histograms", "text", "pr_curves", "mesh", "hparams", "custom_scalars")
LOAD_TIMEOUT_S = 60


def _python(logdir, samples):
    multiplexer = plugin_event_multiplexer.EventMultiplexer(
        size_guidance=data_ingester.DEFAULT_SIZE_GUIDANCE, tensor_size_guidance={**data_ingester.DEFAULT_TENSOR_SIZE_GUIDANCE, **samples})
    multiplexer.AddRunsFromDirectory(logdir)
    multiplexer.Reload()
    return data_provider.MultiplexerDataProvider(multiplexer, logdir), None


def _server(logdir, samples):
    ingester = server_ingester.SubprocessServerDataIngester(
        server_ingester.get_server_binary(), logdir, reload_interval=0, channel_creds_type=grpc_util.ChannelCredsType.LOCAL,
        samples_per_plugin=samples)
    ingester.start()
    provider = ingester.data_provider
    # A run is listed when all of it was read.
    runs = {os.path.relpath(place, logdir) for place, _, names in os.walk(logdir, followlinks=True) if any("tfevents" in name for name in names)}
    deadline = time.monotonic() + LOAD_TIMEOUT_S
    while {run.run_name for run in provider.list_runs(context.RequestContext(), experiment_id="")} != runs:
        if time.monotonic() > deadline:
            raise AssertionError("the data server did not list every run")
        time.sleep(.05)
    return provider, ingester


def _read(read, plugin, run, tag):
    try:
        rows = read(context.RequestContext(), experiment_id="", plugin_name=plugin, downsample=EVERYTHING)
    except Exception:
        return None
    return [(datum.step, getattr(datum, "value", getattr(datum, "numpy", None))) for datum in rows.get(run, {}).get(tag, [])]


def shown(logdir, reader, sampled=False):
    """`sampled`: as many values as a viewer shows without options, else all that were not purged."""
    from tensorboard.data import provider as base
    samples = {} if sampled else {plugin: 0 for plugin in PLUGINS}
    provider, ingester = {"python": _python, "server": _server}[reader](logdir, samples)
    held = {}
    for plugin in PLUGINS:
        for listing, reading in ((provider.list_scalars, provider.read_scalars), (provider.list_tensors, provider.read_tensors),
                                 (provider.list_blob_sequences, provider.read_blob_sequences)):
            for run, tags in listing(context.RequestContext(), experiment_id="", plugin_name=plugin).items():
                for tag in tags:
                    chosen = base.RunTagFilter(runs=[run], tags=[tag])
                    held[run, tag] = _read(lambda *a, **k: reading(*a, run_tag_filter=chosen, **k), plugin, run, tag)
    if ingester:
        ingester._stdin_handle.close()  # ends the server
    return held
