'use strict';
// The Markdown that people write in logs, as elements: headings, paragraphs, lists, tables, code, quotes, emphasis and
// links. HTML in it stays the text that it is.
const markdown = (() => {
  const INLINE = /(`+)(.+?)\1|\*\*(.+?)\*\*|__(.+?)__|\*([^*\s](?:[^*]*[^*\s])?)\*|\b_([^_]+)_\b|!?\[([^\]]*)\]\(([^()\s]+)\)|\\([\\`*_{}[\]()#+.!|-])/;

  const link = (text, address) => {
    if (!/^https?:\/\//i.test(address)) return el('span', {}, text);
    return el('a', {href: address, target: '_blank', rel: 'noopener noreferrer'}, text || address);
  };

  const inline = (text) => {
    const nodes = [];
    for (let found; (found = INLINE.exec(text));) {
      const [all, , code, strong, strong2, em, em2, label, address, escaped] = found;
      nodes.push(text.slice(0, found.index));
      if (code !== undefined) nodes.push(el('code', {}, code));
      else if (strong ?? strong2) nodes.push(el('strong', {}, ...inline(strong ?? strong2)));
      else if (em ?? em2) nodes.push(el('em', {}, ...inline(em ?? em2)));
      else if (address !== undefined) nodes.push(link(label, address));
      else nodes.push(escaped);
      text = text.slice(found.index + all.length);
    }
    nodes.push(text);
    return nodes;
  };

  const cells = (line) => line.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim());
  const isTable = (lines, at) => lines[at].includes('|') && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[at + 1] ?? '');

  const table = (head, rows) => el('table', {className: 'grid'},
    el('thead', {}, el('tr', {}, ...head.map((cell) => el(cell ? 'th' : 'td', cell ? {scope: 'col'} : {}, ...inline(cell))))),
    el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((cell) => el('td', {}, ...inline(cell)))))));

  // Each takes lines from `at` and gives [element, where the next block begins], or nothing.
  const blocks = [
    (lines, at) => {
      const fence = /^\s*(```+|~~~+)/.exec(lines[at]);
      if (!fence) return null;
      let end = at + 1;
      while (end < lines.length && !lines[end].trim().startsWith(fence[1])) ++end;
      return [el('pre', {tabIndex: 0}, el('code', {}, lines.slice(at + 1, end).join('\n'))), end + 1];
    },
    (lines, at) => {
      if (!/^( {4}|\t)/.test(lines[at])) return null;
      let end = at;
      while (end < lines.length && /^( {4}|\t)/.test(lines[end])) ++end;
      return [el('pre', {tabIndex: 0}, el('code', {}, lines.slice(at, end).map((line) => line.replace(/^( {4}|\t)/, '')).join('\n'))), end];
    },
    (lines, at) => {
      const found = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(lines[at]);
      return found && [el('h4', {}, ...inline(found[1])), at + 1];
    },
    (lines, at) => /^\s*([-*_])(\s*\1){2,}\s*$/.test(lines[at]) ? [el('hr'), at + 1] : null,
    (lines, at) => {
      if (!isTable(lines, at)) return null;
      let end = at + 2;
      while (end < lines.length && lines[end].includes('|')) ++end;
      return [table(cells(lines[at]), lines.slice(at + 2, end).map(cells)), end];
    },
    (lines, at) => {
      if (!/^\s*>/.test(lines[at])) return null;
      let end = at;
      while (end < lines.length && /^\s*>/.test(lines[end])) ++end;
      return [el('blockquote', {}, ...render(lines.slice(at, end).map((line) => line.replace(/^\s*> ?/, '')))), end];
    },
    (lines, at) => {
      const bullet = /^\s*([-*+]|\d+[.)])\s+/;
      if (!bullet.test(lines[at])) return null;
      const list = el(/^\s*\d/.test(lines[at]) ? 'ol' : 'ul');
      let end = at;
      for (; end < lines.length && lines[end].trim(); ++end) {
        if (bullet.test(lines[end])) list.append(el('li', {}, ...inline(lines[end].replace(bullet, ''))));
        else list.lastChild.append(' ', ...inline(lines[end].trim()));
      }
      return [list, end];
    },
    (lines, at) => {
      let end = at + 1;
      while (end < lines.length && lines[end].trim() && !blocks.slice(0, -1).some((block) => block(lines, end))) ++end;
      return [el('p', {}, ...inline(lines.slice(at, end).join('\n'))), end];
    },
  ];

  const render = (lines) => {
    const elements = [];
    for (let at = 0; at < lines.length;) {
      if (!lines[at].trim()) {
        ++at;
        continue;
      }
      for (const block of blocks) {
        const made = block(lines, at);
        if (!made) continue;
        elements.push(made[0]);
        at = made[1];
        break;
      }
    }
    return elements;
  };

  return (text) => render(text.split(/\r\n|\r|\n/));
})();
