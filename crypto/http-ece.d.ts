// Types for what is used of the npm package http_ece, which has none of its own.
declare module 'http_ece' {
  import type { ECDH } from 'node:crypto';

  export interface EncryptParameters {
    readonly version: 'aes128gcm';
    /** Record size. */
    readonly rs: number;
    /** 16 bytes; fresh random ones when left out. */
    readonly salt?: Buffer;
    /** Bytes of zeros after the content. */
    readonly pad?: number;
    /** The receiver's point; Web Push alone. */
    readonly dh?: Buffer;
    readonly privateKey?: ECDH;
    readonly authSecret?: Buffer;
    /** 16 bytes of key material instead of an agreement (RFC 8188). */
    readonly key?: Buffer;
  }

  export function encrypt(content: Buffer, parameters: EncryptParameters): Buffer;
}
