'use strict';
// Numbers and times for people.
const Format = {
  number(value, digits = 6) {
    if (Number.isNaN(value)) return 'NaN';
    if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
    const size = Math.abs(value);
    const text = size !== 0 && (size < 1e-4 || size >= 1e7) ? value.toExponential(digits - 1).replace(/\.?0+e/, 'e').replace('e+', 'e')
      : String(Number(value.toPrecision(digits)));
    return text.replace(/-/g, '−');
  },
  duration(seconds) {
    const size = Math.abs(seconds);
    if (size < 60) return `${Format.number(seconds, 3)} s`;
    if (size < 3600) return `${Format.number(seconds / 60, 3)} min`;
    return size < 172800 ? `${Format.number(seconds / 3600, 3)} h` : `${Format.number(seconds / 86400, 3)} d`;
  },
  clock: (seconds) => new Date(seconds * 1000).toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'medium'}),
  bytes: (count) => `${count} byte${count === 1 ? '' : 's'}`,
};
