// A worker that reads a recording, so that no file, however large or damaged, holds up the page.
//
// In:  { file: File } or { url: string } once, then { more: true } for each message used up.
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

let ahead = 0;
let usedUp = () => {};
let begun = false;

onmessage = ({ data }) => {
  if (data.more) {
    ahead -= 1;
    usedUp();
  } else if (!begun) {
    begun = true;
    read(data).catch((error) => fail(0, error.why ?? 'program', String(error.message ?? error)));
  }
};

function fail(line, why, detail) {
  postMessage({ failed: { line, why, detail } });
}

async function read(source) {
  await init({ module_or_path: './reader_bg.wasm' });
  const { body, total } = await open(source);
  const reading = new Reading();
  const { chunks, isWhole } = unpacked(counted(body, total));
  for await (const chunk of chunks) {
    reading.push(chunk);
    await send(reading);
    if (reading.fault_line()) break;
  }
  reading.finish();
  await send(reading);
  const line = reading.fault_line();
  if (line) {
    fail(line, reading.fault_code(), reading.fault_text());
    return;
  }
  const cut_short = reading.is_cut_short() || !isWhole();
  postMessage({ done: { records: reading.records(), lines: reading.lines(), cut_short } });
}

async function send(reading) {
  for (let message; (message = reading.next()); ) {
    while (ahead >= AHEAD_MAX) await new Promise((resolve) => (usedUp = resolve));
    ahead += 1;
    postMessage({ message: message.buffer }, [message.buffer]);
  }
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
async function* counted(body, total) {
  const reader = body.getReader();
  let bytes = 0;
  let told = -Infinity;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error) => {
        throw new Failure('read', error.message);
      });
      if (done) break;
      bytes += value.length;
      if (performance.now() - told > PROGRESS_EVERY_MILLIS) {
        told = performance.now();
        postMessage({ progress: [bytes, total] });
      }
      yield value;
    }
    postMessage({ progress: [bytes, total] });
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
