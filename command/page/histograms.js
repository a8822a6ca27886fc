'use strict';
// Distributions as ridges, the newest in front; the step of the slider is drawn in ink.
const Histograms = (() => {
  const draw = (canvas, series, at) => {
    const paper = Plot.paper(canvas), {context} = paper, steps = series.steps.length;
    const frame = {left: 10, right: paper.width - 52, bottom: paper.height - 22, top: 10};
    const depth = steps > 1 ? (frame.bottom - frame.top) * .55 : 0;
    const height = frame.bottom - frame.top - depth;
    const most = Math.max(...series.counts.flat(), Number.MIN_VALUE);
    const low = Data.number(series.low), high = Data.number(series.high);
    const x = Scale([low, high], frame.left, frame.right);
    Plot.axes(paper, frame, x, null, (value) => Format.number(value, 4), null);
    const bins = series.counts[0].length, left = x(low), width = (x(high) - left) / bins;
    const color = Look.color(series.run);
    const ridge = (i) => {
      const base = frame.bottom - depth * (steps > 1 ? 1 - i / (steps - 1) : 0), counts = series.counts[i];
      context.beginPath();
      context.moveTo(left, base);
      if (width > 0) counts.forEach((count, k) => context.lineTo(left + width * (k + .5), base - count / most * height));
      else context.lineTo(left, base - counts[0] / most * height);
      context.lineTo(left + width * bins, base);
      return base;
    };
    for (let i = 0; i < steps; ++i) {
      const base = ridge(i);
      context.fillStyle = color;
      context.globalAlpha = .15 + .65 * (steps > 1 ? i / (steps - 1) : 1);
      context.fill();
      context.globalAlpha = 1;
      context.strokeStyle = paper.card;
      context.lineWidth = 1;
      context.stroke();
      if (i === 0 || i === steps - 1) label(paper, frame, series.steps[i], base);
    }
    const base = ridge(at);
    context.strokeStyle = paper.ink;
    context.lineWidth = 1.6;
    context.stroke();
    if (at > 0 && at < steps - 1 && Math.abs(base - frame.bottom) > 12 && base - (frame.bottom - depth) > 12) label(paper, frame, series.steps[at], base);
  };

  const label = (paper, frame, step, base) => {
    paper.context.fillStyle = paper.faint;
    paper.context.textAlign = 'left';
    paper.context.textBaseline = 'middle';
    paper.context.fillText(Format.number(step, 4), frame.right + 6, base);
  };

  return (card) => Stepper(card, (content, series, at) => {
    let canvas = content.firstChild;
    if (!canvas) {
      canvas = el('canvas', {className: 'ridges'});
      canvas.setAttribute('role', 'img');
      content.append(canvas);
    }
    const total = series.counts[at].reduce((sum, count) => sum + Data.number(count), 0);
    canvas.setAttribute('aria-label', `Histogram of ${Format.number(total)} values from ${Format.number(Data.number(series.low))} to ${Format.number(Data.number(series.high))} at step ${series.steps[at]}`);
    draw(canvas, series, at);
  });
})();
