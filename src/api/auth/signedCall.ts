import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { errorCodes, type FastifyReply, type FastifyRequest, type RequestPayload } from 'fastify'
import { Refused } from '../../errors/refused.ts'
import { type Said, say } from '../../errors/say.ts'
import { Secret } from '../../quote.ts'
import type { Store, User } from '../../store/index.ts'
import { dateOf, isSignedBy, md5Of, type SignedParts, signedLogin } from './signature.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Takes a body too large to be held: the handler waits for `bodyVerified` before anything comes
     * of it.
     */
    streamsBody?: boolean
  }
  interface FastifyRequest {
    /**
     * Waits until the signature is known to hold for the whole of a streamed body and its signer
     * may make the call; undefined where there is nothing to wait for.
     */
    bodyVerified: (() => Promise<void>) | undefined
  }
}

/** A call that says whose it is. */
export interface Claim {
  /** Who it is, when the signature holds for a body with this digest; refuses otherwise. */
  check(bodyMd5: string): User
}

/** OCP's limit on how far a call's date may be from the time here. */
const skewMs = 15 * 60_000

const notLoggedIn = (reason: Said): Refused => new Refused({ code: 'IAM10000', args: [reason] })

/** Headers as often as they were sent; Node keeps names and values in turns. */
const headersOf = ({ rawHeaders }: IncomingMessage): SignedParts['headers'] =>
  rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
  )

/** Checks a key that is not there like any other: what is known is not told by text or time. */
const nobodysSecret = new Secret(randomBytes(16).toString('hex'))

/** What a call with OCP's signature claims, its date checked; undefined for a call without one. */
export async function claimOf(
  store: Store,
  request: FastifyRequest,
  now: Date,
): Promise<Claim | undefined> {
  const login = signedLogin(request.headers.authorization)
  if (login === undefined) return undefined
  const headers = headersOf(request.raw)
  const date = Date.parse(dateOf(headers))
  if (!(Math.abs(date - now.getTime()) <= skewMs))
    throw notLoggedIn(say`the date of the signature is missing or more than 15 minutes off`)
  const owner = await store.accessKeys.owner(login.accessKey)
  const { method = '', url = '' } = request.raw
  return {
    check(bodyMd5) {
      const secret = owner?.secret ?? nobodysSecret
      const signed = isSignedBy(secret, { method, url, headers, bodyMd5 }, login.signature)
      if (signed && owner !== undefined) return owner.user
      throw notLoggedIn(say`there is no such access key, or the signature does not match the call`)
    },
  }
}

/**
 * Reads a body to its end and checks the signature over it, before anything is made of it; gives a
 * stream of what was read.
 */
export async function verifyBody(
  claim: Claim,
  {
    request,
    reply,
    payload,
  }: { request: FastifyRequest; reply: FastifyReply; payload: RequestPayload },
): Promise<{ readonly user: User; readonly body: Readable }> {
  const limit = request.routeOptions.bodyLimit ?? 0
  const chunks: Buffer[] = []
  let size = 0
  // Not destroyed when it is left: the refusal still has to be sent over that connection.
  for await (const chunk of Readable.prototype.iterator.call(payload, { destroyOnReturn: false })) {
    chunks.push(chunk)
    size += chunk.length
    if (size <= limit) continue
    // What is still to come is not read, so no other call can follow on this connection.
    reply.header('connection', 'close')
    throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
  }
  const body = Buffer.concat(chunks)
  const user = claim.check(md5Of(body))
  return { user, body: Readable.from(body.length === 0 ? [] : [body]) }
}

/**
 * Digests a body while a handler reads it; what it gives reads the rest and checks the signature.
 */
export function verifyOnTheWay(claim: Claim, raw: IncomingMessage): () => Promise<User> {
  const md5 = createHash('md5')
  // Paused first: a listener then does not set it flowing, its reader does.
  raw.pause()
  raw.on('data', (chunk: Buffer) => md5.update(chunk))
  const verified = finished(raw, { writable: false }).then(() =>
    claim.check(md5.digest('hex').toUpperCase()),
  )
  // A handler that fails before it waits for this has its own answer.
  verified.catch(() => {})
  return () => {
    raw.resume()
    return verified
  }
}
