// One tap: listen, make a 16 kHz WAV in the page, send it. A second tap, 0.64 s of quiet or 15 s end it.
// The level here only decides when to stop; whether somebody spoke is decided on the server.

const find = query => element.querySelector(query);
const button = find('#talk'), hint = find('#ear');
const word = key => window.LUEUR.word(key);
const RATE = 16000, LOUD = 0.03, QUIET_MS = 640, LONGEST_MS = 15000, PATIENCE_MS = 6000;
// Echo and noise filters bend the voice: with them the recogniser heard 2 of our 4 clips wrong, without them none.
const SOUND = { channelCount: 1, echoCancellation: false, noiseSuppression: false };
const TAP = "registerProcessor('tap',class extends AudioWorkletProcessor{process(i){if(i[0][0])this.port.postMessage(i[0][0].slice());return true}})";

let recording = null;
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
  if (!navigator.mediaDevices) { tell('mic_insecure'); return }
  speechSynthesis?.cancel();
  let media;
  try {
    media = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
  } catch (error) { tell(error.name === 'NotFoundError' ? 'mic_missing' : 'mic_blocked'); return }
  const context = new AudioContext({ sampleRate: RATE });
  const address = URL.createObjectURL(new Blob([TAP], { type: 'text/javascript' }));
  await context.audioWorklet.addModule(address);
  URL.revokeObjectURL(address);
  const node = new AudioWorkletNode(context, 'tap');
  context.createMediaStreamSource(media).connect(node);
  recording = { media, context, chunks: [], began: performance.now(), voiced: 0, last: 0 };
  node.port.onmessage = message => take(message.data);
  face('listening'); tell('listening', true);
}

function take(samples) {
  if (!recording) return;
  const now = performance.now(), peak = samples.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  recording.chunks.push(samples);
  button.style.setProperty('--level', Math.min(1, peak * 3).toFixed(2));
  if (peak > LOUD) { recording.voiced ||= now; recording.last = now }
  const quiet = recording.voiced && now - recording.last > QUIET_MS;
  if (!recording.voiced && now - recording.began > PATIENCE_MS) stop(true);
  else if (quiet || now - recording.began > LONGEST_MS) stop();
}

async function stop(nothing) {
  const { media, context, chunks } = recording;
  recording = null;
  media.getTracks().forEach(track => track.stop());
  context.close();
  button.style.removeProperty('--level');
  if (nothing) { face(''); tell('quiet'); return }
  face('sending'); tell('sending', true);
  await send([new File([wav(chunks)], 'speech.wav', { type: 'audio/wav' })], ([path]) => ({ audio: path }));
  face('');
}

function wav(chunks) {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0), view = new DataView(new ArrayBuffer(44 + 2 * length));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, 'RIFF'); view.setUint32(4, 36 + 2 * length, true); text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true); view.setUint32(28, 2 * RATE, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  text(36, 'data'); view.setUint32(40, 2 * length, true);
  let at = 44;
  for (const chunk of chunks) for (const value of chunk) {
    view.setInt16(at, Math.max(-1, Math.min(1, value)) * 32767, true); at += 2;
  }
  return view.buffer;
}

async function send(files, request) {
  try {
    const sent = await Promise.all(files.map(file => upload(file)));
    tell('');
    window.LUEUR.ask(request(sent.map(item => item.path), sent));
  } catch { tell('upload_failed') }
}
button.addEventListener('click', () => { recording ? stop() : button.dataset.state === 'sending' || listen() });
addEventListener('keydown', event => { if (event.key === 'Escape' && recording) stop(true) });
window.LUEUR.hint = tell;
