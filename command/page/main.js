'use strict';
// Sections by kind, groups by the part of a tag before its slash, a card for each tag; what is not seen is not drawn.
(() => {
  const kinds = [['scalars', 'Scalars', Scalars], ['images', 'Pictures', Gallery], ['histograms', 'Histograms', Histograms],
    ['text', 'Texts', Texts], ['audio', 'Sounds', Gallery]];
  const main = document.getElementById('main');
  const notices = el('div'), rest = el('p', {className: 'aside-note', hidden: true}), empty = el('p', {className: 'empty', hidden: true});
  const cards = new Map(); // number of the tag: card
  const sections = new Map();
  let index = null;

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const card = cards.get(Number(entry.target.dataset.tag));
      card.seen = entry.isIntersecting;
      if (card.seen) card.refresh();
    }
  }, {rootMargin: '300px'});
  const resized = new ResizeObserver((entries) => {
    for (const entry of entries) cards.get(Number(entry.target.dataset.tag)).refresh();
  });

  const makeCard = (tag, draw) => {
    const wide = el('button', {type: 'button', ariaPressed: 'false', onclick: () => {
      wide.ariaPressed = String(card.element.classList.toggle('wide'));
    }}, '⤢');
    wide.setAttribute('aria-label', `Wide: ${tag.name}`);
    const name = tag.title || tag.name, body = el('div', {className: 'body'});
    const element = el('article', {className: 'card'},
      el('div', {className: 'head'}, el('h3', {title: tag.name}, name), wide));
    element.dataset.tag = tag.number;
    if (tag.description) element.append(el('div', {className: 'about prose'}, ...markdown(tag.description)));
    const failed = el('p', {className: 'failed', hidden: true});
    element.append(body, failed);
    const card = {tag, element, body, seen: false, async refresh() {
      if (!card.seen || element.hidden || !element.clientWidth) return;
      try {
        update(await Data.tag(card.tag));
        failed.hidden = true;
      } catch (error) {
        failed.textContent = String(error.message);
        failed.hidden = false;
      }
    }};
    const update = draw(card);
    cards.set(tag.number, card);
    seen.observe(element);
    resized.observe(element);
    return card;
  };

  const groupOf = (name) => name.includes('/') ? name.slice(0, name.indexOf('/')) : '';

  const makeSection = (title) => {
    const count = el('span', {className: 'count'});
    const section = {element: el('section', {}, el('h2', {}, title, count)), count, groups: new Map()};
    main.append(section.element);
    return section;
  };

  const groupFor = (section, name) => {
    let group = section.groups.get(name);
    if (group) return group;
    group = {cards: el('div', {className: 'cards'}), list: []};
    group.element = name ? el('details', {className: 'group', open: true}, el('summary', {}, name), group.cards) : group.cards;
    section.groups.set(name, group);
    const sorted = [...section.groups.keys()].sort();
    section.element.append(...sorted.map((key) => section.groups.get(key).element));
    return group;
  };

  const addTag = (tag) => {
    const kind = kinds.find(([name]) => name === tag.kind);
    if (!kind) return;
    const section = sections.get(tag.kind), group = groupFor(section, groupOf(tag.name));
    group.list.push(makeCard(tag, kind[2]));
    group.list.sort((a, b) => a.tag.name < b.tag.name ? -1 : 1);
    group.cards.append(...group.list.map((card) => card.element));
  };

  // What fits the filter and belongs to a run that is shown.
  const choose = () => {
    let any = false;
    for (const section of sections.values()) {
      let count = 0;
      for (const group of section.groups.values()) {
        for (const card of group.list) card.element.hidden = !State.fits(card.tag.name) || !card.tag.runs.some(State.shows);
        const shown = group.list.filter((card) => !card.element.hidden).length;
        group.element.hidden = shown === 0;
        count += shown;
      }
      section.count.textContent = String(count);
      section.element.hidden = count === 0;
      any ||= count > 0;
    }
    empty.hidden = any;
    empty.textContent = cards.size ? 'No tag of the runs shown fits the filter.' : 'Nothing that is drawn here was logged yet.';
    for (const card of cards.values()) card.refresh();
    if (index) HParams.update(index);
  };

  const tell = () => {
    const damaged = index.runs.filter((run) => run.damagedPlaces > 0);
    notices.replaceChildren(...damaged.length ? [el('section', {className: 'notice', ariaLabel: 'Damage'}, el('ul', {}, ...damaged.map((run) =>
      el('li', {}, `Run ${run.name} is damaged in ${run.damagedPlaces} place${run.damagedPlaces === 1 ? '' : 's'}: ${Format.bytes(run.damagedBytes)} cannot be read.`))))] : []);
    const others = index.tags.filter((tag) => tag.kind === 'other');
    rest.hidden = others.length === 0;
    rest.textContent = `Not shown here: ${others.map((tag) => `${tag.name} (${tag.plugin})`).join(', ')}.`;
    document.getElementById('title').textContent = index.title;
    document.title = `${index.title} – Sumi`;
  };

  const take = (read) => {
    index = read;
    State.runs = index.runs;
    Runs.update(index.runs);
    index.tags.forEach(addTag);
    tell();
    choose();
  };

  main.append(notices, HParams.section, empty);
  for (const [kind, title] of kinds) sections.set(kind, makeSection(title));
  main.append(rest);
  State.onChange(choose);
  Data.index().then(take);
})();
