// What a browser does seldom for the page: list and read recordings, copy a link, save pictures and
// films, talk to the page around a frame. Fetched while the program is; knows no rules of
// playing: the program is told and asked through `hear`.
//
// A button with `data-ask` calls the function of that name here.
let hear;

const element = (id) => document.getElementById(id);

export function start(program) {
  hear = program;
  list();
  addEventListener('hashchange', () => hear('moment', moment()));
  addEventListener('click', (event) => {
    const button = event.target.closest('[data-ask]');
    if (button) actions[button.dataset.ask](button.value);
  });
  element('file').addEventListener('change', ({ target }) => {
    open(target.files);
    target.value = ''; // the same file may be chosen again
  });
  for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) addEventListener(name, drag);
  if (parent !== window) addEventListener('message', answer);
}

// --- recordings

// Asked for at once: before the program knows what to show, it shows nothing. A relay of an earlier
// version has no list: it is live.
const live = { live: true, recordings: [] };
const recordings = fetch('./recordings.json')
  .then((answer) => (answer.ok ? answer.json() : live))
  .catch(() => live);

async function list() {
  const told = await recordings;
  const line = ({ name, file, bytes }) => [name, file, bytes].join('\t').replaceAll('\n', ' ');
  hear('moment', moment());
  hear('list', told.recordings.map(line).join('\n'), told.live);
}

// The worker waits with its program loaded: a recording opens also when the page's server has gone.
// That begins when the page has all else.
let reader;
// The one that is read; one at a time.
let current;

function prepared() {
  const worker = new Worker(new URL('./reading.js', import.meta.url), { type: 'module' });
  worker.onerror = () => (reader = undefined); // it could not be loaded; another one may
  return worker;
}

export function stop() {
  current = undefined;
  reader?.postMessage({ stop: true });
}

// The worker decodes; the program takes each batch in slices, between which frames are painted.
// A channel calls it again at once: timers would wait, and are throttled in a hidden page.
export function read(what, number) {
  current = number;
  reader ??= prepared();
  const { port1: again, port2: soon } = new MessageChannel();
  const waiting = [];
  const take = (told) => {
    waiting.push(told);
    if (waiting.length === 1) soon.postMessage(0);
  };
  reader.onmessage = ({ data }) => {
    if (data.number !== current) return;
    if (data.progress) hear('progress', ...data.progress);
    else take(data);
  };
  reader.onerror = () => {
    reader = undefined;
    take({ failed: { line: 0, why: 'worker', detail: '' } });
  };
  let begun = false;
  again.onmessage = () => {
    if (current !== number) return;
    const [{ message, done, failed }] = waiting;
    if (message) {
      const rest = hear('take', begun ? undefined : new Uint8Array(message), number);
      begun = rest;
      if (!rest) {
        waiting.shift();
        reader?.postMessage({ more: true, number });
      }
    } else {
      if (done) hear('done', done.cut_short);
      else hear('failed', failed.why, failed.line);
      return stop();
    }
    if (waiting.length) soon.postMessage(0);
  };
  const source = typeof what === 'string' ? { url: new URL(what, document.baseURI).href } : { file: what };
  reader.postMessage({ ...source, number });
}

function open(files) {
  if (files.length) hear('file', files[0], files.length);
}

// Only files are taken: a text that is dragged is none of the page's business.
function drag(event) {
  if (!event.dataTransfer?.types.includes('Files')) return;
  event.preventDefault();
  const left = event.type === 'dragleave' && !event.relatedTarget;
  document.documentElement.toggleAttribute('data-drop', event.type !== 'drop' && !left);
  if (event.type === 'drop') open(event.dataTransfer.files);
}

// The style sheets of what is fetched behind the first picture; the program is told when they are here, or
// cannot be had.
export function style() {
  const sheet = (href) =>
    new Promise((done) => {
      const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href });
      link.onload = link.onerror = done;
      document.head.append(link);
    });
  Promise.all(['./lesson.css', './hall.css'].map(sheet)).then(() => hear('styled'));
}

// --- lessons: lesson.js, as soon as the program has what gives them

export function lesson(what, value) {
  // Once: one that could not be loaded is tried again when there is something to read.
  if (what === 'start') reader ??= prepared();
  import('./lesson.js').then((module) => module[what](value, (told, it) => hear('lesson', told, it)));
}

// --- a moment

// The parts of the link, one a line.
const moment = () =>
  [...new URLSearchParams(location.hash.slice(1))].map((part) => part.join('=')).join('\n');

const here = () => new URLSearchParams(hear('state'));

// No clipboard where the page came by plain http from another machine.
function copy() {
  const field = element('link');
  const part = here();
  for (const name of ['paused', 'loading', 'end']) part.delete(name);
  field.value = `${location.href.split('#')[0]}#${part}`;
  const select = () => {
    field.select();
    hear('told', 'selected');
  };
  if (!isSecureContext) return select();
  navigator.clipboard.writeText(field.value).then(() => hear('told', 'copied'), select);
}

// --- pictures and films

function save(content, ending) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = `fruitbelt-${here().get('t')}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// A canvas of the size chosen; none: as large as what is seen.
function canvas() {
  const { width, height } = element('stage-canvas');
  const chosen = element('size').value.split('x').map(Number);
  const [w, h] = chosen[1] ? chosen : [width, height];
  return Object.assign(document.createElement('canvas'), { width: w, height: h });
}

function png() {
  const picture = canvas();
  hear('paint', picture);
  picture.toBlob((content) => save(content, 'png'));
}

function svg() {
  const picture = hear('svg'); // none until the program is there as a whole
  if (picture) save(new Blob([picture], { type: 'image/svg+xml' }), 'svg');
}

let recorder;

function film() {
  const picture = canvas();
  const kinds = ['video/webm;codecs=vp9', 'video/webm', 'video/mp4'];
  const kind = kinds.find((it) => globalThis.MediaRecorder?.isTypeSupported(it));
  if (!kind || !picture.captureStream) return hear('told', 'no film');
  const pieces = [];
  hear('paint', picture); // a context, before its stream
  recorder = new MediaRecorder(picture.captureStream(60), {
    mimeType: kind,
    videoBitsPerSecond: picture.width * picture.height * 8,
  });
  const filmed = recorder;
  const seconds = Number(element('seconds').value);
  const until = seconds ? performance.now() + 1000 * seconds : Infinity;
  const paint = (now) => {
    if (filmed.state === 'inactive') return;
    if (now >= until) return filmed.stop();
    hear('paint', picture);
    requestAnimationFrame(paint);
  };
  filmed.ondataavailable = ({ data }) => pieces.push(data);
  filmed.onerror = () => filmed.stop();
  filmed.onstop = () => {
    hear('film', false);
    save(new Blob(pieces, { type: kind }), kind.startsWith('video/mp4') ? 'mp4' : 'webm');
  };
  filmed.start(1000);
  element('recordings').close();
  hear('film', true);
  requestAnimationFrame(paint);
}

// --- the page around a frame: docs/embedding.md

// Who may frame the page is decided by its server. The one that does is heard, nobody else.
function isAround({ origin, source }) {
  if (source !== parent) return false;
  const around = location.ancestorOrigins?.[0]
    ?? (document.referrer && new URL(document.referrer).origin);
  return origin === location.origin || origin === around;
}

let answered;

function answer(event) {
  const { data } = event;
  if (data?.fruitbelt !== 1 || !isAround(event)) return;
  const { do: what, ...told } = data;
  const part = (name) => {
    const value = told[name];
    return ['string', 'number'].includes(typeof value) ? [`${name}=${value}`.replaceAll('\n', ' ')] : [];
  };
  hear('embed', String(what), ['t', 'at', 'speed'].flatMap(part).join('\n'));
  const tell = () => {
    const state = Object.fromEntries(here());
    for (const name of ['t', 'end', 'conn']) if (name in state) state[name] = Number(state[name]);
    for (const name of ['paused', 'loading']) state[name] = state[name] === '1';
    parent.postMessage({ fruitbelt: 1, state }, event.origin);
  };
  tell();
  if (answered) return;
  answered = String(here());
  setInterval(() => {
    const state = String(here());
    if (state !== answered) tell();
    answered = state;
  }, 250);
}

const actions = {
  copy, png, svg, film,
  pick: () => element('file').click(),
  stop: () => recorder?.stop(),
  choose: (index) => hear('choose', Number(index)),
  record: (on) => hear('record', on === 'true'),
  live: () => hear('live'),
  list: () => hear('lesson', 'list'),
};
