// The phones at the other end: what each of them shows, in the order in which it arrived.

interface Suggestion {
  readonly label: string;
  /** Where a tap leads; null for a reply. */
  readonly url: string | null;
  readonly postback: string;
}

export type SimulatedChannel = 'RCS' | 'SMS' | 'EMAIL' | 'PUSH' | 'IMESSAGE';

export interface ShownMessage {
  readonly channel: SimulatedChannel;
  readonly ref: string;
  readonly from: string;
  /** The title of the card or notification, or the mail's subject; null for plain text. */
  readonly title: string | null;
  readonly text: string;
  readonly suggestions: readonly Suggestion[];
}

export interface Handsets {
  show(address: string, message: ShownMessage): void;
  at(address: string): readonly (ShownMessage & { readonly at: number })[];
  reset(): void;
}

const SHOWN_MAX = 1000;

/** `keep: false` shows nothing: for load. */
export function createHandsets(keep: boolean): Handsets {
  const screens = new Map<string, (ShownMessage & { at: number })[]>();
  return {
    show: (address, message) => {
      if (!keep) return;
      const screen = screens.get(address) ?? [];
      screen.push({ at: Date.now(), ...message });
      screens.set(address, screen.slice(-SHOWN_MAX));
    },
    at: (address) => screens.get(address) ?? [],
    reset: () => screens.clear(),
  };
}
