import { describe, expect, test } from 'vitest'
import {
  isSignedBy,
  md5Of,
  type SignedParts,
  signatureOf,
  signedLogin,
  signedTexts,
} from '../../src/api/auth/signature.ts'
import { Secret } from '../../src/quote.ts'

const secret = new Secret('2fc0c299cc94c6be266f2ceece765d4d')

const post: SignedParts = {
  method: 'POST',
  url: '/api/v2/compute/idcs',
  bodyMd5: md5Of(Buffer.from('{"name":"test01","description":"test","regionId":1}')),
  headers: [
    ['content-type', 'application/json'],
    ['x-ocp-data', 'A,1'],
    ['date', 'Tue, 17 Jan 2023 09:13:57 GMT'],
    ['host', 'ocp.alibaba.net:8080'],
  ],
}
const posted = 'XN8P+O+v3vUabB16ZCooq5wMJoY='

const get: SignedParts = {
  method: 'GET',
  url: '/api/v2/compute/idcs?size=100',
  bodyMd5: md5Of(Buffer.alloc(0)),
  headers: [
    ['content-type', 'application/json;charset=utf-8'],
    ['date', 'Tue, 17 Jan 2023 04:14:02 GMT'],
    ['host', 'ocp.alibaba.net:8080'],
  ],
}

/** The query of the later documents, plus signs and all, and how they write it in the text. */
const sentQuery =
  'metrics=host_disk_total&labels=svr_ip:h&groupBy=app,svr_ip&startTime=2024-04-15T14:29:55+08:00&endTime=2024-04-15T14:30:55+08:00'
const signedQuery =
  'endTime=2024-04-15T14%3A30%3A55%2B08%3A00&groupBy=app%2Csvr_ip&labels=svr_ip%3Ah&metrics=host_disk_total' +
  '&startTime=2024-04-15T14%3A29%3A55%2B08%3A00'

/** The text of a call as a client writes it that encodes its query in its own way. */
const textWith = (parts: SignedParts, query: string) =>
  signedTexts(parts)[0].replace(/\?.*$/, `?${query}`)

const changed = (wanted: string, value: string) =>
  post.headers.map((header) => (header[0] === wanted ? ([wanted, value] as const) : header))

describe("OCP's signature", () => {
  test('of the POST in the documents is the one they give', () => {
    expect(signatureOf(secret, signedTexts(post)[0])).toBe(posted)
    expect(isSignedBy(secret, post, posted)).toBe(true)
  })

  test('of the GET in the documents is the one they give', () => {
    expect(signatureOf(secret, signedTexts(get)[0])).toBe('TsQD6HDOuZuJ409m0wdnZPmijlc=')
    expect(isSignedBy(secret, get, 'TsQD6HDOuZuJ409m0wdnZPmijlc=')).toBe(true)
  })

  test.each<[string, Partial<SignedParts>]>([
    ['method', { method: 'PUT' }],
    ['path', { url: '/api/v2/compute/regions' }],
    ['query', { url: `${post.url}?a=1` }],
    ['body', { bodyMd5: md5Of(Buffer.from('{}')) }],
    ['content type', { headers: changed('content-type', 'text/plain') }],
    ['date', { headers: changed('date', 'Tue, 17 Jan 2023 09:13:58 GMT') }],
    ['host', { headers: changed('host', 'ocp.alibaba.net') }],
    ['x-ocp header', { headers: changed('x-ocp-data', 'A,2') }],
    ['further x-ocp header', { headers: [...post.headers, ['x-ocp-more', '1']] }],
  ])('does not hold for another %s', (_, change) => {
    expect(isSignedBy(secret, { ...post, ...change }, posted)).toBe(false)
  })

  test('does not hold for another key', () => {
    expect(isSignedBy(new Secret('another'), post, posted)).toBe(false)
    expect(isSignedBy(secret, post, 'short')).toBe(false)
  })

  test('sorts headers and parameters, and the values of a parameter that is given twice', () => {
    const headers = [...post.headers, ['x-ocp-data', 'B'], ['x-ocp-aim', 'z']] as const
    const [text] = signedTexts({ ...post, headers, url: '/p?b=2&a=x&b=1' })
    expect(text.split('\n').slice(-3)).toEqual([
      'x-ocp-aim:z',
      'x-ocp-data:A,1,B',
      '/p?a=x&b=1%2C2',
    ])
  })

  test.each([
    ['RFC 3986', 'q=a%20b%2A~%2B'],
    ["the documents' first sample, where a plus becomes a space", 'q=a%20b%2A~%20'],
    ["Java's URLEncoder", 'q=a+b*%7E%2B'],
  ])('takes a query that is encoded as by %s', (_, query) => {
    const asked = { ...get, url: '/p?q=a%20b*~%2B' }
    expect(isSignedBy(secret, asked, signatureOf(secret, textWith(asked, query)))).toBe(true)
  })

  test('takes a plus that was sent as it is for a plus, as the later documents do', () => {
    const asked = { ...get, url: `/p?${sentQuery}` }
    expect(isSignedBy(secret, asked, signatureOf(secret, textWith(asked, signedQuery)))).toBe(true)
  })

  test('may be dated by x-ocp-date', () => {
    const headers = [
      ...post.headers.filter(([name]) => name !== 'date'),
      ['x-ocp-date', 'Tue, 17 Jan 2023 03:36:01 GMT'],
    ] as const
    expect(signedTexts({ ...post, headers })[0].split('\n')[3]).toBe(
      'Tue, 17 Jan 2023 03:36:01 GMT',
    )
  })

  test('is read from its header and from no other', () => {
    expect(
      signedLogin('OCP-ACCESS-KEY-HMACSHA1 cqammmxBpfGjFlto:TsQD6HDOuZuJ409m0wdnZPmijlc='),
    ).toEqual({
      accessKey: 'cqammmxBpfGjFlto',
      signature: 'TsQD6HDOuZuJ409m0wdnZPmijlc=',
    })
    for (const header of [
      undefined,
      'Basic YTpi',
      'OCP-ACCESS-KEY-HMACSHA1 only',
      'OCP-ACCESS-KEY-HMACSHA256 a:b',
    ]) {
      expect(signedLogin(header)).toBeUndefined()
    }
  })
})
