'use strict';
// The table of trials: hyper-parameters and the last values of metrics, sorted by any column.
const HParams = (() => {
  const MOST_METRICS = 8; // where no run says which

  const section = el('section', {hidden: true});
  let sorting = {column: 0, down: false};

  const metricsOf = (index) => index.metrics?.length ? index.metrics
    : index.tags.filter((tag) => tag.kind === 'scalars' && tag.runs.some((run) => index.runs[run].hparams))
      .slice(0, MOST_METRICS).map((tag) => ({tag: tag.name, group: '', title: ''}));

  const last = async (index, run, metric) => {
    const name = metric.group ? (run.name === '.' ? metric.group : `${run.name}/${metric.group}`) : run.name;
    const tag = index.tags.find((candidate) => candidate.kind === 'scalars' && candidate.name === metric.tag);
    const series = tag && (await Data.tag(tag)).series.find((candidate) => index.runs[candidate.run]?.name === name);
    return series?.values.at(-1);
  };

  const compare = (a, b) => {
    if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
    return typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : Number(String(a) > String(b));
  };

  const cell = (value) => el('td', {className: typeof value === 'number' ? 'number' : ''},
    value === undefined ? '–' : typeof value === 'number' ? Format.number(value) : String(value));

  const table = (columns, rows) => {
    rows.sort((a, b) => compare(a.values[sorting.column], b.values[sorting.column]) * (sorting.down ? -1 : 1));
    const head = columns.map((name, column) => {
      const chosen = column === sorting.column;
      const button = el('button', {type: 'button', onclick: () => {
        sorting = {column, down: chosen && !sorting.down};
        section.querySelector('.table').replaceChildren(table(columns, rows));
        section.querySelectorAll('thead button')[column].focus();
      }}, name, chosen ? (sorting.down ? ' ▼' : ' ▲') : '');
      const th = el('th', {scope: 'col'}, button);
      if (chosen) th.setAttribute('aria-sort', sorting.down ? 'descending' : 'ascending');
      return th;
    });
    return el('table', {className: 'grid'}, el('thead', {}, el('tr', {}, ...head)),
      el('tbody', {}, ...rows.map((row) => el('tr', {},
        el('th', {scope: 'row'}, Look.swatch(row.run), ` ${row.values[0]}`), ...row.values.slice(1).map(cell)))));
  };

  return {
    section,
    async update(index) {
      const trials = index.runs.map((run, number) => ({run, number})).filter(({run, number}) => run.hparams && State.shows(number));
      section.hidden = trials.length === 0;
      if (section.hidden) return;
      const names = [...new Set(trials.flatMap(({run}) => run.hparams.map(([name]) => name)))].sort();
      const metrics = metricsOf(index);
      const rows = await Promise.all(trials.map(async ({run, number}) => {
        const given = new Map(run.hparams);
        const results = await Promise.all(metrics.map((metric) => last(index, run, metric)));
        return {run: number, values: [run.name, ...names.map((name) => given.get(name) ?? undefined), ...results]};
      }));
      const titles = metrics.map((metric) => metric.title || (metric.group ? `${metric.group}: ${metric.tag}` : metric.tag));
      section.replaceChildren(el('h2', {}, 'Hyper-parameters', el('span', {className: 'count'}, String(trials.length))),
        el('div', {className: 'table', tabIndex: 0, role: 'group', ariaLabel: 'Table of trials'}, table(['Run', ...names, ...titles], rows)));
    },
  };
})();
