'use strict';
// From values to pixels, and the values that axes name.
const Scale = (() => {
  const niceStep = (span, count) => {
    const rough = span / count, power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  };

  const ticks = (low, high, count) => {
    const step = niceStep(high - low, count), list = [];
    if (!(step > 0) || !Number.isFinite(step)) return [low];
    for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9 && list.length < 50; ++i) list.push(i * step);
    return list;
  };

  const logTicks = (low, high, count) => {
    const first = Math.floor(low), last = Math.ceil(high);
    const every = Math.max(1, Math.ceil((last - first) / count)), list = [];
    for (let power = first; power <= last; power += every)
      for (const factor of high - low < 2 ? [1, 2, 5] : [1]) list.push(factor * 10 ** power);
    return list.filter((value) => Math.log10(value) >= low - 1e-9 && Math.log10(value) <= high + 1e-9);
  };

  // Maps values between the least and the most of `values` to from…to; `margin` is a part of the span.
  return (values, from, to, {log = false, margin = 0} = {}) => {
    const way = log ? Math.log10 : (value) => value;
    let low = Infinity, high = -Infinity;
    for (const value of values) {
      const at = way(value);
      if (!Number.isFinite(at)) continue;
      if (at < low) low = at;
      if (at > high) high = at;
    }
    if (low > high) [low, high] = [0, 1];
    const slack = high > low ? (high - low) * margin : log ? .5 : Math.abs(high) * .1 || .5;
    low -= slack;
    high += slack;
    const scale = (value) => from + (way(value) - low) / (high - low) * (to - from);
    scale.fits = (value) => Number.isFinite(way(value));
    scale.ticks = (count) => log ? logTicks(low, high, count) : ticks(low, high, count);
    return scale;
  };
})();
