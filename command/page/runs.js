'use strict';
// The list of runs, and the settings beside it.
const Runs = (() => {
  const MANY = 8; // of which some are looked for by name
  const id = (name) => document.getElementById(name);
  const items = new Map(); // name: {item, input}

  const hide = (names, hidden) => {
    const next = new Set(State.hidden);
    for (const name of names) if (hidden) next.add(name); else next.delete(name);
    State.change({hidden: next});
  };
  const found = () => [...items.keys()].filter((name) => !items.get(name).item.hidden);

  const make = (run, number) => {
    const input = el('input', {type: 'checkbox', checked: true, onchange: () => hide([run.name], !input.checked)});
    const label = el('label', {}, input, Look.swatch(number), el('span', {className: 'run-name'}, run.name));
    return {input, item: el('li', {}, label)};
  };

  const search = () => {
    const text = id('run-filter').value.toLowerCase();
    for (const [name, {item}] of items) item.hidden = !name.toLowerCase().includes(text);
  };

  id('run-filter').addEventListener('input', search);
  id('all').addEventListener('click', () => hide(found(), false));
  id('none').addEventListener('click', () => hide(found(), true));
  id('filter').addEventListener('input', (event) => State.change({filter: event.target.value}));
  id('smoothing').addEventListener('input', (event) => State.change({smoothing: Number(event.target.value)}));
  id('log').addEventListener('change', (event) => State.change({log: event.target.checked}));
  for (const radio of document.getElementsByName('axis')) radio.addEventListener('change', () => State.change({axis: radio.value}));

  const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const nameTheme = () => { id('theme').textContent = isDark() ? 'Light' : 'Dark'; };
  id('theme').addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    State.change({});
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => State.change({}));

  const showState = () => {
    nameTheme();
    id('smoothing').value = State.smoothing;
    id('smoothing-value').textContent = State.smoothing.toFixed(2);
    id('log').checked = State.log;
    for (const radio of document.getElementsByName('axis')) radio.checked = radio.value === State.axis;
    for (const [name, {input}] of items) input.checked = !State.hidden.has(name);
  };
  State.onChange(showState);
  showState();

  return {
    update(runs) {
      Look.arrange(runs);
      const fresh = runs.filter((run) => !items.has(run.name));
      runs.forEach((run, number) => { if (!items.has(run.name)) items.set(run.name, make(run, number)); });
      if (fresh.length) id('runs').replaceChildren(...[...items.keys()].sort().map((name) => items.get(name).item));
      id('run-filter-label').hidden = items.size <= MANY;
      search();
    },
  };
})();
