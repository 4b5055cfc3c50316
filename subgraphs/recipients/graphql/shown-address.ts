// What the API shows of an address that was opened: enough to recognise it.
import { publicId } from '../../../schema/ids.ts';
import type { OpenedAddress } from '../addresses.ts';
import { maskAddress } from '../domain/address.ts';
import type { Address } from './recipient.type.ts';

export function shownAddress(address: OpenedAddress): Address {
  const { id, kind, value, verifiedAt, verificationMethod, bouncedAt } = address;
  return {
    id: publicId('address', id),
    kind,
    masked: maskAddress(kind, value),
    verifiedAt: verifiedAt === null ? null : new Date(verifiedAt),
    bouncedAt: bouncedAt === null ? null : new Date(bouncedAt),
    verificationMethod,
  };
}
