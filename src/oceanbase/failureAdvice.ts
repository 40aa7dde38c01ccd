import { type Said, say } from '../errors/say.ts'

/**
 * Well-known reasons for which observers do not start or do not become a cluster, by what the
 * server or its log says, and what to do. First match wins. Sources: OceanBase "Troubleshoot
 * bootstrap failures" (doc 848524); OCP's FAQ; numbers from oceanbase-doc, error codes.
 */
const table: readonly { readonly says: RegExp; readonly advice: Said }[] = [
  {
    says: /clock (difference|skew|jump)|clocks? differ/i,
    advice: say`the clocks of the hosts differ: keep them within 50 ms of each other (chrony or ntp), then retry`,
  },
  {
    says: /memory_limit|system_memory|out of memory|ret=-4013\b|cannot allocate memory/i,
    advice: say`memory does not fit memory_limit and system_memory: give the host more or free some, or post others in startupParameters; from 4.2.1 on 5 GiB must be left between them`,
  },
  {
    says: /no space left|disk is full|datafile_size|log_disk_size|ret=-4184\b|resource is not enough/i,
    advice: say`the disk has no room for data file and redo logs, by default 90 % of each disk or 60 % and 30 % of one: free space, or post smaller datafile_size and log_disk_size in startupParameters`,
  },
  {
    says: /permission denied|ret=-4009\b|directory.*(owner|not exist)/i,
    advice: say`the directories must belong to the cluster's OS user: correct their owner, then retry`,
  },
  {
    says: /address already in use|fail(ed)? to listen/i,
    advice: say`another process has the SQL or RPC port: stop it, then retry`,
  },
  {
    says: /-?40(05|15)\b|not empty/i,
    advice: say`the data or redo directories of a server are not empty, or it is in a cluster already: roll back, which empties what this task made, then look what is left`,
  },
  {
    says: /-?(4012|4122|4124|4654)\b|timeout|rpc/i,
    advice: say`the servers did not reach each other in time: see that the RPC port is open between all hosts, one-way latency is below 50 ms and clocks differ by less than 50 ms, then retry`,
  },
]

const otherwise = say`read the lines of observer.log in the cause, mend what they tell of, then retry: what was made half-way is removed first`

/** What to do about a start or a bootstrap that failed with these words. */
export const failureAdvice = (words: string): Said =>
  table.find(({ says }) => says.test(words))?.advice ?? otherwise
