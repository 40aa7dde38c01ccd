import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { type Code, codes, type Language, textOf, type Words } from '../../errors/codes.ts'
import { sectionOf } from '../../errors/guide.ts'
import { type Finding, Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import { isAway, isFull, isRace } from '../../store/index.ts'
import { envelope } from './envelope.ts'
import { withoutStatement } from './withoutStatement.ts'

/** The language of an answer, by Accept-Language; English unless Chinese is preferred. */
export function languageOf(header: string | undefined): Language {
  const wishes = (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...options] = part.trim().toLowerCase().split(';')
      const weight = options
        .map((option) => /^\s*q=([\d.]+)$/.exec(option)?.[1])
        .find((found) => found !== undefined)
      return { tag, weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ tag, weight }) => /^(en|zh)\b/.test(tag) && weight > 0)
    .sort((left, right) => right.weight - left.weight)
  return wishes[0]?.tag.startsWith('zh') ? 'zh' : 'en'
}

/** Sub-errors of one answer. */
const maxSubErrors = 100

/** After this many seconds what was away may be back. */
const retryAfterSeconds = 5

type Findings = readonly [Finding, ...Finding[]]

const failure = (http: number | undefined, code: Code, ...args: Words[]): Findings => [
  { code, args, ...(http !== undefined && { http }) },
]

/** What Fastify itself objects to, in OCP's words ("Malformed JSON request" is one). */
const byFastifyCode: Readonly<Record<string, (request: FastifyRequest) => Findings>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: () => failure(400, 'COM10003', say`Malformed JSON request`),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => failure(400, 'COM10003', say`the body is empty`),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    failure(400, 'COM10003', say`the body is not as long as Content-Length says`),
  FST_ERR_CTP_BODY_TOO_LARGE: () => failure(413, 'COM10003', say`the body is too large`),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (request) =>
    failure(
      415,
      'COM10003',
      say`content type ${request.headers['content-type'] ?? say`(none)`} is not supported`,
    ),
  FST_FIELDS_LIMIT: () => failure(413, 'COM10003', say`the form has too many fields`),
  FST_PARTS_LIMIT: () => failure(413, 'COM10003', say`the form has too many fields`),
  FST_REQ_FILE_TOO_LARGE: () => failure(413, 'COM10003', say`the body is too large`),
  FST_FILES_LIMIT: () => failure(413, 'COM10003', say`the form has more than one file`),
  FST_INVALID_MULTIPART_CONTENT_TYPE: (request) =>
    failure(
      415,
      'COM10003',
      say`content type ${request.headers['content-type'] ?? say`(none)`} is not multipart/form-data`,
    ),
  FST_ERR_BAD_URL: (request) => failure(400, 'COM10003', say`${request.url} is not a URL path`),
}

function findingsOf(error: FastifyError, request: FastifyRequest): Findings {
  if (error instanceof Refused) return error.findings
  const known = byFastifyCode[error.code]
  if (known) return known(request)
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500)
    return failure(status, 'COM10003', say`the request does not have the right form`)
  if (error.message.startsWith('Multipart:'))
    return failure(400, 'COM10003', say`Malformed multipart form`)
  const cause =
    error.cause instanceof Error && 'code' in error.cause
      ? String(error.cause.code)
      : String(error.code)
  // A NUL that came another way than through a schema.
  if (cause === '22021') return failure(400, 'COM10003', say`not a text that can be stored`)
  if (isFull(error))
    return failure(
      503,
      'COM10004',
      say`no space is left on the disk of the API or of its store; make room`,
    )
  if (isRace(error))
    return failure(
      409,
      'COM10005',
      say`another call changed the same at this moment; look at it and try again`,
    )
  if (isAway(error)) return failure(503, 'COM10004', say`the store is away`)
  return failure(undefined, 'COM10999', request.id)
}

const numberer = (config: Pick<Config, 'errorCodes'>) => (code: Code) =>
  config.errorCodes === 'int' ? codes[code].int : code

/** How a finding reads in an answer that is no error, in the language asked for. */
export const findingShower = (config: Pick<Config, 'errorCodes'>, request: FastifyRequest) => {
  const numberOf = numberer(config)
  const language = languageOf(request.headers['accept-language'])
  return ({ code, args = [], field, rejected }: Finding) => ({
    code: numberOf(code),
    ...(field !== undefined && { field }),
    message: textOf(code, args, language),
    ...(rejected !== undefined && { rejectedValue: rejected }),
  })
}

/**
 * Whether the script of a page calls: a browser would ask for a login by itself, over the page's
 * form. A browser that goes to an address is asked. Browsers send Sec-Fetch-Site to https and
 * localhost only, so a page names itself besides.
 * Source: https://www.w3.org/TR/fetch-metadata/, "not a potentially trustworthy URL".
 */
const isFromPage = ({ headers }: FastifyRequest): boolean =>
  (headers['sec-fetch-site'] !== undefined && headers['sec-fetch-mode'] !== 'navigate') ||
  headers['x-requested-with'] !== undefined ||
  headers.accept === 'text/event-stream'

interface Refusal {
  readonly findings: Findings
  readonly status: number
  /** A finding in the caller's language. */
  readonly say: (finding: Finding) => string
}

/**
 * What an exception means to the caller. Writes the log and the reply's status and headers; its
 * body is still to be sent.
 */
function refuse(error: FastifyError, request: FastifyRequest, reply: FastifyReply): Refusal {
  const findings = findingsOf(error, request)
  const status = findings[0].http ?? codes[findings[0].code].http
  if (status >= 500) request.log.error({ err: withoutStatement(error) }, 'a call failed')
  reply.code(status)
  reply.header('link', `<${sectionOf(findings[0].code)}>; rel="help"`)
  const retryAfter = findings[0].retryAfter ?? (status === 503 ? retryAfterSeconds : undefined)
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
  if (status === 401 && !isFromPage(request))
    reply.header('www-authenticate', 'Basic realm="obflow", charset="UTF-8"')
  const language = languageOf(request.headers['accept-language'])
  return { findings, status, say: ({ code, args = [] }) => textOf(code, args, language) }
}

/**
 * An error handler for a route with a form of its own: `body` makes the answer of a status and a
 * text.
 */
export const plainErrorHandler =
  (
    body: (request: FastifyRequest, reply: FastifyReply, status: number, message: string) => object,
  ) =>
  (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const { findings, status, say } = refuse(error, request, reply)
    return reply.send(body(request, reply, status, say(findings[0])))
  }

/**
 * The one way from an exception to OCP's error answer; details of what was not foreseen go to the
 * log only.
 */
export const errorHandler = (config: Pick<Config, 'errorCodes'>) => {
  const numberOf = numberer(config)
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const { findings, say } = refuse(error, request, reply)
    const [first] = findings
    const subErrors = findings
      .slice(0, maxSubErrors)
      .filter((finding) => finding.field !== undefined)
      .map((finding) => ({
        ...(finding.code !== first.code && { code: numberOf(finding.code) }),
        field: finding.field,
        message: say(finding),
        ...(finding.rejected !== undefined && { rejectedValue: finding.rejected }),
      }))
    const body = {
      code: numberOf(first.code),
      message: say(first),
      ...(subErrors.length > 0 && { subErrors }),
    }
    return reply.send(envelope(request, reply, { error: body }))
  }
}
