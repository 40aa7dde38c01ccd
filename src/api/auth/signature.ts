import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../quote.ts'

/** What OCP's signature covers of a call. */
export interface SignedParts {
  readonly method: string
  /** As requested: path and query. */
  readonly url: string
  /** Each header as often as it was sent, its name in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Upper-case hex; empty when there is no body. */
  readonly bodyMd5: string
}

/** The MD5 of a body as OCP signs it: upper-case hex, or nothing for no body. */
export const md5Of = (body: Buffer): string =>
  body.length === 0 ? '' : createHash('md5').update(body).digest('hex').toUpperCase()

/** All but letters, digits and `-._~`. */
const rfc3986 = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** As Java's URLEncoder has it: a space is `+`, `*` stays, `~` does not. */
const urlEncoder = (text: string): string =>
  rfc3986(text).replaceAll('%20', '+').replaceAll('%2A', '*').replaceAll('~', '%7E')

/**
 * How queries are written in the text that is signed. OCP's documents contradict themselves: RFC
 * 3986 is the rule; the sample of 4.0 writes `%2B` as `%20`, that of 4.3 uses URLEncoder, and there
 * a `+` that was sent as such is a plus and not a space.
 */
const queryForms: readonly {
  readonly encode: (text: string) => string
  readonly plusIsPlus?: true
}[] = [
  { encode: rfc3986 },
  { encode: (text) => rfc3986(text).replaceAll('%2B', '%20') },
  { encode: urlEncoder },
  { encode: rfc3986, plusIsPlus: true },
  { encode: urlEncoder, plusIsPlus: true },
]

/** Parameters in order of their names; the values of one in order, joined by commas. */
function pathAndQuery(url: string, { encode, plusIsPlus }: (typeof queryForms)[number]): string {
  const [path = '', ...rest] = url.split('?')
  const query = new URLSearchParams(
    plusIsPlus ? rest.join('?').replaceAll('+', '%2B') : rest.join('?'),
  )
  const names = [...new Set(query.keys())].sort()
  const valuesOf = (name: string): string => query.getAll(name).filter(Boolean).sort().join(',')
  if (names.length === 0) return path
  return `${path}?${names.map((name) => `${encode(name)}=${encode(valuesOf(name))}`).join('&')}`
}

const sent = (headers: SignedParts['headers'], wanted: string): string =>
  headers
    .filter(([name]) => name === wanted)
    .map(([, value]) => value)
    .join(',')

/** When a call says it was made; `x-ocp-date` is for clients that may not set `Date`. */
export const dateOf = (headers: SignedParts['headers']): string =>
  sent(headers, 'date') || sent(headers, 'x-ocp-date')

/**
 * The texts that may have been signed, the one of the rule first. Source: OCP's documents, "AK/SK
 * signature".
 */
export function signedTexts({
  method,
  url,
  headers,
  bodyMd5,
}: SignedParts): readonly [string, ...string[]] {
  const ocpNames = [...new Set(headers.map(([name]) => name))]
    .filter((name) => name.startsWith('x-ocp-'))
    .sort()
  const lines = [
    method.toUpperCase(),
    bodyMd5,
    sent(headers, 'content-type'),
    dateOf(headers),
    sent(headers, 'host'),
    ocpNames.map((name) => `${name}:${sent(headers, name)}`).join('\n'),
  ]
  const [first = '', ...others] = new Set(
    queryForms.map((form) => [...lines, pathAndQuery(url, form)].join('\n')),
  )
  return [first, ...others]
}

/** base64 of HMAC-SHA1 with the secret access key. */
export const signatureOf = (secret: Secret, text: string): string =>
  createHmac('sha1', secret.reveal()).update(text, 'utf8').digest('base64')

export function isSignedBy(secret: Secret, parts: SignedParts, signature: string): boolean {
  const given = Buffer.from(signature)
  return signedTexts(parts).some((text) => {
    const expected = Buffer.from(signatureOf(secret, text))
    return expected.length === given.length && timingSafeEqual(expected, given)
  })
}

/** Access key and signature of an `Authorization` header in OCP's form. */
export function signedLogin(
  header: string | undefined,
): { readonly accessKey: string; readonly signature: string } | undefined {
  const [, accessKey, signature] =
    /^OCP-ACCESS-KEY-HMACSHA1 +([\w-]{1,64}):([A-Za-z0-9+/=]{1,64}) *$/.exec(header ?? '') ?? []
  return accessKey === undefined || signature === undefined ? undefined : { accessKey, signature }
}
