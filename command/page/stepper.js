'use strict';
// A run's values of which one step is shown at a time: a figure with a slider through the steps, at the last one
// until it is moved.
const Stepper = (() => {
  const caption = (series, at) => `step ${series.steps[at]}`;

  return (card, show) => {
    const figures = new Map(); // run: {figure, update}

    const make = (run) => {
      const output = el('output');
      const slider = el('input', {type: 'range', min: 0, step: 1});
      const content = el('div');
      const name = State.runs[run].name;
      const figure = el('figure', {className: 'of-run'},
        el('figcaption', {}, Look.swatch(run), el('span', {className: 'run-name'}, name), output), content, slider);
      slider.setAttribute('aria-label', `Step of ${card.tag.name}, run ${name}`);
      let series = null, last = true;
      const put = () => {
        const at = Number(slider.value);
        output.textContent = caption(series, at);
        output.title = Format.clock(series.times[at]);
        slider.setAttribute('aria-valuetext', caption(series, at));
        show(content, series, at);
      };
      slider.addEventListener('input', () => {
        last = Number(slider.value) === series.steps.length - 1;
        put();
      });
      return {figure, update(changed) {
        series = changed;
        slider.max = series.steps.length - 1;
        if (last) slider.value = slider.max;
        slider.hidden = series.steps.length < 2;
        put();
      }};
    };

    return (data) => {
      const shown = data.series.filter((series) => State.shows(series.run) && series.steps.length);
      for (const series of shown) if (!figures.has(series.run)) figures.set(series.run, make(series.run));
      const list = shown.map((series) => figures.get(series.run).figure);
      if (list.length !== card.body.children.length || list.some((figure, i) => figure !== card.body.children[i])) card.body.replaceChildren(...list);
      for (const series of shown) figures.get(series.run).update(series);
    };
  };
})();
