// The conversation in the page: turns, taps, the clock of a sheet, settings. Knows ids and words, nothing of money.
// Gradio calls this once with (element, trigger, props, server, upload, watch).

const find = (query, root = document) => root.querySelector(query);
const all = (query, root = document) => [...root.querySelectorAll(query)];
const log = find('#log', element), scroller = find('#scroll', element), says = find('#says', element);
const calm = matchMedia('(prefers-reduced-motion: reduce)');

// -- what this browser remembers: session, language, theme, voice ---------------------------------------------------
const here = {};  // a frame of another site, or a private window, may have no storage: then it lasts as long as the page
const kept = {
  get: name => { try { return localStorage.getItem('lueur.' + name) || '' } catch { return here[name] || '' } },
  set: (name, value) => { try { localStorage.setItem('lueur.' + name, value) } catch { here[name] = value } },
};
const spoken = () => ['en', 'fr', 'zh'].find(code => (navigator.language || 'en').toLowerCase().startsWith(code)) || 'en';
const language = () => kept.get('language') || spoken();
const word = key => window.LUEUR.words[language()][key] || key;

function dress() {
  document.documentElement.lang = language();
  const dark = kept.get('theme') ? kept.get('theme') === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.body.classList.toggle('dark', dark);
  all('[data-t]').forEach(node => { node.textContent = word(node.dataset.t) });
  all('[data-l]').forEach(node => {
    const named = node.matches('button, dialog, [role]');
    node.setAttribute(named ? 'aria-label' : 'title', word(node.dataset.l));
    if (node.matches('button')) node.title = word(node.dataset.l);
  });
  const box = find('#box textarea');
  if (box) {
    box.placeholder = word(innerWidth < 520 ? 'placeholder_short' : 'placeholder');
    box.setAttribute('aria-label', word('placeholder_short'));
    find('#box .upload-button')?.setAttribute('aria-label', word('attach'));
    find('#box .submit-button')?.setAttribute('aria-label', word('send'));
  }
  all('#settings input').forEach(input => { input.checked = input.value === kept.get(input.name) });
  find('#voiceless').hidden = !kept.get('voice') || !!voiceFor(language());
}

// -- one request at a time on each line, so that no answer overtakes another ----------------------------------------
const lines = {};
function line(name) {
  return lines[name] ||= { waiting: [], busy: false, push(data) { this.waiting.push(data); this.next() },
    next() { if (!this.busy && this.waiting.length) { this.busy = true; fire(name, this.waiting.shift()) } } };
}
const fire = (name, data) => {
  const whole = { session: kept.get('session'), language: kept.get('language'), page: language(), ...data };
  if (name === 'hello') trigger('hello', whole);
  if (name === 'ask') trigger('ask', whole);
  if (name === 'act') trigger('act', whole);
  if (name === 'follow') trigger('follow', whole);
};
function done(name) {
  line(name).busy = false;
  if (name === 'hello') document.body.dataset.ready = 'yes';
  if (name === 'hello') line('ask').busy = false;
  all('.turn.pending[data-sent]').forEach(turn => { if (name === 'ask') lose(turn) });
  if (name === 'ask') window.LUEUR.answered?.();
  if (name === 'act') all('[aria-busy]', log).forEach(free);
  (name === 'hello' ? ['ask'] : [name]).forEach(each => line(each).next());
}
const free = node => node.removeAttribute('aria-busy');
function lose(turn) {  // the line is free and nobody answered: give the answer a moment to be painted first
  setTimeout(() => {
    if (turn.isConnected && turn.dataset.sent) { find('.note', turn).textContent = word('lost'); turn.classList.remove('pending') }
  }, 1500);
}

// -- pieces from the server -----------------------------------------------------------------------------------------
function merge(html) {
  const piece = document.createElement('template');
  piece.innerHTML = html;
  for (const node of [...piece.content.children]) {
    if (node.matches('.session')) kept.set('session', node.dataset.id);
    else if (node.matches('.noticed')) find('#noticed').replaceChildren(node);
    else if (node.matches('.progress')) advance(node);
    else if (node.matches('.turn')) settle(node);
    else if (node.matches('.card')) replace(node);
  }
  find('#welcome').hidden = !!log.children.length;
  all('time', log).forEach(clock);
  tick();
}

function advance(node) {
  const turn = document.getElementById('p-' + node.dataset.for);
  if (!turn) return;
  find('.note', turn).textContent = find('.note', node).textContent;
  const heard = find('.heard-words', node);
  if (heard) find('.bubble', turn).replaceChildren(heard);
}

// The sample clip is played while it is understood: each word lights up as it is said, and the sheet waits for a tap.
let clip = null;
function watch_it() {
  clip = new Audio('/samples/voice');
  clip.play().catch(() => {});  // a page without sound still shows the words
  const began = performance.now(), light = () => {
    const at = (performance.now() - began) / 1000;
    all('.heard-words [data-at]', log).forEach(each => each.classList.toggle('lit', each.dataset.at <= at));
    at < 20 && requestAnimationFrame(light);
  };
  light();
}
function invite(turn) {
  const pay = find('.pay_sheet .primary', turn), note = document.createElement('p');
  clip = null;
  if (!pay) return;
  note.className = 'muted invite'; note.textContent = word('watch_tap');
  pay.classList.add('glow'); pay.closest('.actions').after(note);
}

function settle(turn) {
  const asked = turn.dataset.for && document.getElementById('p-' + turn.dataset.for);
  const cards = all('.card', turn);
  const here = tapped && cards.some(card => card.id === tapped);  // a tap on a card changes it where it stands
  if (find('.me', turn) || (tapped && !here && cards.every(card => card.matches('.cart')))) cards.forEach(card => document.getElementById(card.id)?.remove());  // shown again: here it stands now
  else if (tapped && cards[0]?.id === tapped) {  // what one sheet became: a receipt for each shop, in its place
    cards.forEach((card, at) => { if (!replace(card)) document.getElementById(cards[at - 1].id).after(card) });
    say(turn); return;
  } else if (cards.length && cards.filter(replace).length === cards.length) { say(turn); return }
  const lit = clip && asked && find('.heard-words', asked), photos = asked && find('.thumbs', asked);
  if (lit && find('.bubble p', turn)) { find('.bubble p', turn).replaceWith(lit); invite(turn) }
  if (photos && find('.bubble', turn)) { find('.bubble', turn).prepend(photos); all('.attached', turn).forEach(n => n.remove()) }
  const known = asked || (turn.id && document.getElementById(turn.id));
  known ? known.replaceWith(turn) : log.append(turn);
  if (asked || !turn.dataset.for) show(turn);
  if (document.body.dataset.ready) say(turn);
}

function replace(card) {  // true when a card with this id was shown and is now this one
  const old = document.getElementById(card.id);
  if (!old) return false;
  if (old.dataset.payment && !find('.ring', card) && old.textContent === card.textContent) return true;
  if (old.matches('.flash') && adjusted(old, card)) return true;
  const open = all('details[open]', old).length, held = old.contains(document.activeElement);
  card.classList.add('settled');
  old.replaceWith(card);
  if (open) all('details', card).forEach(fold => { fold.open = true });
  if (held) card.focus({ preventScroll: true });
  return true;
}

const show = turn => requestAnimationFrame(() =>
  scroller.scrollTo({ top: turn.offsetTop - 16, behavior: calm.matches || !document.body.dataset.ready ? 'instant' : 'smooth' }));

function clock(node) {
  const moment = new Date(node.dateTime), today = new Date().toDateString() === moment.toDateString();
  const style = 'zone' in node.dataset ? { dateStyle: 'medium', timeStyle: 'long' } : today ? { hour: '2-digit', minute: '2-digit' } : { dateStyle: 'medium', timeStyle: 'short' };
  node.textContent = new Intl.DateTimeFormat(node.closest('[lang]').lang, style).format(moment);
  node.title = node.dateTime;
}

// -- asking ---------------------------------------------------------------------------------------------------------
let questions = 0;
function ask({ text = '', files = [], audio = '', sample = '' }) {
  if (!(text.trim() || files.length || audio || sample)) return;
  hush();
  if (sample === 'voice') watch_it();
  const number = `${Date.now().toString(36)}-${questions++}`;
  const turn = document.createElement('article'), me = document.createElement('div'), answer = document.createElement('div');
  turn.className = 'turn pending'; turn.id = 'p-' + number; turn.dataset.sent = number; turn.lang = language();
  me.className = 'me'; answer.className = 'answer';
  const bubble = me.appendChild(document.createElement('div')); bubble.className = 'bubble';
  const photos = files.filter(file => file.url && /\.(png|jpe?g|webp|gif|bmp|heic)$/i.test(file.path));
  const thumbs = [...photos, ...(sample === 'photo' ? [{ url: '/samples/photo' }] : [])].map(picture);
  if (thumbs.length) { const row = bubble.appendChild(document.createElement('div')); row.className = 'thumbs'; row.append(...thumbs) }
  const words = bubble.appendChild(document.createElement('p'));
  words.textContent = text || (audio || sample === 'voice' ? '…' : thumbs.length ? '' : files.map(f => f.orig_name || '').join(', '));
  const note = answer.appendChild(document.createElement('p')); note.className = 'note';
  note.textContent = word(audio || sample === 'voice' ? 'hearing' : thumbs.length ? 'looking' : 'working');
  turn.append(me, answer); log.append(turn);
  find('#welcome').hidden = true;
  show(turn);
  const send = () => line('ask').push({ number, text, audio, sample, paths: files.map(file => file.path) });
  thumbs.length ? Promise.all(thumbs.map(shown)).then(send) : send();  // the server deletes a file once it is read
}
function picture({ url }) {
  const image = new Image(); image.src = url; image.alt = word('photo');
  return image;
}
const shown = image => image.decode().catch(() => image.remove());

// -- taps -----------------------------------------------------------------------------------------------------------
element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.check) { check(button); return }
  if (button.dataset.id) tap(button);
  if (button.dataset.step) step(button);
  if (button.dataset.say) write(button.dataset.say);
  if ('print' in button.dataset) paper(button.closest('.card'));
  if (button.dataset.ask || button.dataset.sample)
    ask({ text: button.dataset.ask ? word(button.dataset.ask) : '', sample: button.dataset.sample || '' });
  if (button.dataset.ask) button.closest('dialog')?.close();
  if (button.dataset.erase) erase(button);
  if (button.dataset.close) button.closest('dialog').close();
  if (button.id === 'open-settings') { dress(); weigh(); find('#settings').showModal() }
  if (button.dataset.weights) weigh('/' + button.dataset.weights);
  if (button.id === 'fresh') { kept.set('session', ''); location.reload() }
});
element.addEventListener('change', event => {  // a column read otherwise is shown at once
  const again = event.target.matches('select[data-again]') && all('button', event.target.closest('.card')).find(b => b.dataset.id === event.target.dataset.again);
  if (again) tap(again);
});
element.addEventListener('error', event => event.target.matches?.('img') && event.target.remove(), true);
let tapped = '';  // the card of the last tap
function tap(button) {
  if (button.hasAttribute('aria-busy')) return;
  tapped = button.closest('.card')?.id || '';
  const card = button.closest('.card'), values = {};
  if (!card?.matches('.flash')) all('input[name], select[name]', card || button).forEach(input => { values[input.name] = input.value });
  button.setAttribute('aria-busy', 'true');
  hush();
  line('act').push({ id: button.dataset.id, values });
}
// -- flash cards: what a control says is computed on the server; the card changes around the hand that holds it -------
function adjust(control) {
  const id = find('.controls', control.closest('.card')).dataset.change, queue = line('act');
  const value = control.type === 'checkbox' ? String(control.checked) : control.value;
  all(`[name="${control.name}"]`, control.closest('.card')).forEach(twin => { if (twin !== control && twin.type !== 'checkbox') twin.value = value });
  if (!value) return;
  queue.waiting = queue.waiting.filter(each => !(each.id === id && control.name in each.values));  // only where it is now
  hush();
  queue.push({ id, values: { [control.name]: value } });
}
element.addEventListener('input', event => { if (event.target.matches('.flash input[type=range]')) adjust(event.target) });
element.addEventListener('change', event => { if (event.target.matches('.flash [name]:not([type=range])')) adjust(event.target) });
function step(button) {
  const input = find('input', button.parentElement), next = Number(input.value) + Number(button.dataset.step);
  input.value = Math.max(Number(input.min), Math.round(next * 100) / 100);
  adjust(input);
}
function adjusted(old, card) {  // false when other controls are there now: then the card is drawn anew
  const names = root => all('.control', root).map(each => each.dataset.name).join();
  if (names(old) !== names(card)) return false;
  const held = document.activeElement?.closest?.('.control');
  for (const part of ['.outcome', '.top', '.foot']) if (!find(part, old).contains(document.activeElement)) find(part, old).replaceWith(find(part, card)); else refocus(find(part, old), find(part, card));
  all('.control', card).forEach(fresh => {
    const mine = find(`.control[data-name="${fresh.dataset.name}"]`, old);
    if (mine !== held) mine.replaceWith(fresh);
    else if (find('.unit', mine)) find('.unit', mine).textContent = find('.unit', fresh).textContent;
  });
  return true;
}
function refocus(old, fresh) {  // the button that was tapped keeps the keyboard
  const at = all('button', old).indexOf(document.activeElement);
  old.replaceWith(fresh);
  all('button', fresh)[at]?.focus({ preventScroll: true });
}
function check(button) {  // an uncertain field is looked at before the button can pay
  const doubt = find('.doubt', button.closest('.card'));
  doubt?.classList.add('looked');
  delete button.dataset.check;
  button.textContent = button.dataset.label;
}
function guard() {
  all('button[data-check]', log).forEach(button => {
    if (button.dataset.label) return;
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.check;
  });
}
async function erase(button) {  // the second touch erases; then the page begins anew
  if (button.textContent !== button.dataset.erase) { button.textContent = button.dataset.erase; return }
  const answer = await fetch('/forget', { method: 'POST' });
  if (answer.ok) { kept.set('session', ''); location.reload() } else button.nextElementSibling.textContent = await answer.text();
}
function paper(card) {  // the receipt alone, on paper or as a PDF
  card.classList.add('printed');
  window.print();
  card.classList.remove('printed');
}
function write(text) {
  const box = find('#box textarea');
  box.value = text; box.dispatchEvent(new Event('input', { bubbles: true }));
  box.focus();
}

// -- the clock: undo rings empty, sheets expire, moving payments are asked after ------------------------------------
function tick() {
  guard();
  const now = performance.now();
  all('.ring[data-left]', log).forEach(ring => {
    ring.dataset.from ||= now;
    const left = Math.max(0, ring.dataset.left - (now - ring.dataset.from) / 1000);
    ring.style.setProperty('--left', 100 * left / ring.dataset.whole);
    const count = find('.count', ring.parentElement);
    if (count.textContent !== String(Math.ceil(left))) count.textContent = Math.ceil(left);
  });
  all('.card[data-expires]', log).forEach(card => {
    card.dataset.from ||= now;
    if (card.dataset.expires - (now - card.dataset.from) / 1000 > 0 || card.classList.contains('expired')) return;
    card.classList.add('expired');
    find('.gone', card)?.removeAttribute('hidden');
    all('.actions button', card).forEach(button => { button.disabled = true });
  });
}
setInterval(tick, 250);

// A server that does not answer: nobody knows how a moving payment stands, and its receipt says so until it is back.
let silent = 0;
async function reach() {
  const moving = all('.card[data-payment]', log);
  if (!moving.length || reach.busy) return;
  reach.busy = true;
  const there = await fetch('/healthz', { cache: 'no-store' }).then(answer => answer.ok, () => false);
  reach.busy = false;
  silent = there ? 0 : silent + 1;
  moving.forEach(card => doubt(card, silent > 1));
}
function doubt(card, away) {
  if (away === card.classList.contains('away') || !find('.status', card)) return;
  card.classList.toggle('away', away);
  if (!away) return all('.checking', card).forEach(node => node.remove());
  const [state, note] = ['state checking', 'caution checking'].map(name => Object.assign(document.createElement('p'), { className: name }));
  state.textContent = word('away'); note.textContent = word('away_note'); note.setAttribute('role', 'status');
  find('.status', card).prepend(state); find('.status', card).after(note);
}
setInterval(reach, 1000);
setInterval(() => {
  const payments = all('.card[data-payment]', log).map(card => card.dataset.payment);
  if (payments.length && !line('follow').busy) line('follow').push({ payments: [...new Set(payments)].slice(-20) });
}, 1000);

// -- speaking: only with a voice that lives in this device ------------------------------------------------------------
const voiceFor = lang => window.speechSynthesis?.getVoices().find(v => v.localService && v.lang.toLowerCase().startsWith(lang));
const hush = () => window.speechSynthesis?.cancel();
function say(turn) {
  says.textContent = turn.isConnected ? '' : turn.dataset.speak;
  if (!kept.get('voice') && !turn.hasAttribute('data-spoken')) return;
  const voice = voiceFor(turn.lang);
  if (!voice || !turn.dataset.speak) return;
  const words = new SpeechSynthesisUtterance(turn.dataset.speak);
  words.voice = voice; words.lang = voice.lang;
  window.speechSynthesis.speak(words);
}

// -- weights: fetched when a person taps, never by themselves ---------------------------------------------------------
const shelf = find('#weights');
async function weigh(tap = '') {
  clearTimeout(weigh.timer);
  const answer = await fetch(`/weights${tap}?language=${language()}`, { method: tap ? 'POST' : 'GET' }).catch(() => null);
  if (answer?.ok) {
    const held = shelf.contains(document.activeElement) && document.activeElement.dataset.weights?.split('/')[0];
    shelf.innerHTML = await answer.text();
    if (held) all('[data-weights]', shelf).find(button => button.dataset.weights.startsWith(held + '/'))?.focus();
  }
  if (find('[data-state=fetching]', shelf) && find('#settings').open) weigh.timer = setTimeout(weigh, 700);
}

// -- keys -----------------------------------------------------------------------------------------------------------
addEventListener('keydown', event => {
  const writing = event.target.matches?.('input, textarea, [contenteditable]');
  if (event.key === '/' && !writing && !find('dialog[open]')) { event.preventDefault(); find('#box textarea')?.focus() }
  if (event.key === 'Escape' && !find('dialog[open]')) {
    const sheet = all('.card.pay_sheet:not(.expired)', log).pop();
    const cancel = sheet && find('.actions button:not(.primary)', sheet);
    if (cancel) { event.preventDefault(); cancel.click() }
  }
});
find('#settings').addEventListener('change', event => { kept.set(event.target.name, event.target.value); dress() });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', dress);

Object.assign(window.LUEUR, { merge, ask, done, word, language, session: () => kept.get('session'), hands: () => kept.get('hands') === 'on', tap: id => line('act').push({ id, values: {} }), file: value => ask({ text: value.text || '', files: value.files || [] }) });
find('meta[name=viewport]', document.head)?.setAttribute('content', 'width=device-width, initial-scale=1, viewport-fit=cover');
line('ask').busy = true;  // until the server has said which session this is
dress();
setTimeout(dress, 0);
new MutationObserver((_, watcher) => { if (find('#box textarea')) { watcher.disconnect(); dress() } })
  .observe(document.body, { childList: true, subtree: true });
line('hello').push({});
