// Kannel as a customer of the simulated SMSC: it sends by it, and understands what it answers, reports and delivers.
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startCarrier, type Carrier } from '../../simulator/index.ts';
import { startKannel, type Kannel } from './kannel.ts';

// Programs take their time to start on a machine that has much to do.
jest.setTimeout(90_000);

/** Source: Kannel 1.4.5 User Guide, "Delivery Reports". */
const Report = { DELIVERED: 1, FAILED: 2, ON_ITS_WAY: 4, TAKEN: 8, REFUSED: 16 } as const;
const SOMEBODY = '+14155550142';

let carrier: Carrier;
let kannel: Kannel;

beforeAll(async () => {
  carrier = await startCarrier({ seed: 1 });
  kannel = await startKannel(carrier);
});
beforeEach(() => carrier.control.reset());
afterAll(async () => {
  await kannel.stop();
  await carrier.close();
});

const submissions = () => carrier.control.journal().filter(({ method }) => method === 'submit_sm');

describe('a text of Kannel', () => {
  test.each([
    ['in the GSM alphabet', 'On its way: 5 € [ok], ÄÖÜ', 'GSM', 1],
    ['in UCS-2', 'Đừng gửi nữa, 你好 👋', 'UCS-2', 1],
    ['in parts of the GSM alphabet', `${'Line € '.repeat(60)}end`, 'GSM', 4],
    ['in parts of UCS-2', `${'你好，世界 '.repeat(20)}end`, 'UCS-2', 2],
  ] as const)(
    '%s is taken, shown as it was written, and delivered',
    async (_, text, coding, count) => {
      const name = await kannel.send(SOMEBODY, text, coding);
      const { DELIVERED, ON_ITS_WAY, TAKEN } = Report;
      const reports = await kannel.reported(name, TAKEN, ON_ITS_WAY, DELIVERED);
      expect(reports).toHaveLength(3);
      expect(carrier.control.handset(SOMEBODY)).toMatchObject([{ text, from: '14155550000' }]);
      expect(submissions()).toHaveLength(count);
    },
  );

  test('to a number that is none is refused, and Kannel says so', async () => {
    carrier.control.setProfile(SOMEBODY, { submit: ['fail:INVALID_RECIPIENT'] });
    const name = await kannel.send(SOMEBODY, 'x');
    const reports = await kannel.reported(name, Report.REFUSED);
    expect(reports.map(({ type }) => type)).toEqual([Report.REFUSED]);
    expect(reports[0]?.text).toContain('0x0000000b');
    expect(carrier.control.handset(SOMEBODY)).toEqual([]);
  });

  test.each([
    ['UNREACHABLE', 'UNDELIV', '027'],
    ['BLOCKED', 'REJECTD', '013'],
  ])('that fails later as %s is reported as failed', async (failure, stat, err) => {
    carrier.control.setProfile(SOMEBODY, { submit: [`fail:${failure}`] });
    const name = await kannel.send(SOMEBODY, 'x');
    const reports = await kannel.reported(name, Report.FAILED);
    const failed = reports.find(({ type }) => type === Report.FAILED);
    expect(failed?.text).toContain(`stat:${stat} err:${err}`);
  });
});

test.each(['STOP', '$5 [ok] @home_2', 'Đừng gửi nữa'])(
  'a person who writes %s is heard by Kannel',
  async (text) => {
    carrier.control.inbound({ channel: 'SMS', wire: 'smpp', from: SOMEBODY, text });
    const heard = await kannel.heard(text);
    expect(heard).toMatchObject({ from: SOMEBODY, to: '+14155550000' });
  },
);

test('Kannel asks whether the SMSC is there, and is answered', async () => {
  const answered = () =>
    carrier.control.journal().find(({ method }) => method === 'enquire_link')?.status;
  while (answered() === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(answered()).toBe(0);
});
