// What a browser does for lessons: fetches them, keeps windows in step where no relay does, fills the
// screen, and points at things: a laser dot, and a pen whose strokes fade. Fetched when the program
// can give lessons; knows no lesson.
const still = matchMedia('(prefers-reduced-motion: reduce)');
const root = document.documentElement;

let channel;

export function start(_, hear) {
  const link = () => hear('link', location.hash.slice(1));
  addEventListener('hashchange', link);
  document.addEventListener('fullscreenchange', () => {
    if (!document.fullscreenElement) hear('windowed');
  });
  channel = new BroadcastChannel(`fruitbelt ${new URL('.', location).pathname}`);
  channel.onmessage = ({ data }) => hear('told', String(data));
  channel.postMessage('');
  link();
}

export const fetch = (_, hear) =>
  globalThis.fetch('./lessons.bin')
    .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(answer.status)))
    .then((bytes) => hear('lessons', new Uint8Array(bytes)), () => hear('lessons'));

export const tell = (told) => channel.postMessage(told);

// A window, not a tab, where the browser allows it: the wall and the notes are two screens.
export const speaker = () => open('#speaker', 'fruitbelt-speaker', 'popup,width=1200,height=800');

let ticking;

export function clock(_, hear) {
  hear('clock', Date.now());
  ticking ??= setInterval(() => hear('clock', Date.now()), 500);
}

// The screen may be refused: the view is the same in a window.
export function wall(on) {
  if (on && !document.fullscreenElement) root.requestFullscreen?.().catch(() => {});
  if (!on && document.fullscreenElement) document.exitFullscreen();
}

// --- laser and pen

const FADES_AFTER = 3000;
const FADES_IN = 1500;

let board; // the canvas over everything, while it is needed
let chosen = '';
let dot; // where the laser points
let strokes = []; // { at: when it was last drawn at, points }
let waiting = false;

export function tool(name) {
  chosen = name;
  for (const one of ['pen', 'laser']) root.toggleAttribute(`data-${one}`, name === one);
  if (name !== 'laser') dot = undefined;
  if (name) lay();
  paint();
}

addEventListener('pointermove', (event) => {
  const drawing = chosen === 'pen' && event.buttons & 1 && strokes.at(-1)?.open;
  if (drawing) extend(event);
  else if (chosen === 'laser' || (event.shiftKey && root.dataset.lesson === 'wall')) point(event);
  else if (dot) clear();
});
addEventListener('keyup', ({ key }) => key === 'Shift' && chosen !== 'laser' && clear());

function lay() {
  if (board) return;
  board = Object.assign(document.createElement('canvas'), { className: 'pointing', ariaHidden: true });
  board.addEventListener('pointerdown', (event) => {
    if (chosen !== 'pen' || event.button) return;
    board.setPointerCapture(event.pointerId);
    strokes.push({ open: true, at: event.timeStamp, points: [] });
    extend(event);
  });
  board.addEventListener('pointerup', () => strokes.forEach((stroke) => (stroke.open = false)));
  document.body.append(board);
}

function extend(event) {
  const stroke = strokes.at(-1);
  stroke.at = performance.now();
  stroke.points.push([event.clientX, event.clientY]);
  paint();
}

function point(event) {
  lay();
  dot = [event.clientX, event.clientY];
  paint();
}

function clear() {
  dot = undefined;
  paint();
}

function paint() {
  if (waiting || !board) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    draw(performance.now());
    if (strokes.length) paint();
  });
}

function draw(now) {
  const ratio = devicePixelRatio;
  const [width, height] = [innerWidth, innerHeight];
  if (board.width !== width * ratio || board.height !== height * ratio) {
    [board.width, board.height] = [width * ratio, height * ratio];
  }
  const ink = board.getContext('2d');
  ink.setTransform(ratio, 0, 0, ratio, 0, 0);
  ink.clearRect(0, 0, width, height);
  ink.lineCap = ink.lineJoin = 'round';
  const unit = Math.max(4, height / 180);
  const over = (stroke) => (stroke.open ? 0 : (now - stroke.at - FADES_AFTER) / FADES_IN);
  strokes = strokes.filter((stroke) => over(stroke) < (still.matches ? 0.001 : 1));
  const colour = getComputedStyle(root).getPropertyValue('--bad');
  for (const stroke of strokes) {
    ink.globalAlpha = 1 - Math.max(0, over(stroke));
    ink.strokeStyle = colour;
    ink.lineWidth = unit;
    ink.beginPath();
    stroke.points.forEach(([x, y]) => ink.lineTo(x, y));
    if (stroke.points.length === 1) ink.lineTo(stroke.points[0][0] + 0.1, stroke.points[0][1]);
    ink.stroke();
  }
  ink.globalAlpha = 1;
  if (dot) {
    const glow = ink.createRadialGradient(...dot, 0, ...dot, unit * 3);
    glow.addColorStop(0, '#ff2a1f');
    glow.addColorStop(0.35, '#ff2a1fd0');
    glow.addColorStop(1, '#ff2a1f00');
    ink.fillStyle = glow;
    ink.beginPath();
    ink.arc(...dot, unit * 3, 0, 7);
    ink.fill();
  }
}
