const two = (value: number): string => String(value).padStart(2, '0')

/** Local date and time with milliseconds, `2021-03-02 11:39:34.508`, as OCP's logs print it. */
export const localTime = (date: Date): string =>
  `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
  `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`

/**
 * ISO-8601 with milliseconds and this process's offset, `2021-03-02T11:39:34.508+08:00`, as OCP's
 * replies print it.
 */
export function isoTime(date: Date): string {
  const minutes = -date.getTimezoneOffset()
  const sign = minutes < 0 ? '-' : '+'
  const offset = Math.abs(minutes)
  return `${localTime(date).replace(' ', 'T')}${sign}${two(Math.floor(offset / 60))}:${two(offset % 60)}`
}
