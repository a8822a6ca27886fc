'use strict';
// Pictures and sounds.
const Gallery = (() => {
  const SMALL_PX = 240; // below, pixels are looked at

  const picture = (text, source) => {
    const img = el('img', {alt: text, decoding: 'async'});
    img.addEventListener('load', () => {
      const small = img.naturalWidth < SMALL_PX;
      img.classList.toggle('small', small);
      img.style.width = small ? `${img.naturalWidth * Math.max(1, Math.floor(SMALL_PX / img.naturalWidth))}px` : '';
    });
    img.src = source;
    return img;
  };

  const sound = (text, source) => {
    const audio = el('audio', {controls: true, preload: 'none', src: source});
    audio.setAttribute('aria-label', text);
    return audio;
  };

  return (card) => Stepper(card, (content, series, at) => {
    const sources = series.items[at], count = sources.length;
    content.className = 'pictures';
    const shown = [...content.children].map((item) => item.getAttribute('src'));
    if (shown.length === sources.length && shown.every((source, i) => source === sources[i])) return;
    const make = card.tag.kind === 'images' ? picture : sound;
    content.replaceChildren(...sources.map((source, i) =>
      make(`${card.tag.name}, run ${State.runs[series.run].name}, step ${series.steps[at]}${count > 1 ? `, ${i + 1} of ${count}` : ''}`, source)));
    if (count === 0) content.append(el('p', {className: 'failed'}, 'The file cannot be read any more.'));
  });
})();
