// The open camera: watches the scene here in the page and sends a frame only when one is worth a look; at most 4 a second.
// What comes back are small cards. Taps send ids. Closing it turns what was found into a turn of the conversation.

const find = query => element.querySelector(query);
const dialog = find('#scan'), video = find('video'), finds = find('#finds'), file = find('input[type=file]');
const state = find('#scan-state'), sum = find('#scan-sum');
const word = key => window.LUEUR.word(key);
const TICK = 66, PAUSE = 250;  // ms between looks at the scene, and between frames at the least
const STILL = 5, OTHER = 9;    // mean difference of grey (of 255): below, the scene rests; above, it is another scene
const LONGEST = 1600, QUALITY = 0.8, TRIES = 6;  // pixels, of a JPEG, and how often one scene is looked at again
const grey = canvas(96, 72), fine = canvas(320, 240);
let stream = null, before = null, still = 0, sent = null, busy = false, pending = 0, again = false, tries = 0, chain = 0, facing = 'environment';

function canvas(width, height) {
  const made = document.createElement('canvas');
  made.width = width; made.height = height;
  return made.getContext('2d', { willReadFrequently: true });
}
function light(context) {  // the scene as grey values, and how sharp it is
  const { width, height } = context.canvas;
  context.drawImage(video, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height).data, values = new Uint8Array(width * height);
  for (let i = 0; i < values.length; i++) values[i] = (pixels[4 * i] + 2 * pixels[4 * i + 1] + pixels[4 * i + 2]) >> 2;
  return values;
}
const apart = (one, other) => one.reduce((all, value, i) => all + Math.abs(value - other[i]), 0) / one.length;

// Cells of 20 pixels whose edges run one way are stripes, those with strong edges both ways are dots: a code has several.
function structure(values, width, height) {
  let cells = 0, sharp = 0;
  for (let top = 0; top + 20 < height; top += 20) for (let left = 0; left + 20 < width; left += 20) {
    let across = 0, down = 0;
    for (let y = top; y < top + 20; y++) for (let x = left; x < left + 20; x++) {
      const at = y * width + x;
      across += Math.abs(values[at + 1] - values[at]); down += Math.abs(values[at + width] - values[at]);
    }
    const most = Math.max(across, down) / 400, least = Math.min(across, down) / 400;
    sharp += most + least;
    if (most > 22 && (most > 3 * least || least > 22)) cells++;
  }
  return { coded: cells > 2, sharp };
}

function watch() {
  if (!stream || video.readyState < 2) return;
  const scene = light(grey), now = performance.now();
  still = before && apart(scene, before) < STILL ? still + 1 : 0;
  before = scene;
  if (busy || (sent && now - sent.at < PAUSE)) return;
  const other = !sent || apart(scene, sent.scene) > OTHER;
  if (!other && (pending || (!again && still < 2))) return;
  const { coded, sharp } = structure(light(fine), 320, 240);
  if (other ? still > 1 || coded : again || (still > 1 && sharp > 1.2 * sent.sharp)) {
    if (other || !again) { chain = now; tries = 0 }
    sent = { scene, sharp, at: now };
    look();
  }
}

const post = (verb, body) =>
  fetch(`/live/${window.LUEUR.session()}/${verb}?language=${window.LUEUR.language()}`, { method: 'POST', body });
function picture(scale, quality) {
  const whole = canvas(video.videoWidth * scale, video.videoHeight * scale);
  whole.drawImage(video, 0, 0, whole.canvas.width, whole.canvas.height);
  return new Promise(done => whole.canvas.toBlob(done, 'image/jpeg', quality));
}
async function look() {
  busy = true; pending++; again = false;
  const began = chain, scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
  try {
    const answer = await post('frame', await picture(scale, QUALITY));
    if (answer.status === 429) { again = true; return }
    let rest = '';
    for (const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
      const { value, done } = await reader.read();
      if (done) break;
      const lines = (rest + value).split('\n');
      rest = lines.pop();
      lines.forEach(line => take(JSON.parse(line), began));
      busy = false;  // the codes are known; print may still be read while the next frame goes out
    }
    tell('');
  } catch { tell('camera_lost') } finally { busy = false; pending-- }
}
function take(answer, began) {
  if ('again' in answer) again = answer.again && ++tries < TRIES;
  if (answer.sum !== undefined) sum.innerHTML = answer.sum;
  if (answer.error || answer.said) tell('', answer.error || answer.said);
  const piece = document.createElement('template');
  piece.innerHTML = answer.html || '';
  for (const card of [...piece.content.children]) {
    const old = document.getElementById(card.id);
    old ? old.replaceWith(card) : finds.prepend(card);
    navigator.vibrate?.(30);
    if (began) requestAnimationFrame(() => setTimeout(() => performance.measure('lueur.find', { start: began, detail: card.className })));
  }
}
function tell(key, text = '') {
  find('#scan-note').textContent = key ? word(key) : text;
}

// -- opening and closing --------------------------------------------------------------------------------------------
async function open() {
  finds.replaceChildren(); tell(''); state.hidden = true;
  if (!dialog.open) dialog.showModal();
  post('open').then(answer => answer.json()).then(take, () => tell('camera_lost'));
  if (!navigator.mediaDevices) { refuse('camera_insecure'); return }
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing, width: { ideal: 1920 }, height: { ideal: 1080 } } });
  } catch (error) { refuse(error.name === 'NotFoundError' ? 'camera_missing' : 'camera_blocked'); return }
  if (!dialog.open) { stop(); return }
  video.srcObject = stream;
  const [track] = stream.getVideoTracks(), cameras = await navigator.mediaDevices.enumerateDevices();
  find('#torch').hidden = !track.getCapabilities?.().torch;
  find('#flip').hidden = cameras.filter(device => device.kind === 'videoinput').length < 2;
  find('.shutter').hidden = false;
}
function refuse(key) {
  state.hidden = false;
  find('#scan-state p').textContent = word(key);
  find('.shutter').hidden = true;
}
function stop() {
  stream?.getTracks().forEach(track => track.stop());
  stream = video.srcObject = before = sent = null; still = 0; again = false;
}
async function close() {
  stop();
  dialog.close();
  try {
    const { html } = await (await post('close')).json();
    if (html) window.LUEUR.merge(html);
  } catch { /* the next look at this session shows it */ }
}
async function photograph(files) {
  await close();
  const text = document.querySelector('#box textarea')?.value || '';
  try {
    const stored = await Promise.all(files.map(one => upload(one)));
    window.LUEUR.ask({ text, files: stored.map((item, i) => ({ ...item, orig_name: files[i].name, url: URL.createObjectURL(files[i]) })) });
  } catch { window.LUEUR.hint('upload_failed') }
}
async function torch(button) {
  const on = button.getAttribute('aria-pressed') !== 'true';
  await stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
  button.setAttribute('aria-pressed', String(on));
}
async function add(button) {
  button.setAttribute('aria-busy', 'true');
  try {
    const answer = await (await post('tap', JSON.stringify({ id: button.dataset.stay }))).json();
    take(answer);
    if (answer.done) {
      const count = button.dataset.count = 1 + Number(button.dataset.count || 0);
      button.textContent = `✓ ${count}`; button.title = word('eye_added');
      tell('');
    }
  } catch { tell('camera_lost') } finally { button.removeAttribute('aria-busy') }
}

find('#eye-open').addEventListener('click', open);
file.addEventListener('change', () => { if (file.files.length) photograph([...file.files]); file.value = '' });
dialog.addEventListener('cancel', event => { event.preventDefault(); close() });
dialog.addEventListener('click', async event => {
  const button = event.target.closest('button');
  if (!button) return;
  if ('close' in button.dataset) close();
  if ('shoot' in button.dataset) photograph([new File([await picture(1, 0.9)], 'photo.jpg', { type: 'image/jpeg' })]);
  if ('choose' in button.dataset) file.click();
  if (button.dataset.stay) add(button);
  if (button.dataset.leave) { await close(); window.LUEUR.tap(button.dataset.leave) }
  if (button.id === 'torch') torch(button);
  if (button.id === 'flip') { facing = facing === 'user' ? 'environment' : 'user'; stop(); open() }
});
addEventListener('pagehide', () => dialog.open && navigator.sendBeacon(`/live/${window.LUEUR.session()}/close`));
document.addEventListener('visibilitychange', () => document.hidden && dialog.open && close());
setInterval(watch, TICK);
