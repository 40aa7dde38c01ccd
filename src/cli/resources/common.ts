import { z } from 'zod'
import { arg, command, type Declared, flag, option } from '../command.ts'
import { confirmed } from '../prompt.ts'
import { UsageError } from '../usageError.ts'
import { printList, printOne } from './print.ts'
import { found, listed, type Resource } from './resource.ts'

export const yes = flag('-y, --yes', 'do not ask')

/** The API answers without data. */
export const nothing = z.unknown()

function limitOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1)
    throw new UsageError(`--limit is a number from 1, not "${text}".`)
  return limit
}

/** `obflow <kind> ls`. */
export function list<Item>(kind: Resource<Item>): Declared {
  const { filters = {} } = kind
  return command({
    name: 'ls',
    summary: `List ${kind.plural}`,
    examples: [`obflow ${kind.kind} ls`, `obflow ${kind.kind} ls -o json`],
    args: {},
    flags: { ...filters, limit: option('--limit <count>', 'at most so many') },
    remote: true,
    prints: true,
    async run(given, context) {
      const query = Object.fromEntries(
        Object.entries(given).filter(([name]) => Object.hasOwn(filters, name)),
      )
      const limit = limitOf(z.string().optional().parse(given.limit))
      printList(context, kind, await listed(await context.client(), kind, query, limit))
      return undefined
    },
  })
}

/** `obflow <kind> show`. */
export function show<Item>(kind: Resource<Item>, example: string): Declared {
  return command({
    name: 'show',
    summary: `Show one of the ${kind.plural}, by name or id`,
    examples: [
      `obflow ${kind.kind} show ${example}`,
      `obflow ${kind.kind} show ${example} -o yaml`,
    ],
    args: { which: arg('name or id') },
    flags: {},
    remote: true,
    prints: true,
    async run({ which }, context) {
      printOne(context, kind, await found(await context.client(), kind, which))
      return undefined
    },
  })
}

/** `obflow <kind> rm`, for what no task removes. */
export function remove<Item>(kind: Resource<Item>, example: string): Declared {
  return command({
    name: 'rm',
    summary: `Remove one of the ${kind.plural}, by name or id`,
    examples: [`obflow ${kind.kind} rm ${example} --yes`],
    args: { which: arg('name or id') },
    flags: { yes },
    remote: true,
    async run({ which, yes }, context) {
      const client = await context.client()
      const item = await found(client, kind, which)
      const name = kind.nameOf(item)
      if (!yes && !(await confirmed(context, `Remove the ${kind.kind} ${name}?`))) return 'failed'
      await client.delete(`${kind.path}/${kind.idOf(item)}`, nothing)
      context.note(`Removed: ${kind.kind} ${name}`)
      return undefined
    },
  })
}
