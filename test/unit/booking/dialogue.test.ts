import { describe, expect, it } from 'vitest';
import { askedCapability, askedPort, passwordProblem } from '../../../internal/booking/booking-rules.ts';
import { endTime, halfHour, startTime } from '../../../internal/booking/booking-times.ts';
import { bookByDialogue, type BookingDesk, type DeskRequest } from '../../../internal/booking/dialogue.ts';

/** 2026-03-10 14:47, by this host's clock. */
const now = new Date(2026, 2, 10, 14, 47, 12).getTime();
const current = new Date(2026, 2, 10, 14, 30).getTime();
const at = (day: number, hour: number, minute = 0) => new Date(2026, 2, day, hour, minute).getTime();
const maximum = { cpus: 62, memoryGb: 40, gpus: 4, backupSpaceGb: 50, workSpaceGb: 200 };

describe('a start', () => {
  it.each([
    ['now', current],
    [' now ', current],
    ['2026 03 10 15 00', at(10, 15)],
    ['2026 3 24 14 30', at(24, 14, 30)],
    ['1-day', at(11, 14, 30)],
    ['1-week 2-day', at(19, 14, 30)],
    ['2-week', at(24, 14, 30)],
  ])('%s', (answer, time) => {
    expect(startTime(answer, now)).toEqual({ ok: true, time });
  });

  it.each([
    ['2026 03 10 14 30', 'within 2 weeks from now + 30min'],
    ['2026 03 24 15 00', 'within 2 weeks from now + 30min'],
    ['2026 03 10 15 10', '"mm" must be "00" or "30"'],
    ['2026 02 31 15 00', 'no such day'],
    ['2026 03 10 25 00', 'no such day'],
    ['15-day', 'day must be 1 ~ 14'],
    ['0-day', 'day must be 1 ~ 14'],
    ['3-week', 'week must be 1 ~ 2'],
    ['2-week 1-day', 'within 2 weeks'],
    ['3days', 'Time_Flag format is wrong'],
    ['now 1-day', 'Time_Flag format is wrong'],
    ['', 'The form is'],
    ['tomorrow', 'The form is'],
  ])('%s is refused', (answer, message) => {
    expect(startTime(answer, now)).toMatchObject({
      ok: false,
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('an end', () => {
  it('is after the start, and counts from it', () => {
    expect(endTime('2-week', current)).toEqual({ ok: true, time: at(24, 14, 30) });
    expect(endTime('2026 03 10 15 00', current)).toEqual({ ok: true, time: at(10, 15) });
    expect(endTime('now', current)).toMatchObject({
      message: "InputError: end time can not user 'now' flag!!",
    });
    for (const answer of ['2026 03 10 14 30', '2026 03 24 15 00']) {
      expect(endTime(answer, current)).toMatchObject({
        message: 'ValueError: The end time must be within 2 weeks from start time!!',
      });
    }
  });
});

it('a half hour begins on the half hour', () => {
  expect([at(10, 14), at(10, 14, 29), at(10, 14, 30), at(10, 14, 59)].map(halfHour)).toEqual([
    at(10, 14),
    at(10, 14),
    at(10, 14, 30),
    at(10, 14, 30),
  ]);
});

describe('a capability', () => {
  it('has three parts within the maximum', () => {
    expect(askedCapability(' 8.5  32 1 ', maximum)).toEqual({
      ok: true,
      value: { cpus: 8.5, memoryGb: 32, gpus: 1 },
    });
    expect(askedCapability('1 1 0', maximum)).toMatchObject({ ok: true });
  });

  it.each([
    ['8 32', 'InputError: Incorrect number of parameters: expected 3, received 2'],
    ['', 'InputError: Incorrect number of parameters: expected 3, received 0'],
    ['8 32.5 1', 'ValueError: memory must be int'],
    ['nan 32 1', 'ValueError: cpus must be float'],
    ['1e3 32 1', 'ValueError: cpus must be float'],
    ['63 32 1', 'RequireError: cpus: 1 ~ 62'],
    ['0.5 32 1', 'RequireError: cpus: 1 ~ 62'],
    ['8 0 1', 'RequireError: memory: 1 ~ 40'],
    ['8 32 5', 'RequireError: gpus: 0 ~ 4'],
    ['8 32 -1', 'ValueError: gpus must be int'],
  ])('%s: %s', (answer, message) => {
    expect(askedCapability(answer, maximum)).toEqual({ ok: false, message });
  });
});

it('passwords and ports have their rules', () => {
  for (const bad of ['abc', '1234', '1qaz', '=0-9', 'aaaa', 'a'.repeat(73), 'päss', 'a\nbcd']) {
    expect(passwordProblem(bad), bad).toContain('ValueError');
  }
  expect(passwordProblem('correct horse')).toBeNull();
  expect(askedPort('10001')).toEqual({ ok: true, value: 10_001 });
  for (const bad of ['10000', '11001', '22', 'x', '']) expect(askedPort(bad)).toMatchObject({ ok: false });
});

/** A dialogue with somebody who gives these answers, with a desk that knows alice. */
async function hold(
  answers: readonly string[],
  options: { user?: string; useOptions?: boolean; refusal?: string } = {},
) {
  const told: string[] = [];
  const hidden: string[] = [];
  const booked: DeskRequest[] = [];
  const changes: unknown[] = [];
  const registered: unknown[] = [];
  const left = [...answers];
  const desk: BookingDesk = {
    user: (user) =>
      Promise.resolve(user === 'alice' || user === 'new' ? { isKnown: user === 'alice', maximum } : null),
    login: (_user, password) => Promise.resolve(password === 'secret'),
    images: () => Promise.resolve(['debian-12', 'ubuntu-24.04']),
    freePort: () => Promise.resolve(10_007),
    book: (request) => {
      if (options.refusal === undefined) booked.push(request);
      return Promise.resolve(options.refusal ?? null);
    },
    change: (_user, _password, change) => {
      changes.push(change);
      return Promise.resolve(null);
    },
    register: (user, profile) => {
      registered.push([user, profile]);
      return Promise.resolve(null);
    },
  };
  const ask = (prompt: string, asking?: { hidden: boolean }): Promise<string> => {
    told.push(prompt);
    if (asking?.hidden === true) hidden.push(prompt);
    const answer = left.shift();
    return answer === undefined
      ? Promise.reject(new Error(`nothing is answered to ${prompt}`))
      : Promise.resolve(answer);
  };
  const { user = null, useOptions = false } = options;
  const done = await bookByDialogue({ ask, tell: (text) => told.push(text) }, desk, {
    user,
    useOptions,
    now: () => now,
  });
  expect(left).toEqual([]);
  return { done, told, hidden, booked, changes, registered };
}

describe('the dialogue', () => {
  it('asks in AIVC’s order and words', async () => {
    const { done, told, hidden, booked } = await hold([
      ' Alice ',
      'wrong',
      'secret',
      '8 32',
      '8 32 1',
      'now',
      '1-day',
    ]);
    expect(done).toBe(true);
    expect(told).toEqual([
      'Please enter the user_id: ',
      'Please enter the password: ',
      'Wrong password!!',
      'Please enter the password: ',
      'Login Successfully!!',
      'Your Maximum Capability Information:',
      'cpus=62.0, memory=40, gpus=4',
      "Please enter the capability information 'cpus(float) memory(int) gpus(int)': ",
      'InputError: Incorrect number of parameters: expected 3, received 2',
      "Please enter the capability information 'cpus(float) memory(int) gpus(int)': ",
      'Please enter the start time, the form is YYYY MM DD hh mm: ',
      'Please enter the end time, the form is YYYY MM DD hh mm: ',
      'Booking successful!',
    ]);
    expect(hidden).toHaveLength(2);
    const nothing = { forwardPort: null, image: null, extraCommand: null };
    expect(booked).toEqual([
      {
        user: 'alice',
        password: 'secret',
        cpus: 8,
        memoryGb: 32,
        gpus: 1,
        start: current,
        end: at(11, 14, 30),
        ...nothing,
      },
    ]);
  });

  it('ends at the third wrong password, and books nothing', async () => {
    const { done, told, booked } = await hold(['a', 'b', 'c'], { user: 'alice' });
    expect([done, told.at(-1), booked]).toEqual([false, 'ByeBye~~', []]);
  });

  it('knows nobody who may not', async () => {
    const { done, told } = await hold(['mallory']);
    expect([done, told.at(-1)]).toEqual([
      false,
      'InputError: Unknown account! Check your user account or connect to the Host Maintainer(MLOps).',
    ]);
  });

  it('welcomes a new user, who chooses a password', async () => {
    const answers = [
      'aaaa',
      'horse battery',
      'other',
      'horse battery',
      'horse battery',
      '1 1 0',
      '1-day',
      '1-week',
    ];
    const { done, told, registered } = await hold(answers, { user: 'New' });
    expect(done).toBe(true);
    expect(told[0]).toBe('New User, Welcome~~~');
    expect(registered).toEqual([['new', { password: 'horse battery', forwardPort: 10_007 }]]);
  });

  it('asks for the options, for once or for good', async () => {
    const options = { user: 'alice', useOptions: true };
    const asked = ['secret', 'maybe', 'n', '99', '10009', 'windows', '2', 'nvidia-smi'];
    const rest = ['8 32 1', 'now', '1-day'];
    const once = await hold([...asked, ...rest, 'n'], options);
    expect(once.booked).toMatchObject([
      { forwardPort: 10_009, image: 'ubuntu-24.04', extraCommand: 'nvidia-smi' },
    ]);
    expect(once.changes).toEqual([]);
    const kept = await hold([...asked, ...rest, 'y'], options);
    expect(kept.changes).toEqual([
      { password: null, forwardPort: 10_009, image: 'ubuntu-24.04', extraCommand: 'nvidia-smi' },
    ]);
    const password = await hold(['secret', 'y', 'staple', 'staple', '', '', '', ...rest], options);
    expect(password.changes).toEqual([
      { password: 'staple', forwardPort: null, image: null, extraCommand: null },
    ]);
    expect(password.booked).toMatchObject([{ password: 'secret' }]);
  });

  it('says why it cannot be had', async () => {
    const refusal = 'There is not enough computing power for the time you need, book again.';
    const { done, told } = await hold(['secret', '8 32 1', 'now', '1-day'], { user: 'alice', refusal });
    expect([done, told.at(-1)]).toEqual([false, refusal]);
  });
});
