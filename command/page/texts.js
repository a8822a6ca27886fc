'use strict';
// Texts, which are Markdown; several are a table, as their tensor's shape says.
const Texts = (() => {
  const grid = ({shape, texts}) => {
    const columns = shape.length === 2 ? shape[1] : 1, rows = [];
    for (let i = 0; i < texts.length; i += columns)
      rows.push(el('tr', {}, ...texts.slice(i, i + columns).map((text) => el('td', {}, ...markdown(text)))));
    return el('table', {className: 'grid'}, el('tbody', {}, ...rows));
  };

  return (card) => Stepper(card, (content, series, at) => {
    const value = series.texts[at];
    content.className = 'prose';
    content.tabIndex = 0;
    content.setAttribute('role', 'group');
    content.setAttribute('aria-label', `${card.tag.name}, run ${State.runs[series.run].name}`);
    if (!value) content.replaceChildren(el('p', {className: 'failed'}, 'The file cannot be read any more.'));
    else if (value.texts.length === 1) content.replaceChildren(...markdown(value.texts[0]));
    else content.replaceChildren(grid(value));
  });
})();
