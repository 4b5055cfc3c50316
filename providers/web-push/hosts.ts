// The push services that browsers use: nobody else's address is a subscription.

/** Hosts by the browsers' makers; a leading dot stands for every name below. */
const KNOWN_HOSTS: readonly string[] = [
  // Chrome, Edge on Android, Brave, Opera, Samsung Internet.
  'fcm.googleapis.com',
  // Firefox (Autopush).
  '.push.services.mozilla.com',
  // Safari and web apps on iOS.
  '.push.apple.com',
  // Edge on Windows (WNS).
  '.notify.windows.com',
];

export interface PushHosts {
  /** Whether subscriptions of this service are taken. host: as `URL.host`, with its port where that is not 443. */
  admits(host: string): boolean;
  /** Whether somebody configured it by name: it may be in our own network. */
  isOwn(host: string): boolean;
}

/** `named`: hosts separated by commas, in the same form. */
export function createPushHosts(named: string): PushHosts {
  const own = named
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '');
  const isOwn = (host: string): boolean => own.some((one) => fits(one, host));
  return { isOwn, admits: (host) => isOwn(host) || KNOWN_HOSTS.some((one) => fits(one, host)) };
}

const fits = (pattern: string, host: string): boolean =>
  pattern.startsWith('.') ? host.endsWith(pattern) : host === pattern;
