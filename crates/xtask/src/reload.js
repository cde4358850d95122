// Only in the page of `cargo xtask dev`: loads it anew as soon as another one has taken its place.
// The version of this one is in this script's address, which stands in the very first file that a
// browser gets: whatever came after it is as new or newer.
const mine = new URL(import.meta.url).search.slice(1);
const EVERY_MILLIS = 300;

async function look() {
  // No answer: the relay is away, or the other page is just being put in place.
  const answer = await fetch('./version.txt', { cache: 'no-store' }).catch(() => null);
  const theirs = answer?.ok ? await answer.text() : mine;
  if (theirs == mine) setTimeout(look, EVERY_MILLIS);
  else location.reload();
}

look();
