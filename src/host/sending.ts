import { createExchange, type Seat } from './exchange.ts'
import type { Output, Upload } from './host.ts'
import { createLimit } from './limit.ts'
import type { Workplace } from './run.ts'
import { fetchFile, isThere, runThen, sendFile } from './upload.ts'

/** Brings files to hosts, to so many at a time from here. */
export interface Sending {
  bring(place: Workplace, file: Upload): Promise<Output>
  close(): Promise<void>
}

/**
 * A host that waits for its turn takes the file from a host that has it by then, where it can reach
 * one: this machine sends to a few, and they to the others.
 */
export function createSending(places: number, { handsOn }: { readonly handsOn: boolean }): Sending {
  const uploading = createLimit(places)
  const exchange = createExchange()

  /** Waits for a place here unless `waiting` aborts; `begins` is called when there is one. */
  const sent = (place: Workplace, file: Upload, waiting: AbortSignal, begins: () => void) => {
    const answer = Promise.withResolvers<Output>()
    uploading(async () => {
      begins()
      const arrival = Promise.withResolvers<boolean>()
      const work = sendFile(place, file, () => arrival.resolve(true))
      work.then(answer.resolve, answer.reject)
      // What runs once the file is there keeps no other file from being sent.
      const arrived = await Promise.race([
        arrival.promise,
        work.then(
          () => true,
          () => false,
        ),
      ])
      // The place is kept meanwhile: who waits for it is to have the file from there.
      if (arrived) await exchange.offer(place, file)
    }, waiting).catch(answer.reject)
    return answer.promise
  }

  /** Undefined when it did not arrive that way. */
  async function fetched(place: Workplace, file: Upload, seat: Seat): Promise<Output | undefined> {
    try {
      const output = await fetchFile(place, file, seat, () => {
        seat.leave(true)
        void exchange.offer(place, file)
      })
      if (output === undefined) seat.leave(false)
      return output
    } finally {
      // Where this host was lost, the giver is as good as it was.
      seat.leave(true)
    }
  }

  return {
    async bring(place, file) {
      if (file.there ?? (await isThere(place, file))) return runThen(place, file)
      const { signal } = place.session
      if (!handsOn) return sent(place, file, signal, () => undefined)
      const offered = new AbortController()
      let seat: Seat | undefined
      const unwant = exchange.want(file, (given) => {
        seat = given
        offered.abort()
      })
      try {
        return await sent(place, file, AbortSignal.any([signal, offered.signal]), () => {
          unwant()
          // Both came at once.
          seat?.leave(true)
          seat = undefined
        })
      } catch (error) {
        unwant()
        if (seat === undefined) throw error
        if (signal.aborted) {
          seat.leave(true)
          throw error
        }
      }
      const output = await fetched(place, file, seat)
      return output ?? sent(place, file, signal, () => undefined)
    },
    close: () => exchange.close(),
  }
}
