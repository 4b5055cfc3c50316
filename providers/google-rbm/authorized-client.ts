// A client that adds the access token to each request, and renews it once when the API does not accept it.
import type { Clock } from '../../platform/clock.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../platform/http-client.ts';
import type { AccessToken } from './access-token.ts';

/** Throws TokenRefused beside what the client throws. One deadline covers token, request and repetition. */
export type AuthorizedClient = Pick<HttpClient, 'request'>;

export function authorizedClient(
  client: HttpClient,
  accessToken: AccessToken,
  clock: Clock,
): AuthorizedClient {
  return {
    request: async ({ deadlineMs = Infinity, ...request }: HttpRequest): Promise<HttpAnswer> => {
      const endsAt = clock.now() + deadlineMs;
      // At most the whole deadline again, should the clock be set back meanwhile.
      const remainingMs = () => Math.min(Math.max(endsAt - clock.now(), 0), deadlineMs);
      const sendWith = (token: string) => {
        const headers = { ...request.headers, authorization: `Bearer ${token}` };
        return client.request({ ...request, headers, deadlineMs: remainingMs() });
      };

      const token = await accessToken.get(remainingMs());
      const answer = await sendWith(token);
      // 401 rules out that the request was carried out, so repeating it is safe.
      if (answer.status !== 401) return answer;
      accessToken.forget(token);
      return sendWith(await accessToken.get(remainingMs()));
    },
  };
}
