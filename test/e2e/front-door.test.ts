// The plain HTTP doors of a running platform: health, metrics, the editor, callbacks and links.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { startParley, type Parley } from '../support/parley.ts';

describe('the front door', () => {
  let parley: Parley;
  let request: ReturnType<typeof supertest>;

  beforeAll(async () => {
    parley = await startParley('together');
    request = supertest(parley.url);
  }, 60_000);

  afterAll(() => parley.stop(), 30_000);

  it('says that it lives and that every part is ready', async () => {
    await request.get('/health/live').expect(200, { live: true });
    const ready = await request.get('/health/ready').expect(200);
    expect(ready.body).toEqual({
      accepting: true,
      gateway: true,
      recipients: true,
      consent: true,
      messages: true,
      delivery: true,
    });
  });

  it('counts operations for Prometheus', async () => {
    await parley.ask('{ __typename }');
    const { text } = await request.get('/metrics').expect(200);
    expect(text).toMatch(/gateway_operation_seconds_count\{kind="query",outcome="ok"\} [1-9]/);
  });

  it('gives a browser an editor in development', async () => {
    const { text } = await request.get('/graphql').set('accept', 'text/html').expect(200);
    expect(text).toContain('<html');
  });

  it('takes a file of people from a caller with a token, and from nobody else', async () => {
    const post = () =>
      request.post('/recipients/import').set('content-type', 'application/x-ndjson');
    await post().send('{"externalId":"nobody"}').expect(401);
    await request.get('/recipients/import').expect(405);
    const { text } = await post()
      .set('authorization', `Bearer ${await parley.token()}`)
      .send('{"externalId":"imported"}\n')
      .expect(200);
    expect(text.split('\n')[0]).toContain('"outcome":"CREATED"');
  });

  it('refuses a callback that nobody signed, in the same words as one with a wrong signature', async () => {
    const body = 'MessageSid=SM1&MessageStatus=delivered';
    const post = () =>
      request.post('/callbacks/twilio').set('content-type', 'application/x-www-form-urlencoded');
    const unsigned = await post().send(body).expect(403);
    const forged = await post().set('x-twilio-signature', 'AAAA').send(body).expect(403);
    expect(forged.body).toEqual(unsigned.body);
  });

  it('refuses a callback of a provider that it does not have', async () => {
    await request.post('/callbacks/carrier-pigeon').send({}).expect(404);
  });

  it('refuses a callback larger than its limit', async () => {
    await request
      .post('/callbacks/google-rbm')
      .send({ junk: 'x'.repeat(300_000) })
      .expect(413);
  });

  it('takes a genuine callback about an attempt that it does not know, and nothing comes of it', async () => {
    const { clientToken } = parley.carrier.credentials.rbm;
    const event = { eventType: 'DELIVERED', eventId: 'e-1', messageId: 'nobody', agentId: 'a' };
    const data = Buffer.from(JSON.stringify(event));
    const signature = createHmac('sha512', clientToken).update(data).digest('base64');
    await request
      .post('/callbacks/google-rbm')
      .set('x-goog-signature', signature)
      .send({ message: { data: data.toString('base64') } })
      .expect(200);
  });

  it('proves to Google that the webhook is ours', async () => {
    const { clientToken } = parley.carrier.credentials.rbm;
    const answer = await request
      .post('/callbacks/google-rbm')
      .send({ clientToken, secret: '1234567890' })
      .expect(200);
    expect(answer.text).toBe('1234567890');
  });

  it('answers every link that is not good alike, and keeps pages out of caches and frames', async () => {
    const made = await request
      .get('/l/msg_01h455vb4pex5vsknk084sn02q.AAAAAAAAAAAAAAAAAAAAAAAAAAA')
      .expect(404);
    const junk = await request.get('/l/junk').expect(404);
    expect(junk.text).toBe(made.text);
    expect(junk.headers['cache-control']).toBe('no-store');
    expect(junk.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});
