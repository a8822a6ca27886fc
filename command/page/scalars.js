'use strict';
// A card of curves: one for each run that is shown, raw and smoothed, with the values where the pointer or the arrow
// keys are.
const Scalars = (() => {
  const MOST_ROWS = 12;

  const axisOf = (series, began) => {
    if (State.axis === 'step') return series.steps;
    return State.axis === 'wall' ? series.times : series.times.map((time) => time - began);
  };

  const formatX = (value) => State.axis === 'step' ? Format.number(value)
    : State.axis === 'wall' ? new Date(value * 1000).toLocaleTimeString([], {hour: '2-digit', minute: '2-digit'}) : Format.duration(value);

  const nearest = (xs, x) => {
    let low = 0, high = xs.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (xs[middle] < x) low = middle; else high = middle;
    }
    return Math.abs(xs[high] - x) < Math.abs(xs[low] - x) ? high : low;
  };

  // A line that is broken where a value cannot be drawn; a value between two such is a dot.
  const stroke = (context, x, y, xs, ys) => {
    let open = false;
    context.beginPath();
    for (let i = 0; i < xs.length; ++i) {
      if (!y.fits(ys[i])) {
        open = false;
        continue;
      }
      if (open) context.lineTo(x(xs[i]), y(ys[i])); else context.moveTo(x(xs[i]), y(ys[i]));
      open = true;
    }
    context.stroke();
    context.setLineDash([]);
    for (let i = 0; i < xs.length; ++i) {
      if (!y.fits(ys[i]) || (i > 0 && y.fits(ys[i - 1])) || (i + 1 < xs.length && y.fits(ys[i + 1]))) continue;
      context.beginPath();
      context.arc(x(xs[i]), y(ys[i]), 3, 0, 7);
      context.fill();
    }
  };

  // A cross at the lower edge for what is no number, or none of a logarithmic axis.
  const crosses = (context, x, y, xs, ys, bottom) => {
    context.beginPath();
    for (let i = 0; i < xs.length; ++i) {
      if (y.fits(ys[i])) continue;
      const at = x(xs[i]);
      context.moveTo(at - 3, bottom - 7), context.lineTo(at + 3, bottom - 1);
      context.moveTo(at + 3, bottom - 7), context.lineTo(at - 3, bottom - 1);
    }
    context.stroke();
  };

  const curvesOf = (data) => data.series.filter((series) => State.shows(series.run) && series.steps.length).map((series) => ({
    run: series.run, series, xs: axisOf(series, State.runs[series.run].began),
    ys: series.values, smoothed: smooth(series.values, State.smoothing)}));

  const draw = (canvas, curves, cursor) => {
    const paper = Plot.paper(canvas), {context} = paper;
    const frame = {top: 8, bottom: paper.height - 22, right: paper.width - 8, left: 0};
    const all = curves.flatMap((curve) => [curve.ys, curve.smoothed]).flat();
    const y = Scale(all, frame.bottom, frame.top, {log: State.log, margin: .06});
    const formatY = (value) => Format.number(value, 4);
    frame.left = Plot.left(paper, y.ticks(6), formatY);
    const x = Scale(curves.map((curve) => curve.xs).flat(), frame.left + 4, frame.right - 4);
    Plot.axes(paper, frame, x, y, formatX, formatY);
    for (const curve of curves) {
      context.strokeStyle = context.fillStyle = Look.color(curve.run);
      context.lineWidth = 1.6;
      if (State.smoothing > 0) {
        context.globalAlpha = .28;
        stroke(context, x, y, curve.xs, curve.ys);
        context.globalAlpha = 1;
      }
      context.setLineDash(Look.dash(curve.run));
      stroke(context, x, y, curve.xs, curve.smoothed);
      crosses(context, x, y, curve.xs, curve.ys, frame.bottom);
    }
    if (cursor !== null) mark(paper, frame, x, y, curves, cursor);
    return x;
  };

  const mark = (paper, frame, x, y, curves, cursor) => {
    const {context} = paper;
    context.strokeStyle = paper.faint;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x(cursor), frame.top);
    context.lineTo(x(cursor), frame.bottom);
    context.stroke();
    for (const curve of curves) {
      const at = nearest(curve.xs, cursor);
      if (!y.fits(curve.smoothed[at])) continue;
      context.fillStyle = Look.color(curve.run);
      context.beginPath();
      context.arc(x(curve.xs[at]), y(curve.smoothed[at]), 3.5, 0, 7);
      context.fill();
    }
  };

  const rows = (curves, cursor) => curves.map((curve) => ({curve, at: nearest(curve.xs, cursor)}))
    .sort((a, b) => (b.curve.smoothed[b.at] - a.curve.smoothed[a.at]) || 0);

  const table = (curves, cursor) => {
    const head = ['Run', ...State.smoothing > 0 ? ['Smoothed'] : [], 'Value', 'Step', 'After'];
    const all = rows(curves, cursor);
    const body = all.slice(0, MOST_ROWS).map(({curve, at}) => el('tr', {},
      el('th', {scope: 'row'}, Look.swatch(curve.run), ` ${State.runs[curve.run].name}`),
      ...(State.smoothing > 0 ? [curve.smoothed[at]] : []).concat(curve.ys[at]).map((value) => el('td', {}, Format.number(value))),
      el('td', {className: 'step'}, String(curve.series.steps[at])),
      el('td', {}, Format.duration(curve.series.times[at] - State.runs[curve.run].began))));
    const more = all.length - body.length;
    return el('table', {}, el('thead', {}, el('tr', {}, ...head.map((text) => el('th', {scope: 'col'}, text)))),
      el('tbody', {}, ...body), ...more > 0 ? [el('caption', {}, `and ${more} more runs`)] : []);
  };

  return (card) => {
    const canvas = el('canvas', {className: 'curves', tabIndex: 0});
    canvas.setAttribute('role', 'img');
    const values = el('div', {className: 'values', hidden: true, role: 'status'});
    let curves = [], x = null, cursor = null;

    const show = (at) => {
      cursor = at;
      values.hidden = at === null || curves.length === 0;
      x = draw(canvas, curves, values.hidden ? null : cursor);
      if (values.hidden) return;
      values.replaceChildren(table(curves, cursor));
      const space = canvas.clientWidth, side = x(cursor) > space / 2;
      values.style.top = `${canvas.offsetTop + canvas.clientHeight + 4}px`;
      values.style.left = side ? 'auto' : `${canvas.offsetLeft}px`;
      values.style.right = side ? `${canvas.offsetLeft}px` : 'auto';
    };
    const places = () => [...new Set(curves.flatMap((curve) => curve.xs))].sort((a, b) => a - b);

    canvas.addEventListener('pointermove', (event) => {
      const list = places();
      if (list.length) show(list.reduce((best, place) => Math.abs(x(place) - event.offsetX) < Math.abs(x(best) - event.offsetX) ? place : best));
    });
    canvas.addEventListener('pointerleave', () => show(null));
    canvas.addEventListener('blur', () => show(null));
    canvas.addEventListener('keydown', (event) => {
      const list = places(), at = cursor === null ? -1 : nearest(list, cursor), last = list.length - 1;
      const next = {ArrowLeft: cursor === null ? last : at - 1, ArrowRight: at + 1, PageUp: at + 10, PageDown: at - 10, Home: 0, End: last}[event.key];
      if (event.key === 'Escape') show(null);
      if (next === undefined || last < 0) return;
      event.preventDefault();
      show(list[Math.min(Math.max(next, 0), last)]);
    });

    card.body.append(canvas, values);
    return (data) => {
      curves = curvesOf(data);
      canvas.setAttribute('aria-label', `${card.tag.name}: ${curves.length} curve${curves.length === 1 ? '' : 's'}; arrow keys say the values`);
      show(cursor);
    };
  };
})();
