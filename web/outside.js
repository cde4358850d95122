// The program's door to what a browser does seldom: reading files, saving pictures, talking to a
// frame around it. All of that stands in extras.js, which is fetched while the program itself is.
const extras = import('./extras.js');
let started;

// `hear(what, a, b)` is how the program is told of something, and asked.
export function start(hear) {
  started = extras.then((module) => (module.start(hear), module));
}

export const ask = (what, a, b) => void started.then((module) => module[what](a, b));
