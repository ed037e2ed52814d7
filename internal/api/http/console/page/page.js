/* The console in a browser. What to open is in the fragment: kind, instance, and a ticket that opens it once. */
const wanted = new URLSearchParams(location.hash.slice(1));
const kind = wanted.get('kind') === 'vnc' ? 'vnc' : 'serial';
const instance = wanted.get('instance') ?? '';
const screen = document.getElementById('screen');
const state = document.getElementById('state');
const again = document.getElementById('again');
const keys = document.getElementById('keys');

document.getElementById('name').textContent = `${instance} (${kind})`;
document.title = `${instance} console`;
let ticket = wanted.get('ticket') ?? '';
// A ticket is good once: it has no place in the history.
wanted.delete('ticket');
history.replaceState(null, '', `#${wanted}`);

// xterm.js makes style elements: the policy of this page lets in those with its nonce.
const { nonce } = document.querySelector('link[nonce]');
const createElement = document.createElement.bind(document);
document.createElement = (name, options) => {
  const element = createElement(name, options);
  if (name === 'style') element.nonce = nonce;
  return element;
};

function tell(text) {
  state.textContent = text;
}

function ended(text) {
  tell(text);
  keys.hidden = true;
  again.hidden = instance === '';
}

async function newTicket() {
  const response = await fetch(`/v1/instances/${encodeURIComponent(instance)}/consoles/ticket`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      kind: kind === 'vnc' ? 'CONSOLE_KIND_VNC' : 'CONSOLE_KIND_SERIAL',
      scrollbackBytes: kind === 'vnc' ? 0 : 65536,
    }),
  });
  const answer = await response.json();
  if (response.status === 401) {
    throw new Error(
      `This page cannot say who you are. \`protium console --page ${instance}\` gives a new address.`,
    );
  }
  if (!response.ok) throw new Error(answer.detail ?? response.statusText);
  return answer.ticket;
}

function connect(oneTicket) {
  const { protocol, host } = location;
  const address = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/v1/console`;
  const socket = new WebSocket(address, ['binary', `ticket.${oneTicket}`]);
  socket.binaryType = 'arraybuffer';
  let opened = false;
  socket.addEventListener('open', () => {
    opened = true;
    tell('open');
  });
  socket.addEventListener('close', ({ reason }) => {
    const unopened = 'It was not opened: the ticket was used or is too old.';
    ended(reason || (opened ? 'The connection was lost.' : unopened));
  });
  return socket;
}

/* What shows a console is loaded before it is opened: the guest may speak at once. */
async function serialView() {
  const [{ Terminal }, { FitAddon }] = await Promise.all([
    import('/console/xterm.mjs'),
    import('/console/addon-fit.mjs'),
  ]);
  const terminal = new Terminal({ scrollback: 10000, cursorBlink: true });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(screen);
  fit.fit();
  addEventListener('resize', () => fit.fit());
  const encoder = new TextEncoder();
  return (socket) => {
    const send = (bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
    };
    terminal.onData((text) => send(encoder.encode(text)));
    terminal.onBinary((text) => send(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    socket.addEventListener('message', ({ data }) => terminal.write(new Uint8Array(data)));
    terminal.focus();
  };
}

async function displayView() {
  const { default: RFB } = await import('/console/novnc/core/rfb.js');
  return (socket) => {
    const display = new RFB(screen, socket);
    display.scaleViewport = true;
    display.addEventListener('credentialsrequired', () => {
      display.sendCredentials({ password: prompt('Password of the display') ?? '' });
    });
    display.addEventListener('securityfailure', ({ detail }) =>
      tell(`The display refused: ${detail.reason ?? detail.status}`),
    );
    keys.hidden = false;
    keys.onclick = () => display.sendCtrlAltDel();
  };
}

async function open() {
  again.hidden = true;
  screen.replaceChildren();
  tell('opening');
  try {
    const show = await (kind === 'vnc' ? displayView() : serialView());
    const oneTicket = ticket === '' ? await newTicket() : ticket;
    ticket = '';
    show(connect(oneTicket));
  } catch (error) {
    ended(error.message);
  }
}

again.onclick = open;
if (ticket === '' && instance === '') {
  ended('Nothing to open. `protium console --page NAME` gives the address.');
} else open();
