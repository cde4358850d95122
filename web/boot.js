// A file of its own, because the Content-Security-Policy allows no inline script.
import init from './web.js';

await init({ module_or_path: new URL('./web_bg.wasm', import.meta.url) });
