import { askedCapability, askedPort, passwordProblem } from './booking-rules.ts';
import { endTime, startTime } from './booking-times.ts';
import type { Capability } from './capability.ts';

/** Where the dialogue is held. */
export interface Terminal {
  /** The line that is typed, without its end. Rejects when there is no more. */
  readonly ask: (prompt: string, options?: { readonly hidden: boolean }) => Promise<string>;
  readonly tell: (line: string) => void;
}

/** What the dialogue asks of the daemon. A refusal is a sentence for the person. */
export interface BookingDesk {
  /** null: not in allow_userIDs. */
  user(user: string): Promise<DeskUser | null>;
  /** Whether that is the user's password. */
  login(user: string, password: string): Promise<boolean>;
  /** Images that may be booked, the usual one first. */
  images(): Promise<readonly string[]>;
  /** A port that nobody has. */
  freePort(): Promise<number>;
  /** null: it is booked. */
  book(request: DeskRequest): Promise<string | null>;
  /** null: done. */
  change(user: string, password: string, change: ProfileChange): Promise<string | null>;
  /** null: done. */
  register(user: string, profile: NewProfile): Promise<string | null>;
}

export interface DeskUser {
  /** Has been here before. */
  readonly isKnown: boolean;
  readonly maximum: Capability & { readonly backupSpaceGb: number; readonly workSpaceGb: number };
}

export interface DeskRequest extends Capability {
  readonly user: string;
  readonly password: string;
  readonly start: number;
  readonly end: number;
  /** null: as the profile has it. */
  readonly forwardPort: number | null;
  readonly image: string | null;
  readonly extraCommand: string | null;
}

export interface NewProfile {
  readonly password: string;
  readonly forwardPort: number;
}

export interface ProfileChange {
  readonly password: string | null;
  readonly forwardPort: number | null;
  readonly image: string | null;
  readonly extraCommand: string | null;
}

const tries = 3;

/**
 * AIVC's booking dialogue: the same questions in the same order. Resolves with whether something was booked.
 *
 * @param user given on the command line; null: it is asked for
 * @param useOptions whether password, port, image and extra command are asked for
 */
export async function bookByDialogue(
  { ask, tell }: Terminal,
  desk: BookingDesk,
  options: { readonly user: string | null; readonly useOptions: boolean; readonly now: () => number },
): Promise<boolean> {
  const user = (options.user ?? (await ask('Please enter the user_id: '))).trim().toLowerCase();
  const known = await desk.user(user);
  if (known === null) {
    tell('InputError: Unknown account! Check your user account or connect to the Host Maintainer(MLOps).');
    return false;
  }
  const password = known.isKnown
    ? await logIn({ ask, tell }, desk, user)
    : await newUser({ ask, tell }, desk, user);
  if (password === null) return false;
  const change = options.useOptions ? await askOptions({ ask, tell }, desk) : noChange;

  const { maximum } = known;
  tell('Your Maximum Capability Information:');
  tell(`cpus=${decimal(maximum.cpus)}, memory=${maximum.memoryGb}, gpus=${maximum.gpus}`);
  const capability = await until({ ask, tell }, capabilityPrompt, (answer) =>
    askedCapability(answer, maximum),
  );
  const start = await until({ ask, tell }, timePrompt('start'), (answer) =>
    timeOf(startTime(answer, options.now())),
  );
  const end = await until({ ask, tell }, timePrompt('end'), (answer) => timeOf(endTime(answer, start)));

  const { forwardPort, image, extraCommand } = change;
  const request: DeskRequest = {
    user,
    password,
    ...capability,
    start,
    end,
    forwardPort,
    image,
    extraCommand,
  };
  const refusal = await desk.book(request);
  if (refusal !== null) {
    tell(refusal);
    return false;
  }
  if (change !== noChange) await keepChange({ ask, tell }, desk, { user, password, change });
  tell('Booking successful!');
  return true;
}

const capabilityPrompt = "Please enter the capability information 'cpus(float) memory(int) gpus(int)': ";
const timePrompt = (which: 'start' | 'end'): string =>
  `Please enter the ${which} time, the form is YYYY MM DD hh mm: `;
const noChange: ProfileChange = { password: null, forwardPort: null, image: null, extraCommand: null };

type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** Asks until the answer will do. */
async function until<T>(
  { ask, tell }: Terminal,
  prompt: string,
  check: (answer: string) => Checked<T>,
): Promise<T> {
  for (;;) {
    const checked = check(await ask(prompt));
    if (checked.ok) return checked.value;
    tell(checked.message);
  }
}

function timeOf(answer: ReturnType<typeof startTime>): Checked<number> {
  return answer.ok ? { ok: true, value: answer.time } : answer;
}

/** The password; null: three were wrong. */
async function logIn({ ask, tell }: Terminal, desk: BookingDesk, user: string): Promise<string | null> {
  for (let left = tries; left > 0; left -= 1) {
    const password = await ask('Please enter the password: ', { hidden: true });
    if (await desk.login(user, password)) {
      tell('Login Successfully!!');
      return password;
    }
    tell('Wrong password!!');
  }
  tell('ByeBye~~');
  return null;
}

async function newUser(terminal: Terminal, desk: BookingDesk, user: string): Promise<string | null> {
  terminal.tell('New User, Welcome~~~');
  const password = await newPassword(terminal);
  const refusal = await desk.register(user, { password, forwardPort: await desk.freePort() });
  if (refusal === null) return password;
  terminal.tell(refusal);
  return null;
}

/** Asked for twice. */
async function newPassword({ ask, tell }: Terminal): Promise<string> {
  for (;;) {
    const password = await ask('Please enter the new password: ', { hidden: true });
    const problem = passwordProblem(password);
    if (problem !== null) {
      tell(problem);
      continue;
    }
    if ((await ask('Please enter the new password again: ', { hidden: true })) === password) return password;
    tell('ValueError: The passwords are not the same.');
  }
}

async function askOptions(terminal: Terminal, desk: BookingDesk): Promise<ProfileChange> {
  const { ask, tell } = terminal;
  const password = (await yes(terminal, 'Do you want to change the password? [y/n]: '))
    ? await newPassword(terminal)
    : null;
  const forwardPort = await until(terminal, 'Please enter the forward port (empty: as before): ', (answer) =>
    answer.trim() === '' ? { ok: true, value: null } : askedPort(answer),
  );
  const images = await desk.images();
  images.forEach((image, index) => {
    tell(`${index + 1}: ${image}`);
  });
  const image = await until(
    terminal,
    'Please enter the image or its number (empty: as before): ',
    (answer) => {
      const text = answer.trim();
      if (text === '') return { ok: true, value: null };
      const chosen = images.includes(text)
        ? text
        : /^\d{1,4}$/.test(text)
          ? images[Number(text) - 1]
          : undefined;
      return chosen === undefined
        ? { ok: false, message: 'AvailableError: Not the available image!' }
        : { ok: true, value: chosen };
    },
  );
  const command = (await ask('Please enter the extra command (empty: as before): ')).trim();
  return { password, forwardPort, image, extraCommand: command === '' ? null : command };
}

async function keepChange(
  terminal: Terminal,
  desk: BookingDesk,
  { user, password, change }: { user: string; password: string; change: ProfileChange },
): Promise<void> {
  const asDefault =
    (change.forwardPort ?? change.image ?? change.extraCommand) !== null &&
    (await yes(
      terminal,
      'The previous setting is for the once, do you want to update the default config? [y/n]: ',
    ));
  const kept = asDefault ? change : { ...noChange, password: change.password };
  if (Object.values(kept).every((value) => value === null)) return;
  const refusal = await desk.change(user, password, kept);
  if (refusal !== null) terminal.tell(refusal);
}

async function yes({ ask, tell }: Terminal, question: string): Promise<boolean> {
  for (;;) {
    const answer = (await ask(question)).trim().toLowerCase();
    if (answer === 'y' || answer === 'yes') return true;
    if (answer === 'n' || answer === 'no') return false;
    tell('InputError: y or n');
  }
}

/** As Python prints a float. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
