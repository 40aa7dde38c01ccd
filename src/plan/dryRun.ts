/** Type name of the activity that looks at a create's hosts and changes nothing. */
export const lookActivity = 'lookAtHosts'

/** Its input: what to look at is in the store. */
export interface LookRef {
  readonly lookId: string
}

/** A host that has not said all within this long is reported as it is. */
export const lookSeconds = 15

/**
 * No more than this many hosts are looked at in one dry run: what is found has to fit into one
 * Temporal payload of 2 MiB.
 */
export const mostLooked = 200
