import { Readable } from 'node:stream'
import type { FastifyBaseLogger } from 'fastify'
import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'
import type { Store } from '../../store/index.ts'
import { allows, type Permission } from '../auth/permissions.ts'
import type { SessionRef } from '../auth/session.ts'
import { withoutStatement } from '../http/withoutStatement.ts'
import type { Feed, Telling, Told } from './feed.ts'
import { frame, heartBeat } from './frame.ts'

/** Streams at a time, of a user and of all. */
const maxStreams = { user: 100, all: 2000 } as const

/** A stream ends after this; its reader comes back and is authenticated again. */
const maxAgeMs = 3_600_000

export interface StreamTimes {
  /** How often the store is read for each feed that is followed. */
  readonly tickMs: number
  /**
   * How often a silent stream says that it is there, and whether its reader may go on is looked at.
   */
  readonly beatMs: number
}

/** Who reads. */
export interface StreamReader {
  readonly userId: number
  readonly session: SessionRef | undefined
  readonly permission: Permission
}

interface Follower {
  readonly reader: StreamReader
  readonly passwordHash: string
  readonly begun: number
  /** Tells what is new, if the connection takes it. */
  tell(): void
  beat(): void
  /** Ends it without a word: the reader comes back. */
  cut(): void
}

interface Watched {
  readonly feed: Feed
  /** Settled when the feed was read for the first time; whether it is there. */
  readonly there: Promise<boolean>
  /** Reads the store again; calls that come before that read begins share it. */
  look(): Promise<void>
  readonly followers: Set<Follower>
  /** Those about to follow. */
  coming: number
}

export interface StreamsOptions {
  readonly store: Store
  readonly log: FastifyBaseLogger
  readonly openSessions: (tokenHashes: readonly string[]) => Promise<ReadonlySet<string>>
  readonly times: StreamTimes
}

/**
 * Streams of server-sent events. Whatever is followed is read from the store once a tick, however
 * many follow it. A connection that takes no more is told nothing until it does, and then the
 * newest state of what it missed: two events wait for it at most.
 */
export function streams({ store, log, openSessions, times }: StreamsOptions) {
  const watched = new Map<string, Watched>()
  const followers = new Set<Follower>()
  /** Streams that wait for the first look at what they follow count too. */
  const opening = new Map<object, number>()
  let closed = false

  const complain = (error: unknown): void =>
    log.warn(
      { err: withoutStatement(error) },
      'what is followed could not be read; it is tried again',
    )

  function watch(key: string, feed: Feed): Watched {
    const there = feed.poll()
    let last: Promise<unknown> = there.catch(() => undefined)
    let next: Promise<void> | undefined
    const look = (): Promise<void> => {
      next ??= last.then(async () => {
        next = undefined
        if (feed.ended) return
        last = feed.poll().catch(complain)
        await last
      })
      return next
    }
    const found: Watched = { feed, there, look, followers: new Set(), coming: 0 }
    watched.set(key, found)
    const tick = async (): Promise<void> => {
      // Nobody came, or all have gone.
      if (closed || found.followers.size + found.coming === 0) return void watched.delete(key)
      await look()
      for (const follower of [...found.followers]) follower.tell()
      later()
    }
    const later = () => setTimeout(() => void tick(), times.tickMs).unref()
    found.there.then(later, () => watched.delete(key))
    return found
  }

  /** Ends the streams of those who may no longer read. */
  async function check(): Promise<void> {
    const all = [...followers]
    if (all.length === 0) return
    const hashes = new Set(all.flatMap(({ reader }) => reader.session?.tokenHash ?? []))
    const [users, open] = await Promise.all([
      store.users.many([...new Set(all.map(({ reader }) => reader.userId))]),
      openSessions([...hashes]),
    ])
    for (const follower of all) {
      const { reader, passwordHash, begun } = follower
      const user = users.get(reader.userId)
      const may =
        user?.passwordHash === passwordHash &&
        allows(user.roles, reader.permission) &&
        (reader.session === undefined || open.has(reader.session.tokenHash)) &&
        Date.now() - begun < maxAgeMs
      if (!may) follower.cut()
    }
  }

  const beat = async (): Promise<void> => {
    for (const follower of [...followers]) follower.beat()
    await check().catch(complain)
  }
  let beating = Promise.resolve()
  const timer = setInterval(() => {
    beating = beating.then(beat)
  }, times.beatMs).unref()

  function follow(
    { feed, followers: mine }: Watched,
    reader: StreamReader,
    passwordHash: string,
    telling: Telling,
    first: { readonly bytes?: Buffer; readonly cursor: number },
  ): Readable {
    let cursor = first.cursor
    let next: Buffer | undefined = first.bytes
    let wanted = false
    let over = false
    const done = (): void => {
      over = true
      mine.delete(follower)
      followers.delete(follower)
    }
    const stream = new Readable({
      highWaterMark: 1,
      read() {
        wanted = true
        follower.tell()
      },
      destroy(error, callback) {
        done()
        callback(error)
      },
    })
    const push = (bytes: Buffer): void => {
      wanted = false
      stream.push(bytes)
    }
    const follower: Follower = {
      reader,
      passwordHash,
      begun: Date.now(),
      tell() {
        if (!wanted || over) return
        const bytes = next ?? take()
        next = undefined
        if (bytes !== undefined) return push(bytes)
        if (!feed.ended) return
        done()
        push(frame('end', feed.lastId, {}))
        stream.push(null)
      },
      beat() {
        if (wanted && !over) push(heartBeat)
      },
      cut() {
        if (over) return
        done()
        stream.push(null)
      },
    }
    const take = (): Buffer | undefined => {
      const news: Told | undefined = feed.since(cursor, telling)
      if (news === undefined) return undefined
      cursor = news.cursor
      return news.bytes
    }
    mine.add(follower)
    followers.add(follower)
    return stream
  }

  const countOf = (userId: number): number =>
    [...followers].filter(({ reader }) => reader.userId === userId).length +
    [...opening.values()].filter((id) => id === userId).length

  return {
    /**
     * A stream of what a key names. `known`: it has ended, and the reader knows all of it.
     * `missing`: it is not there. Throws Refused when there is no room.
     */
    async open(
      key: string,
      make: () => Feed,
      {
        reader,
        telling,
        after,
      }: {
        readonly reader: StreamReader
        readonly telling: Telling
        /** The id of the event that the reader had last. */
        readonly after: number | undefined
      },
    ): Promise<Readable | 'known' | 'missing'> {
      if (
        closed ||
        followers.size + opening.size >= maxStreams.all ||
        countOf(reader.userId) >= maxStreams.user
      )
        throw new Refused({ code: 'COM10004', args: [say`too many streams are open`] })
      const mark = {}
      opening.set(mark, reader.userId)
      const before = watched.get(key)
      const found = before ?? watch(key, make())
      found.coming += 1
      try {
        // What others were told of last may be older than what this reader has just done.
        await before?.look()
        const user = (await store.users.many([reader.userId])).get(reader.userId)
        if (!(await found.there) || user === undefined) return 'missing'
        const missed = after === undefined ? undefined : found.feed.resume(after, telling)
        if (missed !== undefined && missed.bytes === undefined && found.feed.ended) return 'known'
        const first = missed ?? found.feed.whole(telling)
        return follow(found, reader, user.passwordHash, telling, first)
      } finally {
        found.coming -= 1
        opening.delete(mark)
      }
    },
    /** How much is followed, and by how many. */
    size: () => ({ watched: watched.size, followers: followers.size }),
    /** Ends all streams; their readers come back, to another process. */
    close(): void {
      closed = true
      clearInterval(timer)
      for (const follower of [...followers]) follower.cut()
    },
  }
}
