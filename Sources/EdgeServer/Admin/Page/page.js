// The page of the admin listener. Whatever clients chose reaches the document as text only: nothing here parses HTML.

const outcomes = ['forwarded', 'preflight', 'rejected', 'limited', 'overloaded', 'upstream_failed', 'client_gone'];
const checks = ['HTTP itself', 'preflight', 'no secret key', 'one Authorization', 'a known public key', 'method and endpoint',
  'origin', 'rate limits', 'content type', 'body size', 'JSON', 'Plunk’s fields', 'allowed fields and events', 'room, and Plunk is up'];
const kept = 500, rendered = 200, interval = 5000;

const find = id => document.getElementById(id);
const words = name => name.replaceAll('_', ' ');
const count = number => number.toLocaleString();

/** An element with attributes and children; texts stay texts. */
function make(name, attributes = {}, ...children) {
  const drawing = ['svg', 'g', 'rect', 'line', 'text'].includes(name);
  const element = drawing ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter(child => child !== undefined && child !== ''));
  return element;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const precise = new Intl.DateTimeFormat(undefined,
  { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' });
const dated = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

/** In the reader's own time, in UTC under the pointer. */
function time(text, format) {
  const date = new Date(text);
  return make('time', { datetime: text, title: text }, isNaN(date) ? String(text) : format.format(date));
}

function duration(milliseconds) {
  if (typeof milliseconds !== 'number') return '–';
  if (milliseconds >= 9999.5) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds >= 999.5) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds.toFixed(milliseconds < 9.995 ? 2 : milliseconds < 99.95 ? 1 : 0)} ms`;
}

function span(seconds) {
  const units = [['day', 86400], ['h', 3600], ['min', 60], ['s', 1]];
  const first = Math.max(0, units.findIndex(([, size]) => seconds >= size));
  return units.slice(seconds < 1 ? 3 : first).slice(0, first > 1 ? 1 : 2).map(([unit, size], index, all) => {
    const value = Math.floor((index ? seconds % all[0][1] : seconds) / size);
    return `${value} ${unit === 'day' && value !== 1 ? 'days' : unit}`;
  }).join(' ');
}

// What the process says of itself.

let status, statistics, stories = { reasons: {}, outcomes: {} };

async function load(path) {
  const answer = await fetch(path, { cache: 'no-store' });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function say(id, kind, text) {
  const element = find(id);
  element.className = `state ${kind}`;
  if (element.textContent !== text) element.textContent = text;
}

async function refresh() {
  try {
    [status, statistics] = await Promise.all([load('status'), load('statistics')]);
    showStatus();
    showStatistics();
  } catch {
    say('ready', 'bad', 'No answer');
    find('facts').classList.add('old');
  }
}

function showStatus() {
  const why = (status.hindrances ?? []).join(', ');
  say('ready', status.ready ? 'good' : 'bad', status.ready ? 'Ready' : `Not ready${why && `: ${why}`}`);
  const facts = [
    ['up', span((Date.now() - new Date(status.started)) / 1000), `since ${status.started}`],
    ['connections', count(status.connections)],
    ['configuration', `no. ${status.generation}`, status.configuration ?? 'none'],
    ['version', status.version, `process ${status.pid}`],
  ];
  if (status.lastReload) {
    const { success, time, messages } = status.lastReload;
    facts.splice(3, 0, ['reload', `${success ? 'done' : 'refused'} ${clock.format(new Date(time))}`, (messages ?? []).join('\n')]);
  }
  find('facts').replaceChildren(...facts.map(([name, value, title]) =>
    make('div', { title }, make('dt', {}, name), make('dd', {}, value))));
  find('facts').classList.remove('old');
  showEmpty();
}

// The last hour.

let chosenMinute;

function showStatistics() {
  const { hour, minute } = statistics;
  find('outcomes').replaceChildren(...outcomes.map(name => {
    const number = hour.outcomes[name] ?? 0;
    return make('li', {}, choice('outcome', name, [
      make('span', { class: `swatch of-${name}` }), words(name), make('b', {}, count(number))], number ? '' : 'none'));
  }));
  const reasons = Object.entries(hour.reasons).sort((a, b) => b[1] - a[1]);
  const most = reasons[0]?.[1];
  find('reasons').replaceChildren(...reasons.map(([name, number]) =>
    make('li', {}, choice('reason', name, [
      make('span', {}, words(name)), make('span', {}, count(number)),
      make('svg', { viewBox: '0 0 100 1', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        make('rect', { width: 100 * number / most, height: 1, class: `of-${stories.reasons[name]?.outcome ?? 'rejected'}` })),
    ]))));
  if (!reasons.length) find('reasons').append(make('li', {}, make('p', {}, 'None: whatever came was forwarded.')));
  find('latency').tBodies[0].replaceChildren(...[['last minute', minute], ['last hour', hour]].map(([name, figures]) =>
    make('tr', {}, make('th', { scope: 'row' }, name),
      ...[figures.p50, figures.p90, figures.p99].map(value => make('td', {}, duration(value))))));
  draw();
}

/** A button that filters the list by what it names. */
function choice(field, value, children, kind) {
  return make('button', {
    type: 'button', class: kind, 'aria-pressed': String(filters.elements[field].value === value), 'data-filter': `${field} ${value}`,
    onclick() { filterBy(field, filters.elements[field].value === value ? '' : value); },
  }, ...children);
}

function niceStep(top) {
  const power = 10 ** Math.floor(Math.log10(Math.max(top, 1) / 3));
  return Math.max(1, [1, 2, 5, 10].map(factor => factor * power).find(step => top / step <= 3.5) ?? power * 10);
}

function draw() {
  const chart = find('chart'), width = chart.clientWidth, height = chart.clientHeight;
  if (!statistics || !width) return;
  const minutes = statistics.minutes, slots = 60, foot = 22;
  const sum = minute => Object.values(minute.outcomes).reduce((all, number) => all + number, 0);
  const step = niceStep(Math.max(1, ...minutes.map(sum)));
  const top = step * Math.max(2, Math.ceil(Math.max(1, ...minutes.map(sum)) / step));
  const axis = 12 + 7 * count(top).length, wide = (width - axis) / slots, tall = height - foot - 8;
  const y = number => 8 + tall - tall * number / top;
  const x = index => axis + (slots - minutes.length + index) * wide;
  const svg = make('svg', { width, height, 'aria-hidden': 'true' });
  for (let number = 0; number <= top; number += step) {
    svg.append(make('line', { class: 'grid', x1: axis, x2: width, y1: y(number), y2: y(number) }),
      make('text', { x: axis - 8, y: y(number) + 4, 'text-anchor': 'end' }, count(number)));
  }
  minutes.forEach((minute, index) => {
    const from = x(index), bar = Math.max(1, wide - (wide > 5 ? 2 : 1));
    const date = new Date(minute.time);
    if (date.getMinutes() % 15 === 0 && from > axis + 16 && from < width - 16) {
      svg.append(make('text', { x: from + wide / 2, y: height - 4, 'text-anchor': 'middle' }, clock.format(date)));
    }
    if (index === chosenMinute) svg.append(make('rect', { class: 'at', x: from - 1, y: 0, width: wide, height: height - foot }));
    let base = 0;
    for (const name of outcomes) {
      const number = minute.outcomes[name] ?? 0;
      if (number) {
        const high = y(base) - y(base + number);
        svg.append(make('rect', { class: `of-${name}`, x: from, y: y(base) - Math.max(high, 1), width: bar, height: Math.max(high, 1) }));
      }
      base += number;
    }
  });
  chart.replaceChildren(svg);
  chart.place = left => Math.floor((left - axis) / wide) - (slots - minutes.length);
  showMinute(minutes, sum);
}

function showMinute(minutes, sum) {
  const chart = find('chart'), minute = minutes[chosenMinute];
  const parts = minute ? outcomes.filter(name => minute.outcomes[name]).map(name => `${count(minute.outcomes[name])} ${words(name)}`) : [];
  const total = minute ? sum(minute) : statistics.hour.requests;
  const when = minute ? clock.format(new Date(minute.time)) : 'in the last hour';
  const rest = minute && total ? `: ${parts.join(', ')} · p99 ${duration(minute.p99)}` : '';
  find('readout').replaceChildren(
    ...minute ? [make('b', {}, when), `  ${count(total)}${rest}`] : [make('b', {}, count(total)), ` ${when}`]);
  chart.setAttribute('aria-valuemin', 0);
  chart.setAttribute('aria-valuemax', minutes.length - 1);
  chart.setAttribute('aria-valuenow', chosenMinute ?? minutes.length - 1);
  chart.setAttribute('aria-valuetext', find('readout').textContent);
}

function chooseMinute(index) {
  const next = index === undefined ? undefined : Math.min(Math.max(index, 0), statistics.minutes.length - 1);
  if (next === chosenMinute) return;
  chosenMinute = next;
  draw();
}

function pointAt(event) {
  const chart = find('chart');
  if (chart.place) chooseMinute(chart.place(event.clientX - chart.getBoundingClientRect().left));
}

find('chart').addEventListener('pointermove', pointAt);
find('chart').addEventListener('pointerdown', pointAt);
find('chart').addEventListener('pointerleave', event => { if (event.pointerType === 'mouse') chooseMinute(undefined); });
find('chart').addEventListener('blur', () => chooseMinute(undefined));
find('chart').addEventListener('keydown', event => {
  const last = (statistics?.minutes.length ?? 0) - 1, at = chosenMinute ?? last + 1;
  const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
  if (next === undefined || last < 0) return;
  event.preventDefault();
  chooseMinute(next);
});
new ResizeObserver(draw).observe(find('chart'));

// Requests.

const filters = find('filters');
let records = [], arrived = [], isPaused = false, missed = 0, isScheduled = false, hasConnected = false;

function receive(event) {
  let record;
  try { record = JSON.parse(event.data); } catch { return; }
  if (typeof record !== 'object' || record === null) return;
  const key = record.key ?? {};
  record.words = [record.method, record.path, record.host, record.origin, record.client, record.user_agent, record.request_id,
    record.code, record.outcome, record.reason, record.status, key.name, key.id, key.last4, record.upstream?.request_id]
    .filter(word => word !== undefined).join(' ').toLowerCase();
  arrived.push(record);
  if (arrived.length > kept) arrived.splice(0, arrived.length - kept);
  schedule();
}

function schedule() {
  if (isScheduled) return;
  isScheduled = true;
  // Frames do not come while nobody looks.
  setTimeout(() => { isScheduled = false; update(); }, 100);
}

function update() {
  const pause = find('pause');
  pause.textContent = isPaused ? `Resume${arrived.length ? ` (${count(arrived.length)} new)` : ''}` : 'Pause';
  pause.setAttribute('aria-pressed', String(isPaused));
  if (isPaused || !arrived.length) return;
  const fresh = arrived.filter(matches).slice(-rendered).reverse();
  const isFirst = !records.length;
  records.push(...arrived);
  records.splice(0, Math.max(0, records.length - kept));
  arrived = [];
  const list = find('list');
  list.prepend(...fresh.map(record => row(record, !isFirst)));
  while (list.children.length > rendered) list.lastChild.remove();
  showEmpty();
}

function matches(record) {
  const { text, outcome, reason, status } = filters.elements;
  if (outcome.value && record.outcome !== outcome.value) return false;
  if (reason.value && record.reason !== reason.value) return false;
  if (status.value && (record.status ? String(record.status)[0] : 'none') !== status.value) return false;
  return text.value.toLowerCase().split(/\s+/).every(word => record.words.includes(word));
}

const kind = record => `of-${outcomes.includes(record.outcome) ? record.outcome : 'other'}`;
const keyName = ({ key }) => key ? key.name ?? (key.last4 ? `…${key.last4}` : key.id) : '';

function row(record, isNew) {
  const cell = (name, ...children) => make('span', { class: name }, ...children);
  return make('li', {}, make('button', {
    type: 'button', class: `row ${kind(record)}${isNew ? ' new' : ''}`, onclick() { tell(record); },
  },
    time(record.time, precise), cell('status', String(record.status ?? '–')),
    cell('result', words(record.reason ?? record.outcome ?? '')),
    make('span', { class: 'request', title: record.path }, make('b', {}, record.method ?? ''), ` ${record.path ?? ''}`),
    cell('key', keyName(record)), cell('client', record.client ?? ''), cell('origin', record.origin ?? ''),
    cell('took', duration(record.duration_ms))));
}

function filterBy(field, value) {
  filters.elements[field].value = value;
  show();
}

function show() {
  find('list').replaceChildren(...records.filter(matches).slice(-rendered).reverse().map(record => row(record)));
  for (const button of document.querySelectorAll('[data-filter]')) {
    const [field, value] = button.dataset.filter.split(' ');
    button.setAttribute('aria-pressed', String(filters.elements[field].value === value));
  }
  showEmpty();
}

const isFiltered = () => [...filters.elements].some(element => element.value);

function showEmpty() {
  const number = records.filter(matches).length, empty = find('empty'), [text, code] = empty.children;
  filters.querySelector('button').hidden = !isFiltered();
  find('shown').textContent = !records.length ? '' : isFiltered() ? `${count(number)} of the last ${count(records.length)}` :
    `the last ${count(records.length)}`;
  find('missed').textContent = missed ? `${count(missed)} came too fast to be shown` : '';
  empty.hidden = number > 0;
  code.hidden = records.length > 0 || !status?.listeners?.length;
  text.textContent = records.length ? 'None of the requests that are kept here match.' :
    'Nothing has come yet. A request appears here as soon as it is answered. Try one:';
  const address = status?.listeners?.[0] ?? '';
  code.textContent = address.startsWith('unix:') ? `curl -i --unix-socket ${address.slice(5)} http://localhost/` : `curl -i ${address}/`;
}

filters.addEventListener('input', show);
filters.addEventListener('submit', event => event.preventDefault());
filters.addEventListener('reset', () => setTimeout(show));
find('pause').addEventListener('click', () => { isPaused = !isPaused; update(); });

function connect() {
  const source = new EventSource('events');
  source.onopen = () => { hasConnected = true; say('stream', 'good', 'Live'); };
  source.onmessage = receive;
  source.addEventListener('missed', event => { missed += Number(event.data) || 0; showEmpty(); });
  source.onerror = () => {
    say('stream', 'warn', hasConnected ? 'Connection lost. Trying again' : 'No connection. Trying again');
    // Refused, as when too many look on: the browser does not come back by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, interval);
  };
}

// One record's story.

function tell(record) {
  const story = stories.reasons[record.reason] ?? stories.outcomes[record.outcome];
  const part = (title, ...children) => [make('h3', {}, title), ...children];
  const told = record.status ? `${record.status}${record.code ? ` ${record.code}` : ''}` : 'Nothing: no answer was sent.';
  const failed = story?.checks ?? [];
  const sendTo = ['forwarded', 'upstream_failed', 'client_gone'].includes(record.outcome);
  const ended = failed[0] ?? (record.upstream || sendTo ? 15 : 0);
  find('story-body').replaceChildren(
    make('h2', { id: 'story-title' }, [record.method, record.path].filter(Boolean).join(' ') || 'No request that could be read'),
    make('p', { class: `verdict ${kind(record)}` },
      make('span', { class: 'swatch' }), make('b', {}, words(record.outcome ?? '')),
      record.reason ? make('code', {}, record.reason) : '', time(record.time, dated)),
    ...story ? [
      ...part('What happened', make('p', {}, story.happened)),
      ...part('In which check',
        make('ol', { class: `checks ${kind(record)}`, 'aria-hidden': 'true' }, ...checks.map((name, index) => make('li', {
          title: `${index + 1} ${name}`, class: failed.includes(index + 1) ? 'ended' : index + 1 < ended ? 'passed' : undefined }))),
        make('p', {}, failed.length ? failed.map(number => `${number}: ${checks[number - 1]}`).join(', or ') :
          ended > 14 ? 'None: all 14 let it pass.' : 'None.')),
      ...part('What the client was told', make('p', {}, told)),
      ...part('What to do', make('p', {}, story.advice)),
    ] : [],
    ...part('The record', fields(record)),
    ...part('In a terminal', make('code', { class: 'command' }, `plunk-edge logs access.log --request-id ${record.request_id}`)));
  find('story').showModal();
  find('story').scrollTop = 0;
}

function fields(record) {
  const list = make('dl', { class: 'fields' });
  const add = (value, name) => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) add(inner, name ? `${name}.${key}` : key);
    } else if (name !== 'words') list.append(make('dt', {}, name), make('dd', {}, String(value)));
  };
  add(record, '');
  return list;
}

find('story').addEventListener('click', event => { if (event.target === find('story')) find('story').close(); });

// Begin.

for (const name of outcomes) filters.elements.outcome.append(make('option', { value: name }, words(name)));
load('reasons.json').then(loaded => {
  stories = loaded;
  for (const name of Object.keys(stories.reasons)) filters.elements.reason.append(make('option', { value: name }, words(name)));
  if (statistics) showStatistics();
}, () => {});
refresh();
connect();
setInterval(() => { if (!document.hidden) refresh(); }, interval);
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
