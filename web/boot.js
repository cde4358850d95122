// Chooses the look before anything is drawn, starts the program, and tells in plain words when it
// cannot start or has stopped. What is shown then stands in index.html: it must work when nothing
// else does.
const looks = ['light', 'dark', 'projector'];
const wished = (query) => matchMedia(query).matches;

function rememberedLook() {
  try {
    return localStorage.getItem('fruitbelt.look');
  } catch {
    return null; // forbidden: nothing is remembered
  }
}

const remembered = rememberedLook();
document.documentElement.dataset.look =
  looks.includes(remembered) ? remembered
  : wished('(prefers-contrast: more)') ? 'projector'
  : wished('(prefers-color-scheme: dark)') ? 'dark'
  : 'light';

// In a frame of another page: the stage and its time only.
document.documentElement.toggleAttribute(
  'data-embed', new URLSearchParams(location.search).has('embed'));

const broken = document.getElementById('broken');

function tell(why) {
  document.getElementById('loading')?.remove();
  document.getElementById('page')?.remove();
  const text = document.getElementById('broken-why');
  // The program's own words, from its panic hook, are better than the trap that follows them.
  if (!text.textContent) text.textContent = String(why);
  broken.hidden = false;
}

// A trap leaves the program half-way: whatever runs afterwards would show a frozen picture.
function trapped(error) {
  if (error instanceof WebAssembly.RuntimeError) tell(error);
}

document.getElementById('reload').addEventListener('click', () => location.reload());
addEventListener('error', (event) => trapped(event.error));
addEventListener('unhandledrejection', (event) => trapped(event.reason));

// Both at once. Imported when asked for, so that a relay that goes away while the page loads is told
// as well.
const program = fetch('./web_bg.wasm');
Promise.all([import('./web.js'), program])
  .then(([{ default: init }]) => init({ module_or_path: program }))
  .catch(tell);
