'use strict';
// The paper of a chart: a canvas in device pixels, a frame and its axes.
const Plot = {
  // {context, width, height, ink, line, faint} in CSS pixels, emptied.
  paper(canvas) {
    const width = canvas.clientWidth, height = canvas.clientHeight, ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    context.font = '11px system-ui, "DejaVu Sans", sans-serif';
    context.lineJoin = 'round';
    return {context, width, height, ink: Look.resolve('var(--ink)'), line: Look.resolve('var(--line)'),
      faint: Look.resolve('var(--faint)'), card: Look.resolve('var(--card)')};
  },

  left(paper, ticks, format) {
    return Math.max(24, ...ticks.map((tick) => paper.context.measureText(format(tick)).width)) + 8;
  },

  // Lines across for y, short texts below for x.
  axes(paper, frame, x, y, formatX, formatY) {
    const {context} = paper;
    context.fillStyle = paper.faint;
    context.strokeStyle = paper.line;
    context.lineWidth = 1;
    context.setLineDash([]);
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    for (const tick of y ? y.ticks(6) : []) {
      const at = Math.round(y(tick)) + .5;
      if (at < frame.top - 1 || at > frame.bottom + 1) continue;
      context.beginPath();
      context.moveTo(frame.left, at);
      context.lineTo(frame.right, at);
      context.stroke();
      context.fillText(formatY(tick), frame.left - 6, at);
    }
    context.textBaseline = 'top';
    context.textAlign = 'center';
    let free = -Infinity; // where the next text may begin
    for (const tick of x.ticks(Math.max(2, Math.floor((frame.right - frame.left) / 75)))) {
      const text = formatX(tick), half = context.measureText(text).width / 2;
      const at = Math.min(Math.max(x(tick), half), paper.width - half);
      if (at - half < free) continue;
      free = at + half + 8;
      context.fillText(text, at, frame.bottom + 6);
    }
  },
};
