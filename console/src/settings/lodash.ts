/** All that OceanBase's tokens need of lodash, which is 26 KB. */
export const isString = (value: unknown): value is string => typeof value === 'string'
export const startsWith = (text: string, start: string): boolean => text.startsWith(start)
export const toLower = (text: string): string => text.toLowerCase()
