// One tap: listen, make a 16 kHz WAV in the page, send it. A second tap ends it, or 15 s, or the end of the speech:
// the server's ear (silero-vad, on pieces of a tenth of a second) and the level here have to agree on that.
// Hands-free: it listens again once the answer was given and read out, until nothing is said.

const find = query => element.querySelector(query);
const button = find('#talk'), hint = find('#ear');
const word = key => window.LUEUR.word(key);
const RATE = 16000, LOUD = 0.03, QUIET_MS = 640, LULL_MS = 200, LONGEST_MS = 15000, PATIENCE_MS = 6000, PIECE = 1664;
// Echo and noise filters bend the voice: with them the recogniser heard 2 of our 4 clips wrong, without them none.
const SOUND = { channelCount: 1, echoCancellation: false, noiseSuppression: false };
const TAP = "registerProcessor('tap',class extends AudioWorkletProcessor{process(i){if(i[0][0])this.port.postMessage(i[0][0].slice());return true}})";

let recording = null, going = false;  // going: hands-free, and it was not ended
function tell(key, lasting) {
  hint.textContent = key ? word(key) : '';
  hint.hidden = !key;
  clearTimeout(tell.timer);
  if (key && !lasting) tell.timer = setTimeout(() => tell(''), 6000);
}
function face(state) {
  button.dataset.state = state;
  button.setAttribute('aria-pressed', String(state === 'listening'));
  button.setAttribute('aria-label', word(state === 'listening' ? 'talk_stop' : 'talk'));
}

async function listen() {
  if (!navigator.mediaDevices) { going = false; tell('mic_insecure'); return }
  window.speechSynthesis?.cancel();
  let media;
  try {
    media = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
  } catch (error) { going = false; tell(error.name === 'NotFoundError' ? 'mic_missing' : 'mic_blocked'); return }
  const context = new AudioContext({ sampleRate: RATE });
  const address = URL.createObjectURL(new Blob([TAP], { type: 'text/javascript' }));
  await context.audioWorklet.addModule(address);
  URL.revokeObjectURL(address);
  const node = new AudioWorkletNode(context, 'tap');
  context.createMediaStreamSource(media).connect(node);
  recording = { media, context, chunks: [], began: performance.now(), voiced: 0, last: 0, top: 0, id: crypto.randomUUID?.() || String(Math.random()), told: 0, ear: null };
  node.port.onmessage = message => take(message.data);
  face('listening'); tell('listening', true);
}

function take(samples) {
  if (!recording || window.speechSynthesis?.speaking) return;  // what it says itself is never heard
  const now = performance.now(), peak = samples.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  recording.chunks.push(samples);
  recording.top = Math.max(recording.top, peak);
  button.style.setProperty('--level', Math.min(1, peak * 3).toFixed(2));
  if (peak > Math.max(LOUD, recording.top / 5)) { recording.voiced ||= now; recording.last = now }
  attend(recording);
  const { voiced, last, began, ear } = recording, lull = now - last;
  if (!voiced && !ear?.began && now - began > PATIENCE_MS) stop(true);
  else if (now - began > LONGEST_MS || (ear ? ear.ended && lull > LULL_MS : voiced && lull > QUIET_MS)) stop();
}
async function attend(mine) {  // the pieces go out one after the other; without an answer the level alone decides
  const fresh = mine.chunks.slice(mine.told);
  if (mine.asking || fresh.length * fresh[0]?.length < PIECE) return;
  mine.asking = true; mine.told = mine.chunks.length;
  mine.ear = await fetch(`/listen/${mine.id}`, { method: 'POST', body: pcm(fresh) }).then(answer => answer.json(), () => null);
  mine.asking = !mine.ear;  // a server that did not answer is not asked again
}

async function stop(nothing) {
  const { media, context, chunks } = recording;
  recording = null;
  media.getTracks().forEach(track => track.stop());
  context.close();
  button.style.removeProperty('--level');
  if (nothing) { face(''); tell(going ? 'hands_rest' : 'quiet'); going = false; return }
  face('sending'); tell('sending', true);
  await send([new File([wav(chunks)], 'speech.wav', { type: 'audio/wav' })], ([path]) => ({ audio: path }));
  face('');
}

function pcm(chunks) {
  const samples = chunks.flatMap(chunk => [...chunk]);
  return Int16Array.from(samples, value => Math.max(-1, Math.min(1, value)) * 32767);
}
function wav(chunks) {
  const data = pcm(chunks), size = 2 * data.length, head = new DataView(new ArrayBuffer(44));
  const text = (at, letters) => [...letters].forEach((letter, i) => head.setUint8(at + i, letter.charCodeAt(0)));
  text(0, 'RIFF'); head.setUint32(4, 36 + size, true); text(8, 'WAVEfmt ');
  head.setUint32(16, 16, true); head.setUint16(20, 1, true); head.setUint16(22, 1, true);
  head.setUint32(24, RATE, true); head.setUint32(28, 2 * RATE, true); head.setUint16(32, 2, true); head.setUint16(34, 16, true);
  text(36, 'data'); head.setUint32(40, size, true);
  return new Blob([head, data]);
}

async function send(files, request) {
  try {
    const sent = await Promise.all(files.map(file => upload(file)));
    tell('');
    window.LUEUR.ask(request(sent.map(item => item.path), sent));
  } catch { tell('upload_failed') }
}
// -- hands-free: after an answer, once it is read out, the next request --------------------------------------------------
function answered() {
  if (!going || recording) return;
  if (window.speechSynthesis?.speaking || window.speechSynthesis?.pending) setTimeout(answered, 100);
  else listen();
}
button.addEventListener('click', () => {
  if (recording) { going = false; stop() } else if (button.dataset.state !== 'sending') { going = window.LUEUR.hands(); listen() }
});
addEventListener('keydown', event => { if (event.key === 'Escape' && recording) { going = false; stop(true) } });
Object.assign(window.LUEUR, { hint: tell, answered: () => setTimeout(answered, 300) });
