import { proxyActivities } from '@temporalio/workflow'

const { nothing } = proxyActivities<{ nothing(place: number): Promise<void> }>({
  startToCloseTimeout: '1m',
})

/** A stage after the other, each so many activities at once: a plan's shape, and nothing else. */
export async function bare(widths: readonly number[]): Promise<void> {
  for (const width of widths) {
    await Promise.all(Array.from({ length: width }, (_, place) => nothing(place)))
  }
}
