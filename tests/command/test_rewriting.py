"""sumi filter, rename, thin and merge: what TensorBoard's two readers hold of the results."""
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
import unittest

import numpy as np
import tensorflow as tf
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2, types_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

from test_command import ENVIRONMENT, EVERYTHING, PROGRAM, event_file, json_lines, sumi, write_scalars
from test_lint import TIME, simple, start, strings, summary, tensor, version, write
from tensorboard_readers import shown


def records(path):
    return list(RawEventFileLoader(path).Load())


def same(left, right):
    np.testing.assert_equal(left, right)


class Rewriting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.source, self.out = os.path.join(self.root, "in"), os.path.join(self.root, "out")

    def hold(self, folder):
        """{(run, tag): [(step, value)]}; scalars only."""
        return {key: [(step, float(value)) for step, value in values] for key, values in shown(folder, "python").items()}

    def grows_while_read(self, *arguments):
        """Runs sumi over in/a and in/b; a gets more values when it has been read, once."""
        a, b = (os.path.join(self.source, run) for run in "ab")
        scalars = lambda steps: [summary(step, simple("loss", step)) for step in steps]
        write(a, version(), *scalars(range(10)))
        write(b, version(), *scalars(range(400)))
        with open(event_file(b), "r+b") as file:  # damage is said, and there is more of it than a pipe holds
            lengths = [len(record) + 16 for record in records(event_file(b))]
            for at in np.cumsum(lengths)[1::2]:
                file.seek(int(at) - 6)
                file.write(b"\x55\x55")
        subprocess.run([PROGRAM, *arguments, "-o", self.out + "0", a, b], env=ENVIRONMENT, capture_output=True, check=True, timeout=60)
        read, written = os.pipe()
        fcntl.fcntl(written, fcntl.F_SETPIPE_SZ, 4096)
        program = subprocess.Popen([PROGRAM, *arguments, "-o", self.out, a, b], env=ENVIRONMENT, stderr=written, stdout=subprocess.DEVNULL)
        os.close(written)
        with open(read, "rb", buffering=0) as said:
            said.read(1)
            with open(event_file(a), "ab") as file:
                more = RecordWriter(file)
                for event in scalars(range(10, 17)):
                    more.write(event.SerializeToString())
            self.assertGreater(len(said.readall()), 8192)
        self.assertEqual(program.wait(timeout=60), 0)
        expected = self.hold(self.out + "0")
        self.assertTrue(expected)
        self.assertEqual(self.hold(self.out), expected)

    def both(self, folder, **more):
        """What both readers hold, which has to be the same."""
        python, server = shown(folder, "python", **more), shown(folder, "server", **more)
        self.assertEqual({key: len(values) for key, values in python.items()}, {key: len(values) for key, values in server.items()})
        return python


class Filter(Rewriting):
    def setUp(self):
        super().setUp()
        subprocess.run([EVERYTHING, os.path.join(self.source, "all")], check=True, env=ENVIRONMENT)
        writer = tf.summary.create_file_writer(os.path.join(self.source, "tf"))
        with writer.as_default():
            for step in range(20):
                tf.summary.scalar("loss", step * .1, step)
                tf.summary.scalar("accuracy", step, step, description="of all")
                tf.summary.text("note", f"n{step}", step)
        writer.close()

    def expect(self, wanted, *arguments):
        sumi("filter", "-o", self.out, *arguments, self.source)
        whole = shown(self.source, "server")
        expected = {key: [value for value in values if wanted(*key, value[0])] for key, values in whole.items()}
        expected = {key: values for key, values in expected.items() if values}
        self.assertTrue(expected)
        for reader in ("server", "python"):
            held = shown(self.out, reader)
            self.assertEqual({key: [step for step, _ in values] for key, values in held.items()},
                             {key: [step for step, _ in values] for key, values in expected.items()})
        same({key: [value for _, value in values] for key, values in shown(self.out, "server").items()},
             {key: [value for _, value in values] for key, values in expected.items()})
        shutil.rmtree(self.out)

    def test_nothing_changes_without_a_wish(self):
        sumi("filter", "-o", self.out, self.source)
        for run in os.listdir(self.out):
            left, right = (event_file(os.path.join(place, run)) for place in (self.source, self.out))
            self.assertEqual(os.path.basename(left), os.path.basename(right))
            with open(left, "rb") as a, open(right, "rb") as b:
                self.assertEqual(a.read(), b.read())

    def test_choices(self):
        plugins = {"loss": "scalars", "accuracy": "scalars", "note": "text"}
        self.expect(lambda run, tag, step: tag == "loss", "-t", "loss")
        self.expect(lambda run, tag, step: run == "tf" and tag != "loss", "-r", "tf", "-x", "lo*")
        self.expect(lambda run, tag, step: run == "tf" and 5 <= step <= 7, "-r", "tf", "-s", "5:7")
        self.expect(lambda run, tag, step: run == "tf" and plugins[tag] == "text", "-r", "tf", "--kind", "text")

    def test_times(self):
        whole = [event_pb2.Event.FromString(record) for record in records(event_file(os.path.join(self.source, "tf")))]
        times = sorted(event.wall_time for event in whole if event.HasField("summary"))
        sumi("filter", "-r", "tf", "--since", repr(times[10]), "--until", repr(times[40]), "-o", self.out, self.source)
        kept = [event_pb2.Event.FromString(record) for record in records(event_file(os.path.join(self.out, "tf")))]
        self.assertEqual([e.wall_time for e in kept if e.HasField("summary")], [time for time in times if times[10] <= time <= times[40]])
        answer = sumi("filter", "-r", "tf", "--until", "2001-02-03 04:05", "-j", "-o", os.path.join(self.root, "none"), self.source)
        self.assertEqual([(line["kept"], line["left_out"]) for line in json_lines(answer)], [(0, 60)])
        local = time.mktime(time.strptime("2001-02-03 04:05", "%Y-%m-%d %H:%M"))
        write(os.path.join(self.root, "t"), version(), *(summary(step, simple("a", 1), wall_time=local + step) for step in (-1, 0, 1)))
        environment = {key: value for key, value in ENVIRONMENT.items() if key != "TZ"}
        answer = subprocess.run([PROGRAM, "filter", "--since=2001-02-03T04:05:00", "-o", os.path.join(self.root, "u"), os.path.join(self.root, "t")],
                                env=environment, capture_output=True, text=True, check=True).stdout
        self.assertIn("2 values kept, 1 left out", answer)

    def test_in_place_is_whole_or_not_at_all(self):
        run = os.path.join(self.source, "tf")
        before = records(event_file(run))
        os.chmod(event_file(run), 0o640)
        sumi("filter", "-i", "-t", "loss", run)
        self.assertEqual({tag for _, tag in self.both(run)}, {"loss"})
        self.assertEqual(len(os.listdir(run)), 1)
        self.assertEqual(os.stat(event_file(run)).st_mode & 0o777, 0o640)
        self.assertLess(len(records(event_file(run))), len(before))
        with open(event_file(run), "r+b") as file:  # damage would be lost
            file.seek(100)
            file.write(b"\x55" * 5)
        with open(event_file(run), "rb") as file:
            damaged = file.read()
        sumi("filter", "-i", run, status=1)
        with open(event_file(run), "rb") as file:
            self.assertEqual(file.read(), damaged)
        self.assertEqual(len(os.listdir(run)), 1)

    def test_mistakes(self):
        for arguments, status in (([], 2), (["-i", "-o", self.out], 2), (["-o", self.out, "--since", "yesterday"], 2), (["-i", "-"], 2)):
            sumi("filter", *arguments, *([self.source] if "-" not in arguments else []), status=status)
        sumi("filter", "-o", self.out, self.source)
        sumi("filter", "-o", self.out, self.source, status=1)  # it is there
        self.assertEqual([name for _, _, names in os.walk(self.out) for name in names if not name.startswith("events")], [])

    def test_standard_input(self):
        with open(event_file(os.path.join(self.source, "tf")), "rb") as file:
            sumi("filter", "-t", "loss", "-o", self.out, "-", stdin=file.read())
        same(self.both(self.out)[".", "loss"], shown(self.source, "python")["tf", "loss"])

    def test_links_and_pipes_do_no_harm(self):
        os.symlink(self.source, os.path.join(self.source, "tf/again"))
        os.mkfifo(os.path.join(self.source, "tf/events.out.tfevents.pipe"))
        sumi("filter", "-r", "tf", "-t", "loss", "-o", self.out, self.source)
        self.assertEqual(set(shown(self.out, "python")), {("tf", "loss")})

    def test_metadata_go_to_the_first_value_that_stays(self):
        number = dict(dtype=types_pb2.DT_FLOAT, float_val=[1.])
        write(self.source, version(), *(summary(step, tensor("loss", "scalars" if step == 0 else None, **number)) for step in range(10)))
        write(self.source, version(wall_time=TIME + 20), *(summary(step, tensor("loss", **number)) for step in range(20, 25)), name="events.out.tfevents.2")
        sumi("filter", "-s", "21:", "-o", self.out, self.source)
        self.assertEqual([step for step, _ in self.both(self.out)[".", "loss"]], [21, 22, 23, 24])


class Places(Rewriting):
    def test_torn_ends_are_cut_in_place(self):
        run = os.path.join(self.root, "torn")
        write_scalars(run, {"loss": {step: float(step) for step in range(9)}, "acc": {0: 1.}})
        with open(event_file(run), "ab") as file:
            file.write(b"\x18\0\0\0")
        for arguments in (["filter", "-t", "loss"], ["thin", "--every", "2"]):
            sumi(*arguments, "-i", run)
            with open(event_file(run), "ab") as file:
                file.write(b"\x18\0\0\0")
        self.assertEqual(self.hold(run), {(".", "loss"): [(step, step) for step in range(0, 9, 2)]})

    def test_runs_are_not_mixed(self):
        for place in ("x", "y"):
            write_scalars(os.path.join(self.root, place, "train"), {"loss": {0: 1.}})
        paths = [os.path.join(self.root, place) for place in ("x", "y")]
        for given in (paths, [os.path.join(path, "train") for path in paths]):
            for command in (["filter"], ["rename", "-e", "s/loss/l/"], ["thin", "--every", "1"]):
                answer = subprocess.run([PROGRAM, *command, "-o", self.out, *given], env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
                self.assertEqual(answer.returncode, 1)
                self.assertIn(f"the runs {self.root}/x/train and {self.root}/y/train would both be in {self.out}/train", answer.stderr)
                self.assertEqual([names for _, _, names in os.walk(self.out) if names], [])

    def test_paths_may_end_in_slashes(self):
        for place in "ab":
            write_scalars(os.path.join(self.root, "deep", place), {"loss": {0: 1.}})
        below = os.path.join(self.root, "below")
        os.mkdir(below)
        for number, ending in enumerate(("", "/", "//")):
            out = os.path.join(self.root, "results", str(number))
            subprocess.run([PROGRAM, "filter", "-o", out, f"../deep/a{ending}", f"../deep/b{ending}"], env=ENVIRONMENT, check=True,
                           cwd=below, timeout=60, stdout=subprocess.DEVNULL)
            self.assertEqual(self.hold(out), {("a", "loss"): [(0, 1)], ("b", "loss"): [(0, 1)]})


class Rename(Rewriting):
    def setUp(self):
        super().setUp()
        write_scalars(self.source, {"train/loss": {0: 1., 1: 2.}, "train/acc": {0: 3.}, "lr": {5: 4.}})

    def test_tags(self):
        for number, (rules, names) in enumerate([
                (["s/^train/val/"], ["val/loss", "val/acc", "lr"]),
                (["s/a/A/g"], ["trAin/loss", "trAin/Acc", "lr"]),
                (["s/a/A/"], ["trAin/loss", "trAin/acc", "lr"]),
                (["s|(.*)/(.*)|\\2_\\1|", "s/lr/[&]/"], ["loss_train", "acc_train", "[lr]"]),
                (["s/train\\//x\\&/"], ["x&loss", "x&acc", "lr"]),
                (["s/x*/-/g"], None)]):
            out = f"{self.out}{number}"
            sumi("rename", *(word for rule in rules for word in ("-e", rule)), "-o", out, self.source)
            held = self.both(out)
            whole = shown(self.source, "python")
            if names is None:
                names = [subprocess.run(["sed", "-E", *rules], input=old, capture_output=True, text=True, check=True).stdout
                         for old in ("train/loss", "train/acc", "lr")]
            same(held, {(".", new): whole[".", old] for old, new in zip(("train/loss", "train/acc", "lr"), names)})

    def test_substitution_is_seds(self):
        for number, rule in enumerate(("s/a*/-/g", "s/n/a/g", "s/[ai]*/<&>/g", "s/^t|s$/#/g", "s/()/x/", "s/s+/_/g")):
            out = f"{self.out}{number}"
            sumi("rename", "-e", rule, "-o", out, self.source)
            expected = [subprocess.run(["sed", "-E", rule], input=old, capture_output=True, text=True, check=True).stdout
                        for old in ("train/loss", "train/acc", "lr")]
            self.assertEqual({tag for _, tag in shown(out, "python")}, set(expected), msg=rule)

    def test_only_some(self):
        sumi("rename", "-t", "*/loss", "-e", "s/train/t/", "-o", self.out, self.source)
        self.assertEqual({tag for _, tag in self.both(self.out)}, {"t/loss", "train/acc", "lr"})

    def test_what_cannot_be(self):
        for rule, status in (("s/a/", 2), ("x/a/b/", 2), ("s/(/b/", 2), ("s/a/b/gg", 2), ("s/.*/one/", 1), ("s/^lr$//", 1), ("s/lr/train\\/loss/", 1)):
            sumi("rename", "-e", rule, "-o", self.out, self.source, status=status)
            self.assertEqual([names for _, _, names in os.walk(self.out) if names], [])
        sumi("rename", "-o", self.out, self.source, status=2)

    def test_in_place(self):
        sumi("rename", "-i", "-e", "s/lr/rate/", self.source)
        self.assertIn((".", "rate"), self.both(self.source))


class Thin(Rewriting):
    def setUp(self):
        super().setUp()
        self.values = np.random.default_rng(5).normal(size=1000).astype(np.float32)
        self.values[[17, 500, 501]] = 100, -90, np.nan
        write(self.source, version(), *(summary(step, simple("loss", value), strings("note", b"%d" % step, plugin="text"))
                                        for step, value in enumerate(self.values)))

    def test_every(self):
        sumi("thin", "--every", "7", "-o", self.out, self.source)
        held = self.both(self.out)
        for tag in ("loss", "note"):
            self.assertEqual([step for step, _ in held[".", tag]], sorted({*range(0, 1000, 7), 999}))

    def test_most_keeps_spikes(self):
        for most in (4, 11, 100, 999):
            out = f"{self.out}{most}"
            sumi("thin", "--most", str(most), "-o", out, self.source)
            held = self.both(out)
            steps = [step for step, _ in held[".", "loss"]]
            self.assertLessEqual(len(steps), most)
            self.assertEqual([steps[0], steps[-1]], [0, 999])
            self.assertTrue({17, 500} <= set(steps))
            parts = (most - 2) // 2
            for part in range(parts):
                inside = self.values[1 + part * 998 // parts:1 + (part + 1) * 998 // parts]
                kept = [self.values[s] for s in steps if 1 + part * 998 // parts <= s < 1 + (part + 1) * 998 // parts]
                self.assertEqual((np.nanmin(kept), np.nanmax(kept)), (np.nanmin(inside), np.nanmax(inside)))
            self.assertEqual([step for step, _ in held[".", "note"]], [i * 999 // (most - 1) for i in range(most)])
        sumi("thin", "--most", "1", "-o", self.out, self.source)
        self.assertEqual([step for step, _ in self.both(self.out)[".", "loss"]], [999])

    def test_a_run_that_grows_moves_nothing(self):
        self.grows_while_read("thin", "--every", "3")

    def test_runs_of_the_same_name_are_two(self):
        places = [os.path.join(self.root, place) for place in "xy"]
        for place in places:
            write_scalars(os.path.join(place, "train"), {"loss": {step: 1. for step in range(5)}})
        sumi("thin", "-i", "--every", "4", *places)
        for place in places:
            self.assertEqual([step for step, _ in self.hold(place)["train", "loss"]], [0, 4])

    def test_others_stay_whole(self):
        sumi("thin", "--most", "50", "-t", "note", "-i", self.source)
        held = self.both(self.source)
        self.assertEqual((len(held[".", "loss"]), len(held[".", "note"])), (1000, 50))

    def test_mistakes(self):
        for arguments in (["-o", self.out], ["--every", "0", "-o", self.out], ["--every", "2", "--most", "3", "-o", self.out], ["--most", "5"]):
            sumi("thin", *arguments, self.source, status=2)


class Merge(Rewriting):
    def test_runs_become_one(self):
        write_scalars(os.path.join(self.source, "a"), {"loss": {0: 1., 2: 3., 4: 5.}, "a": {9: 9.}})
        write_scalars(os.path.join(self.source, "b"), {"loss": {1: 2., 2: 33., 3: 4.}, "b": {0: 7.}})
        sumi("merge", "-o", self.out, self.source)
        held = self.both(self.out)
        self.assertEqual({tag: [(step, float(value)) for step, value in values] for (_, tag), values in held.items()},
                         {"loss": [(0, 1), (1, 2), (2, 33), (3, 4), (4, 5)], "a": [(9, 9)], "b": [(0, 7)]})
        events = [event_pb2.Event.FromString(record) for record in records(event_file(self.out))]
        steps = [event.step for event in events]
        self.assertEqual(steps, sorted(steps))
        self.assertEqual([event.WhichOneof("what") for event in events].count("file_version"), 1)
        self.assertEqual(events[0].WhichOneof("what"), "file_version")
        self.assertEqual(sumi("lint", self.out), "")
        sumi("merge", "-o", self.out, self.source, status=1)
        sumi("merge", self.source, status=2)

    def test_a_run_that_grows_moves_nothing(self):
        self.grows_while_read("merge")

    def test_runs_of_the_same_name_are_two(self):
        write_scalars(os.path.join(self.root, "x/train"), {"loss": {0: 1., 2: 3., 4: 5.}})
        write_scalars(os.path.join(self.root, "y/train"), {"loss": {0: 7., 1: 2.}})
        sumi("merge", "-o", self.out, os.path.join(self.root, "x"), os.path.join(self.root, "y"))
        self.assertEqual(self.hold(self.out), {(".", "loss"): [(0, 7), (1, 2), (2, 3), (4, 5)]})

    def test_a_run_that_went_back_is_what_its_readers_show(self):
        number = dict(dtype=types_pb2.DT_FLOAT)
        value = lambda step, v, plugin=None: summary(step, tensor("loss", plugin, float_val=[v], **number))
        write(self.source, version(), start(0), *(value(step, step, "scalars" if step == 0 else None) for step in range(10)))
        write(self.source, version(), start(4), *(value(step, step + 100) for step in range(4, 7)), name="events.out.tfevents.2")
        expected = shown(self.source, "python")
        same(expected, shown(self.source, "server"))
        sumi("merge", "-o", self.out, self.source)
        same(self.both(self.out), expected)
        self.assertEqual([step for step, _ in expected[".", "loss"]], list(range(7)))

    def test_everything_that_sumi_writes(self):
        subprocess.run([EVERYTHING, os.path.join(self.source, "all")], check=True, env=ENVIRONMENT)
        sumi("merge", "-r", "all", "-o", self.out, self.source)
        whole = {key[1]: values for key, values in shown(self.source, "server").items() if key[0] == "all"}
        same({tag: values for (_, tag), values in self.both(self.out).items()}, whole)


if __name__ == "__main__":
    unittest.main(verbosity=2)
