'use strict';
// Where values come from: the page has them as elements, each JSON.
const Data = (() => {
  const tags = new Map(); // by their numbers

  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const number = (value) => typeof value === 'number' ? value : {inf: Infinity, '-inf': -Infinity}[value] ?? NaN;

  const sums = (differences) => {
    let sum = 0;
    return differences.map((difference) => sum += difference);
  };

  const decode = (tag) => {
    for (const series of tag.series) {
      series.steps = sums(series.steps);
      series.times = sums(series.times).map((time) => time / 1000);
      if (series.values) series.values = series.values.map(number);
    }
    return tag;
  };

  return {
    number,
    index: async () => read('index'),
    // {series: [{run, count, steps, times, and values, items, texts, or low, high and counts}]}
    async tag(tag) {
      if (!tags.has(tag.number)) tags.set(tag.number, decode(read(`tag-${tag.number}`)));
      return tags.get(tag.number);
    },
  };
})();
