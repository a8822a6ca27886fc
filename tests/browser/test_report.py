"""sumi report in a browser without a network, against what was logged and what TensorBoard's data server holds of it."""
import base64
import io
import os
import unittest

import numpy as np
from PIL import Image
from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.hparams import summary_v2 as hparams

from page import Log, PageCase, event_file
from tensorboard_readers import shown

HOSTILE = ["</script><script>window.harmed = 1</script>", "\"'><img src=x onerror=\"window.harmed = 2\">", "<!--<script>", "a\nb\\u003cc & &lt;"]
RAW = """async (kind) => {
  const index = await Data.index(), rows = [];
  for (const tag of index.tags.filter((tag) => tag.kind === kind))
    for (const series of (await Data.tag(tag)).series)
      rows.push([index.runs[series.run].name, tag.name, series.steps, (series.values ?? []).map(String)]);
  return rows;
}"""
PIXELS = """async (img) => {
  await img.decode();
  const canvas = document.createElement('canvas');
  canvas.width = img.naturalWidth;
  canvas.height = img.naturalHeight;
  const context = canvas.getContext('2d');
  context.drawImage(img, 0, 0);
  return [...context.getImageData(0, 0, canvas.width, canvas.height).data];
}"""
RATIO = 2  # device pixels


def number(text):
    return np.float32({"Infinity": "inf", "-Infinity": "-inf"}.get(text, text))


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file.getvalue()


class Report(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = os.path.join(cls.root, "log")
        random = np.random.default_rng(3)
        cls.pictures = {step: random.integers(0, 256, (2, 5, 7, 3), dtype=np.uint8) for step in (0, 10, 25)}
        cls.normal = random.normal(size=1000)
        for run, rate in (("a", .1), ("group/b", .5)):
            with Log(os.path.join(cls.log, run)) as log:
                for step in range(300):
                    log.scalar("loss/train", step, float(np.exp(-step * rate / 20) + random.normal() * .02))
                for step in range(0, 40):
                    log.scalar("odd", step * 3, {5: float("nan"), 20: float("inf"), 21: float("-inf")}.get(step, step / 7))
                log.scalar("once", 7, rate)
                log.text("notes", 0, "# Plan\n\nFirst *this*, then **that**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n1. one\n2. [two](https://example.org/)\n")
                log.text("notes", 4, [["x", "y"], ["1", "`code`"]])
                for step in (0, 5, 9):
                    log.histogram("weights", step, cls.normal + step)
                log.writer.add_event(cls.event(hparams.hparams_pb({"rate": rate, "optimizer": "adam", "bias": run == "a"}, trial_id=run)))
                if run == "a":
                    for step, pictures in cls.pictures.items():
                        log.pictures("samples", step, 7, 5, *map(png, pictures))
                    log.writer.add_event(cls.event(hparams.hparams_config_pb(hparams=[], metrics=[hparams.Metric("once", display_name="Once")])))
        # A run that went back: what stands behind the step counts no more.
        with Log(os.path.join(cls.log, "back")) as log:
            for step in (0, 1, 2, 3, 1, 2):
                log.scalar("loss/train", step, step + .5)

    @staticmethod
    def event(summary):
        return event_pb2.Event(wall_time=1.7e9, step=0, summary=summary)

    def tearDown(self):
        if hasattr(self, "wrong"):
            self.assertEqual(self.wrong, [])

    def test_values_are_those_of_tensorboard(self):
        page = self.report(self.log)
        held = {key: rows for key, rows in shown(self.log, "server").items() if key[1] in ("loss/train", "odd", "once")}
        drawn = {(run, tag): [(step, number(value)) for step, value in zip(steps, values)] for run, tag, steps, values in page.evaluate(RAW, "scalars")}
        self.assertEqual(set(drawn), set(held))
        for key, rows in held.items():
            np.testing.assert_equal(drawn[key], [(step, np.float32(value)) for step, value in rows], str(key))

    def test_the_arrow_keys_say_the_values(self):
        page = self.report(self.log)
        page.locator("#smoothing").fill("0")
        canvas = self.card(page, "loss/train").locator("canvas")
        rows = self.card(page, "loss/train").locator(".values tbody tr")
        held = {run: values for (run, tag), values in shown(self.log, "server").items() if tag == "loss/train"}
        canvas.focus()
        for key, at in (("Home", 0), ("ArrowRight", 1), ("PageUp", 11), ("ArrowLeft", 10), ("End", 299)):
            page.keyboard.press(key)
            said = {row[0].strip(): row[1:3] for row in (row.locator("th, td").all_inner_texts() for row in rows.all())}
            self.assertEqual(set(said), {"a", "group/b", "back"})
            for run in ("a", "group/b"):
                self.assertEqual(said[run][1], str(at))
                self.assertAlmostEqual(float(said[run][0].replace("−", "-")), float(held[run][at][1]), delta=1e-5)
        page.keyboard.press("Escape")
        self.assertFalse(self.card(page, "loss/train").locator(".values").is_visible())
        canvas.hover(position={"x": 200, "y": 50})
        self.assertEqual(rows.count(), 3)

    def test_smoothing_is_tensorboards(self):
        page = self.report(self.log)
        values = [3, -1, 4, 1, 5, 9, 2, 6]
        for weight in (.3, .6, .99):
            last, expected = 0, []
            for i, value in enumerate(values, 1):  # vz_line_chart2's resmoothDataset
                last = last * weight + (1 - weight) * value
                expected.append(last / (1 - weight ** i))
            np.testing.assert_allclose(page.evaluate("([values, weight]) => smooth(values, weight)", [values, weight]), expected, rtol=1e-12)
        self.assertEqual(page.evaluate("smooth([2, 2, 2], .9)"), [2, 2, 2])
        self.assertEqual(page.evaluate("smooth([1, NaN, 1.5], .5).map(String)")[1], "NaN")

    def test_thinning_keeps_spikes(self):
        log = self.folder("long")
        values = np.sin(np.arange(20000) / 500).astype(np.float32)
        values[[7777, 12345]] = 50, -60
        with Log(log) as writer:
            for step, value in enumerate(values):
                writer.scalar("x", step, float(value))
        (_, _, steps, drawn), = self.report(log).evaluate(RAW, "scalars")
        self.assertLessEqual(len(steps), 1000)
        self.assertEqual((steps[0], steps[-1]), (0, 19999))
        self.assertEqual(steps, sorted(set(steps)))
        np.testing.assert_equal([number(value) for value in drawn], values[steps])
        self.assertLess({7777, 12345}, set(steps))
        self.assertLess(os.path.getsize(self.folder("report.html")), 200_000)

    def test_the_slider_shows_the_pictures_of_its_step(self):
        page = self.report(self.log)
        card = self.card(page, "samples")
        slider = card.locator("input[type=range]")
        self.assertEqual(slider.input_value(), "2")
        for at, (step, pictures) in enumerate(self.pictures.items()):
            slider.fill(str(at))
            self.assertEqual(card.locator("output").inner_text(), f"step {step}")
            images = card.locator("img")
            self.assertEqual(images.count(), 2)
            for i, picture in enumerate(pictures):
                shown_pixels = np.array(images.nth(i).evaluate(PIXELS), np.uint8).reshape(5, 7, 4)
                np.testing.assert_array_equal(shown_pixels[..., :3], picture)
        slider.focus()
        page.keyboard.press("Home")
        self.assertEqual(card.locator("output").inner_text(), "step 0")

    def test_fewer_steps_when_asked(self):
        page = self.report(self.log, "--most", "2", "-t", "samples", "-t", "once")
        self.assertEqual([steps for _, _, steps, _ in page.evaluate(RAW, "images")], [[0, 25]])
        self.assertEqual(page.locator(".card").count(), 2)

    def test_runs_are_switched(self):
        page = self.report(self.log, device_scale_factor=RATIO)
        page.locator("#smoothing").fill("0")
        canvas = self.card(page, "loss/train").locator("canvas")

        def pixels_of(run):
            color = page.evaluate("(name) => Look.color(State.runs.findIndex((run) => run.name === name))", run)
            wanted = np.array([int(part) for part in color[4:-1].split(",")])
            data = base64.b64decode(canvas.evaluate("(canvas) => canvas.toDataURL()").split(",")[1])
            return np.count_nonzero(np.all(np.array(Image.open(io.BytesIO(data)))[..., :3] == wanted, axis=-1))

        self.assertGreater(pixels_of("a"), 200)
        self.assertGreater(pixels_of("group/b"), 200)
        page.get_by_label("group/b", exact=True).uncheck()
        self.assertGreater(pixels_of("a"), 200)
        self.assertEqual(pixels_of("group/b"), 0)
        page.locator("#none").click()
        self.assertEqual(page.locator(".card:visible").count(), 0)
        page.locator("#all").click()
        self.assertGreater(pixels_of("group/b"), 200)

    def test_the_filter_chooses_tags(self):
        page = self.report(self.log)

        def names(text):
            page.locator("#filter").fill(text)
            return sorted(page.locator(".card:visible h3").all_inner_texts())

        everything = ["loss/train", "notes", "odd", "once", "samples", "weights"]
        self.assertEqual(names("LOSS"), ["loss/train"])
        self.assertEqual(names("^o"), ["odd", "once"])
        self.assertEqual(names("("), [])
        self.assertTrue(page.locator(".empty").is_visible())
        self.assertEqual(names(""), everything)

    def test_axes(self):
        page = self.report(self.log)
        canvas = self.card(page, "odd").locator("canvas")
        seen = [canvas.evaluate("(canvas) => canvas.toDataURL()")]
        for label in ("Relative", "Clock", "Logarithmic values"):
            page.get_by_label(label).check()
            page.wait_for_timeout(100)
            seen.append(canvas.evaluate("(canvas) => canvas.toDataURL()"))
        self.assertEqual(len(set(seen)), 4)
        ticks = page.evaluate("Scale([.01, 1000], 0, 100, {log: true}).ticks(6)")
        np.testing.assert_allclose(ticks, [.01, .1, 1, 10, 100, 1000])
        self.assertEqual(page.evaluate("Scale([0, 10], 0, 100)(2.5)"), 25)

    def test_histograms_hold_what_was_counted(self):
        page = self.report(self.log)
        data = page.evaluate("async () => (await Data.tag((await Data.index()).tags.find((tag) => tag.name === 'weights'))).series[0]")
        self.assertEqual(data["steps"], [0, 5, 9])
        edges = np.linspace(data["low"], data["high"], len(data["counts"][0]) + 1)
        self.assertAlmostEqual(data["low"], self.normal.min(), delta=1e-5)
        self.assertAlmostEqual(data["high"], self.normal.max() + 9, delta=1e-5)
        for step, counts in zip(data["steps"], data["counts"]):
            self.assertAlmostEqual(sum(counts), 1000, delta=.01)
            # TensorBoard's 30 buckets were spread evenly: a sum up to an edge is off by less than a bucket holds.
            buckets, _ = np.histogram(self.normal + step, bins=30)
            exact = [np.count_nonzero(self.normal + step <= edge) for edge in edges[1:]]
            self.assertLess(np.max(np.abs(np.cumsum(counts) - exact)), buckets.max())
        self.assertIn("1000 values", self.card(page, "weights").locator("canvas").first.get_attribute("aria-label"))

    def test_texts_are_markdown(self):
        page = self.report(self.log)
        card = self.card(page, "notes")
        self.assertEqual(card.locator("figure").first.locator("td").all_inner_texts(), ["x", "y", "1", "code"])
        card.locator("input[type=range]").first.fill("0")
        prose = card.locator(".prose").first
        self.assertEqual(prose.locator("h4").inner_text(), "Plan")
        self.assertEqual([prose.locator(name).inner_text() for name in ("em", "strong", "li >> nth=0", "a")], ["this", "that", "one", "two"])
        self.assertEqual(prose.locator("a").get_attribute("href"), "https://example.org/")
        self.assertEqual(prose.locator("table").locator("th, td").all_inner_texts(), ["a", "b", "1", "2"])

    def test_trials_are_a_table(self):
        page = self.report(self.log)
        table = page.locator("section", has=page.get_by_role("heading", name="Hyper-parameters")).locator("table")
        self.assertEqual([text.strip(" ▲▼") for text in table.locator("thead th").all_inner_texts()], ["Run", "bias", "optimizer", "rate", "Once"])
        rows = lambda: [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in table.locator("tbody tr").all()]
        expected = [["a", "true", "adam", "0.1", "0.1"], ["group/b", "false", "adam", "0.5", "0.5"]]
        self.assertEqual(rows(), expected)
        for _ in range(2):
            table.get_by_role("button", name="rate").click()
        self.assertEqual(rows(), expected[::-1])
        self.assertEqual(table.locator("th[aria-sort=descending]").count(), 1)

    def test_hostile_names_and_texts_stay_text(self):
        log = self.folder("hostile")
        for i, text in enumerate(HOSTILE):
            with Log(os.path.join(log, text.replace("/", "∕").replace("\n", " "), text.split("/")[0])) as writer:
                writer.scalar(text, 0, 1)
                writer.scalar(text, 1, 2)
                writer.text(f"text {i}", 0, f"{text}\n\n[link](javascript:window.harmed=3) ![picture](x) <b>bold</b>\n\n```\n{text}\n```", description=text)
                writer.pictures(f"picture {i}", 0, "<script>", 1, b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.harmed=4'/>")
                writer.add(text + " plugin", 0, metadata={"plugin_data": {"plugin_name": text}})
        page = self.report(log)
        page.wait_for_timeout(500)
        self.assertIsNone(page.evaluate("window.harmed ?? null"))
        self.assertEqual(page.evaluate("document.querySelectorAll('[onerror], [onload], main script, img[src=x], a[href^=\"javascript\"], .prose b').length"), 0)
        self.assertEqual(page.evaluate("[...document.querySelectorAll('.card h3')].map((title) => title.textContent).filter((name) => !/^(text|picture) /.test(name)).sort()"),
                         sorted(HOSTILE))
        codes = page.locator(".card pre code").all_text_contents()
        self.assertEqual(sorted(codes), sorted(HOSTILE))
        self.check_accessible(page)

    def test_one_run_a_single_file_and_nothing(self):
        file = event_file(os.path.join(self.log, "a"))
        page = self.report(file, "-t", "once")
        self.assertEqual(page.locator(".card h3").all_inner_texts(), ["once"])
        page = self.report(self.log, "-t", "no such tag")
        self.assertIn("Nothing", page.locator(".empty").inner_text())

    def test_damage_is_said(self):
        log = self.folder("damaged")
        with Log(log) as writer:
            for step in range(50):
                writer.scalar("x", step, step)
        path = event_file(log)
        with open(path, "r+b") as file:
            file.seek(1000)
            file.write(b"\xff" * 60)
        page = self.report(log)
        self.assertIn("is damaged in 1 place", page.locator(".notice").inner_text())
        (_, _, steps, values), = page.evaluate(RAW, "scalars")
        self.assertLess(len(steps), 50)
        self.assertEqual([float(value) for value in values], steps)

    def test_light_and_dark_are_accessible(self):
        for scheme in ("light", "dark"):
            page = self.report(self.log, color_scheme=scheme)
            page.wait_for_timeout(500)
            luminance = lambda: sum(int(part) for part in page.evaluate("getComputedStyle(document.body).backgroundColor")[4:-1].split(","))
            self.assertEqual(luminance() < 380, scheme == "dark")
            self.card(page, "loss/train").locator("canvas").focus()
            page.keyboard.press("End")
            self.check_accessible(page)
            self.screenshot(page, f"report-{scheme}")
            page.locator("#theme").click()
            self.assertEqual(luminance() < 380, scheme == "light")
            self.check_accessible(page)

    def test_many_runs(self):
        log = self.folder("many")
        random = np.random.default_rng(4)
        for run in range(60):
            with Log(os.path.join(log, f"trial-{run:02}")) as writer:
                for step in range(200):
                    writer.scalar("loss", step, float(np.exp(-step / (40 + run)) + random.normal() * .01))
        page = self.report(log, height=1000)
        self.assertEqual(page.locator("#runs li").count(), 60)
        page.locator("#run-filter").fill("trial-0")
        self.assertEqual(page.locator("#runs li:visible").count(), 10)
        page.locator("#none").click()
        self.assertIn("50 curves", self.card(page, "loss").locator("canvas").get_attribute("aria-label"))
        self.card(page, "loss").locator("canvas").hover()
        self.assertIn("and 38 more runs", self.card(page, "loss").locator("caption").inner_text())
        self.screenshot(page, "report-many")
        self.check_accessible(page)

    def test_everything_is_reached_by_keyboard(self):
        page = self.report(self.log)
        reached = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("(document.activeElement.id || document.activeElement.className || document.activeElement.localName).split(' ')[0]"))
        self.assertLessEqual({"skip", "filter", "theme", "smoothing", "log", "all", "none", "curves"}, reached)


if __name__ == "__main__":
    unittest.main()
