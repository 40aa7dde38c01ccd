import { z } from 'zod'

/** An observer as its cluster sees it, in one shape for all version lines. */
export interface ObServer {
  readonly ip: string
  readonly port: number
  readonly sqlPort: number
  readonly zone: string
  /** Upper case: ACTIVE, INACTIVE, DELETING, TAKEOVER_BY_RS. */
  readonly status: string
  /** Epoch milliseconds, null while it does not serve. */
  readonly startServiceTime: number | null
  /** Epoch milliseconds, null unless it was stopped. */
  readonly stopTime: number | null
  readonly withRootserver: boolean
  readonly version: string
}

export interface ObZone {
  readonly name: string
  /** Upper case: ACTIVE, INACTIVE. */
  readonly status: string
  readonly region: string
  readonly idc: string
}

export interface ObTenant {
  readonly id: number
  readonly name: string
  readonly mode: 'MYSQL' | 'ORACLE'
  readonly primaryZone: string
  readonly locality: string
  /** Upper case without a prefix: NORMAL, CREATING, … */
  readonly status: string
}

/**
 * How far major compaction is: `frozen` is the newest frozen version (or SCN), `merged` what all
 * zones have merged.
 */
export interface Freeze {
  readonly frozen: bigint
  readonly merged: bigint
  readonly idle: boolean
}

/**
 * Serving, by the test the manual gives for each line (facts of both lines say the same once
 * normalised).
 */
export const isServing = (server: ObServer): boolean =>
  server.status === 'ACTIVE' && server.startServiceTime !== null && server.stopTime === null

// A BIGINT arrives as a number when it is safe and as a string when it is not.
const digits = z.union([z.number(), z.string(), z.bigint()])
export const integer = digits.transform(Number)
export const bigInteger = digits.transform(BigInt)
export const text = z.string()
export const textOrNull = z
  .string()
  .nullable()
  .transform((value) => value ?? '')

/** `YES`/`NO` in the 4.x views, 1/0 in the older tables. */
export const flag = z
  .union([z.number(), z.string()])
  .transform((value) => ['1', 'YES'].includes(String(value).toUpperCase()))

/** Microseconds since the epoch, 0 for "never". */
export const microseconds = integer.transform((value) =>
  value > 0 ? Math.floor(value / 1000) : null,
)

/**
 * `UNIX_TIMESTAMP(…)`: seconds with a fraction, whatever the session's time zone; NULL for "never".
 */
export const secondsOrNull = digits
  .nullable()
  .transform((value) => (value === null ? null : Math.floor(Number(value) * 1000)))

/** 0/1 in the older tables, a word in the 4.x views. */
export const tenantMode = z
  .union([z.number(), z.string()])
  .transform((value): 'MYSQL' | 'ORACLE' =>
    ['1', 'ORACLE'].includes(String(value).toUpperCase()) ? 'ORACLE' : 'MYSQL',
  )
