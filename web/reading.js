// A worker that reads a recording, so that no file, however large or damaged, holds up the page.
//
// In:  { file: File } or { url: string }, with a number of its own, then { more: true } for each
//      message used up; the next one, or { stop: true }, ends the one before it.
// Out: { message: ArrayBuffer }, as a relay sends them: the header, then records
//      { progress: [bytesRead, bytesTotal] }, the total 0 if nobody knows it
//      { done: { records, lines, cut_short } } at the end, or
//      { failed: { line, why, detail } }: line 0 if no line is to blame, why a short name that
//      stays, detail in English. What was sent before stays good.
import init, { Reading } from './reader.js';

// So many messages may be on their way: what the page has not used up is not read yet.
const AHEAD_MAX = 2;
const PROGRESS_EVERY_MILLIS = 100;
const GZIP = [0x1f, 0x8b];
// gzip at its best makes 1 byte of 1,000: what comes out of a small piece stays small.
const PIECE_BYTES = 16 << 10;

// Why a recording cannot be read, in a word.
class Failure extends Error {
  constructor(why, detail) {
    super(detail);
    this.why = why;
  }
}

// Loaded before there is anything to read: then a recording opens also when the page's server has
// gone.
const loaded = init({ module_or_path: './reader_bg.wasm' });
loaded.catch(() => {}); // told when it is needed

// The one that is being read.
let current;

onmessage = ({ data }) => {
  if (data.more) {
    if (data.number === current?.number) current.useUp();
    return;
  }
  current?.useUp();
  current = data.stop ? undefined : new Told(data.number);
  const told = current;
  if (told) read(data, told).catch((error) => told.fail(0, error.why ?? 'program', String(error.message ?? error)));
};

// What the page is told of one recording: no more than it has room for, and nothing once another
// one is read.
class Told {
  #ahead = 0;
  #usedUp = () => {};

  constructor(number) {
    this.number = number;
  }

  isOver() {
    return this !== current;
  }

  useUp() {
    this.#ahead -= 1;
    this.#usedUp();
  }

  tell(what, transfer) {
    if (!this.isOver()) postMessage({ ...what, number: this.number }, transfer);
  }

  fail(line, why, detail) {
    this.tell({ failed: { line, why, detail } });
  }

  async message(message) {
    while (this.#ahead >= AHEAD_MAX && !this.isOver()) await new Promise((resolve) => (this.#usedUp = resolve));
    this.#ahead += 1;
    this.tell({ message: message.buffer }, [message.buffer]);
  }
}

async function read(source, told) {
  await loaded;
  const { body, total } = await open(source);
  const reading = new Reading();
  const { chunks, isWhole } = unpacked(counted(body, total, told));
  for await (const chunk of chunks) {
    reading.push(chunk);
    await send(reading, told);
    if (reading.fault_line() || told.isOver()) break;
  }
  reading.finish();
  await send(reading, told);
  const line = reading.fault_line();
  if (line) {
    told.fail(line, reading.fault_code(), reading.fault_text());
    return;
  }
  const cut_short = reading.is_cut_short() || !isWhole();
  told.tell({ done: { records: reading.records(), lines: reading.lines(), cut_short } });
}

async function send(reading, told) {
  for (let message; !told.isOver() && (message = reading.next()); ) await told.message(message);
}

async function open({ file, url }) {
  if (file) return { body: file.stream(), total: file.size };
  let response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new Failure('fetch', `${url}: ${error.message}`);
  }
  if (!response.ok) throw new Failure('fetch', `${url}: ${response.status} ${response.statusText}`);
  // Of what the server has packed only for the way, the length is not the file's.
  const packed = response.headers.has('content-encoding');
  const total = packed ? 0 : Number(response.headers.get('content-length'));
  return { body: response.body, total };
}

// The chunks of a stream, and how far they are told from time to time.
async function* counted(body, total, told) {
  const reader = body.getReader();
  let bytes = 0;
  let toldAt = -Infinity;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error) => {
        throw new Failure('read', error.message);
      });
      if (done) break;
      bytes += value.length;
      if (performance.now() - toldAt > PROGRESS_EVERY_MILLIS) {
        toldAt = performance.now();
        told.tell({ progress: [bytes, total] });
      }
      yield value;
    }
    told.tell({ progress: [bytes, total] });
  } finally {
    reader.cancel().catch(() => {});
  }
}

// As they are, or, if they begin as gzip does, undone.
function unpacked(chunks) {
  let whole = true;
  async function* undo() {
    let first = new Uint8Array();
    for (let next; first.length < GZIP.length && !(next = await chunks.next()).done; ) {
      first = joined(first, next.value);
    }
    const all = followed(first, chunks);
    if (GZIP.every((byte, index) => first[index] === byte)) {
      yield* gunzip(all, () => (whole = false));
    } else {
      yield* all;
    }
  }
  return { chunks: undo(), isWhole: () => whole };
}

function joined(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

async function* followed(first, rest) {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return();
  }
}

// What is packed may end too early: all that could be undone up to there comes out first.
async function* gunzip(packed, tellCut) {
  const { readable, writable } = new DecompressionStream('gzip');
  const [reader, writer] = [readable.getReader(), writable.getWriter()];
  let ended = false;
  const fill = async () => {
    for await (const chunk of packed) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        await writer.write(chunk.subarray(at, at + PIECE_BYTES));
      }
    }
    // Taken only when all that was made so far has been read: an error drops what was not.
    await writer.write(new Uint8Array());
    ended = true;
    await writer.close();
  };
  const filled = fill().catch((error) => {
    reader.cancel(error).catch(() => {});
    return error;
  });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    const error = await filled;
    if (error) throw error;
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (!ended) throw new Failure('gzip', error.message);
    tellCut();
  } finally {
    writer.abort().catch(() => {});
    await packed.return();
  }
}
