const unitBytes: Readonly<Record<string, number>> = {
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
}

/**
 * Bytes of an OceanBase capacity such as `5G`, `512MB` or `2048` (a bare number counts MiB);
 * undefined for what is none.
 */
export const sizeOf = (capacity: string | undefined): number | undefined => {
  const [, digits, unit = 'M'] = /^(\d+)\s*(?:([KMGT])B?)?$/i.exec(capacity?.trim() ?? '') ?? []
  const factor = unitBytes[unit.toUpperCase()]
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor
}

/** A size for people, in GiB with one digit. */
export const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`
