// The time zones that a region has, one for each clock that shows another time there.

/** What Intl.Locale answers, in the older form too. */
interface RegionZones {
  readonly getTimeZones?: () => readonly string[] | undefined;
  readonly timeZones?: readonly string[] | undefined;
}

/** Zones that agree in winter and in summer are one. Their years before do not matter: it is about what time it will be. */
const WINTER = Date.UTC(2026, 0, 15);
const SUMMER = Date.UTC(2026, 6, 15);

const known = new Map<string, readonly string[]>();

/** IANA names. region: ISO 3166-1 alpha-2; empty where it is null, or none that has a clock. */
export function zonesOf(region: string | null): readonly string[] {
  if (region === null) return [];
  const zones = known.get(region) ?? findZones(region);
  known.set(region, zones);
  return zones;
}

function findZones(region: string): readonly string[] {
  if (!/^[A-Z]{2}$/.test(region)) return [];
  const locale = new Intl.Locale(`und-${region}`) as RegionZones;
  const zones = locale.getTimeZones?.() ?? locale.timeZones ?? [];
  return [...new Map(zones.map((zone) => [clockOf(zone), zone])).values()];
}

function clockOf(timeZone: string): string {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return `${format.format(WINTER)} ${format.format(SUMMER)}`;
}
