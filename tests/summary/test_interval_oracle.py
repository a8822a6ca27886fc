"""Gates against a slow oracle: marks as explicit sets, a step is due when a mark lies after the last due step."""
import itertools
import os
import random
import subprocess
import tempfile
import unittest

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "summary_run_intervals")
HORIZON = 260

TERMS = {
    "1": lambda total: range(HORIZON),
    "always": lambda total: range(HORIZON),
    "3": lambda total: range(0, HORIZON, 3),
    "100": lambda total: range(0, HORIZON, 100),
    "at:5": lambda total: [5],
    "at:0,10,100": lambda total: [0, 10, 100],
    "at:7, 7 ,201": lambda total: [7, 201],
    "double": lambda total: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    "double:5": lambda total: [5, 10, 20, 40, 80, 160],
    "first": lambda total: [0],
    "last": lambda total: [total - 1] if total else [],
    "never": lambda total: [],
}
PERIODS = {"20s": 20.0, "1.5m": 90.0}
OFFERS = [range(0, 250), range(1, 250), range(0, 250, 7), range(13, 250, 30), [0], [249], [5, 6, 99, 100, 101, 248]]


def joined(terms):
    """Numbers after an at: would be read as listed steps, so they come first."""
    return ",".join(sorted(terms, key=lambda term: term.startswith("at:")))


def due_steps(terms, total, resume, seconds_per_step, offers):
    marks = set()
    for term in terms:
        marks.update(TERMS[term](total) if term in TERMS else [])
    periods = [PERIODS[term] for term in terms if term in PERIODS]
    served = resume - 1
    start = served_time = None
    result = []
    for step in offers:
        now = step * seconds_per_step
        if start is None:
            start, served_time = now, now - 1e-6
        due = any(served < mark <= step for mark in marks)
        served = step
        ticks = [start + k * period for period in periods for k in range(1000)]
        if any(served_time < tick <= now for tick in ticks):
            due = True
        served_time = now
        if due:
            result.append(step)
    return result


class Gates(unittest.TestCase):
    def check(self, cases):
        text = "".join(
            f"{resume} {total} {pace}\n{joined(terms)}\n{' '.join(map(str, offers))}\n"
            for terms, total, resume, pace, offers in cases)
        with tempfile.TemporaryDirectory() as directory:
            done = subprocess.run([PROGRAM, directory], input=text, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), len(cases))
        for case, line in zip(cases, lines):
            self.assertEqual([int(word) for word in line.split()], due_steps(*case), case)

    def test_every_pair_of_terms_at_every_stride(self):
        names = list(TERMS)
        pairs = [(name,) for name in names] + list(itertools.combinations(names, 2))
        self.check([(pair, total, 0, 1.0, offers)
                    for pair in pairs for total in (0, 200) for offers in OFFERS[:4]])

    def test_resumed_runs_go_on_where_they_were(self):
        self.check([((name,), 240, resume, 1.0, [step for step in offers if step >= resume])
                    for name in TERMS for resume in (1, 100, 101) for offers in OFFERS[:4]])

    def test_clock_and_steps_together(self):
        self.check([(terms, 0, 0, pace, offers)
                    for terms in (("20s",), ("1.5m",), ("20s", "1.5m"), ("20s", "100"), ("1.5m", "at:5", "double"))
                    for pace in (0.5, 1.0, 30.0) for offers in OFFERS])

    def test_random_unions(self):
        chance = random.Random(7)
        cases = []
        for _ in range(150):
            terms = tuple(chance.sample(list(TERMS), chance.randint(1, 5)))
            offers = sorted(chance.sample(range(250), chance.randint(1, 120)))
            cases.append((terms, chance.choice((0, 100, 251)), 0, 1.0, offers))
        self.check(cases)


if __name__ == "__main__":
    unittest.main()
