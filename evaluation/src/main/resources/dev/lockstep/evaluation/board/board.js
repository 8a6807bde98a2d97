//<![CDATA[
'use strict';
(() => {
  const { runs } = JSON.parse(document.getElementById('board-data').textContent);
  const SVG = 'http://www.w3.org/2000/svg';
  const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

  /** An element; texts among its children stay texts, whatever they hold. */
  function make(name, properties = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  }

  function draw(name, properties, ...children) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(properties)) {
      element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  }

  // Tables that are sorted and filtered.

  function byValue(column, down) {
    const sign = down ? -1 : 1;
    return (a, b) => {
      const [x, y] = [a, b].map(row => row.cells[column].dataset.value);
      if (x === '' || y === '') {
        return (x === '') - (y === ''); // What has no value comes last, either way.
      }
      const [n, m] = [Number(x), Number(y)];
      return sign * (Number.isNaN(n) || Number.isNaN(m) ? order.compare(x, y) : n - m);
    };
  }

  function sortable(table, index) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = make('button', { type: 'button' }, head.textContent);
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        const down = head.getAttribute('aria-sort') === 'ascending';
        heads.forEach(other => other.removeAttribute('aria-sort'));
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        rows.sort(byValue(column, down));
        body.append(...rows);
      });
    });
    const id = `filter-${index}`;
    const field = make('input', { id, type: 'search', autocomplete: 'off' });
    const shown = make('output', { for: id });
    const texts = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
    const filter = () => {
      const words = field.value.toLowerCase().split(/\s+/);
      rows.forEach(row => { row.hidden = !words.every(word => texts.get(row).includes(word)); });
      const left = rows.filter(row => !row.hidden).length;
      shown.textContent = `${left} of ${rows.length} ${table.dataset.rows}`;
    };
    field.addEventListener('input', filter);
    filter();
    table.parentElement.before(
      make('p', { class: 'tools' }, make('label', { for: id }, `Filter ${table.dataset.rows}`), field, shown));
  }

  document.querySelectorAll('table.sortable').forEach(sortable);

  // Two runs side by side.

  /** Names and values of both runs by section: what differs, what only one run's models have, what is the same. */
  function facts(a, b) {
    const found = { differs: [], alone: [], same: [] };
    const models = [a, b].map(run => run.models);
    const only = [
      ...models[0].filter(model => !models[1].includes(model)),
      ...models[1].filter(model => !models[0].includes(model))].map(model => `${model} `);
    for (const section of Object.keys(a.sections)) {
      const lines = { differs: [], alone: [], same: [] };
      const [of, and] = [a.sections[section], b.sections[section]];
      for (const name of new Set([...Object.keys(of), ...Object.keys(and)])) {
        const line = { name, a: of[name], b: and[name] };
        const missing = line.a === undefined || line.b === undefined;
        const kind = line.a === line.b ? 'same' : missing && (section.startsWith('Metrics') || only.some(model => name.startsWith(model))) ? 'alone' : 'differs';
        lines[kind].push(line);
      }
      for (const kind of Object.keys(found)) {
        found[kind].push({ section, lines: lines[kind] });
      }
    }
    return found;
  }

  function change(line) {
    if (typeof line.a !== 'number' || typeof line.b !== 'number') {
      return '';
    }
    const gap = Number((line.b - line.a).toPrecision(3));
    return gap > 0 ? `+${gap}` : String(gap).replace('-', '−');
  }

  const shownValue = value => (value === undefined ? '–' : String(value));

  function factsTable(caption, heads, sections, cells) {
    const table = make('table', { class: 'facts' }, make('caption', {}, caption));
    table.append(make('colgroup', {}, ...heads.map((_, i) => make('col', i === 3 ? { class: 'change' } : {}))));
    table.append(make('thead', {}, make('tr', {}, ...heads.map(h => (h ? make('th', { scope: 'col' }, h) : make('td'))))));
    for (const { section, lines } of sections) {
      if (lines.length > 0) {
        table.append(make('tbody', {},
          make('tr', {}, make('th', { scope: 'rowgroup', colspan: heads.length }, section)),
          ...lines.map(line => make('tr', {}, make('th', { scope: 'row' }, line.name), ...cells(line).map(c => make('td', {}, c))))));
      }
    }
    return table;
  }

  /** Lines of two texts in order: those of the first alone, of the second alone, and of both. */
  function difference(a, b) {
    const [of, and] = [a.split('\n'), b.split('\n')];
    const longest = Array.from({ length: of.length + 1 }, () => new Uint16Array(and.length + 1));
    for (let i = of.length - 1; i >= 0; i--) {
      for (let j = and.length - 1; j >= 0; j--) {
        longest[i][j] = of[i] === and[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
      }
    }
    const lines = [];
    let [i, j] = [0, 0];
    while (i < of.length || j < and.length) {
      if (i < of.length && j < and.length && of[i] === and[j]) {
        lines.push(`  ${of[i++]}\n`);
        j++;
      } else if (j === and.length || (i < of.length && longest[i + 1][j] >= longest[i][j + 1])) {
        lines.push(make('del', {}, `− ${of[i++]}\n`));
      } else {
        lines.push(make('ins', {}, `+ ${and[j++]}\n`));
      }
    }
    return lines;
  }

  function experiments(a, b) {
    if (a.experiment === b.experiment) {
      return make('p', { class: 'quiet' }, 'The experiment files are the same.');
    }
    return make('pre', { class: 'lines', tabindex: 0, role: 'region', 'aria-label': 'Differences of the experiment files' },
      ...difference(a.experiment, b.experiment));
  }

  // Curves.

  const [WIDTH, HEIGHT, LEFT, BOTTOM, MARGIN, TICKS] = [420, 300, 58, 42, 14, 4];

  function range(values) {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const around = low === high ? Math.max(Math.abs(low), 1) * 0.1 : 0;
    return { low: low - around, length: high - low + 2 * around };
  }

  const label = value => String(Number(value.toPrecision(3)));

  function chart(title, lines) {
    const points = lines.flatMap(line => line.points);
    if (points.length === 0) {
      return [];
    }
    const x = range(points.map(p => p[0]));
    const y = range(points.map(p => p[1]));
    const px = value => LEFT + (value - x.low) / x.length * (WIDTH - LEFT - MARGIN);
    const py = value => HEIGHT - BOTTOM - (value - y.low) / y.length * (HEIGHT - BOTTOM - MARGIN);
    const said = lines.map(line => `${line.name} ends at ${label(line.points.at(-1)[1])}.`).join(' ');
    const svg = draw('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' }, draw('title', {}, title), draw('desc', {}, said));
    for (let tick = 0; tick <= TICKS; tick++) {
      const [ax, ay] = [x.low + tick / TICKS * x.length, y.low + tick / TICKS * y.length];
      svg.append(
        draw('line', { class: 'grid', x1: LEFT, x2: WIDTH - MARGIN, y1: py(ay), y2: py(ay) }),
        draw('text', { class: 'axis', x: LEFT - 6, y: py(ay) + 4, 'text-anchor': 'end' }, label(ay)),
        draw('text', { class: 'axis', x: px(ax), y: HEIGHT - BOTTOM + 16, 'text-anchor': 'middle' }, label(ax)));
    }
    svg.append(draw('text', { class: 'axis', x: (LEFT + WIDTH) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }, 'epoch'));
    const caption = make('figcaption', {}, title, make('br'));
    lines.forEach(line => {
      const d = line.points.map((p, i) => `${i === 0 ? 'M' : 'L'}${px(p[0]).toFixed(1)} ${py(p[1]).toFixed(1)}`).join('');
      const kind = `s${line.colour % 6}${line.dashed ? ' dashed' : ''}`;
      svg.append(draw('path', { class: kind, d }));
      const key = draw('svg', { class: 'line-key', viewBox: '0 0 22 4', 'aria-hidden': 'true' }, draw('path', { class: kind, d: 'M0 2L22 2' }));
      caption.append(make('span', { class: 'entry' }, key, line.name));
    });
    return [make('figure', {}, svg, caption)];
  }

  function lines(a, b, value) {
    return [a, b].flatMap((run, which) => run.curves.map((curve, colour) => ({
      name: `${which === 0 ? 'A' : 'B'}: ${curve.name}`,
      colour,
      dashed: which === 1,
      points: curve.points.filter(p => p[value] !== null).map(p => [p.epoch, p[value]]),
    }))).filter(line => line.points.length > 0);
  }

  function curves(a, b) {
    const charts = [
      ...chart('Validation loss by epoch', lines(a, b, 'validation')),
      ...chart('Training loss by epoch', lines(a, b, 'train')),
      ...chart('Validation metric by epoch', lines(a, b, 'metric'))];
    return charts.length > 0
      ? make('div', { class: 'charts' }, ...charts)
      : make('p', { class: 'quiet' }, 'No curves: the runs trained no network, or their folders are not there.');
  }

  function compare(place) {
    const choices = ['A', 'B'].map(name => {
      const select = make('select', { id: `run-${name}` }, ...runs.map((run, i) => make('option', { value: i }, run.title)));
      return { label: make('label', { for: select.id }, `Run ${name}`), select };
    });
    const result = make('div');
    const said = make('output', { class: 'quiet' });
    const show = () => {
      const [a, b] = choices.map(choice => runs[Number(choice.select.value)]);
      const { differs, alone, same } = facts(a, b);
      const count = differs.reduce((sum, s) => sum + s.lines.length, 0);
      said.textContent = a === b ? 'Both are the same run: choose another one.'
        : `${count} ${count === 1 ? 'value differs' : 'values differ'}; ${a.experiment === b.experiment ? 'the experiment files are the same' : 'the experiment files differ, too'}.`;
      const heads = ['', `A: ${a.id}`, `B: ${b.id}`];
      const parts = [];
      if (count > 0) {
        parts.push(factsTable('What differs', [...heads, 'B − A'], differs, line => [shownValue(line.a), shownValue(line.b), change(line)]));
      }
      parts.push(make('h3', {}, 'Learning curves'), curves(a, b));
      parts.push(make('h3', {}, 'Experiment files'), experiments(a, b));
      const hidden = (title, columns, sections, cells) => {
        if (sections.some(section => section.lines.length > 0)) {
          parts.push(make('details', {}, make('summary', {}, title), factsTable(title, columns, sections, cells)));
        }
      };
      hidden('What only one of them has', heads, alone, line => [shownValue(line.a), shownValue(line.b)]);
      hidden('What is the same', ['', 'both'], same, line => [shownValue(line.a)]);
      result.replaceChildren(...parts);
    };
    // The two newest of one table, where there are such.
    const table = run => `${run.sections.Data['table id']} ${run.sections.Settings.label}`;
    const pair = runs.findIndex((run, i) => i > 0 && table(run) === table(runs[0]));
    choices[0].select.value = String(pair > 0 ? pair : Math.min(1, runs.length - 1));
    choices[1].select.value = '0';
    choices.forEach(choice => choice.select.addEventListener('change', show));
    place.replaceChildren(
      make('p', { class: 'pair' }, ...choices.flatMap(choice => [choice.label, choice.select])), said, result);
    show();
  }

  const place = document.getElementById('compare');
  if (runs.length > 0) {
    compare(place);
  } else {
    place.replaceChildren(make('p', { class: 'quiet' }, 'There are no runs yet.'));
  }
})();
//]]>
