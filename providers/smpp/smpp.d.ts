// Types for what is used of the npm package smpp, which has none of its own.
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  // Only some of its members can be imported by name: Node finds the others at run time alone.
  export = smpp;
  namespace smpp {
    export type PduFields = Readonly<Record<string, string | number | Date | Buffer>>;

    /** A short message after the package decoded it: a text where it knows the data coding. */
    export interface DecodedMessage {
      readonly message?: string | Buffer;
      readonly udh?: readonly Buffer[];
    }

    /** Fields are missing where the PDU ends early, or is an error. */
    export class PDU {
      /** Throws for bytes that end in the middle of a field. */
      constructor(bytes: Buffer);
      constructor(command: string, fields?: PduFields);
      readonly command: string;
      readonly command_status: number;
      sequence_number: number;
      readonly system_id?: string;
      readonly password?: string;
      readonly message_id?: string;
      readonly source_addr_ton?: number;
      readonly source_addr?: string;
      readonly dest_addr_ton?: number;
      readonly destination_addr?: string;
      readonly esm_class?: number;
      readonly registered_delivery?: number;
      readonly validity_period?: string | Date;
      readonly data_coding?: number;
      readonly short_message?: DecodedMessage;
      readonly message_payload?: DecodedMessage;
      readonly receipted_message_id?: string;
      readonly message_state?: number;
      readonly network_error_code?: Buffer;
      toBuffer(): Buffer;
      response(fields?: PduFields): PDU;
    }

    export class Session extends EventEmitter {
      readonly socket: Socket;
      /** False where the socket is closed. The callback never comes when the connection is lost. */
      send(pdu: PDU, onAnswer?: (answer: PDU) => void): boolean;
      close(): void;
      destroy(): void;
    }

    export function createServer(onSession: (session: Session) => void): NetServer;

    /** The GSM alphabet, by its odd name in this package. */
    export const encodings: {
      readonly ASCII: { encode(text: string): Buffer; decode(bytes: Buffer): string };
    };

    export const commands: Readonly<Record<string, { readonly id: number }>>;
  }
}
