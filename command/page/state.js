'use strict';
// What the user chose, and who wants to know when that changes.
const State = (() => {
  const listeners = [];
  const state = {
    smoothing: 0.6, axis: 'step', log: false, filter: '',
    hidden: new Set(), // names of runs
    runs: [],          // of the index
    change(changes) {
      Object.assign(state, changes);
      for (const listener of listeners) listener();
    },
    onChange: (listener) => listeners.push(listener),
    shows: (run) => !state.hidden.has(state.runs[run]?.name),
    // Whether a tag fits the filter: a regular expression, or just a text where it is none.
    fits(name) {
      try {
        return new RegExp(state.filter, 'i').test(name);
      } catch {
        return name.toLowerCase().includes(state.filter.toLowerCase());
      }
    },
  };
  return state;
})();

// The look of a run by its place among all: eight colours, then the same with other dashes.
const Look = (() => {
  const probe = document.documentElement;
  const resolved = new Map();
  State.onChange(() => resolved.clear()); // the theme may be another one
  const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
  const place = new Map(); // name: number
  return {
    arrange(runs) {
      for (const name of runs.map((run) => run.name).filter((name) => !place.has(name)).sort()) place.set(name, place.size);
    },
    variable: (run) => `--run-${place.get(State.runs[run].name) % 8}`,
    color: (run) => Look.resolve(`var(${Look.variable(run)})`),
    dash: (run) => dashes[Math.floor(place.get(State.runs[run].name) / 8) % dashes.length],
    swatch(run) {
      const swatch = el('span', {className: `swatch dash-${dashes.indexOf(Look.dash(run))}`, ariaHidden: 'true'});
      swatch.style.color = `var(${Look.variable(run)})`;
      return swatch;
    },
    // A colour as canvases take it.
    resolve(color) {
      if (resolved.has(color)) return resolved.get(color);
      probe.style.outlineColor = color;
      resolved.set(color, getComputedStyle(probe).outlineColor);
      probe.style.outlineColor = '';
      return resolved.get(color);
    },
  };
})();
