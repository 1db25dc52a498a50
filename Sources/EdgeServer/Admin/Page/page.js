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
  const space = ['svg', 'rect', 'line', 'text'].includes(name) ? 'http://www.w3.org/2000/svg' : document.body.namespaceURI;
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'onclick') element.onclick = value;
    else if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

const minutely = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const clock = new Intl.DateTimeFormat(undefined, minutely);
const precise = new Intl.DateTimeFormat(undefined, { ...minutely, second: '2-digit', fractionalSecondDigits: 3 });
const dated = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

/** In the reader's own time, in UTC under the pointer. */
function time(text, format) {
  const date = new Date(text);
  return make('time', { datetime: text, title: text }, isNaN(date) ? String(text) : format.format(date));
}

function duration(ms) {
  if (typeof ms !== 'number') return '–';
  return ms < 999.5 ? `${ms.toFixed(ms < 9.995 ? 2 : ms < 99.95 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** Two units at most: 3 h 12 min. */
function span(seconds) {
  const [days, hours, minutes] = [seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60].map(Math.floor);
  if (days) return `${days} d ${hours} h`;
  return hours ? `${hours} h ${minutes} min` : `${minutes} min`;
}

// What the process says of itself.

let isSilent = false, status, statistics, stories = { reasons: {}, outcomes: {} };

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
    isSilent = false;
    showStatus();
    showStatistics();
  } catch {
    isSilent = true;
    say('ready', 'bad', 'No answer');
    showEmpty();
  }
  document.body.classList.toggle('old', isSilent);
}

function showStatus() {
  say('ready', status.ready ? 'good' : 'bad', status.ready ? 'Ready' : `Not ready: ${status.hindrances.join(', ')}`);
  const facts = [
    ['up', span((Date.now() - new Date(status.started)) / 1000), `since ${status.started}`],
    ['connections', count(status.connections)],
    ['configuration', `no. ${status.generation}`, status.configuration ?? 'none'],
    ['version', status.version, `process ${status.pid}`],
  ];
  if (status.lastReload) {
    const { success, time, messages } = status.lastReload;
    facts.splice(3, 0, ['reload', `${success ? 'done' : 'refused'} ${clock.format(new Date(time))}`, messages.join('\n')]);
  }
  find('facts').replaceChildren(...facts.map(([name, value, title]) =>
    make('div', { title }, make('dt', {}, name), make('dd', {}, value))));
  showEmpty();
}

// The last hour.

let chosenMinute;

function showStatistics() {
  const { hour, minute } = statistics;
  const reasons = Object.entries(hour.reasons).sort((a, b) => b[1] - a[1]);
  const focused = document.activeElement?.dataset.filter;
  find('reasons').replaceChildren(...reasons.map(([name, number]) => choice('reason', name,
    make('span', {}, words(name)), make('span', {}, count(number)),
    make('svg', { viewBox: '0 0 100 1', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      make('rect', { width: 100 * number / reasons[0][1], height: 1, class: `of-${stories.reasons[name]?.outcome}` })))));
  if (focused) document.querySelector(`[data-filter="${focused}"]`)?.focus();
  if (!reasons.length) find('reasons').append(make('li', {}, make('p', {}, hour.requests ? 'None: all was forwarded.' : 'Nothing yet.')));
  find('latency').tBodies[0].replaceChildren(...[['last minute', minute], ['last hour', hour]].map(([name, figures]) =>
    make('tr', {}, make('th', { scope: 'row' }, name),
      ...[figures.p50, figures.p90, figures.p99].map(value => make('td', {}, duration(value))))));
  draw();
}

/** A button that filters the list by what it names. */
function choice(field, value, ...children) {
  const isChosen = () => filters.elements[field].value === value;
  return make('li', {}, make('button', {
    type: 'button', 'aria-pressed': String(isChosen()), 'data-filter': `${field} ${value}`,
    onclick() { filters.elements[field].value = isChosen() ? '' : value; show(); },
  }, ...children));
}

/** 1, 2 or 5 with zeros, of which three or four make `top`. */
function niceStep(top) {
  const power = 10 ** Math.floor(Math.log10(top / 3));
  return Math.max(1, [1, 2, 5, 10].find(factor => top / (factor * power) <= 3.5) * power);
}

const sum = numbers => Object.values(numbers).reduce((all, number) => all + number, 0);

function draw() {
  const chart = find('chart'), width = chart.clientWidth, height = chart.clientHeight;
  if (!statistics || !width) return;
  const minutes = statistics.minutes, slots = 60, foot = 22, head = 8;
  const most = Math.max(1, ...minutes.map(minute => sum(minute.outcomes))), step = niceStep(most);
  const top = step * Math.max(2, Math.ceil(most / step));
  const axis = 12 + 7 * count(top).length, wide = (width - axis) / slots, first = slots - minutes.length;
  const y = number => height - foot - (height - foot - head) * number / top;
  const svg = make('svg', { width, height, 'aria-hidden': 'true' });
  const text = (x, y, anchor, words) => svg.append(make('text', { x, y, 'text-anchor': anchor }, words));
  const box = (name, x, y, width, height) => svg.append(make('rect', { class: name, x, y, width, height }));
  for (let number = 0; number <= top; number += step) {
    svg.append(make('line', { x1: axis, x2: width, y1: y(number), y2: y(number) }));
    text(axis - 8, y(number) + 4, 'end', count(number));
  }
  const last = new Date(minutes.at(-1).time);
  for (let slot = 2; slot < slots - 1; slot++) {
    const date = new Date(last - (slots - 1 - slot) * 60000);
    if (date.getMinutes() % 15 === 0) text(axis + (slot + .5) * wide, height - 4, 'middle', clock.format(date));
  }
  minutes.forEach(({ outcomes: numbers }, index) => {
    const x = axis + (first + index) * wide;
    if (index === chosenMinute) box('at', x - 1, 0, wide, height - foot);
    let base = 0;
    for (const name of outcomes.filter(name => numbers[name])) {
      const high = Math.max(1, y(base) - y(base + numbers[name]));
      box(`of-${name}`, x, y(base) - high, wide - (wide > 5 ? 2 : 1), high);
      base += numbers[name];
    }
  });
  chart.replaceChildren(svg);
  chart.minuteAt = left => Math.floor((left - axis) / wide) - first;
  showMinute(minutes);
}

/** Says in numbers what is pointed at: a minute, or else all of the hour. */
function showMinute(minutes) {
  const chart = find('chart'), minute = minutes[chosenMinute], numbers = (minute ?? statistics.hour).outcomes;
  const when = minute ? `at ${clock.format(new Date(minute.time))}, p99 ${duration(minute.p99)}` : 'in the last hour';
  find('readout').replaceChildren(make('b', {}, count(sum(numbers))), ` ${when}`);
  for (const name of outcomes) {
    const button = document.querySelector(`[data-filter="outcome ${name}"]`);
    button.classList.toggle('none', !numbers[name]);
    button.lastChild.textContent = count(numbers[name] ?? 0);
  }
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
  if (chart.minuteAt) chooseMinute(chart.minuteAt(event.clientX - chart.getBoundingClientRect().left));
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

/** All fields with their values, those of inner objects too. */
function leaves(object, prefix = '') {
  return Object.entries(object).flatMap(([name, value]) =>
    typeof value === 'object' && value ? leaves(value, `${prefix}${name}.`) : [[prefix + name, String(value)]]);
}

function receive(event) {
  let record;
  try { record = JSON.parse(event.data); } catch { return; }
  record.words = leaves(record).map(([, value]) => value).join(' ').toLowerCase();
  arrived.push(record);
  if (arrived.length > kept) arrived.shift();
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
  list.prepend(...fresh.map(record => row(record, !isFirst && fresh.length < 12)));
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
    time(record.time, precise), cell(`status${record.status >= 500 ? ' failed' : ''}`, String(record.status ?? '–')),
    cell('result', words(record.reason ?? record.outcome ?? '')),
    make('span', { class: 'request', title: record.path }, make('b', {}, record.method ?? ''), ` ${record.path ?? ''}`),
    cell('key', keyName(record)), cell('client', record.client ?? ''), cell('origin', record.origin ?? ''),
    cell('took', duration(record.duration_ms))));
}

function show() {
  find('list').replaceChildren(...records.filter(matches).slice(-rendered).reverse().map(record => row(record, false)));
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
  code.hidden = isSilent || records.length > 0 || !status?.listeners?.length;
  text.textContent = records.length ? 'None of the requests that are kept here match.' :
    isSilent ? 'The edge does not answer: it has been stopped, or cannot be reached from here. This page goes on asking.' :
    'Nothing has come yet. A request appears here as soon as it is answered. Try one:';
  const address = (status?.listeners?.[0] ?? '').replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
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
  source.addEventListener('dropped', event => { missed += Number(event.data) || 0; showEmpty(); });
  source.onerror = () => {
    say('stream', 'warn', hasConnected ? 'Connection lost. Trying again' : 'No connection. Trying again');
    // Refused, as when too many look on: the browser does not come back by itself.
    // A new source has no memory, and gets all that is kept once more.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => {
      [records, arrived] = [[], []];
      find('list').replaceChildren();
      connect();
    }, interval);
  };
}

// One record's story.

function tell(record) {
  const story = stories.reasons[record.reason] ?? stories.outcomes[record.outcome];
  const part = (title, ...children) => [make('h3', {}, title), ...children];
  const told = record.status ? `${record.status}${record.code ? ` ${record.code}` : ''}` : 'Nothing: no answer was sent.';
  const failed = story?.checks ?? [];
  const hasPassed = record.upstream || ['forwarded', 'upstream_failed'].includes(record.outcome);
  const ended = failed[0] ?? (hasPassed ? 15 : 0);
  // Clients say what a request id is; a shell must not hear it.
  const quote = text => /^[\w.\/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
  const log = status?.configuration ? `--config ${quote(status.configuration)}` : 'access.log';
  find('story-body').replaceChildren(
    make('h2', { id: 'story-title' }, [record.method, record.path].filter(Boolean).join(' ') || 'No request that could be read'),
    make('p', { class: `verdict ${kind(record)}` },
      make('span', { class: 'swatch' }), make('b', {}, words(record.outcome ?? '')),
      make('code', {}, record.reason ?? ''), time(record.time, dated)),
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
    ...part('The record', make('dl', { class: 'fields' }, ...leaves({ ...record, v: {}, words: {} }).flatMap(([name, value]) =>
      [make('dt', {}, name), make('dd', {}, value)]))),
    ...part('In a terminal', make('code', { class: 'command' }, `plunk-edge logs ${log} --request-id=${quote(record.request_id ?? '')}`)));
  find('story').showModal();
  find('story').scrollTop = 0;
}

find('story').addEventListener('click', event => { if (event.target === find('story')) find('story').close(); });

// Begin.

for (const name of outcomes) {
  filters.elements.outcome.append(make('option', { value: name }, words(name)));
  find('outcomes').append(choice('outcome', name, make('span', { class: `swatch of-${name}` }), words(name), make('b')));
}
load('reasons.json').then(loaded => {
  stories = loaded;
  for (const name of Object.keys(stories.reasons)) filters.elements.reason.append(make('option', { value: name }, words(name)));
  if (statistics) showStatistics();
}, () => {});
refresh();
connect();
setInterval(() => { if (!document.hidden) refresh(); }, interval);
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
