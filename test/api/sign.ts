import { md5Of, signatureOf, signedTexts } from '../../src/api/auth/signature.ts'
import { Secret } from '../../src/quote.ts'

export interface AccessKey {
  readonly accessKeyId: string
  readonly accessKeySecret: string
}

interface SignedCall {
  readonly method?: string
  readonly url: string
  readonly body?: Buffer
  readonly contentType?: string
  readonly date: Date
  readonly host?: string
}

/** Headers of a call that is signed as OCP's clients do. */
export function sign(
  key: AccessKey,
  { method = 'GET', url, body, contentType, date, host = 'ocp.test:8080' }: SignedCall,
): Record<string, string> {
  const headers = {
    host,
    date: date.toUTCString(),
    'x-ocp-origin': 'test',
    ...(contentType !== undefined && { 'content-type': contentType }),
  }
  const parts = {
    method,
    url,
    headers: Object.entries(headers),
    bodyMd5: md5Of(body ?? Buffer.alloc(0)),
  }
  const signature = signatureOf(new Secret(key.accessKeySecret), signedTexts(parts)[0])
  return { ...headers, authorization: `OCP-ACCESS-KEY-HMACSHA1 ${key.accessKeyId}:${signature}` }
}
