import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { errorCodes, type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import { saidIn, say } from '../../errors/say.ts'
import { roleOf } from '../../oceanbase/index.ts'
import { type Package, packageTypes } from '../../store/index.ts'
import { callerOf } from '../auth/authentication.ts'
import type { Api, Context } from '../context.ts'
import { bytes } from '../http/call.ts'
import { type Answer, data, done, paged } from '../http/envelope.ts'
import { languageOf } from '../http/errors.ts'
import { isoTime } from '../http/time.ts'
import { idParam, list, paging } from '../http/validation.ts'
import { nothing, one, pageOf } from '../schemas/envelope.ts'
import * as shapes from '../schemas/inventory.ts'
import { describe, digestOf, receive } from './receive.ts'

const query = z.strictObject({
  ...paging('id', 'name', 'version', 'size', 'createTime'),
  keyword: z.string().optional(),
  type: list(z.enum(packageTypes)).optional(),
  version: list(z.string()).optional(),
  operatingSystem: list(z.string()).optional(),
  architecture: list(z.string()).optional(),
})
const fileParams = z.object({ fileName: z.string() })
const downloads = '/api/v2/files/sys-package'

const show = (request: FastifyRequest, found: Package, inUse: ReadonlySet<number>) => ({
  architecture: found.architecture,
  buildNumber: found.buildNumber,
  createTime: isoTime(found.createTime),
  deletable: !inUse.has(found.id),
  downloadUrl: `${request.protocol}://${request.host}${downloads}/${found.fileName}`,
  extension: 'rpm',
  fileName: found.fileName,
  id: found.id,
  installationDataList: [],
  name: found.name,
  operatingSystem: found.operatingSystem,
  sha1: found.sha1,
  size: found.size,
  type: found.type,
  version: found.version,
})

/** The file of a form; refuses what is no whole form. */
async function fileOf(request: FastifyRequest) {
  try {
    return await request.file()
  } catch (error) {
    // Busboy's own errors have no code.
    if (!(error instanceof Error) || 'code' in error) throw error
    throw new Refused({ code: 'COM10003', args: [say`Malformed multipart form`] })
  }
}

/** What is still to come of such a body is not read. */
function tooLarge(reply: FastifyReply) {
  reply.header('connection', 'close')
  return new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
}

/** OCP's `/api/v2/software-packages`. */
export function packages(api: Api, { store, config }: Context): void {
  const path = '/api/v2/software-packages'

  /** A package that is there, and what has to be uploaded before a cluster can be made with it. */
  async function received(
    request: FastifyRequest,
    found: Package,
    inUse: ReadonlySet<number>,
  ): Promise<Answer> {
    const { missing } =
      roleOf(found.name) === 'server' ? await store.packages.setOf(found) : { missing: [] }
    const language = languageOf(request.headers['accept-language'])
    const warnings = missing.map((need) => ({
      field: 'file',
      message: saidIn(
        language,
        say`upload ${need} of the same build (${found.release}), too: no cluster can be created without it`,
      ),
    }))
    return { ...data(show(request, found, inUse)), warnings }
  }

  api.post(
    path,
    {
      config: {
        permission: 'PACKAGE:*:CREATE',
        streamsBody: true,
        call: {
          tag: 'Packages',
          id: 'uploadPackage',
          summary: 'Upload a package',
          description:
            'An rpm under its own file name. The same package sent again answers the one that is there. `warnings` name packages that a server package needs beside it.',
          reply: one(shapes.softwarePackage),
          upload: 'file',
        },
      },
    },
    async (request, reply) => {
      // A form is little more than its file.
      if (Number(request.headers['content-length']) > config.maxPackageBytes + 1024 * 1024)
        throw tooLarge(reply)
      const part = await fileOf(request)
      if (part?.fieldname !== 'file') {
        part?.file.resume()
        await request.bodyVerified?.()
        throw new Refused({
          code: 'COM10001',
          args: ['file', say`one rpm in the form field "file"`],
          field: 'file',
        })
      }
      const fileName = part.filename
      const known = await store.packages.byFileName(fileName)
      /** The answer to one that may not take the place of a package that is there. */
      const same = async (there: Package, sha256: string) => {
        if (sha256 === there.sha256 && request.callerRoles.includes('ADMIN'))
          await store.packages.vouch(there.id)
        if (sha256 === there.sha256)
          return received(request, there, await store.packages.inUse([there.id]))
        throw new Refused({ code: 'PKG10012', args: [fileName], field: 'file', rejected: fileName })
      }
      if (known && !(await store.packages.isAwaited(known.id))) {
        const sha256 = await digestOf(part.file)
        await request.bodyVerified?.()
        return await same(known, sha256)
      }
      const arrived = await receive(config.packagesDir, part.file, config.maxPackageBytes)
      try {
        // Who sends a signed body is known once it has been read.
        await request.bodyVerified?.()
        const caller = callerOf(request)
        const uploader = { uploaderId: caller.id, byAdmin: request.callerRoles.includes('ADMIN') }
        // What somebody chose may be mended by its uploader, and must not become another's package.
        if (known && !uploader.byAdmin && known.uploaderId !== caller.id) {
          const answer = await same(known, arrived.sha256)
          await rm(arrived.path, { force: true })
          return answer
        }
        const described = { ...(await describe(fileName, arrived)), ...uploader }
        if (known && known.sha256 !== described.sha256) {
          const before = await store.packages.replace(known.id, described)
          if (!before)
            throw new Refused({
              code: 'PKG10012',
              args: [fileName],
              field: 'file',
              rejected: fileName,
            })
          await rm(before.path, { force: true })
          return received(request, { ...before, ...described }, new Set([before.id]))
        }
        const created = await store.packages.create(described)
        if (!created) {
          const other = await store.packages.byFileName(fileName)
          if (other?.sha256 === arrived.sha256) {
            await rm(arrived.path, { force: true })
            return received(request, other, new Set())
          }
        }
        if (!created)
          throw new Refused({
            code: 'PKG10012',
            args: [fileName],
            field: 'file',
            rejected: fileName,
          })
        return received(request, created, new Set())
      } catch (error) {
        await rm(arrived.path, { force: true })
        throw error
      }
    },
  )
  api.get(
    path,
    {
      config: {
        permission: 'PACKAGE:*:READ',
        call: {
          tag: 'Packages',
          id: 'listPackages',
          summary: 'List packages',
          reply: pageOf(shapes.softwarePackage),
        },
      },
      schema: { querystring: query },
    },
    async (request) => {
      const page = await store.packages.list(request.query, request.query)
      const inUse = await store.packages.inUse(page.contents.map((found) => found.id))
      return paged(page, request.query, (found) => show(request, found, inUse))
    },
  )
  api.delete(
    `${path}/:id`,
    {
      config: {
        permission: 'PACKAGE:*:DELETE',
        call: {
          tag: 'Packages',
          id: 'deletePackage',
          summary: 'Remove a package',
          description: 'Refused with 409 while something was installed from it.',
          reply: nothing,
        },
      },
      schema: { params: idParam },
    },
    async ({ params: { id } }) => {
      const found = await store.packages.get(id)
      const removal = await store.packages.remove(id)
      if (!found || removal === 'missing') throw new Refused({ code: 'PKG10014', args: [id] })
      if (removal === 'used')
        throw new Refused({ code: 'COM10005', args: [say`package ${found.fileName} is in use`] })
      await rm(found.path, { force: true })
      return done
    },
  )
  api.get(
    `${downloads}/:fileName`,
    {
      schema: { params: fileParams },
      config: {
        bare: true,
        permission: 'PACKAGE:*:READ',
        call: {
          tag: 'Packages',
          id: 'downloadPackage',
          summary: 'Download a package',
          bare: { type: 'application/x-rpm', schema: bytes },
        },
      },
    },
    async ({ params }, reply) => {
      const found = await store.packages.byFileName(params.fileName)
      if (!found) throw new Refused({ code: 'PKG10014', args: [params.fileName] })
      return reply
        .type('application/x-rpm')
        .header('content-length', found.size)
        .send(createReadStream(found.path))
    },
  )
}
